"""Whatever bytes come in, a reader of ours gives a value or a FormatError with a place, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samebytes.core.pack import FileContent, pack
from samebytes.core.repack import repack
from samebytes.errors import FormatError
from samebytes.formats import build_record, gzip, package_json, sha512sums, statement
from samebytes.formats.canonical_json import read_document
from samebytes.formats.json_reader import parse_json
from samebytes.formats.ustar_reader import read_canonical, read_foreign
from samebytes.model.digests import sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version
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

_READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "json": (lambda data: parse_json(data, "p"), b'{"a":[1,-2.5e3,"\\ud83d\\ude00",{"b":null}],"c":true}'),
    "canonical_json": (lambda data: read_document(data, "p"), b'{"a":[1,2,{"b":"c"}]}\n'),
    "package_json": (lambda data: package_json.read(data, "p"), _MANIFEST),
    "statement": (lambda data: statement.read(data, "p"), statement.write(example_release())),
    "build_record": (lambda data: build_record.read(data, "p"), build_record.write(example_record())),
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
        assert error.code.startswith("SB-4")  # noqa: PT017


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


@given(st.text(alphabet='[]{}",:\\u0dD8 \n1eE+-.ainfNtrules', max_size=60))
def test_text_that_looks_like_json(text: str) -> None:
    """What is almost JSON never leads to anything but a value or a place."""
    _gives_a_value_or_a_format_error(lambda data: parse_json(data, "p", max_depth=5), text.encode())
