"""Whatever bytes come in, a reader of ours gives a value or a FormatError with a place, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samebytes.config import load_settings, read_document
from samebytes.core.pack import FileContent, pack
from samebytes.core.repack import repack
from samebytes.error_codes import MEANINGS
from samebytes.errors import ConfigError, FormatError
from samebytes.formats import build_record, canonical_json, gzip, package_json, sha512sums, statement, stored_packument
from samebytes.formats.json_reader import parse_json
from samebytes.formats.lockfiles import check_lockfile, read_pinned_package_managers
from samebytes.formats.ustar_reader import read_canonical, read_foreign
from samebytes.model.digests import sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version
from samebytes.package_managers.pnpm_settings import WORKSPACE_FILE, read_workspace_file
from tests.unit.formats.releases import example_record, example_release
from tests.unit.formats.tars import block, pax

_ID = PackageId(PackageName("a"), Version("1.0.0"))
_LIMIT_BYTES = 1024 * 1024
_MANIFEST = b'{\n  "name": "a",\n  "version": "1.0.0"\n}\n'
_, _TGZ = pack(
    _ID,
    [
        FileContent(path="package.json", data=_MANIFEST, executable=False),
        FileContent(path="n" * 300, data=b"x" * 700, executable=True),
    ],
    PackSettings(),
)
_TAR = gzip.decompress(_TGZ, _LIMIT_BYTES, "p")

_LOCKFILE = b"""---
lockfileVersion: '9.0'
importers:
  .:
    packageManagerDependencies: {pnpm: {specifier: ^12, version: 12.1.0}}
---
lockfileVersion: '9.0'
settings: &settings {autoInstallPeers: true}
again: *settings
importers: {.: {}}
"""
_WORKSPACE_FILE = (
    b"packages: ['packages/*', '!packages/x']\ncatalog: {c: ^1}\ncatalogs: {d: {e: '1'}}\nnodeVersion: 20.1.0\n"
)
_PACKUMENT = json.dumps(
    {
        "name": "a",
        "dist-tags": {"latest": "1.0.0"},
        "versions": {
            "1.0.0": {
                "name": "a",
                "version": "1.0.0",
                "dist": {"integrity": sha512(b"a").integrity, "shasum": "00", "tarball": "a.tgz", "fileCount": 2},
            }
        },
        "time": {"created": "2026-03-01T09:00:00.000Z"},
    }
).encode()
_CONFIG = b"""[select]
rule = "listed"
listed = ["@s/*"]

[build]
env = { A = "b" }

[sites.corp]
kind = "directory"
path = "../corp"
concurrency = 4
"""


class _OnlyFile:
    """A tree in which every file that is asked for has the same bytes, under a name that places begin with."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, path: str) -> bytes | None:
        """The bytes."""
        return self._data if path == WORKSPACE_FILE else None

    def files(self) -> Sequence[str]:
        """The one file."""
        return (WORKSPACE_FILE,)

    def directory_links(self) -> Mapping[str, str]:
        """None."""
        return {}


def _checked_lockfile(data: bytes) -> object:
    check_lockfile(data, "p")
    return data


_READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "json": (lambda data: parse_json(data, "p"), b'{"a":[1,-2.5e3,"\\ud83d\\ude00",{"b":null}],"c":true}'),
    "canonical_json": (lambda data: canonical_json.read_document(data, "p"), b'{"a":[1,2,{"b":"c"}]}\n'),
    "package_json": (lambda data: package_json.read(data, "p"), _MANIFEST),
    "statement": (lambda data: statement.read(data, "p"), statement.write(example_release())),
    "build_record": (lambda data: build_record.read(data, "p"), build_record.write(example_record())),
    "lockfile": (_checked_lockfile, _LOCKFILE),
    "pinned_package_managers": (lambda data: read_pinned_package_managers(data, "p"), _LOCKFILE),
    "workspace_file": (lambda data: read_workspace_file(_OnlyFile(data)), _WORKSPACE_FILE),
    "packument": (lambda data: stored_packument.read(data, _ID.name, "p"), _PACKUMENT),
    "config": (lambda data: read_document(data, "p"), _CONFIG),
    "sha512sums": (
        lambda data: sha512sums.read(data, "p"),
        sha512sums.write({"a.tgz": sha512(b"a"), "b.tgz": sha512(b"b")}),
    ),
    "gzip": (lambda data: gzip.decompress(data, _LIMIT_BYTES, "p"), _TGZ),
    "foreign_gzip": (lambda data: gzip.decompress_foreign(data, _LIMIT_BYTES, "p"), _TGZ),
    "tar": (lambda data: list(read_canonical(data, "p")), _TAR),
    "foreign_tar": (lambda data: list(read_foreign(data, "p")), pax(("comment", "c"), ("size", "700")) + _TAR),
    "repack": (lambda data: repack(data, _ID, PackSettings()), _TGZ),
    "tar_entry": (lambda data: list(read_foreign(data, "p")), block(b"a", b"b", typeflag=b"L") + block(b"c")),
}


def _gives_a_value_or_a_format_error(read: Callable[[bytes], object], data: bytes) -> None:
    try:
        read(data)
    except FormatError as error:
        assert error.place  # noqa: PT017  not raising is fine, raising without a place is not
        assert error.code in MEANINGS  # noqa: PT017


@pytest.mark.parametrize("name", sorted(_READERS))
@given(data=st.binary(max_size=2000))
@example(data=b"")
def test_random_bytes(name: str, data: bytes) -> None:
    """Bytes that mean nothing are refused in words."""
    _gives_a_value_or_a_format_error(_READERS[name][0], data)


@pytest.mark.parametrize("name", sorted(_READERS))
@given(choices=st.data())
def test_damaged_documents(name: str, choices: st.DataObject) -> None:
    """A good document that was cut, overwritten, repeated or had something put in is read or refused in words."""
    read, document = _READERS[name]
    read_whole = read(document)
    assert read_whole is not None
    start = choices.draw(st.integers(0, len(document)))
    end = choices.draw(st.integers(start, min(len(document), start + 40)))
    piece = choices.draw(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [b"\0" * 512, b'"', b"{", b"[", b"]", b"}", b",", b"0", b"-", b"\\ud800", b"\xff", b"9" * 30]
            ),
            st.just(document[:start]),
        )
    )
    _gives_a_value_or_a_format_error(read, document[:start] + piece + document[end:])


@given(
    path=st.sampled_from(
        [
            "select",
            "select.rule",
            "build.env",
            "pack.packer",
            "promote.when",
            "sites",
            "sites.corp",
            "sites.corp.path",
            "sites.x-y.kind",
        ]
    ),
    value=st.recursive(
        st.sampled_from(["true", "0", "-1.5", "inf", "2026-01-01", '"x"', '"${A"', '"${B}"', '""']),
        lambda inner: (
            st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
            | st.dictionaries(st.sampled_from(["A", "kind", "rule"]), inner, max_size=2).map(
                lambda table: f"{{{', '.join(f'{key} = {item}' for key, item in table.items())}}}"
            )
        ),
        max_leaves=4,
    ),
)
def test_any_value_in_any_setting(path: str, value: str) -> None:
    """Well-formed TOML with the wrong kind of value becomes settings, or an error of ours with file and line."""
    try:
        document = read_document(f"{path} = {value}\n".encode(), "conf.toml")
        load_settings(document, document, "/repo", {})
    except ConfigError as error:
        # A variable that is not set is about this machine, and names the key instead.
        assert error.code == "SB-1004" or error.summary.startswith("conf.toml")  # noqa: PT017


@given(st.text(alphabet='[]{}",:\\u0dD8 \n1eE+-.ainfNtrules', max_size=60))
def test_text_that_looks_like_json(text: str) -> None:
    """What is almost JSON never leads to anything but a value or a place."""
    _gives_a_value_or_a_format_error(lambda data: parse_json(data, "p", max_depth=5), text.encode())
