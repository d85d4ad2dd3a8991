"""A site as configured: one place that receives a release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.model.credential import CredentialName


class ReadBack(StrEnum):
    """What is read back from a site after publishing (`read_back`)."""

    BYTES = "bytes"
    PACKUMENT = "packument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One `[sites.<id>]` table; what a kind has no use for is empty.

    `path` is the folder of a `directory`. `url` is an `npm` registry, or the root of a `gitea` or `forgejo`, without a
    trailing slash. `owner` is the user or organisation that packages belong to; `repository` is `<owner>/<name>` of the
    one whose releases and refs are used, `remote` the git URL to reach it. `evidence` is the git URL or folder where an
    `npm` site keeps its state. `ca_file` adds certificates to trust; `proxy` is a URL, empty for a direct connection.
    """

    id: str
    kind: str
    path: str = ""
    url: str = ""
    owner: str = ""
    repository: str = ""
    remote: str = ""
    evidence: str = ""
    credential: CredentialName | None = None
    ca_file: str = ""
    proxy: str = ""
    connect_timeout_s: float = 10.0
    request_timeout_s: float = 120.0
    read_back: ReadBack = ReadBack.BYTES
    lease_s: float = 60.0
    lock_timeout_s: float = 600.0
    concurrency: int = 4
