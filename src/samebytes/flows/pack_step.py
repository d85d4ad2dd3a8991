"""Pack members out of a checkout, by our own rules or by the package manager itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samebytes.core.list_files import list_files
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import Profile
from samebytes.errors import BuildError
from samebytes.flows.pack import PackRoom, pack_members, pack_native
from samebytes.formats import package_json
from samebytes.model.json_value import JsonObject
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import PackedMember, PackRequest
from samebytes.model.workspace import Member, Workspace
from samebytes.package_managers.base import BuildRoom, PackageManager
from samebytes.system.pack_source import DiskPackSource

_HINT_MANIFEST = "publishConfig.directory must hold a package.json when the build and prepack are done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackStation:
    """By which rules members are packed, and into which folder; `log` hears of each packed member."""

    workspace: Workspace
    profile: Profile
    settings: PackSettings
    folder: str
    workers: int
    log: Callable[[str], None]

    @property
    def room(self) -> PackRoom:
        """The packer's part of this."""
        return PackRoom(out_dir=self.folder, settings=self.settings, workers=self.workers)


def pack_direct(members: Sequence[Member], checkout: str, station: PackStation) -> tuple[PackedMember, ...]:
    """Pack members by the profile's rules as their files are now, in the order given.

    Raises BuildError (SB-3104 no package.json, SB-3106 it is another package's) and what listing, rewriting and packing
    raise.
    """
    requests = [_request(member, checkout, station) for member in members]
    return pack_members(requests, station.room, lambda packed: station.log(f"{packed.tarball.id}: packed"))


def pack_natively(
    members: Sequence[Member], room: BuildRoom, package_manager: PackageManager, station: PackStation
) -> tuple[PackedMember, ...]:
    """Let the package manager pack each member, and write what it packed canonically."""
    packed: list[PackedMember] = []
    for member in members:
        tgz = package_manager.native_pack(member, room, station.log)
        packed.append(pack_native(member.id, tgz, station.room))
        station.log(f"{member.id}: packed")
    return tuple(packed)


def read_manifest(checkout: str, directory: str) -> JsonObject:
    """The package.json in a folder of a checkout as it is now; links are followed inside the checkout only.

    Raises BuildError (SB-3104) when there is none, FormatError (SB-40xx) when it is malformed.
    """
    place = os.path.normpath(f"{directory}/package.json").replace(os.sep, "/")
    source = DiskPackSource(root=checkout, directory=directory)
    real = source.resolve(place)
    if real is None:
        raise BuildError(
            "SB-3104",
            f"{place} cannot be read after the build: it is not there, or a link leads out of the repository",
            hint=_HINT_MANIFEST,
        )
    try:
        data = source.read(real)
    except BuildError as error:
        raise BuildError(
            "SB-3104", f"{place} cannot be read after the build: {error.summary}", hint=_HINT_MANIFEST
        ) from error
    return package_json.read(data, place)


def _request(member: Member, checkout: str, station: PackStation) -> PackRequest:
    directory = member.publish_directory
    published = published_manifest(read_manifest(checkout, directory), member, station.workspace, station.profile)
    found = f"{published.get('name')}@{published.get('version')}"
    if found != str(member.id):
        raise BuildError(
            "SB-3106",
            f"{directory}/package.json says {found} when it is to be packed, the workspace says {member.id}",
            hint="let no script change name or version; build.version_from_tag takes the version from the tag",
        )
    source = DiskPackSource(root=checkout, directory=directory)
    return PackRequest(id=member.id, manifest=published, files=list_files(source, published, station.profile))
