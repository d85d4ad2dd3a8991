"""A real Verdaccio to publish to, again and again: emptied between runs, near or as if it were far away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.costs import Cost, run_costed
from bench.monorepo import Monorepo
from bench.process_tree import Watched, run_watched
from bench.verdaccio_once import TOKEN
from tests.clients.client import Client
from tests.clients.verdaccio import Verdaccio

ROOT = Path(__file__).resolve().parent.parent
_TAG = "v1.2.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A server under `url` (which may be a proxy's), members to publish, and a folder for what runs leave behind."""

    server: Verdaccio
    url: str
    monorepo: Monorepo
    place: Path

    def clean(self) -> None:
        """Forget every package, and the state of our site."""
        for entry in self.server.storage.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir()

    @property
    def state(self) -> Path:
        """Where our site keeps its state."""
        return self.place / "state"

    @property
    def env(self) -> Mapping[str, str]:
        """What our programs run with."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.place), TOKEN: self.server.token}

    def ours(self, module: str = "verdaccio_once", *more: str) -> Cost:
        """Run one of our programs for this server."""
        return run_costed((*self._command(module), *more), ROOT, self.env, self.server.process)

    def watched(self) -> Watched:
        """Publish to an empty registry, and watch the memory that takes."""
        self.clean()
        return run_watched(self._command("verdaccio_once"), cwd=ROOT, env=self.env)

    def _command(self, module: str) -> tuple[str, ...]:
        return (sys.executable, "-m", f"bench.{module}", str(self.monorepo.root), self.url, str(self.state), _TAG)

    def pnpm(self, client: Client, *more: str) -> Cost:
        """Publish all members with a pnpm, or those that its options choose."""
        home = Path(client.env["HOME"])
        place = self.url.partition(":")[2]
        npmrc = f"registry={self.url}/\n{place}/:_authToken={self.server.token}\n"
        (home / ".npmrc").write_text(npmrc, encoding="utf-8")
        argv = (*client.argv, "-r", *more, "publish", "--no-git-checks")
        return run_costed(argv, self.monorepo.root, client.env, self.server.process)


@contextmanager
def far_away(url: str, delay_s: float) -> Iterator[str]:
    """Another URL of the same server, where each request takes so much longer."""
    argv = (sys.executable, "-m", "bench.slow_proxy", url.rpartition(":")[2], str(delay_s))
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdin is not None
        assert proxy.stdout is not None
        try:
            yield f"http://127.0.0.1:{proxy.stdout.readline().strip()}"
        finally:
            proxy.stdin.close()
