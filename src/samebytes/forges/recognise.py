"""Which product and version answers at an address: Forgejo has a version endpoint of its own, Gitea does not (servers.md, o)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock

from samebytes.dialects.forges import ForgeDialect, Product, choose_dialect
from samebytes.errors import SiteError
from samebytes.forges.gitea_api import refusal
from samebytes.forges.gitea_json import API_LIMIT_BYTES, object_of
from samebytes.system.http.base import Request, Response, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a server is: `notes` are sentences about what is uncertain, or other than configured."""

    product: Product
    version: str
    dialect: ForgeDialect
    notes: tuple[str, ...]


class Recognition:
    """Asks a server once, when somebody first needs to know; safe to share among threads."""

    def __init__(self, transport: Transport, root_url: str, configured: str = "") -> None:
        self._transport = transport
        self._root_url = root_url
        self._configured = configured
        self._lock = Lock()
        self._found: Recognised | None = None

    def recognised(self) -> Recognised:
        """What the server is."""
        with self._lock:
            if self._found is None:
                self._found = recognise(self._transport, self._root_url, self._configured)
            return self._found

    def dialect(self) -> ForgeDialect:
        """How it behaves."""
        return self.recognised().dialect


def recognise(transport: Transport, root_url: str, configured: str = "") -> Recognised:
    """What the server at this address is; `configured` is the kind of site that was written down, and only compared.

    Raises SiteError: SB-8001 neither Gitea nor Forgejo, SB-8003 it does not talk to us.
    """
    for product, path in ((Product.FORGEJO, "/api/forgejo/v1/version"), (Product.GITEA, "/api/v1/version")):
        version = _version(transport.send(Request(method="GET", url=root_url + path, limit_bytes=API_LIMIT_BYTES)))
        if version is not None:
            chosen = choose_dialect(product, version)
            notes = (_other_kind(configured, product), chosen.note)
            return Recognised(
                product=product, version=version, dialect=chosen.dialect, notes=tuple(note for note in notes if note)
            )
    raise SiteError(
        "SB-8001",
        f"{root_url} is neither Gitea nor Forgejo: it tells no version",
        hint="url is the address of the start page, with its path if the forge lives under one; a registry that is no forge"
        ' is of kind = "npm"',
    )


def _version(response: Response) -> str | None:
    if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or response.is_ambiguous:
        raise refusal(response, "the server's version")
    if not response.is_success:
        return None
    try:
        return object_of(response, "version").text("version") or None
    except SiteError:
        # A page that answers 200 to everything is no forge, whatever it is.
        return None


def _other_kind(configured: str, found: Product) -> str:
    if configured in {"", found.value}:
        return ""
    return f'the site is of kind "{configured}", the server is {found.value.capitalize()}: treated as that'
