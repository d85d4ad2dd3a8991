"""A site with the parts that a probe looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from samebytes.flows.open_site import OpenSite
from samebytes.model.names import PackageId, PackageName
from samebytes.model.probe import ForgeSeen, ServerSeen


class ServerLook(Protocol):
    """What answers at the site's URL. Every method may raise SiteError."""

    def recognised(self) -> ServerSeen:
        """Product, version and clock."""
        ...

    def user(self) -> str:
        """Who the credential is to the registry; empty where it does not tell."""
        ...

    def may_publish(self, product: str, missing: PackageId) -> bool | None:
        """Whether packages may be written, asked about a version that nobody has; None where this cannot be asked."""
        ...

    def disputed_tags(self, names: Sequence[PackageName]) -> Mapping[PackageName, tuple[str, ...]]:
        """The dist-tags that several versions hold, of the packages that have any."""
        ...


class ForgeLook(Protocol):
    """What a forge tells beside its packages. May raise SiteError."""

    def survey(self, linked: Sequence[str]) -> ForgeSeen:
        """Everything; `linked` are the repositories that manifests name."""
        ...


class RefsLook(Protocol):
    """Refs of a probe in the git remote that keeps lock and journal. Every method may raise SiteError."""

    def check_push(self) -> None:
        """Ask whether a push would be let in, without one."""
        ...

    def leftovers(self) -> tuple[str, ...]:
        """The refs of probes that were stopped."""
        ...

    def push(self, token: str) -> str:
        """Make a ref, which is returned."""
        ...

    def remove(self, ref: str) -> None:
        """Remove a ref; one that is not there is fine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProbe:
    """One site, ready to be probed; a part that its kind does not have is None.

    `mask` hides the credential in what a server says: a hostile one may send it back. `close` ends the connections.
    """

    at: OpenSite
    has_credential: bool = True
    server: ServerLook | None = None
    forge: ForgeLook | None = None
    refs: RefsLook | None = None
    mask: Callable[[str], str] = str
    close: Callable[[], None] = lambda: None
