"""A directory site as a folder: which one it is, and whether it is one at all, before anything is read or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from samebytes.errors import FormatError, SiteError
from samebytes.formats import directory_site
from samebytes.system.files import FileStore

_MAX_SITE_BYTES = 65_536


class SiteFolder:
    """A folder and the id of the site it holds. `files` is for whoever has called `check` or `found` first."""

    def __init__(self, files: FileStore, site: str) -> None:
        self.files = files
        self.site = site
        self._checked = False

    def check(self) -> None:
        """Make sure that this is our site, or that nothing is there yet.

        Raises SiteError (SB-5001) for a folder of something else, for another site's folder, and for a description that
        cannot be read: a mistyped path must neither look like an empty site nor become one.
        """
        if self._checked:
            return
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
            )
        self._checked = True

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
                hint="name an empty or new folder as `path` of the site",
            )
        return data


@contextmanager
def as_site_error() -> Iterator[None]:
    """What a site holds is the site's fault: FormatError becomes SiteError (SB-5001)."""
    try:
        yield
    except FormatError as error:
        raise SiteError("SB-5001", error.summary, hint=error.hint, details=error.details) from error
