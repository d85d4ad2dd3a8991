"""Packs members of a given size in a process of its own: `memory_once MEMBERS BYTES FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.contents import Contents
from bench.product import workers
from samebytes.flows.pack import PackRoom, pack_members
from samebytes.formats import package_json
from samebytes.model.names import PackageId, PackageName
from samebytes.model.tarball import ListedFile, PackRequest
from samebytes.model.versions import Version

_PIECE_BYTES = 4_000_000


def make_files(folder: Path, size_bytes: int) -> None:
    """Files of a few megabytes, code and binaries by turns, this many bytes together."""
    contents = Contents(7)
    for index, start in enumerate(range(0, size_bytes, _PIECE_BYTES)):
        piece_bytes = min(_PIECE_BYTES, size_bytes - start)
        data = contents.binary(piece_bytes) if index % 2 else contents.code(piece_bytes)
        (folder / f"f{index}").write_bytes(data)


def main(members: int, files: Path, out: Path) -> None:
    """Pack the same files as each of the members."""
    listed = tuple(
        ListedFile(stored_path=path.name, source_path=str(path), executable=False) for path in sorted(files.iterdir())
    )
    requests = []
    for number in range(members):
        package = PackageId(PackageName(f"m{number}"), Version("1.0.0"))
        manifest = package_json.read(f'{{"name":"{package.name}","version":"1.0.0"}}'.encode("ascii"), "package.json")
        requests.append(PackRequest(id=package, manifest=manifest, files=listed))
    pack_members(requests, PackRoom(out_dir=str(out), workers=workers()))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
