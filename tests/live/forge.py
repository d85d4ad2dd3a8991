"""A real server with the organisation, users, tokens and repository that `samebytes.testing.forge.setup` describes."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samebytes.testing.forge import setup
from samebytes.testing.forge.state import Limits
from tests.contract.forge.replay import send
from tests.contract.forge.under_test import authorization
from tests.live.program import Instance, Program, free_port

_JSON = {"Content-Type": "application/json"}
_UNITS = ("repo.code", "repo.releases", "repo.packages", "repo.actions")
_READ = "read:package,read:repository,read:user"
# As `setup.fill` gives them: actor of the recordings to user and scopes.
_SCOPES: Mapping[str, tuple[str, str]] = {
    "publisher": (setup.PUBLISHER, ",".join(setup.PUBLISHER_SCOPES)),
    "read_only": (setup.PUBLISHER, _READ),
    "no_package_scope": (setup.PUBLISHER, "write:repository,read:user"),
    "stranger": (setup.STRANGER, "all"),
    "admin": (setup.ADMIN, "all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveForge:
    """A real server as a forge under test."""

    instance: Instance
    product: str
    tokens: setup.Tokens

    @property
    def base_url(self) -> str:
        """Its address."""
        return self.instance.base_url

    def authorization(self, actor: str, scheme: str) -> str | None:
        """The Authorization header of an actor."""
        return authorization(asdict(self.tokens), actor, scheme)

    def add_organisation(self, name: str, *, is_private: bool) -> None:
        """Add an organisation of the administrator."""
        visibility = "private" if is_private else "public"
        self.admin("POST", "/orgs", {"username": name, "visibility": visibility})

    def add_repository(self, owner: str, name: str, *, is_private: bool = False, has_packages: bool = True) -> None:
        """Add an empty repository."""
        path = "/user/repos" if owner == setup.ADMIN else f"/orgs/{owner}/repos"
        self.admin("POST", path, {"name": name, "private": is_private, "default_branch": "main"})
        if not has_packages:
            self.admin("PATCH", f"/repos/{owner}/{name}", {"has_packages": False})

    def turn_off_actions(self, owner: str, name: str) -> None:
        """Turn the Actions unit of a repository off."""
        self.admin("PATCH", f"/repos/{owner}/{name}", {"has_actions": False})

    def settle(self) -> None:
        """Let the queues run empty."""
        self.instance.flush_queues()

    def admin(self, method: str, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        """What the API answers to the administrator; it must be a success."""
        body = None if asked is None else json.dumps(asked).encode()
        answer = send(self, method, f"/api/v1{path}", body=body, actor="admin", headers=_JSON)
        assert 200 <= answer.status < 300, (method, path, answer)
        return json.loads(answer.body) if answer.body else None


@contextmanager
def live_forge(program: Program, folder: Path, product: str, limits: Limits | None = None) -> Iterator[LiveForge]:
    """A fresh server of this program in a folder, for recordings of `product`."""
    prepared, tokens = _prepared(program)
    shutil.copytree(prepared, folder / "server")
    instance = Instance(
        program=program, folder=folder / "server", port=free_port(), limits=limits if limits is not None else Limits()
    )
    instance.write_config()
    with instance.serving():
        forge = LiveForge(instance=instance, product=product, tokens=tokens)
        forge.add_repository(setup.OWNER, setup.REPOSITORY)
        yield forge


@cache
def _prepared(program: Program) -> tuple[Path, setup.Tokens]:
    """A server's folder with everything but repositories, whose hooks name the folder; made once a process."""
    # pytest's own folders go with the test that asked first; this one goes with the process.
    folder = Path(tempfile.mkdtemp(prefix=f"samebytes-live-{program.server}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    instance = Instance(program=program, folder=folder, port=free_port())
    (folder / "home").mkdir()
    instance.write_config()
    instance.command("migrate")
    for user in (setup.ADMIN, setup.PUBLISHER, setup.STRANGER):
        rights = ("--admin",) if user == setup.ADMIN else ()
        named = ("--username", user, "--password", setup.PASSWORD, "--email", f"{user}@lanterns.invalid")
        instance.command("admin", "user", "create", *named, "--must-change-password=false", *rights)
    texts = {}
    for actor, (user, scopes) in _SCOPES.items():
        asked = ("--username", user, "--token-name", actor, "--scopes", scopes, "--raw")
        texts[actor] = instance.command("admin", "user", "generate-access-token", *asked).splitlines()[-1]
    tokens = setup.Tokens(**texts)
    with instance.serving():
        _add_team(LiveForge(instance=instance, product="", tokens=tokens))
    return folder, tokens


def _add_team(forge: LiveForge) -> None:
    forge.add_organisation(setup.OWNER, is_private=False)
    asked = {
        "name": "publishers",
        "permission": "write",
        "units": list(_UNITS),
        "units_map": dict.fromkeys(_UNITS, "write"),
        "includes_all_repositories": True,
        "can_create_org_repo": False,
    }
    team = forge.admin("POST", f"/orgs/{setup.OWNER}/teams", asked)
    forge.admin("PUT", f"/teams/{team['id']}/members/{setup.PUBLISHER}")
