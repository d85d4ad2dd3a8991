"""A stand-in that is being served, with a small history, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from samebytes.forges.gitea import GiteaForge, open_gitea
from samebytes.model.secret import Secret
from samebytes.model.site import Site
from samebytes.model.tag import Commit
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.base import Transport
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.stack import site_transport
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import server, setup
from samebytes.testing.forge.git_repository import GitRepository, Person, person_environment
from samebytes.testing.forge.product import product
from samebytes.testing.forge.state import Forge, Limits
from tests.directory_site.fake_clock import FakeClock

PRODUCTS = ("gitea-1.25", "gitea-1.26", "forgejo-11")
REPOSITORY = f"{setup.OWNER}/{setup.REPOSITORY}"
WORKFLOW = "publish.yml"
_WORKFLOW = b"""\
name: publish
on:
  push:
    tags: ["v*"]
  workflow_dispatch:
    inputs:
      mode: {type: string}
jobs:
  publish:
    runs-on: linux
    steps:
      - run: "true"
"""
PERSON = Person(name="Somebody", email="somebody@lanterns.invalid", date=datetime(2026, 1, 1, tzinfo=UTC))


class OpenLease:
    """A lease that allows `allowed` writes and counts them."""

    def __init__(self, allowed: int = 10_000) -> None:
        self.allowed = allowed
        self.entered = 0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Count, or refuse."""
        if self.entered >= self.allowed:
            raise InterruptedError("the lease is lost")
        self.entered += 1
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running stand-in whose repository has two commits on main; the second one is there to move tags to."""

    forge: Forge
    base_url: str
    git: GitRepository
    commits: tuple[str, str]
    opened: ExitStack

    def open(
        self,
        token: str = setup.TOKENS.publisher,
        repository: str = REPOSITORY,
        *,
        kind: str = "gitea",
        real: Transport | None = None,
    ) -> GiteaForge:
        """A client with this token, none for an empty one."""
        site = Site(id="forge", kind=kind, url=self.base_url, concurrency=8)
        authorization = Authorization.token(Secret(token)) if token else None
        pauses = Pauses(clock=FakeClock(), randomness=SystemRandomness())
        transport = site_transport(site, authorization, pauses, real=real)
        self.opened.callback(transport.close)
        return open_gitea(transport, self.base_url, repository, pauses, kind)

    def tag(self, name: str, *, annotated: bool = True, commit: int = 0) -> Commit:
        """Make or move a git tag as a push would, but without its runs."""
        sha = self.commits[commit]
        tag_object = self.git.make_tag(name, sha, f"Release {name}\n", PERSON) if annotated else ""
        self.git.update(f"refs/tags/{name}", tag_object or sha)
        return Commit(name=name, tag_object=tag_object, commit=sha, tree="", time_s=0, message="")


@contextmanager
def serving(
    folder: Path, name: str, *, postgres: bool = False, limits: Limits | None = None, root_url: str = ""
) -> Iterator[Served]:
    """A stand-in of this product on a free port."""
    forge = setup.ready_forge(folder, product(name, postgres=postgres), limits=limits)
    forge.root_url = root_url
    git = GitRepository(forge.storage.repository_path(setup.OWNER, setup.REPOSITORY))
    first = _commit(git, b"one\n", None)
    commits = (first, _commit(git, b"two\n", first))
    git.update("refs/heads/main", commits[1])
    try:
        with server.running(forge) as base_url, ExitStack() as opened:
            yield Served(forge=forge, base_url=base_url, git=git, commits=commits, opened=opened)
    finally:
        forge.storage.close()


def _commit(git: GitRepository, readme: bytes, parent: str | None) -> str:
    tree = _tree(git, {b"README.md": readme, b".gitea/workflows/" + WORKFLOW.encode(): _WORKFLOW})
    parents = ("-p", parent) if parent else ()
    return _text(
        git.git("commit-tree", tree, *parents, "-m", "Light the lanterns", environment=person_environment(PERSON))
    )


def _tree(git: GitRepository, files: dict[bytes, bytes]) -> str:
    here: list[bytes] = []
    folders: dict[bytes, dict[bytes, bytes]] = {}
    for path, data in files.items():
        name, slash, rest = path.partition(b"/")
        if slash:
            folders.setdefault(name, {})[rest] = data
        else:
            blob = git.git("hash-object", "-w", "--stdin", stdin=data).strip()
            here.append(b"100644 blob " + blob + b"\t" + name + b"\n")
    here += [b"040000 tree " + _tree(git, inner).encode() + b"\t" + name + b"\n" for name, inner in folders.items()]
    return _text(git.git("mktree", stdin=b"".join(here)))


def _text(output: bytes) -> str:
    return output.decode().strip()
