"""Where two packages differ, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject


class Layer(StrEnum):
    """The layers of a tarball, from the inside out; equal inner layers make an outer one worth naming."""

    PACKAGE = "package"
    FILE_SET = "file set"
    MODE = "mode"
    MANIFEST = "manifest"
    CONTENT = "content"
    CONTAINER = "container"
    COMPRESSION = "compression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: which layer, which package and file (or key of the manifest), what each side has.

    `context` shows the first differing place; `cause` is a guess in words, empty where nothing is known.
    """

    layer: Layer
    package: str
    path: str
    left: str
    right: str
    context: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFile:
    """A file of one side; `data` is None where only its digest is known (a statement)."""

    path: str
    size_bytes: int
    executable: bool
    sha256: Digest
    data: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One package as one side has it.

    `sha512` and `tar_sha256` are of the tarball and of the tar in it. `container` and `compression` describe how they
    were written, as short texts that are equal when nothing about them differs; empty where only a statement is at hand.
    `manifest` is the parsed package.json, None where only digests are known.
    """

    package: str
    sha512: Digest
    tar_sha256: Digest
    files: tuple[SideFile, ...]
    manifest: JsonObject | None
    container: tuple[str, ...]
    compression: str
