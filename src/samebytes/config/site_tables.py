"""The tables `[sites.<id>]`, one a kind of site."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from samebytes.config.tables import Seconds, Table, Text

# No user, password, query or fragment: a URL is printed, and a token has no place in it.
URL_PATTERN = r"^https?://[^\s/@?#]+(/[^\s@?#]*)?$"
CREDENTIAL_PATTERN = (
    r"^(env:[A-Za-z_][A-Za-z0-9_]{0,255}|file:\S.*|secret:[A-Za-z0-9_.-]+|npmrc(:\S.*)?|keyring(:\S+)?)$"
)
OWNER_PATTERN = r"^[A-Za-z0-9_.-]{1,255}$"
REPOSITORY_PATTERN = r"^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?$"

Url = Annotated[str, StringConstraints(pattern=URL_PATTERN, max_length=1000)]
Credential = Annotated[str, StringConstraints(pattern=CREDENTIAL_PATTERN, max_length=1000)]


class _AnySite(Table):
    read_back: Literal["bytes", "packument"] = Field(default="bytes", description="What is read back after publishing.")
    lease_s: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=60.0, description="How long the lock is held without renewal."
    )
    lock_timeout_s: Seconds = Field(default=600.0, description="How long to wait for the lock.")
    concurrency: Annotated[int, Field(ge=1, le=64)] = Field(default=4, description="Requests at the same time.")


class DirectoryTable(_AnySite):
    """A folder with a static registry and release assets."""

    kind: Literal["directory"] = Field(description="`directory`: a folder with a static registry.")
    path: Text = Field(
        description="The folder; relative to the configuration file, `~` and `${VARIABLE}` are expanded."
    )


class _ServerTable(_AnySite):
    # Most of a request to a server is waiting: four took twice as long as sixteen where each needs 50 ms
    # (docs/benchmarks.md). A folder's writes wait for its disk, one after the other.
    concurrency: Annotated[int, Field(ge=1, le=64)] = Field(default=16, description="Requests at the same time.")
    credential: Credential | None = Field(
        default=None,
        description="Where the token is: `env:NAME`, `file:PATH`, `secret:NAME` (a mounted secret), `npmrc`, `keyring`. "
        "When it is left out, the variable `SAMEBYTES_<ID>_TOKEN`.",
    )
    ca_file: str = Field(default="", description="PEM file with certificates to trust besides the usual ones.")
    proxy: Annotated[str, StringConstraints(pattern=f"^$|{URL_PATTERN}", max_length=1000)] = Field(
        default="", description="Proxy to reach the site through; variables like `HTTPS_PROXY` are not read."
    )
    connect_timeout_s: Seconds = Field(default=10.0, description="Time limit for a connection.")
    request_timeout_s: Seconds = Field(default=120.0, description="Time limit for one request with its answer.")


class NpmTable(_ServerTable):
    """Any npm registry: packages, no releases."""

    kind: Literal["npm"] = Field(description="`npm`: a registry that speaks npm's protocol.")
    url: Url = Field(description="The registry, as clients are given it.")
    evidence: str = Field(
        default="",
        description="Folder, or git URL (`file://`, `https://`, `ssh://`, `git@host:path`), that keeps lock, memory, "
        "journal and evidence of this site. Without it there is no lock and no undo.",
    )


class ForgeTable(_ServerTable):
    """A Gitea or Forgejo: packages, releases, and refs that keep lock, memory, journal and evidence."""

    kind: Literal["gitea", "forgejo"] = Field(description="The forge.")
    url: Url = Field(description="The root of the forge, such as `https://git.example.com`.")
    owner: Annotated[str, StringConstraints(pattern=OWNER_PATTERN)] = Field(
        description="User or organisation that the packages belong to."
    )
    repository: Annotated[str, StringConstraints(pattern=REPOSITORY_PATTERN)] = Field(
        default="", description="`owner/name` of the repository there; by default that of the git remote at `url`."
    )
    remote: str = Field(
        default="", description="Git URL of that repository, or name of a git remote; by default the remote at `url`."
    )


SiteTable: TypeAlias = Annotated[DirectoryTable | NpmTable | ForgeTable, Field(discriminator="kind")]

SITE_TABLES: Mapping[str, type[DirectoryTable | NpmTable | ForgeTable]] = MappingProxyType(
    {"directory": DirectoryTable, "npm": NpmTable, "gitea": ForgeTable, "forgejo": ForgeTable}
)
