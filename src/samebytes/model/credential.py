"""Where a site's credential is found: by name, never by value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CredentialKind(StrEnum):
    """The places a credential may live in; the part before `:` of the setting `credential`."""

    ENVIRONMENT = "env"
    FILE = "file"
    SECRET = "secret"  # noqa: S105  the name of a kind of place: a file under the folder of mounted secrets
    NPMRC = "npmrc"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class CredentialName:
    """A place and a name in it: a variable, a path, a mounted secret, an .npmrc file (empty: the usual ones), a service."""

    kind: CredentialKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)
