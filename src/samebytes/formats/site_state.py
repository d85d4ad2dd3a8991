"""The small documents a directory site keeps for itself: lease, memory of tags, journal of promotions, release record.

Each is canonical JSON with a format name, read strictly: a document that cannot be read is an error, never "none".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.formats.canonical_json import CanonicalValue, read_document, write_document
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageName
from samebytes.model.need import Need

LIMIT_BYTES = 16 * 1024 * 1024
LEASE = "samebytes-lease-v1"
MEMORY = "samebytes-memory-v1"
JOURNAL = "samebytes-journal-v1"
RELEASE = "samebytes-release-v1"
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """Who may write, as the lease file says it.

    `number` rises with every holder and never falls; `renewal` rises with every renewal of one holder; `token` is 32
    hexadecimal characters that no other holder has; `held` is false once the holder has given it back.
    """

    number: int
    renewal: int
    token: str
    holder: str
    lease_ms: int
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """What a release was made for."""

    tag: str
    commit: str


def write_lease(record: LeaseRecord) -> bytes:
    """The lease file."""
    return write_document(
        {
            "format": LEASE,
            "number": record.number,
            "renewal": record.renewal,
            "token": record.token,
            "holder": record.holder,
            "lease_ms": record.lease_ms,
            "held": record.held,
        }
    )


def read_lease(data: bytes, place: str) -> LeaseRecord:
    """The lease in these bytes. Raises FormatError (SB-4010 to SB-4015, SB-5004)."""
    fields = _fields(data, place, LEASE, {"number", "renewal", "token", "holder", "lease_ms", "held"})
    match fields:
        case {
            "number": int(number),
            "renewal": int(renewal),
            "token": str(token),
            "holder": str(holder),
            "lease_ms": int(lease_ms),
            "held": bool(held),
        } if number > 0 and renewal >= 0 and lease_ms > 0 and _TOKEN.fullmatch(token):
            if bool in {type(number), type(renewal), type(lease_ms)}:  # to Python, true is an int
                raise _malformed(place)
            return LeaseRecord(number=number, renewal=renewal, token=token, holder=holder, lease_ms=lease_ms, held=held)
        case _:
            raise _malformed(place)


def write_memory(memory: Remembered) -> bytes:
    """The memory of one tag."""
    return write_document(
        {
            "format": MEMORY,
            "tag": memory.tag,
            "tag_object": memory.tag_object,
            "commit": memory.commit,
            "statement_sha256": memory.statement_sha256,
            "roots": list(memory.roots),
            "packages": [name.text for name in memory.packages],
            "needs": [
                {"member": need.member, "name": need.name.text, "range": need.range, "version": need.version}
                for need in memory.needs
            ],
        }
    )


def read_memory(data: bytes, place: str) -> Remembered:
    """The memory in these bytes. Raises FormatError (SB-4010 to SB-4015, SB-5004)."""
    keys = {"tag", "tag_object", "commit", "statement_sha256", "roots", "packages", "needs"}
    match _fields(data, place, MEMORY, keys):
        case {
            "tag": str(tag),
            "tag_object": str(tag_object),
            "commit": str(commit),
            "statement_sha256": str(statement_sha256),
            "roots": [*roots],
            "packages": [*packages],
            "needs": [*needs],
        }:
            return Remembered(
                tag=tag,
                tag_object=tag_object,
                commit=commit,
                statement_sha256=statement_sha256,
                roots=tuple(_text(root, place) for root in roots),
                packages=tuple(_name(name, place) for name in packages),
                needs=tuple(_need(need, place) for need in needs),
            )
        case _:
            raise _malformed(place)


def write_journal(entries: Sequence[PromotionEntry]) -> bytes:
    """The promotions of one release, oldest first."""
    return write_document(
        {
            "format": JOURNAL,
            "entries": [
                {
                    "release_tag": entry.release_tag,
                    "dist_tag": entry.dist_tag,
                    "before": entry.before,
                    "after": entry.after,
                    "done": entry.done,
                }
                for entry in entries
            ],
        }
    )


def read_journal(data: bytes, place: str) -> tuple[PromotionEntry, ...]:
    """The promotions in these bytes. Raises FormatError (SB-4010 to SB-4015, SB-5004)."""
    match _fields(data, place, JOURNAL, {"entries"}):
        case {"entries": [*entries]} if entries:
            return tuple(_entry(entry, place) for entry in entries)
        case _:
            raise _malformed(place)


def write_release(record: ReleaseRecord) -> bytes:
    """The record of a release."""
    return write_document({"format": RELEASE, "tag": record.tag, "commit": record.commit})


def read_release(data: bytes, place: str) -> ReleaseRecord:
    """The record in these bytes. Raises FormatError (SB-4010 to SB-4015, SB-5004)."""
    match _fields(data, place, RELEASE, {"tag", "commit"}):
        case {"tag": str(tag), "commit": str(commit)}:
            return ReleaseRecord(tag=tag, commit=commit)
        case _:
            raise _malformed(place)


def _entry(value: CanonicalValue, place: str) -> PromotionEntry:
    match value:
        case {
            "release_tag": str(release_tag),
            "dist_tag": str(dist_tag),
            "before": before,
            "after": after,
            "done": bool(done),
            **rest,
        } if not rest:
            return PromotionEntry(
                release_tag=release_tag,
                dist_tag=dist_tag,
                before=_versions(before, place),
                after=_versions(after, place),
                done=done,
            )
        case _:
            raise _malformed(place)


def _need(value: CanonicalValue, place: str) -> Need:
    match value:
        case {"member": str(member), "name": str(name), "range": str(wanted), "version": str(version), **rest} if (
            not rest
        ):
            return Need(member=member, name=_name(name, place), range=wanted, version=version)
        case _:
            raise _malformed(place)


def _name(value: CanonicalValue, place: str) -> PackageName:
    try:
        return PackageName(_text(value, place))
    except FormatError as error:
        raise _malformed(place) from error


def _text(value: CanonicalValue, place: str) -> str:
    if not isinstance(value, str):
        raise _malformed(place)
    return value


def _versions(found: CanonicalValue, place: str) -> dict[str, str]:
    if not isinstance(found, Mapping):
        raise _malformed(place)
    versions = {name: version for name, version in found.items() if isinstance(version, str)}
    if len(versions) != len(found):
        raise _malformed(place)
    return versions


def _fields(data: bytes, place: str, wanted_format: str, keys: set[str]) -> Mapping[str, CanonicalValue]:
    document = read_document(data, place, limit_bytes=LIMIT_BYTES)
    if not isinstance(document, Mapping) or document.get("format") != wanted_format:
        raise FormatError("SB-5004", f"the format is not {wanted_format!r}", place=place)
    if document.keys() != keys | {"format"}:
        raise _malformed(place)
    return document


def _malformed(place: str) -> FormatError:
    return FormatError("SB-5004", "a field is missing, unknown or of the wrong type", place=place)
