"""Package names, and the names a tarball goes by in registries and release stores."""

from __future__ import annotations

import re
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.model.versions import Version

# The strictest of what npm accepts for new packages and what Gitea accepts (modules/packages/npm/creator.go, 1.25.4):
# lower case only, at most 214 characters, no leading dot or underscore.
_NAME = re.compile(r"(?:@(?P<scope>[a-z0-9-][a-z0-9._-]*)/)?(?P<base>[a-z0-9-][a-z0-9._-]*)")
_MAX_LENGTH = 214
# validate-npm-package-name refuses these two outright.
_RESERVED = frozenset({"node_modules", "favicon.ico"})


@dataclass(frozen=True, slots=True, order=True)
class PackageName:
    """A package name that every supported registry accepts: `name` or `@scope/name`, lower case."""

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > _MAX_LENGTH or self.text in _RESERVED or not _NAME.fullmatch(self.text):
            raise FormatError(
                "SB-2001",
                f"{self.text!r} is not a package name that every registry accepts",
                place="",
                hint="use lower-case letters, digits, '-', '.' and '_', at most 214 characters, as name or @scope/name",
            )

    @property
    def scope(self) -> str:
        """The scope without `@`, or the empty string."""
        return self.text[1 : self.text.index("/")] if self.text.startswith("@") else ""

    @property
    def base(self) -> str:
        """The name without its scope; the first part of the tarball's file name in a registry."""
        return self.text.rpartition("/")[2]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class PackageId:
    """One version of one package, written `name@version`."""

    name: PackageName
    version: Version

    @property
    def asset_name(self) -> str:
        """The flat file name in a release store: `scope__name-version.tgz`."""
        prefix = f"{self.name.scope}__" if self.name.scope else ""
        return f"{prefix}{self.name.base}-{self.version}.tgz"

    @property
    def tarball_name(self) -> str:
        """The file name in a registry's tarball path: `name-version.tgz`, without the scope (as npm)."""
        return f"{self.name.base}-{self.version}.tgz"

    @property
    def purl(self) -> str:
        """The package URL, scope percent-encoded (purl specification, type npm): `pkg:npm/%40scope/name@1.0.0`."""
        prefix = f"%40{self.name.scope}/" if self.name.scope else ""
        return f"pkg:npm/{prefix}{self.name.base}@{self.version}"

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"
