"""The layout of a site's refs in a git remote: which ref holds what (docs/formats/git-refs.md).

Names that come from people (tags) are percent-encoded into one component, so that no tag leads to another ref, no two
tags to the same one, and every tag to a name that git allows (git-check-ref-format(1)).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from samebytes.errors import FormatError
from samebytes.formats import directory_site
from samebytes.model.digests import Digest

ROOT = "refs/samebytes"
# What git allows nowhere in a component, though a tag's own component may hold it: a dot at either end, beside another
# dot, or in `.lock` at the end.
_DOT = re.compile(r"^\.|\.(?=\.)|\.$|\.(?=lock$)")


def local(site: str) -> str:
    """`refs/samebytes/local/<site id>`: never relayed. An id that cannot be one is FormatError (SB-5004)."""
    return f"{ROOT}/{directory_site.local_folder(site)}"


def lock(site: str) -> str:
    """The ref of the lock: `refs/samebytes/local/<site id>/lock`."""
    return f"{local(site)}/lock"


def memories(site: str) -> str:
    """Where the memory of all tags is: `refs/samebytes/local/<site id>/memory/`."""
    return f"{local(site)}/memory/"


def memory(site: str, tag: str) -> str:
    """The ref of one tag's memory."""
    return f"{memories(site)}{encoded(tag)}"


def journal(site: str, tag: str) -> str:
    """The ref of one release's journal: `refs/samebytes/local/<site id>/journal/<tag>`."""
    return f"{local(site)}/journal/{encoded(tag)}"


def evidence_kind(kind: str) -> str:
    """Where the evidence of a kind is: `refs/samebytes/evidence/<kind>/`."""
    return f"{ROOT}/{directory_site.evidence_folder(kind)}/"


def evidence(kind: str, sha256: Digest) -> str:
    """The ref of one document: `refs/samebytes/evidence/<kind>/<sha256>`."""
    return f"{evidence_kind(kind)}{sha256.hex}"


def encoded(tag: str) -> str:
    """A tag as one component of a ref's name; what no tag can be is FormatError (SB-5004)."""
    try:
        name = quote(tag, safe="").replace("~", "%7E")
    except UnicodeEncodeError as error:
        raise FormatError("SB-5004", f"the tag {tag!r} is not text", place="") from error
    if not name:
        raise FormatError("SB-5004", "a tag has no name", place="")
    return _DOT.sub("%2E", name)


def tag_of(component: str) -> str:
    """The tag behind a name made by `encoded`; any other name is FormatError (SB-5004)."""
    tag = unquote(component)
    if encoded(tag) != component:
        raise FormatError("SB-5004", f"{component!r} is not the percent-encoded name of a tag", place="")
    return tag
