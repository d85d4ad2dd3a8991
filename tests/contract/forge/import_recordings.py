"""Copy recordings of real servers to `recordings/`: `python -m tests.contract.forge.import_recordings FOLDER`.

The names of the recorded place are replaced, client programs' output is left out, headers are cut down to those that
matter, and each request gets the one who asked, which the recorder wrote into the step's name only.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.contract.forge.recording import RECORDINGS

_PRODUCTS = {
    "gitea-1.25.4": "gitea-1.25",
    "gitea-1.25.4-postgres": "gitea-1.25-postgres",
    "gitea-1.26-dev-3db3c058b3": "gitea-1.26",
    "forgejo-11.0.1": "forgejo-11",
}
# Measurements, and what only clients' programs did.
_LEFT_OUT = re.compile(r"j-|n2-|p-|p2-")
_NAMES = {"bytelyst": "lanterns", "bot1": "publisher", "root1": "keeper", "outsider1": "stranger"}
# Random texts and digests, which must stay as they are.
_OPAQUE = frozenset({"data", "integrity", "shasum", "sha512", "sha256", "sha1", "md5", "body_sha256"})
_HEADERS_SENT = re.compile(r"accept|content-type|host|range|if-.*|x-.*", re.IGNORECASE)
_HEADERS_LEFT_OUT = frozenset({"content-length", "date", "last-modified", "transfer-encoding", "set-cookie"})
# The first fitting line decides who asked; everybody else is the publisher.
_ACTORS = (
    (r"no package scope|without package scope", "no_package_scope"),
    (r"read-only|reader|no permission|read:package|read PAT", "read_only"),
    (r"not in org|stranger|outside of the org", "stranger"),
    (r"admin|private org by its owner", "admin"),
    (r"bad token", "bad"),
)
_REBUILT_SIZE = 40_000


def main(arguments: list[str]) -> int:
    """Import all recordings below a folder."""
    for server, product in _PRODUCTS.items():
        for path in sorted((Path(arguments[0]) / server).glob("*.json")):
            if not _LEFT_OUT.match(path.name):
                target = RECORDINGS / product / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(json.dumps(_recording(json.loads(path.read_text())), indent=1) + "\n")
    return 0


def _recording(document: Mapping[str, Any]) -> dict[str, Any]:
    exchanges = [entry for entry in document["exchanges"] if "request" in entry]
    return {
        "server": document["server"],
        "description": document["description"],
        "observations": _renamed(document["observations"]),
        "exchanges": [
            {
                "step": entry["step"],
                "request": _request(_renamed(entry["request"]), entry["step"]),
                "response": _response(_renamed(entry["response"])),
            }
            for entry in exchanges
        ],
    }


def _renamed(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {_renamed(name): _renamed(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry) for entry in value]
    if isinstance(value, str) and key not in _OPAQUE:
        for old, new in _NAMES.items():
            value = value.replace(old, new)
    return value


def _request(request: Mapping[str, Any], step: str) -> dict[str, Any]:
    authorization = next((value for name, value in request["headers"].items() if name.lower() == "authorization"), "")
    actor = next((actor for pattern, actor in _ACTORS if re.search(pattern, step, re.IGNORECASE)), "publisher")
    scheme = "malformed" if authorization == "Bearer" else authorization.partition(" ")[0]
    if scheme == "Basic" and ("password" in step or request["path"].endswith("/tokens")):
        scheme = "password"
    headers = {name: value for name, value in request["headers"].items() if _HEADERS_SENT.fullmatch(name)}
    host = re.match(r"Host: (\S+)", step)
    if host:
        headers["Host"] = host[1]
    kept = {key: request[key] for key in ("method", "path", "json", "body") if request.get(key) not in (None, "")}
    if request.get("body_truncated"):
        found = re.match(r'\{"_id": "(?P<name>[^"]+)".*?"versions": \{"(?P<version>[^"]+)"', kept.pop("body"))
        if found:
            kept["rebuilt"] = {**found.groupdict(), "size": _REBUILT_SIZE}
    return kept | {"actor": actor, "scheme": scheme, "headers": headers}


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    headers = [[name, value] for name, value in response["headers"] if name.lower() not in _HEADERS_LEFT_OUT]
    kept = {key: response[key] for key in ("status", "json", "body", "body_size", "body_sha256") if key in response}
    if response.get("body_truncated"):
        kept.pop("body", None)
    return kept | {"headers": headers}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
