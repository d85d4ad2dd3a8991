"""Run a stand-in as a process: `python -m samebytes.testing.forge --folder F --product gitea-1.25 --port 0`.

Its base URL is printed as one line once it answers; an empty folder gets the owner, users and tokens of `setup`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from samebytes.testing.forge import server, setup
from samebytes.testing.forge.product import PRODUCTS, product
from samebytes.testing.forge.state import Forge


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(prog="samebytes.testing.forge", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where everything is stored; kept at the end")
    parser.add_argument("--product", choices=sorted(PRODUCTS), default="gitea-1.25")
    parser.add_argument("--postgres", action="store_true", help="races end as on PostgreSQL")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--root-url", default="", help="the host of tarball addresses, if it is not this one")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is left to chance")
    chosen = parser.parse_args(arguments)
    forge = Forge.open(chosen.folder, product(chosen.product, postgres=chosen.postgres), seed=chosen.seed)
    forge.root_url = chosen.root_url
    setup.fill(forge)
    server.serve(forge, port=chosen.port, on_ready=_tell)
    forge.storage.close()
    return 0


def _tell(base_url: str) -> None:
    sys.stdout.write(f"{base_url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
