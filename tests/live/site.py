"""A site at a real server: releases whose tags are pushed there, flows that run against it, and what it then holds."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from samebytes.core.policy import Policy
from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.open_site import OpenSite
from samebytes.flows.publish import PublishOptions, publish
from samebytes.model.outcome import PublishOutcome
from samebytes.model.settings import PromoteWhen
from samebytes.model.site import Site
from samebytes.system.clock import SystemClock
from samebytes.system.http.base import Transport
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import setup
from samebytes.testing.forge.state import Limits
from samebytes.testing.server_checker import Package, Stored, _refs
from samebytes.wiring import Ports, open_site
from tests.contract.forge.replay import send
from tests.live.forge import LiveForge, live_forge
from tests.live.program import Program
from tests.live.starter import product_of
from tests.monorepos import git
from tests.small_releases import LAMPS, Tiny, built_release

REPOSITORY = f"{setup.OWNER}/{setup.REPOSITORY}"
_ASKED = PublishOptions(holder="a live test", policy=Policy(when=PromoteWhen.POLICY, configured_sites=1))
_NUMBERS = itertools.count()


def quiet(line: str) -> None:
    """Let progress go unheard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSite:
    """A site whose repository has `clone` as a clone of it; times and names in `clone` are the same in every test.

    `opened` closes what was opened.
    """

    forge: LiveForge
    clone: Path
    opened: ExitStack

    @property
    def site(self) -> Site:
        """As configured."""
        base = self.forge.base_url
        return Site(
            id="corp",
            kind=self.forge.instance.program.server,
            url=base,
            owner=setup.OWNER,
            repository=REPOSITORY,
            remote=f"{base}/{REPOSITORY}.git",
        )

    def open(self, transport: Callable[[Transport], Transport] = lambda real: real) -> OpenSite:
        """The site as another process sees it, its requests through what `transport` makes of the real one."""
        variables = {"SAMEBYTES_CORP_TOKEN": self.forge.tokens.publisher, "PATH": os.environ["PATH"]}
        ports = Ports(
            clock=SystemClock(),
            randomness=SystemRandomness(),
            variables=variables,
            transport=lambda _site: transport(self._wire()),
        )
        return open_site(self.site, ports)

    def build(self, tag: str = "v1.0.0", members: Sequence[Tiny] = LAMPS) -> BuiltRelease:
        """A release whose tag is pushed to the server."""
        git(self.clone, "commit", "-q", "--allow-empty", "-m", tag)
        git(self.clone, "tag", "-a", tag, "-m", f"Release {tag}")
        self.push("HEAD:refs/heads/main", tag)
        commit, tag_object = (git(self.clone, "rev-parse", name) for name in ("HEAD", f"refs/tags/{tag}"))
        built = built_release(self.clone.parent / f"built-{next(_NUMBERS)}", tag=tag, members=members, commit=commit)
        return replace(built, commit=replace(built.commit, tag_object=tag_object))

    def add(self, file: Path) -> None:
        """Have the next commit hold a file of the clone."""
        git(self.clone, "add", str(file))

    def push(self, *refs: str) -> None:
        """Push as the publisher, and let the server work off what that sets off."""
        header = f"http.extraHeader=Authorization: {self.forge.authorization('publisher', 'Basic')}"
        git(self.clone, "-c", header, "push", "-q", "-f", self.site.remote, *refs)
        self.forge.settle()

    def publish(self, built: BuiltRelease, at: OpenSite | None = None, **options: Any) -> PublishOutcome:
        """One publish run."""
        return publish(built, at or self.open(), replace(_ASKED, **options), SystemClock(), quiet)

    def stored(self) -> Stored:
        """What the server holds: packages and releases as it serves them to the administrator, refs from its disk."""
        names = sorted({entry["name"] for entry in self.forge.admin("GET", f"/packages/{setup.OWNER}?type=npm")})
        releases = {
            release["tag_name"]: [(one["name"], self._read(one["browser_download_url"])) for one in release["assets"]]
            for release in self.forge.admin("GET", f"/repos/{REPOSITORY}/releases")
            if not release["draft"]
        }
        refs = _refs(self.forge.instance.repositories / f"{REPOSITORY}.git")
        return Stored(packages={name: self._package(name) for name in names}, releases=releases, refs=refs)

    def _wire(self) -> HttpxTransport:
        real = HttpxTransport(connections=4, connect_timeout_s=10, request_timeout_s=60)
        self.opened.callback(real.close)
        return real

    def _package(self, name: str) -> Package:
        base = f"{self.forge.base_url}/api/packages/{setup.OWNER}/npm"
        packument = json.loads(self._read(f"{base}/{quote(name, safe='@')}"))
        versions: Mapping[str, Any] = packument["versions"]
        return Package(
            tarballs={
                version: hashlib.sha512(self._read(manifest["dist"]["tarball"])).hexdigest()
                for version, manifest in versions.items()
            },
            manifests=versions,
            dist_tags={tag: (version,) for tag, version in packument["dist-tags"].items()},
        )

    def _read(self, url: str) -> bytes:
        answer = send(self.forge, "GET", urlsplit(url).path, actor="admin")
        assert answer.status == 200, (url, answer)
        return answer.body


@contextmanager
def live_site(program: Program, folder: Path, limits: Limits | None = None) -> Iterator[LiveSite]:
    """A fresh server and an empty clone of its repository."""
    clone = folder / "clone"
    clone.mkdir(parents=True)
    git(clone, "init", "-q", "-b", "main")
    with live_forge(program, folder, product_of(program), limits) as forge, ExitStack() as opened:
        yield LiveSite(forge=forge, clone=clone, opened=opened)
