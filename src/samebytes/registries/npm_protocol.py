"""An npm registry: observe, upload, tag, remove.

A write is done when reading says so: an answer that does not come, a 5xx, or "it is there already" says nothing about
whose write it was. Writes of one package go one after the other here: two at once leave a dist-tag at several versions
(Gitea 1.25.4 on PostgreSQL).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from types import MappingProxyType

from samebytes.dialects.registries import RegistryDialect, Removal
from samebytes.errors import BytesDifferError, SiteError
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, PackageObservation, UnreadablePackage
from samebytes.model.tarball import Tarball
from samebytes.model.transfer import Content, Sink
from samebytes.registries.base import Lease, UploadPackage
from samebytes.registries.npm_address import NpmAddress
from samebytes.registries.npm_answers import Mask, refusal
from samebytes.registries.npm_reader import NpmReader, as_sentence
from samebytes.registries.publish_body import publish_body
from samebytes.registries.unpublish import deprecated, without_version
from samebytes.system.content import BytesContent, HashingSink
from samebytes.system.http.base import AmbiguousError, Request, Response, Transport
from samebytes.system.http.settle import Pauses, settle
from samebytes.system.pool import run_each

LATEST = "latest"
_JSON = MappingProxyType({"accept": "application/json", "content-type": "application/json"})
_PLAIN = MappingProxyType({"accept": "application/json"})
_DONE_OR_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmParts:
    """What a registry is reached with: `dialect` may ask the server when it is first needed; `mask` hides secrets."""

    transport: Transport
    pauses: Pauses
    dialect: Callable[[], RegistryDialect]
    concurrency: int
    mask: Mask = str


class NpmRegistry:
    """The registry below a URL, which has no slash at its end."""

    def __init__(self, url: str, parts: NpmParts) -> None:
        self._address = NpmAddress(url)
        self._parts = parts
        self._reader = NpmReader(parts.transport, self._address, parts.dialect, parts.mask)
        self._locks: dict[PackageName, threading.Lock] = {}

    def invents_latest(self) -> bool:
        """What the dialect says: Verdaccio and npm's public registry do."""
        return self._parts.dialect().latest_when_unset

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What the registry has under each name, read in parallel."""
        wanted = tuple(dict.fromkeys(names))
        if len(wanted) == 1:
            return {wanted[0]: self._observe(wanted[0])}
        found = run_each([partial(self._observe, name) for name in wanted], self._parts.concurrency)
        return dict(zip(wanted, found, strict=True))

    def read_tarball(self, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        """Give a sink the stored tarball; False where there is none. Raises SiteError."""
        return self._reader.tarball(id, sink)

    def upload(self, package: UploadPackage, lease: Lease) -> None:
        """Store a version that must not exist yet; one that is there is left untouched, whoever stored it.

        Raises SiteError: SB-5211 (rights), SB-5212 (malformed), SB-5213 (it is said to be there, and is not), SB-5214 (too
        large), SB-5215 (a tag that the server refuses: the version would be stored all the same, without it), SB-5218 (no
        such owner), SB-5219 (others); BytesDifferError (SB-5201) when the file is not what was
        packed, or when the tarball of another build without a version blocks this one.
        """
        tarball = package.packed.tarball
        self._check_tag(tarball.id.name, package.dist_tag)
        with self._one_at_a_time(tarball.id.name):
            try:
                self._upload(package, lease)
            except SiteError as error:
                if error.code != "SB-5213" or not self._parts.dialect().leaves_tarballs:
                    raise
                if not self._remove_lone_tarball(tarball, lease):
                    raise
                self._upload(package, lease)

    def set_tag(self, name: PackageName, dist_tag: str, version: str, lease: Lease) -> None:
        """Point a dist-tag at a version that exists.

        Raises SiteError: SB-5002 (no such version), SB-5215 (a tag that the server refuses), SB-5216 (the registry lists it
        elsewhere afterwards), SB-5211 to SB-5219 as `upload`.
        """
        self._check_tag(name, dist_tag)
        # Never empty: Gitea 1.25.4 sets the tag at an arbitrary version then.
        body = BytesContent(json.dumps(version).encode())
        what = f"point {dist_tag} of {name} at {version}"
        with self._one_at_a_time(name):
            answer = self._write(
                partial(self._send, "PUT", self._address.dist_tag(name, dist_tag), lease, body),
                lambda: self._reader.dist_tags(name).get(dist_tag) == version,
            )
            if answer is not None and answer.status in _DONE_OR_GONE:
                raise SiteError("SB-5002", f"cannot {what}: there is no such version")
            self._require(answer, what)
            if answer is not None and self._parts.dialect().several_holders:
                self._require_listed(name, dist_tag, version)

    def delete_tag(self, name: PackageName, dist_tag: str, lease: Lease) -> None:
        """Remove a dist-tag; one that is not there is fine.

        Raises SiteError: SB-5217 (`latest` cannot go there), SB-5211 to SB-5219 as `upload`.
        """
        with self._one_at_a_time(name):
            if dist_tag == LATEST and not self._parts.dialect().latest_can_go:
                if LATEST in self._reader.dist_tags(name):
                    raise SiteError(
                        "SB-5217",
                        f"latest of {name} cannot be removed: {self._parts.dialect().product} always shows one",
                        hint="point it at another version instead",
                    )
                return
            answer = self._write(
                partial(self._send, "DELETE", self._address.dist_tag(name, dist_tag), lease),
                lambda: dist_tag not in self._reader.dist_tags(name),
            )
            self._require(answer, f"remove {dist_tag} of {name}", _DONE_OR_GONE)

    def delete_version(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Remove one version, the dist-tags at it, and its tarball; one that is not there is fine. Raises SiteError."""
        with self._one_at_a_time(id.name):
            if self._parts.dialect().removal is Removal.VERSION_PATH:
                self._remove(self._address.version_file(id), id, lease)
            else:
                self._unpublish(id, lease)

    def deprecate(self, id: PackageId, message: str, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Give a version a message that clients show; an empty one takes it back.

        Raises SiteError: SB-5218 (the server cannot), SB-5002 (no such version).
        """
        dialect = self._parts.dialect()
        if not dialect.deprecates:
            raise SiteError("SB-5218", f"{id} cannot be deprecated: {dialect.product} {dialect.since} keeps no message")
        with self._one_at_a_time(id.name):
            document = self._reader.document(id.name)
            body = None if document is None else deprecated(document, id, message)
            if body is None:
                raise SiteError("SB-5002", f"{id} cannot be deprecated: there is no such version")
            answer = self._write(
                partial(self._send, "PUT", self._address.packument(id.name), lease, BytesContent(body)),
                lambda: self._message_of(id) == message,
            )
            self._require(answer, f"deprecate {id}")

    def dist_tags(self, name: PackageName) -> Mapping[str, str]:
        """The dist-tags as the registry lists them; `observe` gives what the packument shows. Raises SiteError."""
        return self._reader.dist_tags(name)

    def disputed_tags(self, names: Sequence[PackageName]) -> dict[PackageName, tuple[str, ...]]:
        """The dist-tags that packument and list show at different versions, of the packages that have any.

        Such a tag is held by several versions, and only removing all but one of these heals it (Gitea 1.25.4 on
        PostgreSQL). Raises SiteError.
        """
        found = run_each([partial(self._disputed, name) for name in names], self._parts.concurrency)
        return {name: tags for name, tags in zip(names, found, strict=True) if tags}

    def _observe(self, name: PackageName) -> PackageObservation:
        try:
            return self._reader.package(name)
        except SiteError as error:
            return UnreadablePackage(name=name, code=error.code, why=as_sentence(error))

    def _disputed(self, name: PackageName) -> tuple[str, ...]:
        shown: ObservedPackage = self._reader.fresh(name)
        listed = self._reader.dist_tags(name)
        tags = sorted({*shown.dist_tags, *listed})
        return tuple(tag for tag in tags if shown.dist_tags.get(tag) != listed.get(tag))

    def _check_tag(self, name: PackageName, dist_tag: str) -> None:
        dialect = self._parts.dialect()
        if dialect.refuses_tag(dist_tag):
            raise SiteError(
                "SB-5215",
                f"{dist_tag!r} cannot be a dist-tag of {name}: {dialect.product} refuses it",
                hint="use a word such as latest, next or beta",
            )

    def _upload(self, package: UploadPackage, lease: Lease) -> None:
        id_ = package.packed.tarball.id
        body = publish_body(package, self._address.tarball(id_))

        def write() -> Response:
            answer = self._send("PUT", self._address.packument(id_.name), lease, body)
            if answer.status == HTTPStatus.CONFLICT:
                # Also the answer while another one's upload is half done (Verdaccio 6.10.4): reading decides.
                error = refusal(answer, f"upload {id_}", self._parts.dialect(), self._parts.mask)
                raise AmbiguousError(error.code, error.summary, hint=error.hint, details=error.details)
            return answer

        answer = self._write(write, lambda: self._reader.has(id_))
        if answer is None or answer.is_success:
            return
        if answer.status in self._parts.dialect().duplicate_statuses and self._reader.has(id_):
            return
        self._require(answer, f"upload {id_}")

    def _remove_lone_tarball(self, tarball: Tarball, lease: Lease) -> bool:
        """Remove a tarball of ours that no version names, as a server leaves it that was stopped midway (Verdaccio)."""
        sink = HashingSink("sha512")
        if self._reader.has(tarball.id) or not self._reader.tarball(tarball.id, sink):
            return False
        if sink.digest != tarball.sha512:
            raise BytesDifferError(
                "SB-5201",
                f"the registry keeps another tarball of {tarball.id} than the one that was packed, and no version of it",
                hint="an interrupted upload of another build has left it: look at it and remove it at the server",
                details={"expected": tarball.sha512.integrity, "found": sink.digest.integrity},
            )
        answer = self._send("DELETE", self._address.tarball_revision(tarball.id), lease)
        return answer.is_success

    def _unpublish(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        document = self._reader.document(id.name)
        change = None if document is None else without_version(document, id, self._parts.dialect())
        if change is None:
            return
        at = self._address.packument_revision(id.name, change.revision)
        method = "PUT" if change.body is not None else "DELETE"
        body = None if change.body is None else BytesContent(change.body)
        answer = self._write(partial(self._send, method, at, lease, body), lambda: not self._reader.has(id))
        self._require(answer, f"remove {id}", _DONE_OR_GONE)
        if change.body is None:
            return
        left = self._reader.document(id.name)
        revision = left.get("_rev") if left is not None else None
        self._remove(self._address.tarball_revision(id, str(revision or change.revision)), id, lease)

    def _remove(self, url: str, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        answer = self._write(partial(self._send, "DELETE", url, lease), lambda: self._is_gone(id))
        self._require(answer, f"remove {id}", _DONE_OR_GONE)

    def _is_gone(self, id: PackageId) -> bool:  # noqa: A002  the field's own word
        return not self._reader.has(id) and not self._reader.tarball(id, HashingSink("sha512"))

    def _message_of(self, id: PackageId) -> str:  # noqa: A002  the field's own word
        version = self._reader.fresh(id.name).versions.get(id.version.text)
        found = version.manifest.get("deprecated") if version is not None else None
        return found if isinstance(found, str) else ""

    def _require_listed(self, name: PackageName, dist_tag: str, version: str) -> None:
        """Raise SiteError (SB-5216) when the list does not come to say what was just written."""

        def look_again() -> Response:
            raise AmbiguousError(
                "SB-5216",
                f"{dist_tag} of {name} was pointed at {version}, and the registry lists it elsewhere",
                hint="it is held by several versions, which no request can repair: remove all of them but one",
            )

        def is_listed() -> bool:
            return self._reader.dist_tags(name).get(dist_tag) == version

        if not is_listed():
            self._write(look_again, is_listed)

    def _write(self, write: Callable[[], Response], is_done: Callable[[], bool]) -> Response | None:
        return settle(write, is_done, self._parts.pauses)

    def _send(self, method: str, url: str, lease: Lease, body: Content | None = None) -> Response:
        with lease.guard():
            headers = _PLAIN if body is None else _JSON
            return self._parts.transport.send(Request(method=method, url=url, headers=headers, body=body))

    def _require(self, answer: Response | None, what: str, also: frozenset[HTTPStatus] = frozenset()) -> None:
        """Raise the refusal unless the answer is a success, one of these, or reading has said that it is done."""
        if answer is None or answer.is_success or answer.status in also:
            return
        raise refusal(answer, what, self._parts.dialect(), self._parts.mask)

    def _one_at_a_time(self, name: PackageName) -> threading.Lock:
        return self._locks.setdefault(name, threading.Lock())
