"""What a site's answers say about reaching it and about the credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from samebytes.core.probe_rules import found
from samebytes.model.finding import Finding
from samebytes.model.observed import UnreadablePackage
from samebytes.model.probe import ForgeSeen, Part, Seen, Trouble
from samebytes.model.rights import ForgeRights

_GIT_REFUSED = "SB-5111"
# A credential that a registry does not accept, or one without rights.
REFUSED = "SB-5211"
_ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("SB-5120", "SB-5121", "SB-5122", "SB-5124", "SB-5128", "SB-5129"), "unreachable"),
        "SB-5123": "tls-untrusted",
        "SB-8001": "not-a-forge",
        "SB-8003": "credential-refused",
        REFUSED: "credential-refused",
    }
)
_CREDENTIALS = ("SB-514", "SB-5150")
# An owner that a registry does not know.
NO_SUCH_OWNER = "SB-5218"
_BY_PART: Mapping[Part, Mapping[str, str]] = MappingProxyType(
    {
        Part.FOLDER: {"SB-5001": "not-a-site", "SB-5002": "not-writable"},
        Part.GIT: {"SB-5111": "git-refused", "SB-5112": "git-refused"},
    }
)
_OTHERWISE: Mapping[Part, str] = MappingProxyType({Part.GIT: "git-unreachable", Part.FOLDER: "not-a-site"})
_WRITES_PACKAGES = frozenset({"all", "write:package"})
_MAKE_TOKEN = "make a token with the scopes write:package, write:repository and read:user"  # noqa: S105  advice
_ASK_OWNER = (
    "let a member of the owner's team with write access to Packages make the token, or add its user to such a team"
)


def troubles(seen: Seen) -> Iterator[Finding]:
    """What could not be read, told by which part it was and by the code of the error."""
    for trouble in seen.troubles:
        if trouble.code == _GIT_REFUSED and is_refused(seen):
            continue
        yield found(_rule(trouble, seen), _place(trouble, seen), f"{trouble.summary} ({trouble.code})", trouble.hint)


def credential(seen: Seen) -> Iterator[Finding]:
    """Who the credential is, and whether it may publish packages; nothing where the server did not answer."""
    if seen.server is None:
        return
    if not seen.has_credential:
        if seen.may_publish is not True:
            yield found(
                "credential-missing",
                f"sites.{seen.site.id}",
                "no credential is configured, and publishing needs one",
                f"set SAMEBYTES_{seen.site.id.upper().replace('-', '_')}_TOKEN, or write where the token is:"
                ' credential = "env:NAME", "file:PATH", "secret:NAME", "npmrc" or "keyring"',
            )
        return
    if seen.forge is not None:
        yield from _at_forge(seen, seen.forge)
        return
    if seen.may_push is False:
        yield found(
            "git-refused",
            seen.site.evidence,
            "the git remote refuses a push: no lock",
            "use a token that may push there",
        )
    if seen.may_publish is False:
        yield found(
            "may-not-publish",
            seen.site.url,
            "the registry does not let this credential publish packages of this scope",
            "use a token of a user who may publish them; it may also have run out",
        )
    elif seen.may_publish is None:
        yield found(
            "rights-unknown",
            seen.site.url,
            "this kind of registry does not tell, without a write, whether the token may publish",
            f"try it: samebytes probe {seen.site.id} --write",
        )


def is_refused(seen: Seen) -> bool:
    """Whether a forge does not accept the credential as such, which is told once and not by every part."""
    return seen.has_credential and seen.forge is not None and not seen.forge.rights.accepted


def owner_is_missing(seen: Seen) -> bool:
    """Whether the registry said that it knows no such owner."""
    return any(isinstance(one, UnreadablePackage) and one.code == NO_SUCH_OWNER for one in seen.packages.values())


def writes_packages(seen: Seen) -> bool | None:
    """Whether the credential may publish, by the registry's own answer first; None where nothing tells."""
    if not seen.has_credential and seen.may_publish is None:
        return False if seen.site.kind != "directory" else None
    if seen.may_publish is not None or seen.forge is None:
        return seen.may_publish
    rights = seen.forge.rights
    if rights.scopes is not None and _WRITES_PACKAGES.isdisjoint(rights.scopes):
        return False
    return rights.writes_packages


def _at_forge(seen: Seen, forge: ForgeSeen) -> Iterator[Finding]:
    rights, owner = forge.rights, seen.site.owner
    if is_refused(seen):
        yield found("credential-refused", seen.site.url, "the server does not accept the credential", _MAKE_TOKEN)
        return
    if not rights.user:
        yield found(
            "identity-unknown",
            seen.site.url,
            "the server does not tell whose token it is",
            "give the token the scope read:user",
        )
    if owner_is_missing(seen):
        return
    if not rights.reads_packages:
        yield found("no-package-scope", owner, "the token may not even read packages", _MAKE_TOKEN)
        return
    may = writes_packages(seen)
    if may is False:
        yield _may_not(seen, rights)
    elif may is None:
        yield found(
            "rights-unknown",
            owner,
            f"{rights.user or 'the token'} may read packages of {owner}; whether it may publish is not told",
            f"give the token the scope read:organization, or try it: samebytes probe {seen.site.id} --write",
        )


def _may_not(seen: Seen, rights: ForgeRights) -> Finding:
    """Why a token may not publish: its scopes, or the rights of its user."""
    owner, user = seen.site.owner, rights.user or "the token's user"
    is_member = rights.writes_packages
    if is_member is None:
        # Teams cannot be read: who may write the owner's repository is most likely no stranger.
        is_member = rights.repository is not None and rights.repository.write
    if is_member:
        return found(
            "read-only-token", owner, f"the token of {user} may read packages and not publish them", _MAKE_TOKEN
        )
    return found("outside-owner", owner, f"{user} may not publish packages of {owner}", _ASK_OWNER)


def _rule(trouble: Trouble, seen: Seen) -> str:
    if trouble.is_settings:
        is_credential = trouble.code.startswith(_CREDENTIALS)
        return "credential-unusable" if is_credential else "settings-unusable"
    by_code = _BY_PART.get(trouble.part, _ANSWERS)
    rule = by_code.get(trouble.code, _OTHERWISE.get(trouble.part, "unclear-answer"))
    return "proxy-unreachable" if rule == "unreachable" and seen.site.proxy else rule


def _place(trouble: Trouble, seen: Seen) -> str:
    if trouble.part is Part.SETTINGS:
        return f"sites.{seen.site.id}"
    return seen.site.remote or seen.site.evidence if trouble.part is Part.GIT else seen.site.url or seen.site.path
