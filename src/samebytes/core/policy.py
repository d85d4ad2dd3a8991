"""Whether a published release may be promoted: the promotion policy as a pure decision."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.model.settings import PromoteWhen

UNPROVEN = (
    "unproven across sites: no seal and no receipts vouch for this release; compare sites with `samebytes verify`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the configuration says about promotion; `site_keys` says whether any site key is configured."""

    when: PromoteWhen
    configured_sites: int
    site_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """May promote, or why not; `notes` are sentences to print either way."""

    why_held: str
    notes: tuple[str, ...]


def rule(policy: Policy, *, complete: bool, unmet: str = "") -> Ruling:
    """The ruling for an unsealed release that was read back at this site; `complete` says that all members are there.

    `unmet` says which packages of the workspace it needs that the site lacks: consumers could not install it, so that
    it is held, unless the policy is `always`.

    Receipts of other sites do not exist before signatures do: unsigned counts as absent, so with site keys configured
    and more than one site the release is held, unless the policy is `always`.
    """
    if not complete:
        return Ruling(why_held="not all members of the release are at the site yet", notes=())
    if unmet and policy.when is PromoteWhen.POLICY:
        return Ruling(why_held=unmet, notes=())
    waits = policy.site_keys and policy.configured_sites > 1 and policy.when is PromoteWhen.POLICY
    if waits:
        return Ruling(why_held="the receipts of the other sites are missing", notes=())
    return Ruling(why_held="", notes=(UNPROVEN, unmet) if unmet else (UNPROVEN,))
