"""The golden vectors of canon-v1: one for each sentence of docs/formats/canon-v1.md that says what bytes are written.

`python -m tests.golden.vectors` writes those files that are missing. It overwrites none: what is released stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from samebytes.core.pack import FileContent, pack
from samebytes.formats import build_record, fingerprint, gzip, package_json, sha512sums, statement, ustar
from samebytes.model.digests import sha256
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import Tarball
from samebytes.model.versions import Version
from tests.golden.directory_site import DIRECTORY_SITE
from tests.golden.dumps import dump
from tests.golden.git_refs import GIT_REFS
from tests.unit.formats.releases import example_record, example_release
from tests.unit.formats.tars import canonical

FOLDER = Path(__file__).parent / "canon_v1"
DOCUMENTS = Path(__file__).parent / "documents"

# What a packer could get wrong about the order: bytes, not characters, not folders first.
_ORDER = ("A", "B", "a", "a-b", "a/b", "a0", "package.json", "z", "\u00e9", "\uff21", "\U0001f600")
# Long and varied enough that each level of the compressor writes something else.
_LONG_TEXT = "".join(f"export const v{n} = require('./m{n * n % 97}');\n" for n in range(5000)).encode()
_MANIFEST_SOURCE = (
    b'\xef\xbb\xbf{"version":"1.0.0","name":"@acme/example","10":1.0,"9":-1E+2,'
    b'"scripts":{"b":"x","a":"\\u2028\\u007f\\u001f\\n\\"\\\\\\/\\u00e9\\ud83d\\ude00"},'
    b'"dependencies":{"b":"1","B":"1","a":"1","\xef\xbc\xa1":"1","\\ud83d\\ude00":"1"},'
    b'"devDependencies":{"b":"1","a":"1"},"optionalDependencies":{"b":"1","a":"1"},'
    b'"peerDependencies":{"b":"1","a":"1"},"peerDependenciesMeta":{"b":{"y":1,"optional":true},"a":{}},'
    b'"dependenciesMeta":{"b":{},"a":{}},"bundleDependencies":["b","a"],"empty":{},"none":[],"nested":[[{"k":null}]]}'
)


def example_tarball() -> tuple[Tarball, bytes]:
    """The tarball that docs/formats/canon-v1.md takes apart."""
    manifest = {"name": "@acme/example", "version": "1.0.0", "bin": "bin/hello.js"}
    files = [
        FileContent(path="package.json", data=package_json.write(manifest), executable=False),
        FileContent(path="bin/hello.js", data=b'#!/usr/bin/env node\nconsole.log("hello");\n', executable=True),
        FileContent(path="LICENSE", data=b"Apache-2.0\n", executable=False),
        FileContent(path=f"docs/\u00e9t\u00e9/{'long-' * 40}name.md", data=b"# Long\n", executable=False),
    ]
    return pack(PackageId(PackageName("@acme/example"), Version("1.0.0")), files, PackSettings())


def _header(path: str, size_bytes: int = 0, *, executable: bool = False) -> Callable[[], str]:
    return lambda: dump(ustar.header(path, size_bytes, executable=executable))


def _order() -> str:
    return dump(canonical(*((f"package/{path}", b"", False) for path in _ORDER)))


def _summary() -> str:
    tarball, _ = example_tarball()
    files = [
        f"{file.sha256.hex} {'0755' if file.executable else '0644'} {file.size_bytes} {file.path}"
        for file in tarball.files
    ]
    digests = [f"sha512 {tarball.sha512.hex}", f"sha256 {tarball.sha256.hex}", f"tar sha256 {tarball.tar_sha256.hex}"]
    return "\n".join([*digests, f"size {tarball.size_bytes}", *files]) + "\n"


CANON_V1: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "header-plain": _header("package/index.js", 1234),
        "header-executable": _header("package/bin/x.js", 1234, executable=True),
        "header-largest": _header("package/largest", 8 * 1024**3 - 1),
        "path-100": _header("package/" + "n" * 92),
        "path-101-split": _header("package/" + "d" * 42 + "/" + "n" * 50),
        "path-101-pax": _header("package/" + "n" * 93),
        "path-256-split": _header("package/" + "d" * 147 + "/" + "n" * 100),
        "path-257-pax": _header("package/" + "d" * 148 + "/" + "n" * 100),
        "path-prefix-155": _header("package/" + "d" * 147 + "/n"),
        "path-prefix-156-pax": _header("package/" + "d" * 148 + "/n"),
        "path-last-slash": _header("package/" + "a" * 60 + "/" + "b" * 60 + "/" + "c" * 60),
        "path-non-ascii": _header("package/\u00e9t\u00e9.txt", 3),
        "path-non-ascii-split": _header("package/" + "\u00e9" * 60 + "/" + "\u00e9" * 50),
        "path-non-ascii-pax": _header("package/" + "\u00e9" * 100 + "/\u65e5\u672c \U0001f600", 3, executable=True),
        "file-512": lambda: dump(canonical(("package/a", b"x" * 512, False))),
        "file-513": lambda: dump(canonical(("package/a", b"x" * 513, False))),
        "file-empty": lambda: dump(canonical(("package/a", b"", False))),
        "order": _order,
        "end": lambda: dump(ustar.END),
        "package-json": lambda: package_json.write(package_json.read(_MANIFEST_SOURCE, "p")).decode(),
        "gzip-empty": lambda: dump(gzip.compress(b"")),
        "gzip-text": lambda: dump(gzip.compress(b"hello, hello, hello\n")),
        "gzip-zeros": lambda: dump(gzip.compress(bytes(100_000))),
        "gzip-levels": lambda: sha256(gzip.compress(_LONG_TEXT)).hex + "\n",
        "tarball": lambda: dump(example_tarball()[1]),
        "tarball-tar": lambda: dump(gzip.decompress(example_tarball()[1], 1_000_000, "p")),
        "tarball-digests": _summary,
    }
)

DOCUMENT_VECTORS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "release.json": lambda: statement.write(example_release()).decode(),
        "build-record.json": lambda: build_record.write(example_record()).decode(),
        "SHA512SUMS": lambda: sha512sums.write(
            {subject.id.asset_name: subject.sha512 for subject in example_release().subjects}
        ).decode(),
        "fingerprint.txt": lambda: fingerprint.write(sha256(statement.write(example_release()))) + "\n",
        **DIRECTORY_SITE,
        **GIT_REFS,
    }
)


def pretty(document: str) -> str:
    """A one-line document as the pages show it."""
    return json.dumps(json.loads(document), indent=2, ensure_ascii=False) + "\n"


def write_missing() -> None:
    """Write each vector that has no file yet."""
    for folder, suffix, vectors in ((FOLDER, ".txt", CANON_V1), (DOCUMENTS, "", DOCUMENT_VECTORS)):
        folder.mkdir(exist_ok=True)
        for name, make in vectors.items():
            path = folder / f"{name}{suffix}"
            if not path.exists():
                path.write_text(make(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_missing()
