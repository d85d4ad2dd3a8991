"""Makes a release of a repository's tag and publishes it to a new directory site: `release_once REPOSITORY FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.publish_once import publish_to_new_site
from bench.tiny_repository import TAG
from samebytes.flows.make_release import make_release
from samebytes.model.settings import Settings
from tests.monorepos import workshop


def main(repository: Path, folder: Path) -> None:
    """Clone, install, build, pack and publish."""
    tarballs = folder / "tarballs"
    tarballs.mkdir(parents=True)
    built = make_release(str(repository), TAG, Settings(), workshop(folder), str(tarballs))
    publish_to_new_site(built, folder / "site")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
