"""The one word for a release at a site, from its documents, its members and the dist-tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samebytes.core.install_manifest import differences
from samebytes.core.judge_documents import JudgedDocuments
from samebytes.core.reconcile import NO_TARBALL, find_version
from samebytes.errors import FormatError
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.local_state import PromotionEntry
from samebytes.model.names import PackageId
from samebytes.model.observed import Absent, ObservedPackage, ObservedVersion, PackageObservation, Unknown
from samebytes.model.outcome import MemberPresence, MemberStatus, SiteState
from samebytes.model.verdict import Documents
from samebytes.model.versions import Version

_COMPLETE = frozenset({Documents.COMPLETE, Documents.NOT_KEPT})
_AS_STATED = frozenset({MemberPresence.PRESENT, MemberPresence.SAME_BYTES, MemberPresence.SAME})
_DIFFERENT = frozenset({MemberPresence.DIFFERENT, MemberPresence.MANIFEST_DIFFERS})


def member_status(
    id: PackageId,  # noqa: A002  the field's own word
    sha512: Digest | None,
    manifest: JsonObject | None,
    seen: PackageObservation | None,
) -> MemberStatus:
    """What a site has of one member, held against the stated digest and the manifest that the tarball calls for.

    Without a digest a version that is there is only `present`, without a manifest it is at best `same-bytes`.
    """
    version = find_version(id, seen)
    if isinstance(version, Absent):
        return _status(id, MemberPresence.ABSENT)
    if isinstance(version, Unknown):
        return _status(id, MemberPresence.UNREADABLE, why=f"{version.why} ({version.code})")
    tags = _tags_at(seen, id.version.text)
    presence, why = (MemberPresence.PRESENT, "") if sha512 is None else _compared(version, sha512, manifest)
    if not version.served and presence in _AS_STATED:
        presence, why = MemberPresence.ABSENT, NO_TARBALL
    return _status(id, presence, tags, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything the state of a release rests on; `tagged` is what the dist-tag of each member points at, or empty."""

    documents: JudgedDocuments
    members: tuple[MemberStatus, ...]
    dist_tag: str
    tagged: tuple[str, ...]
    journal: PromotionEntry | None


def site_state(standing: Standing) -> tuple[SiteState, str]:
    """The state and the sentence it rests on."""
    documents, members = standing.documents.documents, standing.members
    unreadable = [member for member in members if member.presence is MemberPresence.UNREADABLE]
    if documents is Documents.UNREADABLE or unreadable:
        first = f"{unreadable[0].id}: {unreadable[0].why}" if unreadable else standing.documents.why
        return SiteState.UNREADABLE, first
    different = [member for member in members if member.presence in _DIFFERENT]
    if documents is Documents.DIFFERENT or different:
        return SiteState.DIVERGED, f"{different[0].id}: {different[0].why}" if different else standing.documents.why
    absent = [member for member in members if member.presence is MemberPresence.ABSENT]
    if documents in (Documents.ABSENT, Documents.NOT_KEPT) and len(absent) == len(members):
        return SiteState.ABSENT, "nothing of it is there"
    if absent:
        return SiteState.UPLOADING, f"{len(absent)} of {len(members)} members are not there, first {absent[0].id}"
    if documents not in _COMPLETE:
        return SiteState.UPLOADING, standing.documents.why
    return _promoted(standing)


def _compared(version: ObservedVersion, sha512: Digest, manifest: JsonObject | None) -> tuple[MemberPresence, str]:
    if version.integrity is None or version.integrity.algorithm != sha512.algorithm:
        return MemberPresence.UNREADABLE, f"the registry shows no {sha512.algorithm} digest"
    if version.integrity != sha512:
        return MemberPresence.DIFFERENT, f"stated {sha512.integrity}, served {version.integrity.integrity}"
    if manifest is None:
        return MemberPresence.SAME_BYTES, ""
    fields = differences(manifest, version.manifest, version.kept_fields)
    if fields:
        return MemberPresence.MANIFEST_DIFFERS, f"equal bytes, but clients are told another {', '.join(fields)}"
    return MemberPresence.SAME, ""


def _tags_at(seen: PackageObservation | None, version: str) -> tuple[str, ...]:
    tags = seen.dist_tags if isinstance(seen, ObservedPackage) else {}
    return tuple(sorted(tag for tag, at in tags.items() if at == version))


def tagged_version(seen: PackageObservation | None, dist_tag: str) -> str:
    """Which version a dist-tag points at, or empty."""
    return seen.dist_tags.get(dist_tag, "") if isinstance(seen, ObservedPackage) else ""


def _promoted(standing: Standing) -> tuple[SiteState, str]:
    journal, tag = standing.journal, standing.dist_tag
    behind = [
        member.id
        for member, tagged in zip(standing.members, standing.tagged, strict=True)
        if tagged != member.id.version.text
        and not (_closed(journal, standing.members) and _is_newer(tagged, member.id))
    ]
    if not behind:
        return SiteState.PROMOTED, f"{tag} points at every member, or has gone on to a newer version"
    if journal is not None and not journal.done:
        return (
            SiteState.HELD,
            f"a promotion to {journal.dist_tag} was cut short; publishing or promoting again finishes it",
        )
    return SiteState.HELD, f"complete; {tag} of {behind[0].name} does not point at {behind[0].version}"


def _closed(journal: PromotionEntry | None, members: Sequence[MemberStatus]) -> bool:
    """Whether the newest promotion was carried out to the end and not undone."""
    versions = {member.id.name.text: member.id.version.text for member in members}
    return journal is not None and journal.done and journal.after == versions


def _is_newer(tagged: str, id: PackageId) -> bool:  # noqa: A002  the field's own word
    try:
        return Version(tagged) > id.version
    except FormatError:
        return False


def _status(
    id: PackageId,  # noqa: A002  the field's own word
    presence: MemberPresence,
    dist_tags: tuple[str, ...] = (),
    why: str = "",
) -> MemberStatus:
    return MemberStatus(id=id, presence=presence, dist_tags=dist_tags, why=why)
