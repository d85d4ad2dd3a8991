"""A canonical tar is read to the last byte, and a foreign one without being trusted."""

from __future__ import annotations

import io
import tarfile

import pytest

from samebytes.errors import FormatError
from samebytes.formats import ustar_reader
from samebytes.formats.ustar import END, MTIME
from samebytes.formats.ustar_reader import TarEntry, read_canonical, read_foreign
from tests.unit.formats.tars import block, canonical, pax, with_checksum

_LONG = "package/" + "\u00e9" * 200 + "/" + "n" * 300
_GOOD = canonical(
    ("package/a", b"", False),
    ("package/bin/x.js", b"#!/usr/bin/env node\n", True),
    ("package/p" + "p" * 146 + "/" + "n" * 100, b"split", False),
    (_LONG, b"long" * 200, True),
)


def _files(entries: list[TarEntry]) -> list[tuple[str, bytes, bool]]:
    return [(entry.path, bytes(entry.data), entry.executable) for entry in entries]


def _foreign(*blocks: bytes) -> list[TarEntry]:
    return list(read_foreign(b"".join(blocks) + END, "p"))


def test_both_readers_read_what_the_writer_writes() -> None:
    """Path, bytes, size, mode, owner and date come back, from short, split and long paths."""
    strict, foreign = list(read_canonical(_GOOD, "p")), list(read_foreign(_GOOD, "p"))
    assert _files(strict) == _files(foreign)
    assert [entry.path for entry in strict] == sorted(entry.path for entry in strict)
    assert [entry.size_bytes for entry in strict] == [0, 20, 5, 800]
    assert [entry.mode for entry in strict] == [0o644, 0o755, 0o644, 0o755]
    assert {(entry.mtime, entry.uid, entry.gid) for entry in strict} == {(MTIME, 0, 0)}
    assert strict[3].path == _LONG


def test_an_empty_tar_has_no_files() -> None:
    """Two zero blocks alone are a tar."""
    assert list(read_canonical(END, "p")) == []
    assert list(read_foreign(END, "p")) == []


@pytest.mark.parametrize(
    ("tar", "code", "words"),
    [
        (b"", "SB-4020", "two zero blocks"),
        (END[:512], "SB-4020", "two zero blocks"),
        (END + bytes(512), "SB-4020", "two zero blocks"),
        (_GOOD + b"x", "SB-4020", "two zero blocks"),
        (_GOOD[:-1024], "SB-4020", "two zero blocks"),
        (_GOOD[:700], "SB-4020", "cut off within a header"),
        (canonical(("package/a", b"x" * 600, False))[:1000], "SB-4020", "cut off within an entry"),
        (canonical(("package/b", b"", False), ("package/a", b"", False)), "SB-4023", "order"),
        (canonical(("package/a", b"", False), ("package/a", b"", False)), "SB-4023", "there twice"),
        (canonical(("other/a", b"", False)), "SB-4023", "is not below package/"),
        (canonical(("package/../a", b"", False)), "SB-4021", "a part `..`"),
        (canonical(("/package/a", b"", False)), "SB-4021", "is absolute"),
        (canonical(("package/a\x1b", b"", False)), "SB-4021", "control character"),
        (block(b"package/\xff") + END, "SB-4021", "not UTF-8"),
        (block(b"package/a", typeflag=b"2") + END, "SB-4021", "a symbolic link"),
        (block(b"package/a", typeflag=b"1") + END, "SB-4021", "a hard link"),
        (block(b"package/a", typeflag=b"3") + END, "SB-4021", "a device"),
        (block(b"package/a", typeflag=b"6") + END, "SB-4021", "a FIFO"),
        (block(b"package", typeflag=b"5") + END, "SB-4021", "an entry of type b'5'"),
        (block(b"package/a", typeflag=b"S") + END, "SB-4021", "an entry of type b'S'"),
        (block(b"package/a") + END, "SB-4023", "header field mode"),
        (pax(("path", "package/a")) + block(b"package/a") + END, "SB-4023", "the PAX header is not"),
        (pax(("comment", "x")) + block(b"package/a") + END, "SB-4023", "the PAX header is not"),
        (pax(("path", "p" * 70_000)) + block(b"package/a") + END, "SB-4022", "PAX header of 700"),
        (pax(("path", "p" * 200)), "SB-4020", "cut off within a header"),
        (_GOOD[:100] + b"9" + _GOOD[101:], "SB-4020", "checksum of a tar header is wrong"),
        (with_checksum(_GOOD[:100] + b"9" + _GOOD[101:]), "SB-4020", "field mode of a tar header"),
        (with_checksum(_GOOD[:136] + b"1" + _GOOD[137:]), "SB-4023", "header field mtime"),
        (with_checksum(_GOOD[:265] + b"root" + _GOOD[269:]), "SB-4023", "header field uname"),
        (with_checksum(_GOOD[:505] + b"x" + _GOOD[506:]), "SB-4023", "header field unused bytes"),
        (_GOOD[:154] + b"\0 " + _GOOD[156:], "SB-4020", "checksum of a tar header is wrong"),
        (_GOOD[:148] + b"%06o\0 " % int(_GOOD[148:155], 8) + _GOOD[156:], "SB-4023", "header field checksum"),
        (with_checksum(_GOOD[:156] + b"\0" + _GOOD[157:]), "SB-4023", "header field typeflag"),
    ],
)
def test_the_strict_reader_refuses_every_deviation(tar: bytes, code: str, words: str) -> None:
    """Damage, danger and other ways to write the same are told apart, and none is read."""
    with pytest.raises(FormatError, match=words.replace(".", r"\.")) as caught:
        list(read_canonical(tar, "p"))
    assert caught.value.code == code
    assert caught.value.place.startswith("p")


def test_the_strict_reader_refuses_padding_that_is_not_zero() -> None:
    """Nothing hides behind a file's last byte."""
    tar = bytearray(canonical(("package/a", b"abc", False)))
    tar[515] = 1
    with pytest.raises(FormatError, match="SB-4023: p: package/a: the padding"):
        list(read_canonical(bytes(tar), "p"))


@pytest.mark.parametrize("at", range(512))
def test_no_byte_of_a_header_can_change(at: int) -> None:
    """Whatever byte of a header changes, with or without the checksum made to fit, the tar is refused."""
    tar = canonical(("package/a", b"abc", False))
    for flip in (1, 0x80):
        changed = tar[:at] + bytes([tar[at] ^ flip]) + tar[at + 1 :]
        with pytest.raises(FormatError):
            list(read_canonical(changed, "p"))
    if not 148 <= at < 156 and at not in range(8, 100):
        # A path or size that says something else is another tar; every other field has one value only.
        changed = with_checksum(tar[:at] + bytes([tar[at] ^ 1]) + tar[at + 1 :])
        if at not in range(124, 135) and at != 156:
            with pytest.raises(FormatError):
                list(read_canonical(changed, "p"))


def test_the_reader_is_lazy_and_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries come one by one, and no more than the limit of them."""
    tar = canonical(*((f"package/{number}", b"", False) for number in range(4)))
    monkeypatch.setattr(ustar_reader, "MAX_ENTRIES", 3)
    for reader in (read_canonical, read_foreign):
        entries = reader(tar, "p")
        assert [next(entries).path for _ in range(3)] == ["package/0", "package/1", "package/2"]
        with pytest.raises(FormatError, match="SB-4022: p: has more than 3 entries"):
            list(entries)


def test_reads_foreign_entries() -> None:
    """Npm's numbers, old and contiguous files, folders, `./`, global headers, GNU names and PAX overrides."""
    entries = _foreign(
        pax(("comment", "0" * 40), typeflag=b"g"),
        block(b"./", typeflag=b"5"),
        block(b"package/", typeflag=b"0"),
        block(b"./package/a", b"A", mode=b"0000600\0"),
        block(b"package/b", b"B", typeflag=b"\0", magic=b"ustar  \0", prefix=b"not-a-prefix"),
        block(b"package/c", b"C", typeflag=b"7", mode=b"100775 \0"),
        block(b"././@LongLink", b"package/" + b"d" * 200 + b"\0", typeflag=b"L"),
        block(b"package/short", b"D"),
        block(b"././@LongLink", b"target\0", typeflag=b"K"),
        block(b"x.js", b"E", prefix=b"package/lib"),
        pax(("path", "package/\u00e9"), ("mtime", "1.5"), ("size", "3")),
        block(b"package/e", b"abc", size=b"00000000000 "),
        block(b"package/f", b"", size=b"\x80" + bytes(11), mode=b"        "),
    )
    assert [(entry.path, bytes(entry.data), entry.mode) for entry in entries] == [
        ("package/a", b"A", 0o600),
        ("package/b", b"B", 0o644),
        ("package/c", b"C", 0o100775),
        ("package/" + "d" * 200, b"D", 0o644),
        ("package/lib/x.js", b"E", 0o644),
        ("package/\u00e9", b"abc", 0o644),
        ("package/f", b"", 0),
    ]
    assert [entry.executable for entry in entries] == [False, False, True, False, False, False, False]


@pytest.mark.parametrize("tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_reads_what_pythons_tarfile_writes(tar_format: int) -> None:
    """Three dialects of an independent writer, long and non-ASCII paths among them."""
    paths = ["package/a", "package/" + "d" * 90 + "/" + "n" * 60, "package/\u00e9.txt"]
    if tar_format != tarfile.USTAR_FORMAT:
        paths.append("package/" + "\u00e9" * 130)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as archive:
        for path in paths:
            info = tarfile.TarInfo(path)
            info.size, info.mtime, info.uname = 3, 12, "somebody"
            archive.addfile(info, io.BytesIO(b"abc"))
    entries = list(read_foreign(buffer.getvalue(), "p"))
    assert [entry.path for entry in entries] == paths
    assert {bytes(entry.data) for entry in entries} == {b"abc"}


def test_a_foreign_tar_may_end_without_zero_blocks() -> None:
    """Some packers leave the end out; the file ends where the last entry does."""
    assert [entry.path for entry in read_foreign(block(b"package/a"), "p")] == ["package/a"]


@pytest.mark.parametrize(
    ("tar", "code", "words"),
    [
        (block(b"package/a") + END + b"x", "SB-4020", "followed by more data"),
        (block(b"package/a")[:100], "SB-4020", "cut off within a header"),
        (block(b"package/a", b"x" * 600)[:1000], "SB-4020", "cut off within an entry"),
        (block(b"package/a", size=b"\x80" + b"\xff" * 11), "SB-4020", "cut off within an entry"),
        (block(b"package/a", size=b"0000000000z "), "SB-4020", "field size"),
        (block(b"package/a", size=b"\xff" * 12), "SB-4020", "field size"),
        (pax(("path", "package/a")) + END, "SB-4020", "ends after an extension header"),
        (pax(("size", "-1")) + block(b"package/a") + END, "SB-4020", "size that is no number"),
        (pax(("size", "9" * 40)) + block(b"package/a") + END, "SB-4020", "size that is no number"),
        (block(b"PaxHeader", b"99 path=a\n", typeflag=b"x") + END, "SB-4020", "PAX header is malformed"),
        (block(b"PaxHeader", b"path=a\n", typeflag=b"x") + END, "SB-4020", "PAX header is malformed"),
        (block(b"PaxHeader", b"3 a", typeflag=b"x") + END, "SB-4020", "PAX header is malformed"),
        (block(b"PaxHeader", b"7 path\n", typeflag=b"x") + END, "SB-4020", "PAX header is malformed"),
        (block(b"PaxHeader", b"0 path=a\n", typeflag=b"x") + END, "SB-4020", "PAX header is malformed"),
        (block(b"L", b"x" * 70_000, typeflag=b"L") + END, "SB-4022", "extension header of 70000 bytes"),
        (block(b"package/a") * 2 + END, "SB-4021", "is there twice"),
        (block(b"./package/a") + block(b"package/a") + END, "SB-4021", "is there twice"),
        (block(b"package/a", typeflag=b"2") + END, "SB-4021", "is a symbolic link"),
        (block(b"package/a", typeflag=b"1") + END, "SB-4021", "is a hard link"),
        (block(b"package/a", typeflag=b"4") + END, "SB-4021", "is a device"),
        (block(b"package/a/", typeflag=b"2") + END, "SB-4021", "is a symbolic link"),
        (block(b"/etc/passwd") + END, "SB-4021", "is absolute"),
        (block(b"package/../../a") + END, "SB-4021", "has a part `..`"),
        (block(b"package/a\n") + END, "SB-4021", "control character"),
        (pax(("path", "package/a\0b")) + block(b"x") + END, "SB-4021", "control character"),
        (block(b"package/\xe9") + END, "SB-4021", "not UTF-8"),
    ],
)
def test_the_tolerant_reader_refuses_damage_and_danger(tar: bytes, code: str, words: str) -> None:
    """Tolerance is for other forms, not for what is broken, ambiguous or leads outside."""
    with pytest.raises(FormatError, match=words.replace(".", r"\.")) as caught:
        list(read_foreign(tar, "p"))
    assert caught.value.code == code
