"""Whole publish, promote and verify runs on real directory sites, judged by the independent checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.flows.promote import PromoteOptions, undo
from samebytes.flows.publish import PublishOptions, publish
from samebytes.flows.verify import VerifyOptions, verify
from samebytes.model.outcome import Promotion
from samebytes.model.site import Site
from samebytes.model.verdict import Proof
from samebytes.system.clock import SystemClock
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.site_checker import final_state, missing, problems
from samebytes.wiring import Ports, open_site
from tests.publishing.one_run import POLICY, publish_to, quiet
from tests.publishing.runs import contents
from tests.small_releases import LAMPS, built_release, bumped, changed


def site_at(folder: Path, name: str = "corp") -> OpenSite:
    """A directory site."""
    ports = Ports(clock=SystemClock(), randomness=SystemRandomness())
    return open_site(Site(id=name, kind="directory", path=str(folder)), ports)


def test_two_sites_that_know_nothing_of_each_other_hold_the_same(tmp_path: Path) -> None:
    """Two builds in two places, two sites: equal tarballs, manifests, tags and documents, proven by `--deep`."""
    corp, home = site_at(tmp_path / "corp"), site_at(tmp_path / "home", "home")
    for at, work in ((corp, "one"), (home, "two")):
        options = PublishOptions(holder="a test", policy=POLICY)
        publish(built_release(tmp_path / work), at, options, SystemClock(), quiet)
    verdict = verify("v1.0.0", [corp, home], VerifyOptions(deep=True), quiet)
    assert (verdict.proof, verdict.reasons) == (Proof.PROVEN, ())
    assert problems(tmp_path / "corp", settled=True) == problems(tmp_path / "home", settled=True) == []
    states = [final_state(tmp_path / name) for name in ("corp", "home")]
    for state, name in zip(states, ("corp", "home"), strict=True):
        assert state["releases"]["v1.0.0"].pop(f"build-record-{name}.json") == "any"
    assert states[0] == states[1]


def test_the_second_release_publishes_exactly_what_was_bumped(tmp_path: Path) -> None:
    """The new version, its release and its `latest`; every file of the first release stays as it was."""
    site = tmp_path / "site"
    publish_to(site, built_release(tmp_path / "one"))
    before = contents(site / "npm")
    second = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    outcome = publish_to(site, second)
    assert [str(id_) for id_, _ in outcome.members] == ["@acme/glow@1.1.0"]
    after = contents(site / "npm")
    changed_files = sorted(path for path in after if after[path] != before.get(path))
    assert changed_files == ["@acme/glow/-/glow-1.1.0.tgz", "@acme/glow/index.json"]
    digests = {str(member.tarball.id): member.tarball.sha512.hex for member in second.packed}
    latest = {"@acme/glow": "1.1.0", "@acme/wick": "1.0.0", "lantern": "1.0.0"}
    assert missing(site, "v1.1.0", digests, latest) == []
    undo("v1.1.0", site_at(site), PromoteOptions(holder="a test"), SystemClock(), quiet)
    assert missing(site, "v1.0.0", {}, {"@acme/glow": "1.0.0"}) == []
    assert problems(site, settled=True) == []
    assert publish_to(site, second).promotion is Promotion.HELD


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    """Not even the folder of a new site, and not a byte in an old one."""
    built = built_release(tmp_path / "built")
    dry = PublishOptions(holder="a test", policy=POLICY, dry_run=True)
    shown = publish(built, site_at(tmp_path / "site"), dry, SystemClock(), quiet)
    assert len(shown.plan.uploads) == 3
    assert not (tmp_path / "site").exists()
    publish_to(tmp_path / "site", built)
    before = contents(tmp_path / "site")
    publish(built, site_at(tmp_path / "site"), dry, SystemClock(), quiet)
    assert contents(tmp_path / "site") == before


def test_a_second_run_changes_nothing_but_the_lock(tmp_path: Path) -> None:
    """Every file outside of the lock's folder keeps its bytes."""
    site, built = tmp_path / "site", built_release(tmp_path / "built")
    publish_to(site, built)
    before = contents(site)
    assert not publish_to(site, built).changed
    after = contents(site)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"local/corp/lock/lease.json"}


def test_a_tarball_changed_on_the_disk_is_found(tmp_path: Path) -> None:
    """By reading back when publishing again, and by `verify --deep`; never overwritten."""
    site, built = tmp_path / "site", built_release(tmp_path / "built")
    publish_to(site, built)
    tarball = site / "npm/@acme/glow/-/glow-1.0.0.tgz"
    tarball.write_bytes(bytes(reversed(tarball.read_bytes())))
    spoiled = tarball.read_bytes()
    with pytest.raises(BytesDifferError):
        publish_to(site, built)
    assert verify("v1.0.0", [site_at(site)], VerifyOptions(deep=True), quiet).proof is Proof.DIFFER
    assert tarball.read_bytes() == spoiled


def test_a_tarball_lost_on_the_disk_is_told_alike_and_stored_again(tmp_path: Path) -> None:
    """`verify` says missing, with `--deep` and without; one more publish is the repair."""
    site, built = tmp_path / "site", built_release(tmp_path / "built")
    publish_to(site, built)
    before = contents(site / "npm")
    (site / "npm/@acme/glow/-/glow-1.0.0.tgz").unlink()
    for deep in (False, True):
        assert verify("v1.0.0", [site_at(site)], VerifyOptions(deep=deep), quiet).proof is Proof.MISSING
    assert publish_to(site, built).changed
    assert contents(site / "npm") == before
    assert problems(site, settled=True) == []
    assert not publish_to(site, built).changed


def test_a_garbled_packument_stops_everything(tmp_path: Path) -> None:
    """Exit 13 from publishing and verifying, and nothing is written."""
    site, built = tmp_path / "site", built_release(tmp_path / "built")
    publish_to(site, built)
    (site / "npm/@acme/glow/index.json").write_text('{"versions": {}}', encoding="utf-8")
    before = contents(site / "npm")
    second = built_release(tmp_path / "two", tag="v1.1.0", members=bumped(LAMPS, "@acme/glow", "1.1.0"))
    for again in (built, second):
        with pytest.raises(SiteError):
            publish_to(site, again)
    assert int(verify("v1.0.0", [site_at(site)], VerifyOptions(), quiet).exit_status) == 13
    assert contents(site / "npm") == before


def test_a_build_that_differs_is_found_across_sites(tmp_path: Path) -> None:
    """Without the gate, `verify` says it: exit 10 with the member and the file."""
    other = built_release(tmp_path / "two", members=changed(LAMPS, "@acme/wick", "index.js", b"other\n"))
    publish_to(tmp_path / "corp", built_release(tmp_path / "one"))
    home = site_at(tmp_path / "home", "home")
    publish(other, home, PublishOptions(holder="a test", policy=POLICY), SystemClock(), quiet)
    verdict = verify("v1.0.0", [site_at(tmp_path / "corp"), home], VerifyOptions(), quiet)
    assert int(verdict.exit_status) == 10
    assert any("@acme/wick@1.0.0" in reason and "index.js" in reason for reason in verdict.reasons)
