"""The layout of a directory site: which path holds what (docs/formats/directory-site.md).

Paths are POSIX and relative to the site's folder. Names that come from people (tags) are percent-encoded, so that no
tag leads to another folder and no two tags to the same one.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from samebytes.errors import FormatError
from samebytes.formats import canonical_json
from samebytes.model.names import PackageId, PackageName

FORMAT = "samebytes-directory-v1"
SITE = "site.json"
NPM = "npm"
RELEASES = "releases"
EVIDENCE = "evidence"
LOCAL = "local"
RELEASE_RECORD = ".release.json"

_SITE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}")
_ASSET = re.compile(r"[A-Za-z0-9@_-][A-Za-z0-9@._+-]{0,254}")


def packument(name: PackageName) -> str:
    """`npm/@scope/name/index.json`."""
    return f"{NPM}/{name}/index.json"


def tarball(id: PackageId) -> str:  # noqa: A002  the field's own word
    """`npm/@scope/name/-/name-1.0.0.tgz`, as in every npm registry."""
    return f"{NPM}/{tarball_reference(id)}"


def tarball_reference(id: PackageId) -> str:  # noqa: A002  the field's own word
    """What a stored packument says in `dist.tarball`: relative to `npm/`, because a folder does not know its host."""
    return f"{id.name}/-/{id.tarball_name}"


def release_folder(tag: str) -> str:
    """`releases/<percent-encoded tag>`."""
    return f"{RELEASES}/{_encoded(tag)}"


def is_asset_name(name: str) -> bool:
    """Whether an asset can have this name: a plain file name without a leading dot."""
    return _ASSET.fullmatch(name) is not None


def asset(tag: str, name: str) -> str:
    """The path of a release's asset; a name that none can have is FormatError (SB-5004)."""
    if not is_asset_name(name):
        raise FormatError("SB-5004", f"{name!r} cannot be the name of an asset", place="")
    return f"{release_folder(tag)}/{name}"


def release_record(tag: str) -> str:
    """The file whose presence is the release: `releases/<tag>/.release.json`."""
    return f"{release_folder(tag)}/{RELEASE_RECORD}"


def evidence_folder(kind: str) -> str:
    """`evidence/<kind>`; a kind is lower-case letters, digits and hyphens, else FormatError (SB-5004)."""
    if not _KIND.fullmatch(kind):
        raise FormatError("SB-5004", f"{kind!r} cannot be a kind of evidence", place="")
    return f"{EVIDENCE}/{kind}"


def local_folder(site: str) -> str:
    """`local/<site id>`; an id that is no plain folder name is FormatError (SB-5004)."""
    if not _SITE_ID.fullmatch(site):
        raise FormatError("SB-5004", f"{site!r} cannot be the id of a directory site", place="")
    return f"{LOCAL}/{site}"


def tag_file(folder: str, tag: str) -> str:
    """`<folder>/<percent-encoded tag>.json`."""
    return f"{folder}/{_encoded(tag)}.json"


def tag_of(file_name: str) -> str:
    """The tag behind a name made by `tag_file`; any other name is FormatError (SB-5004)."""
    encoded = file_name.removesuffix(".json")
    tag = unquote(encoded)
    if encoded == file_name or _encoded(tag) != encoded:
        raise FormatError("SB-5004", f"{file_name!r} is not the percent-encoded name of a tag", place="")
    return tag


def write_site(site: str) -> bytes:
    """The document `site.json` of a new site."""
    return canonical_json.write_document({"format": FORMAT, "site": site})


def read_site(data: bytes, place: str) -> str:
    """The site id in `site.json`. Raises FormatError (SB-5004, or what the JSON reader raises)."""
    match canonical_json.read_document(data, place):
        case {"format": "samebytes-directory-v1", "site": str(site)}:
            return site
        case {"format": str(other)}:
            raise FormatError("SB-5004", f"the format is {other!r}, this version reads {FORMAT!r}", place=place)
        case _:
            raise FormatError("SB-5004", "this is not the description of a directory site", place=place)


def _encoded(tag: str) -> str:
    try:
        encoded = quote(tag, safe="")
    except UnicodeEncodeError as error:
        raise FormatError("SB-5004", f"the tag {tag!r} is not text", place="") from error
    # A leading dot would hide the file, or be no name at all (`..`).
    return encoded.replace(".", "%2E", 1) if encoded.startswith(".") else encoded
