"""What people should know about a selection before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from samebytes.core.filters import is_release_tag
from samebytes.core.order import Neighbours, Order
from samebytes.core.selection_input import SelectionInput, never_released, split_tag
from samebytes.errors import ConfigError, FormatError
from samebytes.model.finding import Finding, Severity
from samebytes.model.json_value import JsonValue
from samebytes.model.names import PackageName
from samebytes.model.selection import SelectionRule
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency, DependencyKind, Member

# More than this are counted, not listed.
_LISTED = 5


def selection_findings(given: SelectionInput, order: Order) -> tuple[Finding, ...]:
    """Findings in a fixed order: about the tag, then per member by name.

    Raises ConfigError (SB-2304) where a selected member needs a private one to be installed.
    """
    selected = frozenset(member.name for member in order.members)
    neighbours = Neighbours(given.workspace.members, given.workspace.catalogs)
    findings = [*_about_tag(given)]
    # Where each tag ships one member, the others have releases of their own.
    one_by_one = given.settings.rule is SelectionRule.TAG_NAMES_IT and bool(given.tag)
    for member in sorted(given.workspace.members, key=lambda member: member.name):
        if member.name in selected:
            findings += _about_version(given, member, "a site that has this version will refuse it")
            findings += _about_dependencies(given, member, selected, neighbours)
        elif not one_by_one and not never_released(member, given.settings.ignore):
            findings += _about_version(given, member, "so that the change is not released")
    findings += (_cycle(cycle) for cycle in order.cycles)
    return tuple(findings)


def listed(what: Sequence[str]) -> str:
    """A few of them by name, the rest as a number."""
    shown = ", ".join(what[:_LISTED])
    more = len(what) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _about_tag(given: SelectionInput) -> Iterator[Finding]:
    if not given.tag:
        return
    if given.settings.rule is SelectionRule.TAG_NAMES_IT:
        return
    if not is_release_tag(given.tag, given.settings.tags):
        message = (
            f"no pattern of select.tags matches {given.tag}, so that later releases will not find it as their base"
        )
        yield _warning("tag-not-a-release-tag", given.tag, message, "rename the tag, or add its pattern to select.tags")
    releasable = [one for one in given.workspace.members if not never_released(one, given.settings.ignore)]
    name, version = split_tag(given.tag)
    named = next((member for member in releasable if member.name.text == name), None)
    if named is not None and named.version.text != version:
        message = f"the tag names {name}@{version}, but {name} has version {named.version} at this commit"
        yield _warning("tag-says-otherwise", given.tag, message, f"tag {named.id}, or set select.rule to tag-names-it")
    versions = {member.version for member in releasable}
    tagged = _version_of(given.tag)
    if tagged is not None and len(releasable) > 1 and len(versions) == 1 and tagged not in versions:
        message = f"the tag says {tagged}, but every member has version {versions.pop()}"
        yield _warning("tag-says-otherwise", given.tag, message, "raise the versions, or tag the version they have")


def _version_of(tag: str) -> Version | None:
    try:
        return Version(tag.removeprefix("v"))
    except FormatError:
        return None


def _about_version(given: SelectionInput, member: Member, effect: str) -> Iterator[Finding]:
    earlier = given.earlier.get(member.name)
    if earlier is not None and member.version < earlier.version:
        message = f"goes back from {earlier.version} at {given.base.tag} to {member.version}"
        yield _warning("version-went-back", _place(member), message, "raise the version above the earlier one")
    changed = given.changes.get(member.name)
    if changed is not None:
        message = (
            f"changed without a bump since {changed.since} released {member.id} ({listed(changed.what)}); {effect}"
        )
        yield _warning("changed-without-bump", _place(member), message, f"raise the version of {member.name}")


def _about_dependencies(
    given: SelectionInput, member: Member, selected: frozenset[PackageName], neighbours: Neighbours
) -> Iterator[Finding]:
    for dependency, target in neighbours.of(member):
        if target.name in selected or _is_bundled(member, dependency):
            continue
        place = f"{_place(member)}: {dependency.kind}.{dependency.alias}"
        if target.private:
            yield _private_dependency(member, dependency, target, place)
        elif never_released(target, given.settings.ignore):
            message = f"{member.name} needs {target.name}, which is {never_released(target, given.settings.ignore)}"
            yield _warning("dependency-never-released", place, message, "make sure that the sites have it")
        elif _is_new(given, target):
            earlier = f", and {given.base.tag} did not" if given.base.tag else ""
            message = f"{member.name} needs {target.id}, which this tag does not ship{earlier}"
            yield _warning("dependency-not-released", place, message, f"release {target.id} first, or with this tag")


def _private_dependency(member: Member, dependency: Dependency, target: Member, place: str) -> Finding:
    """An error where nobody could install the member; a finding where the published manifest may not ask for it."""
    message = f"{member.name} needs {target.name}, which is private and never published"
    remedy = f"publish {target.name}, bundle it, or move it to devDependencies"
    # Optional packages may be missing, peers are the consumer's; a publish directory has a manifest of its own.
    if dependency.kind is DependencyKind.RUNTIME and member.publish_directory == member.directory:
        raise ConfigError("SB-2304", f"{place}: {message}", hint=remedy)
    return _warning("dependency-private", place, message, remedy)


def _is_bundled(member: Member, dependency: Dependency) -> bool:
    for key in ("bundleDependencies", "bundledDependencies"):
        value: JsonValue = member.manifest.get(key)
        if value is True or (isinstance(value, list) and dependency.alias in value):
            return True
    return False


def _is_new(given: SelectionInput, target: Member) -> bool:
    if given.settings.rule is SelectionRule.TAG_NAMES_IT:
        return str(target.id) not in given.known_tags
    earlier = given.earlier.get(target.name)
    return earlier is None or earlier.version != target.version


def _cycle(names: tuple[PackageName, ...]) -> Finding:
    shown = ", ".join(name.text for name in names)
    message = f"these members need each other: {shown}; they are published in the order of their names"
    return Finding(rule="dependency-cycle", severity=Severity.NOTE, place=names[0].text, message=message)


def _place(member: Member) -> str:
    return "package.json" if member.directory == "." else f"{member.directory}/package.json"


def _warning(rule: str, place: str, message: str, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, place=place, message=message, remedy=remedy)
