"""Publishes tiny members, packed already, to an npm registry; prints the seconds: `tiny_once URL FOLDER MEMBERS`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.publish_once import tiny
from bench.rounds import seconds
from bench.verdaccio_once import publish_to_registry
from tests.small_releases import built_release


def main(url: str, folder: Path, members: int) -> None:
    """Only publishing is timed."""
    with tempfile.TemporaryDirectory() as packed:
        built = built_release(Path(packed) / "packed", members=[tiny(number, members) for number in range(members)])
        print(seconds(lambda: publish_to_registry(built, url, folder)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
