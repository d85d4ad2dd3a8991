"""Laws of canon-v1: what is packed is found again, in one form only, whatever the order."""

from __future__ import annotations

import io
import tarfile

from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.pack import FileContent, pack
from samebytes.core.repack import repack
from samebytes.errors import FormatError
from samebytes.formats import gzip, package_json
from samebytes.formats.ustar_reader import read_canonical, read_foreign
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import PackSettings
from samebytes.model.versions import Version

_ID = PackageId(PackageName("@acme/a"), Version("1.0.0"))
_SETTINGS = PackSettings(allow_colliding_paths=True, allow_non_nfc_paths=True)
_LIMIT_BYTES = 16 * 1024 * 1024

_PARTS = st.one_of(
    st.sampled_from(["lib", "index.js", ".hidden", "a b", "-", "\u00e9", "e\u0301", "\U0001f600", "\u65e5\u672c"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=12),
    # The edges of the header: name, prefix and the cut of the PAX name, in bytes and in characters.
    st.sampled_from([90, 91, 92, 93, 99, 100, 101, 146, 147, 148, 155, 156]).map(lambda length: "n" * length),
    st.sampled_from([30, 45, 46, 50, 51, 77, 78, 130]).map(lambda length: "\u00e9" * length),
).filter(lambda part: part not in {".", ".."})
_PATHS = st.lists(_PARTS, min_size=1, max_size=4).map("/".join).filter(lambda path: path[1:2] != ":")
_CONTENTS = st.tuples(st.binary(max_size=1200), st.booleans())


def _is_possible(files: dict[str, tuple[bytes, bool]]) -> bool:
    """No file is also a folder."""
    return not any(other.startswith(f"{path}/") for path in files for other in files)


_TREES = st.dictionaries(_PATHS, _CONTENTS, max_size=6).filter(_is_possible)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)
_MANIFESTS = st.dictionaries(st.sampled_from(["dependencies", "scripts", "1", "exports"]), _VALUES).map(
    lambda extra: {"name": "@acme/a", **extra, "version": "1.0.0"}
)


def _contents(files: dict[str, tuple[bytes, bool]], manifest: dict[str, object]) -> list[FileContent]:
    others = {path: content for path, content in files.items() if not path.startswith("package.json")}
    return [
        FileContent(path="package.json", data=package_json.write(manifest), executable=False),  # type: ignore[arg-type]
        *(FileContent(path=path, data=data, executable=executable) for path, (data, executable) in others.items()),
    ]


@given(_TREES, _MANIFESTS)
def test_what_is_packed_is_found_again(files: dict[str, tuple[bytes, bool]], manifest: dict[str, object]) -> None:
    """Both readers give back every path, byte and executable bit, in the order of the paths' bytes."""
    contents = _contents(files, manifest)
    tarball, tgz = pack(_ID, contents, _SETTINGS)
    tar = gzip.decompress(tgz, _LIMIT_BYTES, "p")
    expected = {f"package/{file.path}": (file.data, file.executable) for file in contents}
    for reader in (read_canonical, read_foreign):
        entries = list(reader(tar, "p"))
        assert {entry.path: (bytes(entry.data), entry.executable) for entry in entries} == expected
        assert [entry.path for entry in entries] == [f"package/{file.path}" for file in tarball.files]
    assert [file.path.encode() for file in tarball.files] == sorted(file.path.encode() for file in contents)
    assert tarball.manifest == package_json.read(package_json.write(manifest), "p")  # type: ignore[arg-type]


@given(_TREES, _MANIFESTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(
    files: dict[str, tuple[bytes, bool]], manifest: dict[str, object], random: st.DataObject
) -> None:
    """A shuffled list of the same files is the same tarball."""
    contents = _contents(files, manifest)
    shuffled = list(contents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pack(_ID, shuffled, _SETTINGS) == pack(_ID, contents, _SETTINGS)


@given(_TREES, _MANIFESTS)
def test_re_emitting_is_idempotent(files: dict[str, tuple[bytes, bool]], manifest: dict[str, object]) -> None:
    """A canonical tarball is a fixed point, also when an independent writer rewrites its tar."""
    tarball, tgz = pack(_ID, _contents(files, manifest), _SETTINGS)
    assert repack(tgz, _ID, _SETTINGS) == (tarball, tgz)
    rewritten = io.BytesIO()
    with tarfile.open(fileobj=rewritten, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        for entry in reversed(list(read_canonical(gzip.decompress(tgz, _LIMIT_BYTES, "p"), "p"))):
            info = tarfile.TarInfo(entry.path)
            info.size, info.mode, info.mtime, info.uname = entry.size_bytes, entry.mode, 7, "me"
            archive.addfile(info, io.BytesIO(bytes(entry.data)))
    assert repack(rewritten.getvalue(), _ID, _SETTINGS) == (tarball, tgz)


@given(_TREES, st.data())
def test_one_form_only(files: dict[str, tuple[bytes, bool]], data: st.DataObject) -> None:
    """A tar with a changed byte is refused, or is the canonical tar of other contents; never another form of the same."""
    _, tgz = pack(_ID, _contents(files, {"name": "@acme/a", "version": "1.0.0"}), _SETTINGS)
    tar = gzip.decompress(tgz, _LIMIT_BYTES, "p")
    at = data.draw(st.integers(0, len(tar) - 1))
    changed = tar[:at] + bytes([tar[at] ^ data.draw(st.integers(1, 255))]) + tar[at + 1 :]
    original = [(entry.path, bytes(entry.data), entry.executable) for entry in read_canonical(tar, "p")]
    try:
        found = [(entry.path, bytes(entry.data), entry.executable) for entry in read_canonical(changed, "p")]
    except FormatError:
        return
    assert found != original
