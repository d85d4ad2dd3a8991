"""Files that match a glob, as JavaScript's glob 8 finds them (with `dot` and `nocase`, as npm-packlist 5 asks).

It looks at the disk while it matches, which shows: `**` follows a link at its first component and not below, a plain path
is taken as it stands, and directories are results too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache

from samebytes.core.file_view import FileView, joined
from samebytes.core.glob_parts import GLOBSTAR, Part, alternatives
from samebytes.model.tree_entry import Entry, EntryKind

_FLAGS = re.IGNORECASE | re.DOTALL
# A pattern as it is worked off: text that is known to be there, then parts that are still to be matched.
_Pattern = tuple[str | Part, ...]


def glob_files(view: FileView, pattern: str, base: str) -> list[str]:
    """The paths that match below `base`, relative to it; a path that was asked for with a slash behind it keeps it."""
    search = _Search(view, base)
    for parts in alternatives(pattern):
        search.process(tuple(part if part.plain is None else part.plain for part in parts), in_globstar=False)
    return list(search.found)


@lru_cache(maxsize=4096)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, _FLAGS)


class _Search:
    """One run of glob over the disk."""

    def __init__(self, view: FileView, base: str) -> None:
        self.found: dict[str, None] = {}
        self._view = view
        self._base = base
        self._done: set[tuple[_Pattern, bool]] = set()

    def process(self, pattern: _Pattern, *, in_globstar: bool) -> None:
        """Match the first part that is not plain text, then go on with each name that it matches."""
        if (pattern, in_globstar) in self._done:
            return
        self._done.add((pattern, in_globstar))
        known = 0
        while known < len(pattern) and isinstance(pattern[known], str):
            known += 1
        texts = [text for text in pattern[:known] if isinstance(text, str)]
        prefix = "/".join(texts)
        if texts and prefix.startswith("/"):
            return  # absolute: nothing in the repository is meant
        if known == len(pattern):
            self._take_if_there(prefix)
            return
        part, rest = pattern[known], pattern[known + 1 :]
        if isinstance(part, str):  # pragma: no cover  known stops at the first part that is no text
            return
        start: _Pattern = (prefix,) if texts else ()
        entries = self._view.entries(self._at(prefix))
        if part is GLOBSTAR:
            self._globstar(start, rest, entries, in_globstar=in_globstar)
            return
        matches = _compiled(part.source).fullmatch
        for name in entries:
            if matches(name):
                path = f"{prefix}/{name}" if prefix else name
                if rest:
                    self.process((path, *rest), in_globstar=in_globstar)
                else:
                    self.found[path] = None

    def _globstar(self, start: _Pattern, rest: _Pattern, entries: Mapping[str, Entry], *, in_globstar: bool) -> None:
        if not entries:
            return
        self.process((*start, *rest), in_globstar=False)
        path = "".join(text for text in start if isinstance(text, str))
        if in_globstar and self._view.kind(self._at(path)) is EntryKind.SYMLINK:
            return
        for name, entry in entries.items():
            if entry.kind is EntryKind.FILE and rest:
                continue  # nothing lies below a file
            self.process((*start, name, *rest), in_globstar=True)
            self.process((*start, name, GLOBSTAR, *rest), in_globstar=True)

    def _take_if_there(self, path: str) -> None:
        kind = self._view.target_kind(self._at(path)) if path else None
        if kind is not None and (kind is EntryKind.DIRECTORY or not path.endswith("/")):
            self.found[path] = None

    def _at(self, path: str) -> str:
        path = posixpath.normpath(joined(self._base, path.rstrip("/")) or ".")
        return "" if path == "." else path
