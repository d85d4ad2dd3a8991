"""Pack members: read their files, make canonical tarballs, and store these in a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samebytes.core.pack import FileSize, finish, lay_out, new_tar
from samebytes.core.repack import repack
from samebytes.errors import BuildError
from samebytes.formats import gzip, package_json
from samebytes.formats.package_json import MANIFEST
from samebytes.model.names import PackageId
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import PackedMember, PackRequest
from samebytes.system.member_files import read_into, require_utf8_names, size_of, write_whole
from samebytes.system.worker_processes import Job, run_in_processes

# Below this many bytes, starting processes takes longer than it saves (docs/decisions/packing-processes.md).
_WORTH_PROCESSES_BYTES = 8 * 1024 * 1024
# The tar, the compressor's output, and the tarball made of it; measured with contents that do not compress.
_BYTES_HELD_PER_BYTE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRoom:
    """Where tarballs go, which paths are allowed, and what packing may use of the machine."""

    out_dir: str
    settings: PackSettings = field(default_factory=PackSettings)
    workers: int = 1
    memory_limit_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One file in a tarball: read from `path`, or `data` where it is not on disk."""

    file: FileSize
    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """Everything a worker needs to pack one member."""

    id: PackageId
    sources: tuple[_Source, ...]
    settings: PackSettings
    out_dir: str


def pack_members(
    requests: Sequence[PackRequest], room: PackRoom, on_packed: Callable[[PackedMember], None] = lambda _: None
) -> tuple[PackedMember, ...]:
    """Pack each member into `<asset name>` in the output folder, in the order of the requests.

    Runs in several processes where that is quicker (the compressor holds Python's lock), with no more than the memory
    limit in use at once by all of them; a member that alone needs more is packed alone. `on_packed` hears of each member
    as it is done.
    Raises what `core.pack` raises, BuildError with member and path: SB-4035 a file changed while it was read, SB-4036 an
    LFS pointer, SB-4037 unreadable, SB-4038 the folder cannot be written, SB-4040 a worker died; and ConfigError
    (SB-4041) where the locale's file names are not UTF-8.
    """
    gzip.check_golden()
    require_utf8_names()
    _make_folder(room.out_dir)
    jobs = [_job(_task(request, room)) for request in requests]
    total_bytes = sum(job.weight_bytes for job in jobs) // _BYTES_HELD_PER_BYTE
    packed: dict[int, PackedMember] = {}
    if room.workers > 1 and len(jobs) > 1 and total_bytes >= _WORTH_PROCESSES_BYTES:
        done = run_in_processes(_pack, jobs, workers=room.workers, budget_bytes=room.memory_limit_bytes)
    else:
        done = ((index, _pack(job.argument)) for index, job in enumerate(jobs))
    for index, member in done:
        packed[index] = member
        on_packed(member)
    return tuple(packed[index] for index in range(len(jobs)))


def pack_native(id: PackageId, tgz: bytes, room: PackRoom) -> PackedMember:  # noqa: A002  the field's own word
    """Store what the package manager's own pack wrote, re-emitted canonically.

    Raises what `core.repack` raises, and BuildError (SB-4038).
    """
    _make_folder(room.out_dir)
    tarball, canonical = repack(tgz, id, room.settings)
    return PackedMember(tarball=tarball, file=write_whole(room.out_dir, id.asset_name, canonical))


def _make_folder(path: str) -> None:
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError("SB-4038", f"{path} cannot be made a folder: {error.strerror}") from error


def _task(request: PackRequest, room: PackRoom) -> _Task:
    manifest = package_json.write(request.manifest)
    executable = any(file.executable for file in request.files if file.stored_path == MANIFEST)
    file = FileSize(path=MANIFEST, size_bytes=len(manifest), executable=executable)
    sources = [_Source(file=file, path="", data=manifest)]
    for listed in request.files:
        if listed.stored_path != MANIFEST:
            size_bytes = size_of(listed.source_path, f"{request.id}: {listed.stored_path}")
            file = FileSize(path=listed.stored_path, size_bytes=size_bytes, executable=listed.executable)
            sources.append(_Source(file=file, path=listed.source_path, data=b""))
    return _Task(id=request.id, sources=tuple(sources), settings=room.settings, out_dir=room.out_dir)


def _job(task: _Task) -> Job[_Task]:
    size_bytes = sum(source.file.size_bytes for source in task.sources)
    return Job(task, size_bytes * _BYTES_HELD_PER_BYTE)


def _pack(task: _Task) -> PackedMember:
    """Pack one member; runs in a worker process."""
    place = str(task.id)
    layout = lay_out([source.file for source in task.sources], task.settings, place)
    tar = new_tar(layout)
    view = memoryview(tar)
    by_path = {source.file.path: source for source in task.sources}
    for slot in layout.slots:
        source = by_path[slot.file.path]
        if source.path:
            read_into(source.path, view[slot.start : slot.end], f"{place}: {slot.file.path}")
        else:
            view[slot.start : slot.end] = source.data
    tarball, tgz = finish(task.id, layout, tar, place)
    return PackedMember(tarball=tarball, file=write_whole(task.out_dir, task.id.asset_name, tgz))
