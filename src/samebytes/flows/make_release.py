"""From a commit-ish to a finished release: select, build, pack, statement."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.flows.workshop import Workshop
from samebytes.model.build_record import BuildRecord
from samebytes.model.finding import Finding
from samebytes.model.release import Release
from samebytes.model.selection import Selection
from samebytes.model.settings import Settings
from samebytes.model.tag import Commit
from samebytes.model.tarball import PackedMember
from samebytes.model.workspace import Workspace

__all__ = ["BuiltRelease", "Workshop", "make_release", "make_snapshot_here"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltRelease:
    """A release with everything that was made on the way.

    `statement` is release.json and `sums` is SHA512SUMS, byte for byte; `packed` is in the order of `release.subjects`
    and names files in the folder that the caller gave. `record` is this build's record, `findings` is what people
    should know: those of workspace and selection, files that the build changed, tools that differ from the pins.
    """

    commit: Commit
    workspace: Workspace
    selection: Selection
    release: Release
    statement: bytes
    sums: bytes
    packed: tuple[PackedMember, ...]
    record: BuildRecord
    findings: tuple[Finding, ...]


def make_release(repository: str, commit_ish: str, settings: Settings, workshop: Workshop, folder: str) -> BuiltRelease:
    """Build and pack what a tag (or any commit: then it is a snapshot) ships, from a clean clone.

    `repository` is the path of a local git repository, which is only read. The tarballs are written into `folder`,
    which must exist, under their asset names.
    Raises ConfigError (3: workspace, selection, nothing selected), BuildError (14), DeadlineError (15), and
    FormatError (SB-4xxx) for what cannot be packed.
    """
    raise NotImplementedError


def make_snapshot_here(checkout: str, settings: Settings, workshop: Workshop, folder: str) -> BuiltRelease:
    """Pack a checkout as it stands, without a build: a snapshot that can be compared but never published.

    Every releasable member is packed (rule `all`, or `listed` where configured), whatever tags there are. Raises as
    `make_release`.
    """
    raise NotImplementedError
