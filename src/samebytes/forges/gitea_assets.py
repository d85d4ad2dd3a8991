"""Releases and assets as Gitea and Forgejo list them, and the bytes of one asset.

A server keeps any number of assets of one name and serves the oldest by that name (seen on Gitea 1.25.4 and 1.26-dev,
Forgejo 11.0.1), so bytes are asked for by an asset's own identifier. Names are never a part of an address or a path:
servers store `../x` and `@s/x` as they come.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from samebytes.errors import BytesDifferError, SiteError
from samebytes.forges.gitea_api import GiteaApi, refusal
from samebytes.forges.gitea_json import Fields, unreadable
from samebytes.model.digests import Digest
from samebytes.model.transfer import Content, Sink
from samebytes.system.content import CollectingSink, HashingSink

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One stored asset; `is_link` where Forgejo keeps an address of elsewhere instead of bytes."""

    id: int
    name: str
    size_bytes: int
    uuid: str
    is_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRelease:
    """A release of a tag, its assets oldest first."""

    id: int
    is_draft: bool
    assets: tuple[Asset, ...]

    def by_name(self) -> dict[str, tuple[Asset, ...]]:
        """The assets of each name, oldest first: the one that is served by name leads."""
        found: defaultdict[str, tuple[Asset, ...]] = defaultdict(tuple)
        for asset in self.assets:
            found[asset.name] += (asset,)
        return dict(found)

    def copies(self, name: str) -> tuple[Asset, ...]:
        """The assets of this name, oldest first."""
        return tuple(asset for asset in self.assets if asset.name == name)


def read_release(fields: Fields) -> ListedRelease:
    """A release as the server lists it."""
    return ListedRelease(
        id=fields.number("id"),
        is_draft=fields.flag("draft"),
        assets=in_order(map(read_asset, fields.objects("assets"))),
    )


def in_order(assets: Iterable[Asset]) -> tuple[Asset, ...]:
    """Each asset once, oldest first; ids rise."""
    return tuple(sorted({asset.id: asset for asset in assets}.values(), key=lambda asset: asset.id))


def read_asset(fields: Fields) -> Asset:
    """An asset as the server lists it."""
    is_link = fields.text("type", "attachment") == "external"
    uuid = fields.text("uuid")
    if not is_link and not _UUID.fullmatch(uuid):
        raise unreadable(fields.place, f"{uuid[:40]!r} is not the identifier of an asset")
    return Asset(
        id=fields.number("id"),
        name=fields.text("name"),
        size_bytes=fields.number_or("size", 0),
        uuid=uuid,
        is_link=is_link,
    )


def read_bytes(api: GiteaApi, asset: Asset, limit_bytes: int) -> bytes | None:
    """The bytes of an asset, None where it is gone; larger than the limit is SiteError (SB-5003)."""
    if asset.size_bytes > limit_bytes:
        raise SiteError("SB-5003", f"{asset.name!r} is larger than {limit_bytes} bytes")
    sink = CollectingSink(limit_bytes, repr(asset.name))
    return sink.data if download(api, asset, sink) else None


def digest_of(api: GiteaApi, asset: Asset) -> Digest | None:
    """The sha256 of an asset, streamed, None where it is gone."""
    sink = HashingSink("sha256")
    return sink.digest if download(api, asset, sink) else None


def download(api: GiteaApi, asset: Asset, sink: Sink) -> bool:
    """Give a sink all bytes of an asset; False where it is gone. Other than the listed size is SiteError (SB-8006)."""
    if asset.is_link:
        raise SiteError(
            "SB-8007",
            f"asset {asset.name!r} is a link to another place, not stored bytes",
            hint="delete the link in the web page of the release; links are never followed",
        )
    # Tokens are accepted for this path as for the API; by name only the oldest copy could be read.
    measured = _Measured(asset, sink)
    response = api.get(api.address("attachments", asset.uuid), measured)
    if response.status in {404, 410}:
        return False
    if not response.is_success:
        raise refusal(response, f"asset {asset.name!r}")
    measured.check_end()
    return True


class _Measured:
    """Passes bytes on as long as there are not more than were listed: a server that never ends is left."""

    def __init__(self, asset: Asset, sink: Sink) -> None:
        self._asset = asset
        self._sink = sink
        self._size = 0

    def restart(self) -> None:
        """Start over."""
        self._size = 0
        self._sink.restart()

    def write(self, chunk: bytes) -> None:
        """Count, then pass on."""
        self._size += len(chunk)
        if self._size > self._asset.size_bytes:
            raise self._wrong("more")
        self._sink.write(chunk)

    def check_end(self) -> None:
        """Raise where bytes are missing."""
        if self._size != self._asset.size_bytes:
            raise self._wrong(str(self._size))

    def _wrong(self, found: str) -> SiteError:
        return SiteError(
            "SB-8006",
            f"the site does not serve {self._asset.name!r} as it lists it",
            details={"listed bytes": str(self._asset.size_bytes), "served bytes": found},
        )


@dataclass(frozen=True, slots=True)
class CheckedContent:
    """Bytes that end in an error before the last chunk when they are not what was announced, so that nothing is stored."""

    content: Content
    sha256: Digest
    name: str

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return self.content.size_bytes

    def chunks(self) -> Iterator[bytes]:
        """The bytes; BytesDifferError (SB-5201) instead of their end."""
        sink = HashingSink("sha256")
        held = b""
        for chunk in self.content.chunks():
            sink.write(chunk)
            if held:
                yield held
            held = chunk
        if sink.digest != self.sha256:
            summary = f"{self.name} does not have the bytes that were announced"
            raise differs(summary, self.sha256, sink.digest)
        if held:
            yield held


def differs(summary: str, expected: Digest, found: Digest | None) -> BytesDifferError:
    """The error for other bytes than were to be stored."""
    details = {"expected": str(expected), "found": str(found) if found else "nothing"}
    return BytesDifferError(
        "SB-5201",
        summary,
        hint="nothing was overwritten; find out who stored this asset, and delete it at the site if it is wrong",
        details=details,
    )
