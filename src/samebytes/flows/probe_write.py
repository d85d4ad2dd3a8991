"""Prove that a site can be published to: a throwaway version goes up, is read back, tagged, and removed again.

Everything is removed whatever happens; what a stopped run has left goes with the next one. The site's lock is held, so
that no release and no other probe is in the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from samebytes.core.install_manifest import differences, version_manifest
from samebytes.core.pack import FileContent, pack
from samebytes.core.probe_rules import found
from samebytes.core.probe_shown import shown_proof
from samebytes.errors import SamebytesError, SiteError
from samebytes.flows.open_probe import OpenProbe
from samebytes.flows.site_lease import KeptLease, site_lease
from samebytes.flows.upload import judge_bytes
from samebytes.formats import package_json
from samebytes.formats.package_json import MANIFEST
from samebytes.model.action import HOLD_TAG
from samebytes.model.finding import Finding
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, Same
from samebytes.model.probe import Proof
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import PackedMember
from samebytes.model.versions import Version
from samebytes.registries.base import UploadPackage
from samebytes.system.clock import Clock

# A probe does not wait for a release to end.
_LOCK_TIMEOUT_S = 15.0
_OURS = "0.0.0-probe."
_README = b"A throwaway version of `samebytes probe --write`. It should be gone by now; if it is not, delete it.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried: the package, the dist-tag that a release would move, a token of this run, a folder for the file."""

    name: PackageName
    dist_tag: str
    token: str
    folder: str
    holder: str

    @property
    def id(self) -> PackageId:
        """The throwaway version. A letter comes first: semver knows no number that begins with 0."""
        return PackageId(self.name, Version(f"{_OURS}t{self.token}"))


@dataclass(slots=True)
class _Notes:
    """What was done and found so far, for the proof."""

    tell: Callable[[str], None]
    mask: Callable[[str], str]
    done: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def step(self, line: str) -> None:
        self.done.append(line)
        self.tell(self.mask(line))


def prove(opened: OpenProbe, trial: Trial, clock: Clock, tell: Callable[[str], None]) -> Proof:
    """Try it; what goes wrong is a finding, never an exception, except an interrupt, which comes out after the removal."""
    notes = _Notes(tell=tell, mask=opened.mask)
    site = replace(opened.at.site, lock_timeout_s=min(opened.at.site.lock_timeout_s, _LOCK_TIMEOUT_S))
    at = replace(opened.at, site=site)
    try:
        with site_lease(at, trial.holder, clock, tell) as lease:
            if at.state is not None:
                notes.step("the lock was taken")
            _removed(opened, trial, lease, notes, is_own=False)
            try:
                _packages(opened, trial, lease, notes)
                if opened.refs is not None:
                    _refs(opened, trial, lease, notes)
            finally:
                _removed(opened, trial, lease, notes, is_own=True)
    except SamebytesError as error:
        summary = f"{error.summary} ({error.code})"
        after = f"after: {notes.done[-1]}" if notes.done else "at the first step"
        notes.findings.append(found("proof-failed", str(trial.id), f"{summary}, {after}", error.hint))
    proof = Proof(package=str(trial.id), done=tuple(notes.done), findings=tuple(notes.findings))
    return shown_proof(proof, opened.mask)


def _packages(opened: OpenProbe, trial: Trial, lease: KeptLease, notes: _Notes) -> None:
    registry, name = opened.at.registry, trial.name
    packed = _packed(trial)
    manifest = version_manifest(packed.tarball)
    registry.upload(UploadPackage(packed=packed, version_manifest=manifest, dist_tag=HOLD_TAG), lease)
    notes.step(f"{trial.id} was uploaded under {HOLD_TAG}")
    version = _seen(opened, trial)
    differing = differences(manifest, version.manifest, version.kept_fields)
    if differing:
        raise SiteError("SB-5001", f"the registry shows another manifest: {', '.join(differing)} differ")
    if not isinstance(judge_bytes(registry, trial.id, packed.tarball.sha512), Same):
        raise SiteError("SB-5001", f"the registry does not serve the bytes of {trial.id} that it was sent")
    notes.step("it was read back: the same bytes, the same manifest")
    registry.set_tag(name, trial.dist_tag, trial.id.version.text, lease)
    _expect_tag(opened, trial, trial.dist_tag)
    notes.step(f"{trial.dist_tag} was moved to it")
    registry.delete_tag(name, HOLD_TAG, lease)
    notes.step(f"{HOLD_TAG} was removed")


def _refs(opened: OpenProbe, trial: Trial, lease: KeptLease, notes: _Notes) -> None:
    assert opened.refs is not None, "tried only where there are refs"  # noqa: S101
    with lease.guard():
        ref = opened.refs.push(trial.token)
    notes.step(f"{ref} was pushed")


def _removed(opened: OpenProbe, trial: Trial, lease: KeptLease, notes: _Notes, *, is_own: bool) -> None:
    """Remove every throwaway version and ref, and say what stayed; before the trial they are leftovers."""
    try:
        gone = _remove_versions(opened, trial, lease) + _remove_refs(opened, lease)
    except SamebytesError as error:
        notes.findings.append(
            found(
                "leftovers",
                str(trial.name),
                f"not everything could be removed: {error.summary} ({error.code})",
                f"run it again, or remove the versions {_OURS}* of {trial.name} by hand",
            )
        )
        return
    if gone and is_own:
        notes.step(f"removed again: {', '.join(gone)}")
    elif gone:
        line = f"an earlier probe had left {', '.join(gone)}: removed"
        notes.findings.append(found("leftovers-removed", str(trial.name), line))


def _remove_versions(opened: OpenProbe, trial: Trial, lease: KeptLease) -> list[str]:
    """Remove them and look again: an upload whose answer was lost may come up late."""
    gone = []
    for id_ in _throwaways(opened, trial):
        opened.at.registry.delete_version(id_, lease)
        gone.append(str(id_))
    left = _throwaways(opened, trial) if gone else []
    if left:
        raise SiteError("SB-5001", f"the registry still shows {', '.join(map(str, left))}")
    return gone


def _remove_refs(opened: OpenProbe, lease: KeptLease) -> list[str]:
    refs = opened.refs.leftovers() if opened.refs is not None else ()
    for ref in refs:
        assert opened.refs is not None, "who has leftovers has refs"  # noqa: S101
        with lease.guard():
            opened.refs.remove(ref)
    return list(refs)


def _throwaways(opened: OpenProbe, trial: Trial) -> list[PackageId]:
    observed = _observed(opened, trial.name)
    return [PackageId(trial.name, Version(text)) for text in sorted(observed.versions) if text.startswith(_OURS)]


def _seen(opened: OpenProbe, trial: Trial) -> ObservedVersion:
    version = _observed(opened, trial.name).versions.get(trial.id.version.text)
    if version is None:
        raise SiteError("SB-5001", f"the registry does not show {trial.id} after its upload")
    return version


def _expect_tag(opened: OpenProbe, trial: Trial, dist_tag: str) -> None:
    at = _observed(opened, trial.name).dist_tags.get(dist_tag)
    if at != trial.id.version.text:
        raise SiteError("SB-5001", f"{dist_tag} was set to {trial.id.version}, and the registry shows {at or 'none'}")


def _observed(opened: OpenProbe, name: PackageName) -> ObservedPackage:
    observed = opened.at.registry.observe([name])[name]
    if isinstance(observed, ObservedPackage):
        return observed
    raise SiteError(observed.code, observed.why)


def _packed(trial: Trial) -> PackedMember:
    manifest = package_json.write(
        {"name": trial.name.text, "version": trial.id.version.text, "description": "samebytes probe", "license": "MIT"}
    )
    files = [
        FileContent(path=MANIFEST, data=manifest, executable=False),
        FileContent(path="README.md", data=_README, executable=False),
    ]
    tarball, data = pack(trial.id, files, PackSettings())
    file = Path(trial.folder) / trial.id.tarball_name
    file.write_bytes(data)
    return PackedMember(tarball=tarball, file=str(file))
