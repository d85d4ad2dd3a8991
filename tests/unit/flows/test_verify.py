"""Verification over sites: proven only by what could be read and compared, and every doubt named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.errors import RefusedError, SiteError, UsageError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.verify import NO_COMMIT, ONE_SITE, UNSIGNED, VerifyOptions, verify
from samebytes.model.digests import sha256
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.verdict import Cell, Documents, Proof, Verdict
from samebytes.testing.memory_parts import MemoryRegistry
from samebytes.testing.memory_site import MemorySite
from tests.publishing.runs import new_site, quiet, registry_only, run, store_as_stranger
from tests.small_releases import COMMIT, LAMPS, built_release, changed

GLOW = PackageName("@acme/glow")


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.0.0 of three members."""
    return built_release(tmp_path / "built")


@pytest.fixture
def corp(built: BuiltRelease) -> MemorySite:
    """A site that has it."""
    return new_site(built, id="corp")


@pytest.fixture
def home(built: BuiltRelease) -> MemorySite:
    """Another site that has it."""
    return new_site(built, id="home")


def verified(*sites: MemorySite | OpenSite, tag: str = "v1.0.0", options: VerifyOptions | None = None) -> Verdict:
    """The verdict over these sites."""
    opened: Sequence[OpenSite] = [site.open() if isinstance(site, MemorySite) else site for site in sites]
    return verify(tag, opened, options or VerifyOptions(), quiet)


@pytest.mark.parametrize("deep", [False, True])
def test_two_equal_sites_are_proven(built: BuiltRelease, corp: MemorySite, home: MemorySite, deep: bool) -> None:
    """Every cell is the same, the statement is one, and nothing was written."""
    verdict = verified(corp, home, options=VerifyOptions(deep=deep))
    assert (verdict.proof, verdict.reasons, verdict.notes) == (Proof.PROVEN, (), (NO_COMMIT, UNSIGNED))
    assert (verdict.reference, verdict.statement_sha256) == ("corp", sha256(built.statement).hex)
    assert len(verdict.cells) == 6
    assert {cell.cell for cell in verdict.cells} == {Cell.SAME}
    assert verdict.members == tuple(subject.id for subject in built.release.subjects)
    assert corp.writes == home.writes == []


def test_a_commit_that_nobody_checked_is_noted(built: BuiltRelease, corp: MemorySite, home: MemorySite) -> None:
    """With the tag at hand its commit is held against the statement; without it the verdict says that it was not."""
    checked = verified(corp, home, options=VerifyOptions(commit=built.commit.commit))
    assert (checked.proof, checked.notes) == (Proof.PROVEN, (UNSIGNED,))
    assert NO_COMMIT in verified(corp, home).notes


def test_one_site_alone_says_nothing_about_others(corp: MemorySite) -> None:
    """It is proven that the site serves what it states, and said that this is all."""
    verdict = verified(corp)
    assert (verdict.proof, verdict.notes) == (Proof.PROVEN, (ONE_SITE, NO_COMMIT, UNSIGNED))


def test_two_builds_differ_and_the_file_is_named(built: BuiltRelease, corp: MemorySite, tmp_path: Path) -> None:
    """Exit 10: the statements differ, the member differs, and both say where."""
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    verdict = verified(corp, new_site(other, id="home"))
    assert (verdict.proof, int(verdict.exit_status)) == (Proof.DIFFER, 10)
    assert [site.documents for site in verdict.sites] == [Documents.COMPLETE, Documents.DIFFERENT]
    glow = built.release.subjects[0].id
    assert "index.js: content differs" in verdict.cell(glow, "home").why
    assert len(verdict.reasons) == 2
    assert sum(cell.cell is not Cell.SAME for cell in verdict.cells) == 1


def test_nothing_anywhere_is_missing_evidence() -> None:
    """Two empty sites are equal and prove nothing: exit 11."""
    verdict = verified(new_site(id="corp"), new_site(id="home"))
    assert (verdict.proof, int(verdict.exit_status)) == (Proof.MISSING, 11)
    assert (verdict.members, verdict.reference, verdict.fingerprint) == ((), "", "")
    assert verdict.reasons == ("nothing of v1.0.0 is published at corp", "nothing of v1.0.0 is published at home")


def test_a_site_without_the_release_is_missing_evidence(corp: MemorySite) -> None:
    """One site proves nothing for another one."""
    verdict = verified(corp, new_site(id="home"))
    assert verdict.proof is Proof.MISSING
    assert verdict.reasons == ("nothing of v1.0.0 is published at home",)


def test_a_partial_release_is_missing_evidence(built: BuiltRelease, corp: MemorySite) -> None:
    """Some members are there, the release is not: exit 11."""
    home = new_site(id="home")
    run(built, home, only=("lantern",))
    verdict = verified(corp, home)
    assert verdict.proof is Proof.MISSING
    assert [cell.cell.value for cell in verdict.cells] == ["same", "missing", "same", "missing", "same", "same"]


def test_missing_sums_are_missing_evidence(corp: MemorySite, home: MemorySite) -> None:
    """All bytes are right, but nobody has said that the release is complete."""
    del home.stored["v1.0.0"]["SHA512SUMS"]
    verdict = verified(corp, home)
    assert verdict.proof is Proof.MISSING
    assert "SHA512SUMS is missing" in verdict.reasons[0]


def test_an_unreadable_package_is_not_proven(corp: MemorySite, home: MemorySite) -> None:
    """Exit 13: neither equal nor different."""
    home.unreadable.add(GLOW)
    verdict = verified(corp, home)
    assert (verdict.proof, int(verdict.exit_status)) == (Proof.UNREADABLE, 13)


def test_an_unreadable_release_is_not_proven(corp: MemorySite, home: MemorySite) -> None:
    """A site that fails is a value in the verdict, not an exception."""

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("assets"):
            raise SiteError("SB-5001", "the disk is gone")

    home.next_process(fault)
    verdict = verified(corp, home)
    assert verdict.proof is Proof.UNREADABLE
    assert "the disk is gone (SB-5001)" in verdict.sites[1].why


def test_another_manifest_is_found_without_deep(corp: MemorySite, home: MemorySite) -> None:
    """The bytes are equal, what clients are told is not: exit 10 with the field."""
    version = home.packages[GLOW].versions["1.0.0"]
    manifest = {**version.manifest, "dependencies": {"evil": "1.0.0"}}
    home.packages[GLOW].versions["1.0.0"] = ObservedVersion(integrity=version.integrity, manifest=manifest)
    verdict = verified(corp, home)
    assert verdict.proof is Proof.DIFFER
    assert "dependencies" in verdict.reasons[0]


def test_the_same_wrong_manifest_everywhere_is_found(corp: MemorySite, home: MemorySite) -> None:
    """Sites are held against the tarball itself, not only against each other."""
    for site in (corp, home):
        version = site.packages[GLOW].versions["1.0.0"]
        manifest = {**version.manifest, "bin": {"evil": "x"}}
        site.packages[GLOW].versions["1.0.0"] = ObservedVersion(integrity=version.integrity, manifest=manifest)
    assert verified(corp, home).proof is Proof.DIFFER


def garble_served(site: MemorySite) -> None:
    """The registry serves other bytes than its packument says."""
    site.packages[GLOW].tarballs["1.0.0"] = b"rotten"


def garble_asset(site: MemorySite) -> None:
    """The release holds other bytes of the same size."""
    asset = site.stored["v1.0.0"]["acme__glow-1.0.0.tgz"]
    site.stored["v1.0.0"]["acme__glow-1.0.0.tgz"] = bytes(len(asset))


@pytest.mark.parametrize("garble", [garble_served, garble_asset])
def test_deep_reads_every_byte(corp: MemorySite, home: MemorySite, garble: Callable[[MemorySite], None]) -> None:
    """What the registry's own words hide is found with `--deep`, and only then."""
    garble(home)
    assert verified(corp, home).proof is Proof.PROVEN
    assert verified(corp, home, options=VerifyOptions(deep=True)).proof is Proof.DIFFER


def test_deep_says_when_bytes_cannot_be_read(corp: MemorySite, home: MemorySite) -> None:
    """A tarball or an asset that fails is unreadable; one that is gone is missing."""
    for failing in ("tarball @acme/glow", "digest"):

        def fault(number: int, moment: str, call: str, failing: str = failing) -> None:
            if call.startswith(failing):
                raise SiteError("SB-5001", "the connection was lost")

        home.next_process(fault)
        assert verified(corp, home, options=VerifyOptions(deep=True)).proof is Proof.UNREADABLE
    home.next_process()
    del home.packages[GLOW].tarballs["1.0.0"]
    assert verified(corp, home, options=VerifyOptions(deep=True)).proof is Proof.MISSING


def lost_connection(number: int, moment: str, call: str) -> None:
    """No tarball can be fetched."""
    if call.startswith("tarball"):
        raise SiteError("SB-5001", "the connection was lost")


def test_without_any_tarball_nobody_knows_the_manifest(corp: MemorySite, home: MemorySite) -> None:
    """Digests agree, but the manifest cannot be checked: not proven."""
    for site in (corp, home):
        site.next_process(lost_connection)
    verdict = verified(corp, home)
    assert verdict.proof is Proof.UNREADABLE
    assert "the connection was lost (SB-5001)" in verdict.reasons[0]


def test_a_tarball_that_cannot_be_opened_is_left_to_the_next_site(corp: MemorySite, home: MemorySite) -> None:
    """One site fails to serve a tarball; the other one's tells which manifest is right."""

    def fault(number: int, moment: str, call: str) -> None:
        if call.startswith("tarball"):
            raise SiteError("SB-5001", "the connection was lost")

    corp.next_process(fault)
    assert verified(corp, home).proof is Proof.PROVEN


def test_the_expected_statement_is_the_reference(built: BuiltRelease, corp: MemorySite, tmp_path: Path) -> None:
    """Held against `--expect`, a site alone can be proven, or be found to differ."""
    verdict = verified(corp, options=VerifyOptions(expect=built.release))
    assert (verdict.proof, verdict.reference) == (Proof.PROVEN, "--expect")
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    assert verified(corp, options=VerifyOptions(expect=other.release)).proof is Proof.DIFFER
    assert verified(new_site(), options=VerifyOptions(expect=built.release)).proof is Proof.MISSING


@pytest.mark.parametrize("tag", ["v2.0.0", ""])
def test_an_expected_statement_about_another_tag_is_refused(built: BuiltRelease, corp: MemorySite, tag: str) -> None:
    """It cannot prove anything about this one."""
    with pytest.raises(RefusedError) as caught:
        verified(corp, options=VerifyOptions(expect=replace(built.release, tag=tag)))
    assert caught.value.code == "SB-6010"


def test_a_tag_that_git_puts_elsewhere_differs(corp: MemorySite, home: MemorySite) -> None:
    """The sites agree about a commit that the tag does not name: one sentence for all, and no word about bytes."""
    assert verified(corp, options=VerifyOptions(commit=COMMIT)).proof is Proof.PROVEN
    verdict = verified(corp, home, options=VerifyOptions(commit="9e" * 20))
    assert (verdict.proof, verdict.tag_moved, {cell.cell for cell in verdict.cells}) == (
        *(Proof.DIFFER, True),
        {Cell.SAME},
    )
    (reason,) = verdict.reasons
    assert reason.startswith(f"released as v1.0.0 is commit {COMMIT} (stated by corp, home), but v1.0.0 names 9e9e")


def test_bytes_that_differ_outweigh_a_tag_that_moved(built: BuiltRelease, corp: MemorySite, tmp_path: Path) -> None:
    """Both are reasons, --expect is named among those who state a commit, and the verdict is about the bytes."""
    other = built_release(tmp_path / "other", members=changed(LAMPS, "@acme/glow", "index.js", b"other\n"))
    options = VerifyOptions(commit="9e" * 20, expect=built.release)
    verdict = verified(corp, new_site(other, id="home"), options=options)
    assert (verdict.proof, verdict.tag_moved, len(verdict.reasons)) == (Proof.DIFFER, False, 3)
    assert "(stated by --expect, corp, home)" in verdict.reasons[0]


def test_a_registry_alone_is_held_against_the_others(built: BuiltRelease, corp: MemorySite) -> None:
    """A site that keeps no releases is judged by what it serves."""
    home = new_site(built, id="home")
    verdict = verified(corp, registry_only(home))
    assert (verdict.proof, verdict.sites[1].documents) == (Proof.PROVEN, Documents.NOT_KEPT)
    home.packages.clear()
    assert verified(corp, registry_only(home)).proof is Proof.MISSING


def test_packages_without_any_statement_prove_nothing(built: BuiltRelease) -> None:
    """A stranger's packages under the right names are no evidence."""
    site = new_site()
    for tiny in LAMPS:
        store_as_stranger(site, tiny)
    assert verified(site).proof is Proof.MISSING
    assert verified(registry_only(site)).proof is Proof.MISSING


def test_no_site_is_a_usage_error() -> None:
    """Nothing to verify is not a verification."""
    with pytest.raises(UsageError):
        verified()


def test_a_site_named_twice_is_a_usage_error(built: BuiltRelease, corp: MemorySite) -> None:
    """Two sites under one name would be compared with themselves."""
    with pytest.raises(UsageError) as caught:
        verified(corp, new_site(id="corp"))
    assert caught.value.code == "SB-7006"


class Silent(MemoryRegistry):
    """A registry that does not show whether it has lost a tarball, as most do not."""

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """Every listed version looks whole."""
        return {name: _whole(seen) for name, seen in super().observe(names).items()}


def _whole(seen: PackageObservation) -> PackageObservation:
    if isinstance(seen, UnreadablePackage):
        return seen
    versions = {version: replace(shown, served=True) for version, shown in seen.versions.items()}
    return replace(seen, versions=versions)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("silent", [False, True])
def test_a_lost_tarball_at_the_only_site_is_missing(corp: MemorySite, deep: bool, silent: bool) -> None:
    """One word for it, however it is looked for and whatever the registry shows by itself."""
    del corp.packages[GLOW].tarballs["1.0.0"]
    at = replace(corp.open(), registry=Silent(corp)) if silent else corp.open()
    verdict = verified(at, options=VerifyOptions(deep=deep))
    assert (verdict.proof, int(verdict.exit_status)) == (Proof.MISSING, 11)
    assert [cell.cell for cell in verdict.cells].count(Cell.MISSING) == 1


@pytest.mark.parametrize("deep", [False, True])
def test_other_bytes_at_the_only_site_are_found(corp: MemorySite, deep: bool) -> None:
    """Nobody serves the tarball that was stated, and what is served instead is a difference."""
    garble_served(corp)
    assert verified(corp, options=VerifyOptions(deep=deep)).proof is Proof.DIFFER
