"""A directory site as a folder: which one it is, and whether it is one at all, before anything is read or written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from samebytes.errors import FormatError, SiteError
from samebytes.formats import directory_site
from samebytes.system.files import FileStore

_MAX_SITE_BYTES = 65_536


class SiteFolder:
    """A folder and the id of the site it holds. `files` is for whoever has called `check` or `found` first.

    `root` is where the folder lies, for messages and for looks that `files` has no word for; empty where nobody knows.
    """

    def __init__(self, files: FileStore, site: str, root: str = "") -> None:
        self.files = files
        self.site = site
        self._root = os.path.abspath(root) if root else ""
        self._checked = False

    def check(self) -> None:
        """Make sure that this is our site, or that nothing is there yet.

        Raises SiteError (SB-5001) for a folder of something else, for another site's folder, and for a description that
        cannot be read: a mistyped path must neither look like an empty site nor become one.
        """
        if self._checked:
            return
        if self._root and os.path.lexists(self._root) and not os.path.isdir(self._root):
            raise SiteError(
                "SB-5001",
                f"site {self.site!r}: {self._root} is not a folder",
                hint=f"correct `path` in [sites.{self.site}], or move away what is there",
            )
        data = self._description()
        if data is None:
            return
        with as_site_error():
            site = directory_site.read_site(data, directory_site.SITE)
        if site != self.site:
            raise SiteError(
                "SB-5001",
                f"the folder belongs to site {site!r}, not to {self.site!r}",
                hint=f"correct `path` of site {self.site!r}, or call the site {site!r} as it was called before",
                details=self._where(),
            )
        self._checked = True

    def check_writable(self) -> None:
        """Make sure, without a write, that this user may write here: into the folder, or where it would be made.

        Raises SiteError (SB-5002). Passing promises nothing: a disk may be full, a folder inside may be another user's.
        """
        self.check()
        folder = self._root
        while folder and not os.path.lexists(folder):
            folder = os.path.dirname(folder)
        if folder and not os.access(folder, os.W_OK | os.X_OK):
            raise SiteError(
                "SB-5002",
                f"site {self.site!r}: this user may not write to {self._root}",
                hint=f"give this user the right to write to {folder} (chown, chmod; or the file system is read-only)",
            )

    def found(self) -> None:
        """Make it a directory site if it is not one yet."""
        self.check()
        if not self._checked:
            self.files.create(directory_site.SITE, [directory_site.write_site(self.site)])
            self.check()

    def _description(self) -> bytes | None:
        """The bytes of `site.json`, None for an empty folder."""
        data = self.files.read(directory_site.SITE, _MAX_SITE_BYTES)
        others = [name for name in self.files.list("") if not name.startswith(".")] if data is None else []
        if not others:
            return data
        # Another run may have founded the site between our two looks: its description is there before anything else.
        data = self.files.read(directory_site.SITE, _MAX_SITE_BYTES)
        if data is None:
            raise SiteError(
                "SB-5001",
                f"the folder is not a directory site: it holds {others[0]!r} but no {directory_site.SITE}",
                hint=f"name an empty or new folder as `path` in [sites.{self.site}]",
                details=self._where(),
            )
        return data

    def _where(self) -> dict[str, str]:
        return {"folder": self._root} if self._root else {}


@contextmanager
def as_site_error() -> Iterator[None]:
    """What a site holds is the site's fault: FormatError becomes SiteError (SB-5001)."""
    try:
        yield
    except FormatError as error:
        raise SiteError("SB-5001", error.summary, hint=error.hint, details=error.details) from error
