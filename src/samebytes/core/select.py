"""What a tag ships: a function of two commits of one repository, never of a registry.

`new-versions` takes members whose version differs from the one at the base, `all` every member that can be released,
`listed` those the configuration lists, `tag-names-it` the one that a tag `{name}@{version}` names. A snapshot has no tag:
under `tag-names-it` it shows what `new-versions` would take.
"""

from __future__ import annotations

from samebytes.core.needs import needs_of
from samebytes.core.order import order_members
from samebytes.core.selection_findings import listed, selection_findings
from samebytes.core.selection_input import SelectionInput, never_released, split_tag
from samebytes.errors import ConfigError
from samebytes.model.names import PackageName
from samebytes.model.selection import LeftOut, Selection, SelectionRule
from samebytes.model.workspace import Member


def select(given: SelectionInput) -> Selection:
    """Choose, order and judge.

    Raises ConfigError: SB-2301 a tag that names no member or version that is there, SB-2302 nothing is selected, SB-2303
    the configuration lists what cannot be released, SB-2304 a selected member needs a private one, SB-2307 a version
    differs from an earlier one only in the case of letters.
    """
    wanted = _wanted(given)
    left_out: list[LeftOut] = []
    chosen: list[Member] = []
    for member in given.workspace.members:
        why = _why_not(member, given, wanted)
        if why:
            left_out.append(LeftOut(name=member.name, why=why))
        else:
            chosen.append(member)
    if not chosen:
        raise _nothing(given)
    order = order_members(chosen, given.workspace.catalogs)
    return Selection(
        rule=given.settings.rule,
        base=given.base,
        members=order.members,
        levels=order.levels,
        cycles=order.cycles,
        left_out=tuple(sorted(left_out, key=lambda one: one.name)),
        findings=selection_findings(given, order),
        needs=needs_of(order.members, given.workspace),
    )


def _wanted(given: SelectionInput) -> frozenset[PackageName] | None:
    """The members that the rule names one by one, None where it names none."""
    if given.settings.rule is SelectionRule.LISTED:
        listed = given.settings.listed
        problem = "samebytes.toml lists {name!r}, which {why}"
        return frozenset(_releasable(name, given, "SB-2303", problem).name for name in listed)
    if given.settings.rule is SelectionRule.TAG_NAMES_IT and given.tag:
        return frozenset({_named_by_tag(given)})
    return None


def _named_by_tag(given: SelectionInput) -> PackageName:
    name, version = split_tag(given.tag)
    if not name:
        raise ConfigError(
            "SB-2301",
            f"the tag {given.tag!r} names no member",
            hint="tag name@version, or choose another select.rule in samebytes.toml",
        )
    member = _releasable(name, given, "SB-2301", f"the tag {given.tag!r} names {{name!r}}, which {{why}}")
    if member.version.text != version:
        raise ConfigError(
            "SB-2301",
            f"the tag {given.tag!r} names version {version!r}, but {name} has version {member.version} at this commit",
            hint=f"tag {member.id}, or tag the commit that has this version",
        )
    return member.name


def _releasable(name: str, given: SelectionInput, code: str, problem: str) -> Member:
    member = next((one for one in given.workspace.members if one.name.text == name), None)
    why = "is not a member of the workspace" if member is None else never_released(member, given.settings.ignore)
    if member is None or why:
        raise ConfigError(
            code,
            problem.format(name=name, why=f"is {why}" if member is not None else why),
            hint="samebytes plan shows the members and why some are left out",
        )
    return member


def _why_not(member: Member, given: SelectionInput, wanted: frozenset[PackageName] | None) -> str:
    """Why a member is left out; empty where it is selected."""
    never = never_released(member, given.settings.ignore)
    if never:
        return never
    if wanted is not None:
        named_by = given.tag if given.settings.rule is SelectionRule.TAG_NAMES_IT else "select.listed"
        return "" if member.name in wanted else f"not named by {named_by}"
    earlier = given.earlier.get(member.name)
    if given.settings.rule is SelectionRule.ALL or earlier is None:
        return ""
    if earlier.version != member.version and earlier.version.text.lower() == member.version.text.lower():
        raise ConfigError(
            "SB-2307",
            f"{member.id} differs from {earlier.version} of {given.base.tag} only in the case of letters",
            hint="choose a version that differs in more: registries and file systems mix these two up",
        )
    return f"same version as {given.base.tag}" if earlier.version == member.version else ""


def _nothing(given: SelectionInput) -> ConfigError:
    what = given.tag or "this commit"
    if not any(_releasable_at_all(member, given) for member in given.workspace.members):
        return ConfigError(
            "SB-2302",
            f"{what} ships nothing: the workspace has no member that can be released",
            hint="every member is private or ignored, or has no name and version",
        )
    changed = [one for one in given.workspace.members if one.name in given.changes and _releasable_at_all(one, given)]
    names = sorted(member.name.text for member in changed)
    return ConfigError(
        "SB-2302",
        f"{what} ships nothing: every member has the version it had at {given.base.tag}"
        + (f", although these changed: {listed(names)}" if names else ""),
        hint=f"raise the version of {listed(names) if names else 'what is to be released'}, commit, and tag that commit",
        details={f"changed in {one.name}": listed(given.changes[one.name].what) for one in changed},
    )


def _releasable_at_all(member: Member, given: SelectionInput) -> bool:
    return not never_released(member, given.settings.ignore)
