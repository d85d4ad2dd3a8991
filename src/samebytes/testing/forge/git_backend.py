"""Git over HTTP: git's own http-backend as CGI, with the servers' rights, protected tags, and what a push sets off."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from samebytes.testing.forge import answers, git_hooks, tag_protection
from samebytes.testing.forge.auth import allows, repository_level
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.git_repository import plain_environment
from samebytes.testing.forge.pushed import RefUpdate, refs_changed
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import CODE, Forge, Repository

_CHUNK = 64 * 1024
# As the servers set up their repositories; nothing runs on after an answer.
_SETTINGS = (
    "http.receivepack=true",
    "uploadpack.allowAnySHA1InWant=true",
    "uploadpack.allowFilter=true",
    "receive.autogc=false",
    "gc.auto=0",
)


def _serve(forge: Forge, call: Call) -> Response:
    is_push = "git-receive-pack" in {call.query.get("service"), call.raw_path.rpartition("/")[2]}
    repository = forge.repository(call.parameters["owner"], call.parameters["repo"].removesuffix(".git"))
    refusal = _refuse(forge, call, repository, is_push=is_push)
    if refusal is not None:
        return refusal
    if repository is None:
        return answers.text(404, "Repository not found")
    with tempfile.NamedTemporaryFile(dir=forge.storage.folder / "incoming", delete=False) as file:
        updates = Path(file.name)
    try:
        output = _run(forge, call, repository, updates)
        user = call.identity.user
        if user is not None:
            refs_changed(forge, repository, user, _updates(updates))
    finally:
        updates.unlink(missing_ok=True)
    return _answer(output)


def _refuse(forge: Forge, call: Call, repository: Repository | None, *, is_push: bool) -> Response | None:
    level = "none" if repository is None else repository_level(forge, call.identity, repository, CODE)
    if call.identity.user is None and (is_push or not allows(level, "read")):
        return answers.text(401, "Unauthorized", {"WWW-Authenticate": 'Basic realm="Gitea"'})
    if call.identity.user is not None and not call.identity.has_scope("repository", write=is_push):
        return answers.text(403, "Forbidden")
    # Who lacks the right is told that there is nothing, as by a server's githttp.go. A push needs no more than to read:
    # one to refs/for/ is for readers, so it is the hook that refuses the others (seen at 1.25).
    return None if allows(level, "read") else answers.text(404, "Repository not found")


def _run(forge: Forge, call: Call, repository: Repository, updates: Path) -> IO[bytes]:
    path = forge.storage.repository_path(repository.owner, repository.name)
    hooks = git_hooks.folder(forge.storage.folder)
    settings = [part for setting in (*_SETTINGS, f"core.hooksPath={hooks}") for part in ("-c", setting)]
    service = "/".join(call.raw_path.split("/")[3:])
    user = call.identity.user
    environment = {
        **plain_environment(),
        "GIT_PROJECT_ROOT": str(path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": call.headers.get("git-protocol", ""),
        "PATH_INFO": f"/{path.name}/{service}",
        "REQUEST_METHOD": call.method,
        "QUERY_STRING": str(call.query),
        "CONTENT_TYPE": call.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(call.body_size),
        "HTTP_CONTENT_ENCODING": call.headers.get("content-encoding", ""),
        "REMOTE_USER": user.name if user else "",
        **git_hooks.environment(
            updates=updates,
            may_write=allows(repository_level(forge, call.identity, repository, CODE), "write"),
            protected=tag_protection.patterns_against(forge, repository, user),
            is_forgejo=forge.product.is_forgejo,
        ),
    }
    output = tempfile.TemporaryFile(dir=forge.storage.folder / "incoming")  # noqa: SIM115  closed after the answer
    process = subprocess.Popen(
        ("git", *settings, "http-backend"),  # noqa: S607  git of the PATH
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    call.body.seek(0)
    with process:
        assert process.stdin is not None  # noqa: S101  it is a pipe
        try:
            shutil.copyfileobj(call.body, process.stdin, _CHUNK)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it answered without reading all, which its output tells
        process.wait()
    output.seek(0)
    return output


def _answer(output: IO[bytes]) -> Response:
    status, headers = 200, {}
    while line := output.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return StreamingResponse(_rest(output), status, headers, background=BackgroundTask(output.close))


def _rest(output: IO[bytes]) -> Iterator[bytes]:
    while chunk := output.read(_CHUNK):
        yield chunk


def _updates(path: Path) -> list[RefUpdate]:
    found = (line.split(" ", 2) for line in path.read_text(encoding="utf-8").splitlines())
    return [RefUpdate(old=old, new=new, ref=ref) for old, new, ref in found]


ROUTES = (
    Route(method="GET", pattern="/{owner}/{repo}/info/refs", handler=_serve),
    Route(method="POST", pattern="/{owner}/{repo}/git-upload-pack", handler=_serve),
    Route(method="POST", pattern="/{owner}/{repo}/git-receive-pack", handler=_serve),
)
