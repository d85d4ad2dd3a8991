"""Reading from an npm registry: packuments, dist-tags, tarballs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from samebytes.dialects.registries import RegistryDialect
from samebytes.errors import SiteError
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage
from samebytes.model.transfer import Sink
from samebytes.registries import packument
from samebytes.registries.npm_address import NpmAddress
from samebytes.registries.npm_answers import Mask, is_json_object, refusal
from samebytes.system.http.base import Request, Response, Transport
from samebytes.system.http.urls import check_url

_FULL = MappingProxyType({"accept": "application/json"})
# npm's own client asks for both in this order (npm/registry, docs/responses/package-metadata.md).
_ABBREVIATED = MappingProxyType({"accept": "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"})
_TARBALL = MappingProxyType({"accept": "application/octet-stream, */*"})
_NOTHING_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class NpmReader:
    """Reads one registry. Every method raises SiteError: SB-5003, SB-5120 ff. as the transport, SB-5210 to SB-5219."""

    def __init__(
        self, transport: Transport, address: NpmAddress, dialect: Callable[[], RegistryDialect], mask: Mask
    ) -> None:
        self._transport = transport
        self._address = address
        self._dialect = dialect
        self._mask = mask

    def package(self, name: PackageName) -> ObservedPackage:
        """What there is of a package; with no versions where the registry does not know it."""
        dialect = self._dialect()
        headers = _ABBREVIATED if dialect.reads_abbreviated else _FULL
        answer = self._found(self._address.packument(name), headers, f"read {name}")
        if answer is None:
            return packument.empty(name)
        return packument.read_packument(answer, name, dialect.kept_fields)

    def document(self, name: PackageName) -> JsonObject | None:
        """The full packument past all caches, to be changed and sent back; None where there is none."""
        url = self._address.packument(name, self._dialect().fresh_query)
        answer = self._found(url, _FULL, f"read {name}")
        return None if answer is None else packument.read_document(answer, name)

    def fresh(self, name: PackageName) -> ObservedPackage:
        """What there is of a package past all caches, to tell whether a write was done."""
        document = self.document(name)
        if document is None:
            return packument.empty(name)
        return packument.observed(document, name, self._dialect().kept_fields)

    def has(self, id: PackageId) -> bool:  # noqa: A002  the field's own word
        """Whether a version is there now."""
        return id.version.text in self.fresh(id.name).versions

    def dist_tags(self, name: PackageName) -> Mapping[str, str]:
        """The dist-tags as the registry lists them, which need not be what the packument shows."""
        answer = self._found(self._address.dist_tags(name), _FULL, f"read the dist-tags of {name}")
        return MappingProxyType({}) if answer is None else packument.read_dist_tags(answer, name)

    def tarball(self, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        """Give a sink the tarball at npm's own path, else at the address that the packument names; False for none.

        That address may be at another host: the transport sends no login there.
        """
        usual = self._address.tarball(id)
        if self._pour(usual, id, sink):
            return True
        version = self.package(id.name).versions.get(id.version.text)
        named = packument.tarball_url(version.manifest) if version is not None else ""
        if not named or named == usual:
            return False
        return self._pour(check_url(named), id, sink)

    def _pour(self, url: str, id: PackageId, sink: Sink) -> bool:  # noqa: A002  the field's own word
        answer = self._transport.send(Request(method="GET", url=url, headers=_TARBALL), sink)
        if answer.status in _NOTHING_THERE:
            return False
        if answer.status != HTTPStatus.OK:
            raise refusal(answer, f"read the tarball of {id}", self._dialect(), self._mask)
        return True

    def _found(self, url: str, headers: Mapping[str, str], what: str) -> Response | None:
        """The answer, or None for the 404 that means: nothing there."""
        request = Request(method="GET", url=url, headers=headers, limit_bytes=packument.LIMIT_BYTES)
        answer = self._transport.send(request)
        if answer.status == HTTPStatus.OK:
            return answer
        dialect = self._dialect()
        if answer.status in _NOTHING_THERE and (not dialect.json_when_missing or is_json_object(answer.body)):
            return None
        raise refusal(answer, what, dialect, self._mask)


def as_sentence(error: SiteError) -> str:
    """An error as the reason of an observation: what is wrong, and what to do."""
    return f"{error.summary}; {error.hint}" if error.hint else error.summary
