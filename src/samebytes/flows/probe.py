"""Look at a site without a change to anything: what it is, what may be done there, what would make a release fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from samebytes.core.probe import judge, probe_package
from samebytes.core.probe_forge import member_links
from samebytes.core.probe_shown import shown_probe
from samebytes.errors import ConfigError, SamebytesError, SiteError
from samebytes.flows.open_probe import ForgeLook, OpenProbe, ServerLook
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import PackageObservation
from samebytes.model.probe import Part, Question, Seen, SiteProbe, Trouble
from samebytes.model.site import Site
from samebytes.model.versions import Version

# Enough to see what a server does, few enough for a moment.
MOST_PACKAGES = 100
# Nobody publishes it: `--write` adds a token to it.
_NEVER = Version("0.0.0-probe.never")
# The credential or its rights.
_NO_PUSH = frozenset({"SB-5111", "SB-5112"})
_Asked = TypeVar("_Asked")


def probe(opened: OpenProbe, question: Question, tell: Callable[[str], None]) -> SiteProbe:
    """What is said of one site. Nothing is written; what cannot be read is a finding, never an exception."""
    seen = Seen(
        site=opened.at.site,
        question=question,
        has_credential=opened.has_credential,
        has_undo=opened.at.state is not None,
    )
    return shown_probe(judge(_look(opened, seen, tell)), opened.mask)


def unopened(site: Site, question: Question, error: ConfigError) -> SiteProbe:
    """What is said of a site whose settings cannot be used."""
    return judge(Seen(site=site, question=question, troubles=(_trouble(Part.SETTINGS, error),)))


def scope_of(question: Question) -> str:
    """The scope that most members are in; empty without members, or where most have none."""
    scopes = [id_.name.scope for id_ in question.manifests]
    return max(sorted(set(scopes)), key=scopes.count, default="")


def _look(opened: OpenProbe, seen: Seen, tell: Callable[[str], None]) -> Seen:
    if opened.server is None:
        seen = _try(seen, Part.FOLDER, opened.at.check_writable, lambda _: seen)
        return _memory(opened, seen if seen.troubles else replace(seen, packages=_packages(opened, seen)))
    tell(f"{seen.site.id}: asking what answers at {seen.site.url}")
    server = opened.server
    seen = _try(seen, Part.SERVER, server.recognised, lambda found: replace(seen, server=found))
    if seen.server is None:
        return seen
    if opened.forge is not None:
        seen = _forge(opened.forge, seen)
    tell(f"{seen.site.id}: reading packages")
    seen = _registry(opened, server, seen)
    tell(f"{seen.site.id}: reading lock and memory")
    return _push(opened, _memory(opened, seen))


def _forge(forge: ForgeLook, seen: Seen) -> Seen:
    linked = tuple(member_links(seen))
    return _try(seen, Part.REPOSITORY, lambda: forge.survey(linked), lambda found: replace(seen, forge=found))


def _registry(opened: OpenProbe, server: ServerLook, seen: Seen) -> Seen:
    packages = _packages(opened, seen)
    seen = replace(seen, packages=packages)
    if not seen.site.owner:
        seen = _try(seen, Part.PACKAGES, server.user, lambda user: replace(seen, user=user))
    missing = _missing(seen)
    if missing is not None and seen.server is not None:
        product = seen.server.product
        seen = _try(
            seen,
            Part.PACKAGES,
            lambda: server.may_publish(product, missing),
            lambda may: replace(seen, may_publish=may),
        )
    readable = [name for name, one in packages.items() if getattr(one, "versions", None)]
    return _try(
        seen, Part.PACKAGES, lambda: server.disputed_tags(readable), lambda disputed: replace(seen, disputed=disputed)
    )


def _memory(opened: OpenProbe, seen: Seen) -> Seen:
    """What every release begins with: reading which tags the site has bound."""
    if opened.at.state is None or (seen.site.kind == "directory" and seen.troubles):
        return seen
    part = Part.FOLDER if opened.refs is None else Part.GIT
    return _try(seen, part, opened.at.state.all_remembered, lambda _: seen)


def _push(opened: OpenProbe, seen: Seen) -> Seen:
    """Whether the git remote would let a push in; not asked where it cannot even be read, or the forge has said no."""
    if opened.refs is None or not seen.has_credential or any(one.part is Part.GIT for one in seen.troubles):
        return seen
    if seen.forge is not None and (seen.forge.rights.repository is None or not seen.forge.rights.repository.write):
        return seen
    try:
        opened.refs.check_push()
    except SiteError as error:
        if error.code in _NO_PUSH:
            return replace(seen, may_push=False)
        return replace(seen, troubles=(*seen.troubles, _trouble(Part.GIT, error)))
    return replace(seen, may_push=True)


def _packages(opened: OpenProbe, seen: Seen) -> dict[PackageName, PackageObservation]:
    """The members' packages; without members the one of `--write`, which is missing, but shows whether there is a registry."""
    names = [id_.name for id_ in seen.question.manifests][:MOST_PACKAGES]
    if not names:
        own = probe_package("", seen.site.owner) or PackageName("samebytes-probe")
        names = [own]
    return opened.at.registry.observe(names)


def _missing(seen: Seen) -> PackageId | None:
    name = probe_package(scope_of(seen.question), seen.site.owner)
    return PackageId(name, _NEVER) if name is not None else None


def _try(seen: Seen, part: Part, ask: Callable[[], _Asked], taken: Callable[[_Asked], Seen]) -> Seen:
    """What is seen with an answer taken in, or with the trouble there was instead."""
    try:
        return taken(ask())
    except (SiteError, ConfigError) as error:
        return replace(seen, troubles=(*seen.troubles, _trouble(part, error)))


def _trouble(part: Part, error: SamebytesError) -> Trouble:
    return Trouble(
        part=part,
        code=error.code,
        summary=error.summary,
        hint=error.hint,
        is_settings=isinstance(error, ConfigError),
    )
