"""What can be refused before anything is built: a build takes minutes, these checks take moments.

Nothing is decided here: the run asks the same questions again under the site's lock, and those answers count.
"""

from __future__ import annotations

from dataclasses import replace

from samebytes.core.filters import wanted_of
from samebytes.core.gate import check_expected, check_memory, check_repository
from samebytes.core.promote import check_dist_tag
from samebytes.core.reconcile import find_version, stop_unless_clear
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions
from samebytes.model.observed import Unknown
from samebytes.model.selection import Selection
from samebytes.model.tag import Commit


def preflight(commit: Commit, selection: Selection, options: PublishOptions) -> None:
    """Refuse what no build can make right: a dist-tag, a filter, a statement about another tag or commit.

    Raises RefusedError (SB-6010), UsageError (SB-6301), ConfigError (SB-6003, SB-6004).
    """
    check_dist_tag(options.dist_tag)
    wanted_of((member.name for member in selection.members), options.only, commit.name)
    if options.expect is not None:
        check_expected(options.expect, replace(options.expect, tag=commit.name, commit=commit.commit), ())


def preflight_site(commit: Commit, selection: Selection, at: OpenSite, *, writes: bool = True) -> OpenSite:
    """The same site, which can be read and knows this tag, if at all, at this very commit.

    Raises RefusedError (SB-6101, SB-6102) and SiteError (SB-5xxx, SB-6021; where the run `writes`, also SB-5002).
    """
    if writes:
        at.check_writable()
    ids = [member.id for member in selection.members]
    bindings = at.state.all_remembered() if at.state is not None else ()
    check_repository(at.id, bindings, commit, [package.name for package in ids])
    if at.releases is not None:
        at.releases.check_tag(commit)
    for memory in bindings:
        if memory.tag == commit.name:
            check_memory(memory, commit, memory.statement_sha256, ())
    observed = at.registry.observe([package.name for package in ids])
    found = (find_version(package, observed.get(package.name)) for package in ids)
    stop_unless_clear(at.id, [state for state in found if isinstance(state, Unknown)], {})
    return at
