"""The releases of a Gitea or Forgejo: published on an existing git tag, each asset once.

A draft counts as no release: others cannot read it, everybody can on some versions, and the push of its tag publishes it.
`create` publishes one that is there and keeps its text. The list of a release is read by `assets`, `create`, `tidy` and
wherever an answer was ambiguous, and remembered in between: 1,000 assets are not listed 1,000 times. What a server made of
a request that reached it twice, or somebody else stored meanwhile, is found by `repeated` and `tidy`.

Assets appear whole or not at all: a server stores one after its last byte came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from http import HTTPStatus
from itertools import chain, count
from threading import Lock

from samebytes.errors import SiteError
from samebytes.forges.base import WriteGuard
from samebytes.forges.gitea_api import GiteaApi, refusal
from samebytes.forges.gitea_assets import (
    Asset,
    CheckedContent,
    ListedRelease,
    differs,
    digest_of,
    in_order,
    read_asset,
    read_bytes,
    read_release,
)
from samebytes.forges.gitea_json import object_of
from samebytes.forges.gitea_lists import read_list, wrapped
from samebytes.forges.gitea_tags import check_tag
from samebytes.model.digests import Digest
from samebytes.model.tag import Commit
from samebytes.model.transfer import Content
from samebytes.system.http.base import AmbiguousError, Response

_MEGABYTE = 1024 * 1024
# Servers hand out lists in pages of 30, and 50 where asked; of assets the known ones hand out all (servers.md, k).
_SMALLEST_PAGE, _PAGE = 30, 50
_REFUSED_UPLOADS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})


class GiteaReleases:
    """The releases of one repository. Safe to share among threads."""

    def __init__(self, api: GiteaApi) -> None:
        self._api = api
        self._known: dict[str, ListedRelease] = {}
        # What the server said that it stored: a list without it is stale.
        self._stored: dict[str, set[int]] = {}
        self._lock = Lock()

    def assets(self, tag: str) -> dict[str, int] | None:
        """Asset name to size in bytes of the one that is served by that name; None where no release is published."""
        release = self._fetch(tag)
        if release is None or release.is_draft:
            return None
        return {name: copies[0].size_bytes for name, copies in release.by_name().items()}

    def repeated(self, tag: str) -> frozenset[str]:
        """The names that more than one asset has, as the release was listed last."""
        release = self._known.get(tag) or self._fetch(tag)
        copies = release.by_name() if release is not None and not release.is_draft else {}
        return frozenset(name for name, found in copies.items() if len(found) > 1)

    def read(self, tag: str, name: str, limit_bytes: int) -> bytes | None:
        """The bytes of an asset, the oldest of that name; None where there is none."""
        for refresh in (False, True):
            for asset in self._copies(tag, name, refresh=refresh)[:1]:
                data = read_bytes(self._api, asset, limit_bytes)
                if data is not None:
                    return data
        return None

    def digest(self, tag: str, name: str) -> Digest | None:
        """The sha256 of an asset; several of one name that differ are BytesDifferError (SB-5201)."""
        for refresh in (False, True):
            copies = self._copies(tag, name, refresh=refresh)
            found = [digest_of(self._api, asset) for asset in copies]
            if found and None not in found:
                return _one(tag, name, found)
        return None

    def check_tag(self, tag: Commit) -> None:
        """Raise RefusedError (SB-8010) unless the server's git tag is this very object."""
        check_tag(self._api, tag)

    def create(self, tag: Commit, lease: WriteGuard) -> None:
        """Publish the release of this tag; one that is there is fine.

        Raises RefusedError (SB-8010) unless the tag is there and is this very object, before and after.
        """
        check_tag(self._api, tag)
        release = self._fetch(tag.name)
        if release is None:
            self._api.settled(lambda: self._make(tag, lease), lambda: self._fetch(tag.name) is not None)
            release = self._known.get(tag.name) or self._fetch(tag.name)
        if release is not None and release.is_draft:
            draft = release
            self._api.settled(lambda: self._publish(tag.name, draft, lease), lambda: self._is_published(tag.name))
        if not self._until(lambda: self._is_published(tag.name)):
            raise SiteError("SB-8008", f"the site has no release of {tag.name!r} although it was created")
        check_tag(self._api, tag)

    def put(
        self, tag: str, name: str, content: Content, sha256: Digest, lease: WriteGuard, *, fixed: bool = True
    ) -> None:
        """Store an asset once, by name and digest; with `fixed` False whichever bytes came first stay."""
        if tag not in self._known:
            self._until(lambda: self._is_published(tag))
        release = self._known.get(tag)
        if release is None or release.is_draft:
            raise SiteError("SB-8008", f"{name} cannot be stored: the site has no published release of {tag!r}")
        if not release.copies(name):
            checked = CheckedContent(content, sha256, name)
            tries = count()

            def write() -> Response:
                next(tries)
                return self._upload(tag, release, name, checked, lease)

            answer = self._api.settled(write, lambda: self._is_stored(tag, name))
            if answer is not None and next(tries) == 1:
                return
        if fixed and (found := self.digest(tag, name)) != sha256:
            raise differs(f"the release of {tag!r} has another {name}", sha256, found)
        self._tidy(tag, {name}, frozenset() if fixed else {name}, lease)

    def tidy(self, tag: str, lease: WriteGuard, any_bytes: Collection[str] = ()) -> None:
        """Delete surplus copies of one name, the newer ones; copies that differ are BytesDifferError (SB-5201) and stay.

        Of the names in `any_bytes` the oldest stays whatever it is. Raises SiteError (SB-8009) where copies come back.
        """
        # Once more after a deletion: an upload that was given up may have come in behind it.
        for _ in range(self._api.pauses.attempts):
            self._until(lambda: self._is_whole(tag))
            names = self.repeated(tag)
            if not names:
                return
            self._tidy(tag, names, any_bytes, lease)
        raise SiteError("SB-8009", f"the site still lists copies in the release of {tag!r} that it deleted")

    def limit_bytes(self) -> int | None:
        """The size that an asset may have, as far as the server tells; the types it takes are not told (servers.md, k)."""
        response = self._api.get(self._api.address("api", "v1", "settings", "attachment"))
        if not response.is_success:
            return None
        megabytes = object_of(response, "settings/attachment").number_or("max_size", 0)
        return megabytes * _MEGABYTE or None

    def _copies(self, tag: str, name: str, *, refresh: bool) -> tuple[Asset, ...]:
        release = self._fetch(tag) if refresh or tag not in self._known else self._known[tag]
        return () if release is None or release.is_draft else release.copies(name)

    def _fetch(self, tag: str) -> ListedRelease | None:
        """Read the release of a tag anew."""
        response = self._api.get(self._api.url("releases", "tags", tag))
        if response.status == HTTPStatus.NOT_FOUND:
            self._api.check_visible()
            self._forget(tag)
            return None
        if not response.is_success:
            raise refusal(response, f"release {tag!r}")
        release = self._whole(read_release(object_of(response, f"release {tag!r}")), tag)
        with self._lock:
            self._known[tag] = release
        return release

    def _whole(self, release: ListedRelease, tag: str) -> ListedRelease:
        """The release with the assets of all pages, should a version come that hands them out in pages."""
        if len(release.assets) < _SMALLEST_PAGE:
            return release
        url, place = self._api.url("releases", str(release.id), "assets"), f"assets of release {tag!r}"
        found = read_list(self._api, url, _PAGE, wrapped("assets", place), "id", {})
        if isinstance(found, Response):
            raise refusal(found, place)
        return replace(release, assets=in_order(chain(release.assets, map(read_asset, found))))

    def _is_whole(self, tag: str) -> bool:
        """Read the release anew; whether everything is listed that the server said it stored."""
        return self._stored.get(tag, set()) <= self._listed_ids(tag)

    def _listed_ids(self, tag: str) -> set[int]:
        release = self._fetch(tag)
        return {asset.id for asset in release.assets} if release else set()

    def _until(self, is_so: Callable[[], bool]) -> bool:
        """Read until it is so, a few times: reads may be stale for a while."""
        return self._api.pauses.repeat(is_so, when=lambda found: not found, when_raised=lambda _: False)

    def _forget(self, tag: str) -> None:
        with self._lock:
            self._known.pop(tag, None)

    def _is_published(self, tag: str) -> bool:
        release = self._fetch(tag)
        return release is not None and not release.is_draft

    def _is_stored(self, tag: str, name: str) -> bool:
        release = self._fetch(tag)
        return release is not None and bool(release.copies(name))

    def _make(self, tag: Commit, lease: WriteGuard) -> Response:
        # The target only counts should the tag be deleted at this very moment: then at least not the default branch.
        wanted = {"tag_name": tag.name, "target_commitish": tag.commit, "name": tag.name, "body": "", "draft": False}
        response = self._api.send_json("POST", self._api.url("releases"), wanted, lease)
        if response.status == HTTPStatus.CONFLICT:
            if self._fetch(tag.name) is not None:
                return response
            raise AmbiguousError("SB-8009", f"the site says that {tag.name!r} has a release, and shows none")
        if not response.is_ambiguous and not response.is_success:
            raise refusal(response, f"a release of {tag.name!r}")
        return response

    def _publish(self, tag: str, draft: ListedRelease, lease: WriteGuard) -> Response:
        response = self._api.send_json("PATCH", self._api.url("releases", str(draft.id)), {"draft": False}, lease)
        if not response.is_ambiguous and not response.is_success:
            raise refusal(response, f"the draft release of {tag!r}")
        return response

    def _upload(
        self, tag: str, release: ListedRelease, name: str, content: CheckedContent, lease: WriteGuard
    ) -> Response:
        url = self._api.url("releases", str(release.id), "assets", query={"name": name})
        response = self._api.send("POST", url, content, lease, "application/octet-stream")
        if response.is_ambiguous:
            return response
        if not response.is_success:
            self._forget(tag)
            raise _refused_upload(response, name, content.size_bytes)
        stored = read_asset(object_of(response, f"asset {name!r}"))
        if stored.size_bytes != content.size_bytes or stored.name != name:
            # Certainly ours: the answer to our own upload names it.
            self._delete(tag, release, stored, lease)
            raise SiteError(
                "SB-8006",
                f"the site stored {name!r} as something else",
                details={
                    "sent": f"{content.size_bytes} bytes",
                    "stored": f"{stored.name!r}, {stored.size_bytes} bytes",
                },
            )
        with self._lock:
            known = self._known.get(tag, release)
            assets = in_order((*known.assets, stored))
            self._known[tag] = replace(known, assets=assets)
            self._stored.setdefault(tag, set()).add(stored.id)
        return response

    def _tidy(self, tag: str, names: Collection[str], any_bytes: Collection[str], lease: WriteGuard) -> None:
        release = self._known.get(tag)
        if release is None:
            return
        surplus: list[Asset] = []
        for name, copies in release.by_name().items():
            if name in names and len(copies) > 1:
                if name not in any_bytes:
                    self.digest(tag, name)
                surplus += copies[1:]
        for asset in surplus:
            self._delete(tag, release, asset, lease)

    def _delete(self, tag: str, release: ListedRelease, asset: Asset, lease: WriteGuard) -> None:
        url = self._api.url("releases", str(release.id), "assets", str(asset.id))

        def write() -> Response:
            response = self._api.send("DELETE", url, None, lease)
            if response.is_ambiguous or response.is_success or response.status == HTTPStatus.NOT_FOUND:
                return response
            raise refusal(response, f"a surplus copy of {asset.name!r}")

        def is_gone() -> bool:
            listed = self._listed_ids(tag)
            return asset.id not in listed and self._stored.get(tag, set()) - {asset.id} <= listed

        self._api.settled(write, is_gone)
        with self._lock:
            self._stored.get(tag, set()).discard(asset.id)
            known = self._known.get(tag)
            if known is not None:
                left = in_order(other for other in known.assets if other.id != asset.id)
                self._known[tag] = replace(known, assets=left)


def _one(tag: str, name: str, found: list[Digest | None]) -> Digest | None:
    first = found[0]
    for other in found[1:]:
        if first is not None and other != first:
            raise differs(f"the release of {tag!r} has {len(found)} different assets {name!r}", first, other)
    return first


def _refused_upload(response: Response, name: str, size_bytes: int) -> SiteError:
    if response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return SiteError(
            "SB-8011",
            f"{name} is larger than the site takes: {size_bytes} bytes",
            hint="raise MAX_SIZE (megabytes) in [attachment] of the server's app.ini, and the body limit of a proxy before it",
        )
    if response.status in _REFUSED_UPLOADS:
        return SiteError(
            "SB-8011",
            f"the site does not take an asset of this name or type: {name}",
            hint="leave ALLOWED_TYPES in [repository.release] of the server's app.ini empty, or add .tgz, .json and files"
            " without an extension (SHA512SUMS)",
        )
    return refusal(response, f"asset {name!r}")
