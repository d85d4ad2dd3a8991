"""A release that needs packages of its workspace which the site lacks is uploaded, but `latest` waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samebytes.core.policy import Policy
from samebytes.errors import RefusedError
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.plan import plan
from samebytes.flows.promote import PromoteOptions, promote
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.outcome import MemberOutcome, Promotion
from samebytes.model.settings import PromoteWhen
from tests.publishing.runs import POLICY, latest, new_site, quiet, run, store_as_stranger
from tests.small_releases import Tiny, built_release

ALWAYS = Policy(when=PromoteWhen.ALWAYS, configured_sites=1)
SAID = "lantern@1.2.0 needs @acme/wick@^1.0.0, which this site does not have (the workspace has 1.0.0)"


@pytest.fixture
def built(tmp_path: Path) -> BuiltRelease:
    """Release v1.2.0 of one member, which needs one that was released before."""
    fields = {"dependencies": {"@acme/wick": "^1.0.0"}}
    built = built_release(
        tmp_path / "built", tag="v1.2.0", members=[Tiny(name="lantern", version="1.2.0", fields=fields)]
    )
    need = Need(member="lantern@1.2.0", name=PackageName("@acme/wick"), range="^1.0.0", version="1.0.0")
    return replace(built, selection=replace(built.selection, needs=(need,)))


def test_latest_waits_for_what_the_release_needs(built: BuiltRelease) -> None:
    """Everything is uploaded and released, nobody gets it by default, and the run says why; later it is promoted."""
    site = new_site()
    outcome = run(built, site)
    assert [member for _, member in outcome.members] == [MemberOutcome.PUBLISHED]
    assert (outcome.promotion, outcome.why_held) == (Promotion.HELD, SAID)
    assert ("SHA512SUMS" in site.stored["v1.2.0"], latest(site)) == (True, {})
    store_as_stranger(site, Tiny(name="@acme/wick", version="1.3.0"))
    site.next_process()
    assert run(built, site).promotion is Promotion.PROMOTED
    assert latest(site) == {"lantern": "1.2.0"}


def test_a_policy_of_always_promotes_and_says_so(built: BuiltRelease) -> None:
    """Somebody may have the other package in another registry."""
    site = new_site()
    outcome = run(built, site, policy=ALWAYS)
    assert (outcome.promotion, SAID in outcome.notes) == (Promotion.PROMOTED, True)


def test_the_plan_shows_what_is_missing(built: BuiltRelease) -> None:
    """Before anything is built."""
    (found,) = plan(built.selection, built.commit, [new_site().open()], POLICY, "latest")
    assert (len(found.plan.uploads), found.plan.promotion, found.plan.why_held) == (1, (), SAID)


def test_promoting_by_hand_is_refused_as_well(built: BuiltRelease) -> None:
    """The site remembers what the release needs: nobody has to have the repository at hand."""
    site = new_site(built)
    with pytest.raises(RefusedError) as caught:
        promote("v1.2.0", site.open(), PromoteOptions(holder="a test"), site.clock, quiet)
    assert (caught.value.code, SAID in caught.value.summary, latest(site)) == ("SB-6304", True, {})
    always = PromoteOptions(holder="a test", when=PromoteWhen.ALWAYS)
    assert promote("v1.2.0", site.open(), always, site.clock, quiet).notes == (SAID,)
    assert latest(site) == {"lantern": "1.2.0"}
