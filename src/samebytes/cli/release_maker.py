"""Make a release in a folder of this run: what `pack` and `publish` start with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from samebytes.cli.console import Console
from samebytes.cli.progress import progress
from samebytes.cli.session import Session
from samebytes.flows.make_release import BuiltRelease, make_release, make_snapshot_here


@contextmanager
def made_release(session: Session, commitish: str | None, console: Console) -> Iterator[BuiltRelease]:
    """Build and pack a commit, or pack the checkout as it stands when `commitish` is None; gone when the block ends."""
    repository = session.repository()
    settings = session.settings(commitish)
    with session.temporary() as temp:
        folder = Path(temp) / "tarballs"
        folder.mkdir()
        with progress(console, f"building {commitish}" if commitish else "packing") as tell:
            workshop = session.workshop(temp, tell)
            built = (
                make_release(repository.top, commitish, settings, workshop, str(folder))
                if commitish is not None
                else make_snapshot_here(repository.top, settings, workshop, str(folder))
            )
        yield replace(built, findings=(*settings.findings, *built.findings))
