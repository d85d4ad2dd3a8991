"""Which directories pnpm takes for projects of a workspace."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.pnpm_patterns import Patterns

MANIFESTS = ("package.json", "package.json5", "package.yaml")
# A link that leads into a directory that holds links again; a person nests two.
_MAX_NESTED_LINKS = 5


def find_directories(tree: SourceTree, patterns: Patterns) -> tuple[str, ...]:
    """The directories with a manifest that are projects, sorted; `.` is the root."""
    found = _with_manifest(tree)
    return tuple(sorted(directory for directory, links in found.items() if patterns.match(directory, links)))


def _with_manifest(tree: SourceTree) -> Mapping[str, Sequence[str]]:
    """Each directory that holds a manifest, with the symlinks on the way to it."""
    files = [path for path in tree.files() if path.rpartition("/")[2] in MANIFESTS]
    own = {posixpath.dirname(path) or "." for path in files}
    found: dict[str, Sequence[str]] = dict.fromkeys(own, ())
    # A link to a directory that holds it would go round for ever.
    links = {link: to for link, to in tree.directory_links().items() if not _is_inside(link, to)}
    fresh: dict[str, tuple[str, Sequence[str]]] = {link: (to, (link,)) for link, to in links.items()}
    for _ in range(_MAX_NESTED_LINKS):
        for link, (to, way) in fresh.items():
            for directory in own:
                if directory == to or _is_inside(directory, to):
                    found.setdefault(_moved(directory, to, link), way)
        fresh = {
            _moved(inner, to, link): (target, (*way, _moved(inner, to, link)))
            for link, (to, way) in fresh.items()
            for inner, target in links.items()
            if _is_inside(inner, to) and not _is_inside(link, target)
        }
    return found


def _moved(path: str, source: str, target: str) -> str:
    """A path below `source` (empty for the root) as it is seen below `target`."""
    inner = "" if path == source else path[len(source) + 1 :] if source else path
    return posixpath.normpath(f"{target}/{inner}")


def _is_inside(path: str, directory: str) -> bool:
    return not directory or path.startswith(f"{directory}/")
