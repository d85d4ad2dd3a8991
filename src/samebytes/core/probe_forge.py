"""What the repository of a Gitea or Forgejo, its units and limits say about a release there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from samebytes.core.probe_links import links
from samebytes.core.probe_rules import found
from samebytes.dialects.forges import ForgeDialect, Product, RunsApi, choose_dialect
from samebytes.model.finding import Finding
from samebytes.model.names import PackageId
from samebytes.model.probe import ForgeSeen, Seen
from samebytes.model.rights import RepositoryRights

_SHOWN = 3


def forge_dialect(seen: Seen) -> ForgeDialect | None:
    """How the forge behaves; None for a site that is none, or did not answer."""
    if seen.server is None or seen.forge is None:
        return None
    return choose_dialect(Product(seen.server.product), seen.server.version).dialect


def repository(seen: Seen) -> Iterator[Finding]:
    """What is wrong with the site's repository, its units and limits."""
    dialect = forge_dialect(seen)
    if dialect is None or seen.forge is None or not seen.forge.rights.accepted:
        return
    here = seen.site.repository
    rights = seen.forge.rights.repository
    if rights is None:
        yield found(
            "repository-missing",
            here,
            f"there is no repository {here}, or the token may not see it",
            "correct `repository` of the site, or give the token read:repository and its user access",
        )
    else:
        yield from _repository(here, rights, seen)
        yield from _units(here, rights, seen)
    if not seen.forge.limits.takes_assets:
        yield found(
            "assets-off", seen.site.url, "the server takes no attachments", "set ENABLED in [attachment] of app.ini"
        )
    protected = seen.forge.protected_tags or ()
    if protected:
        shown = ", ".join(protected)
        yield found(
            "tags-protected",
            here,
            f"tags are protected: {shown}",
            "push the tag as somebody who may; releases need nothing",
        )
    if dialect.runs is RunsApi.ADMINS and rights is not None and not rights.admin:
        yield found(
            "runs-need-admin",
            here,
            "the list of CI runs needs an administrator of the repository; the statuses of commits are read instead",
        )


def linked(seen: Seen) -> Iterator[Finding]:
    """What becomes of members whose `repository` names a repository of this very server."""
    if seen.forge is None or seen.server is None:
        return
    for path, ids in member_links(seen).items():
        if path not in seen.forge.linked:
            continue
        there, who = seen.forge.linked[path], _names(ids)
        if there is None:
            yield found(
                "link-unseen",
                path,
                f"`repository` of {who} names {path}, which is missing here, or hidden and then refused (403)",
                "name a repository that the token's user may write, or write git+ in front of the address: no link then",
            )
        elif not there.has_packages:
            yield found(
                "link-packages-off",
                path,
                f"`repository` of {who} names {path}, whose Packages unit is off: uploads are refused (403)",
                f"switch on Packages in the settings of {path}, or write git+ in front of the address: no link then",
            )
        elif not there.write or _is_foreign(path, seen.forge, seen.site.owner):
            yield found(
                "link-foreign",
                path,
                f"`repository` of {who} names {path}, which the token's user may not write: uploads are refused (403)",
                "name a repository of the owner, or write git+ in front of the address: no link then",
            )


def member_links(seen: Seen) -> dict[str, tuple[PackageId, ...]]:
    """Repository of this server to the members that name it."""
    is_gitea = seen.server is not None and seen.server.product == Product.GITEA
    return links(seen.question.manifests, seen.site.url, any_address=is_gitea)


def other_origin(url: str, configured: str) -> str:
    """The origin of an address where it is not that of the configured URL, else empty."""
    try:
        told, ours = urlsplit(url), urlsplit(configured)
    except ValueError:
        return url
    return "" if (told.scheme, told.netloc) == (ours.scheme, ours.netloc) else f"{told.scheme}://{told.netloc}"


def _repository(here: str, rights: RepositoryRights, seen: Seen) -> Iterator[Finding]:
    if rights.is_archived:
        yield found("repository-archived", here, "the repository is archived", "unarchive it in its settings")
    elif not rights.write:
        yield found(
            "repository-read-only",
            here,
            "the token's user may not write to the repository: no release, no lock",
            "give its user write access to Code and Releases",
        )
    elif seen.may_push is False:
        yield found(
            "read-only-token",
            here,
            "the server refuses a push with this token: no lock, no release",
            "make a token with the scope write:repository",
        )
    if rights.is_empty:
        yield found(
            "repository-empty",
            here,
            "the repository is empty: the tag to release is not there",
            "push the branch and the tag: git push --follow-tags",
        )


def _units(here: str, rights: RepositoryRights, seen: Seen) -> Iterator[Finding]:
    if not rights.has_releases:
        yield found("releases-off", here, "the Releases unit is off", "switch on Releases in the repository's settings")
    if not rights.has_packages and here not in member_links(seen):
        yield found(
            "packages-off",
            here,
            "the Packages unit is off: a package whose `repository` names it is refused (403)",
            "switch on Packages in the repository's settings",
        )
    if not rights.has_actions:
        yield found("actions-off", here, "the Actions unit is off: no CI runs here")


def _is_foreign(path: str, forge: ForgeSeen, owner: str) -> bool:
    """Administrators of a server may write everywhere, and are refused all the same (Gitea 1.25.4)."""
    return forge.rights.is_site_admin and path.partition("/")[0].lower() != owner.lower()


def _names(ids: tuple[PackageId, ...]) -> str:
    shown = ", ".join(str(id_.name) for id_ in ids[:_SHOWN])
    return f"{shown} and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else shown
