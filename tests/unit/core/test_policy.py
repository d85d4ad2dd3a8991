"""When a release may be promoted."""

from __future__ import annotations

import pytest

from samebytes.core.policy import UNPROVEN, Policy, rule
from samebytes.model.settings import PromoteWhen


@pytest.mark.parametrize(
    ("when", "sites", "keys", "held"),
    [
        (PromoteWhen.POLICY, 1, False, False),
        (PromoteWhen.POLICY, 2, False, False),
        (PromoteWhen.POLICY, 1, True, False),
        (PromoteWhen.POLICY, 2, True, True),
        (PromoteWhen.ALWAYS, 2, True, False),
    ],
)
def test_unsealed_releases_wait_only_for_receipts_that_could_come(
    when: PromoteWhen, sites: int, keys: bool, held: bool
) -> None:
    """With site keys and several sites a release waits for receipts, unless told `always`; else it says: unproven."""
    ruling = rule(Policy(when=when, configured_sites=sites, site_keys=keys), complete=True)
    assert bool(ruling.why_held) is held
    assert ruling.notes == (() if held else (UNPROVEN,))


def test_a_release_that_could_not_be_installed_waits() -> None:
    """Unless told `always`, and then it is said."""
    assert (
        rule(Policy(when=PromoteWhen.POLICY, configured_sites=1), complete=True, unmet="a lacks b").why_held
        == "a lacks b"
    )
    always = rule(Policy(when=PromoteWhen.ALWAYS, configured_sites=1), complete=True, unmet="a lacks b")
    assert (always.why_held, always.notes) == ("", (UNPROVEN, "a lacks b"))


def test_a_partial_release_is_never_promoted() -> None:
    """Not even with `always`."""
    ruling = rule(Policy(when=PromoteWhen.ALWAYS, configured_sites=1), complete=False)
    assert "not all members" in ruling.why_held
