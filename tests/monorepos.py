"""Small pnpm monorepos in git, for tests that build them with the real pnpm."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from samebytes.flows.make_release import BuiltRelease
from samebytes.flows.workshop import Workshop
from samebytes.package_managers import pnpm
from samebytes.system.clock import SystemClock
from samebytes.system.environment import SystemEnvironment
from samebytes.system.process import SystemRunner
from tests.cached import CACHE
from tests.clients.client import Client

# The way out of this machine; everything else of its environment stays out of a test's workshop.
_WAY_OUT = ("HTTPS_PROXY", "HTTP_PROXY", "NODE_EXTRA_CA_CERTS", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE")

Content = str | bytes | Mapping[str, object]


def git(directory: Path, *arguments: str) -> str:
    """Run git with an identity and no setting of this machine."""
    who = {"NAME": "t", "EMAIL": "t@example.org", "DATE": "2024-01-02T03:04:05Z"}
    env = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    result = subprocess.run(
        ("git", *arguments),
        cwd=directory,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def write_files(directory: Path, files: Mapping[str, Content]) -> None:
    """Write files; a mapping becomes JSON."""
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(content, indent=2) + "\n" if isinstance(content, Mapping) else content
        target.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def commit_all(directory: Path, message: str = "change") -> str:
    """Commit everything and return the commit."""
    git(directory, "add", "-A", "-f")
    git(directory, "commit", "-q", "-m", message)
    return git(directory, "rev-parse", "HEAD")


def monorepo(
    directory: Path,
    client: Client,
    files: Mapping[str, Content],
    *,
    tag: str = "v1.0.0",
    workspace_settings: str = "",
    lock_env: Mapping[str, str] | None = None,
) -> Path:
    """A tagged git repository with a pnpm workspace of `packages/*`, its lockfile made by this pnpm."""
    directory.mkdir(parents=True)
    git(directory, "init", "-q", "-b", "main")
    root: Content = {"name": "root", "private": True, "packageManager": f"pnpm@{client.version}"}
    workspace_file = f"packages:\n  - packages/*\n{workspace_settings}"
    defaults: dict[str, Content] = {"package.json": root, "pnpm-workspace.yaml": workspace_file}
    write_files(directory, {**defaults, **files})
    lock(directory, client, lock_env)
    commit_all(directory, "one")
    git(directory, "tag", "-a", tag, "-m", tag)
    return directory


def lock(directory: Path, client: Client, env: Mapping[str, str] | None = None) -> None:
    """Write the lockfile anew."""
    client.run("install", "--lockfile-only", "--ignore-scripts", cwd=directory, env=env)


def member(name: str, version: str = "1.0.0", **fields: object) -> dict[str, object]:
    """A member's package.json."""
    return {"name": name, "version": version, **fields}


class FakeSurroundings:
    """The environment of this process with other variables; satisfies `Environment`."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        real = SystemEnvironment()
        self.variables = variables
        self.platform = real.platform
        self.cores = real.cores
        self.is_root = real.is_root


def workshop(
    folder: Path,
    log: Callable[[str], None] = lambda _: None,
    *,
    variables: Mapping[str, str] | None = None,
    tools: Path | None = None,
    fixed: str = "",
) -> Workshop:
    """A workshop in a test's folder; downloaded package managers are shared by all tests."""
    runner = SystemRunner()
    way_out = {name: os.environ[name] for name in _WAY_OUT if name in os.environ}
    environment = FakeSurroundings({"PATH": os.environ["PATH"], **way_out, **(variables or {})})
    return Workshop(
        runner=runner,
        clock=SystemClock(),
        environment=environment,
        package_managers=(pnpm.create(runner, environment.platform),),
        temp=str(folder / "temp"),
        tools=str(tools or CACHE / "build-tools"),
        log=log,
        fixed=fixed,
        logs=str(folder / "logs"),
    )


def contents(built: BuiltRelease, name: str) -> Mapping[str, bytes]:
    """The files in a member's tarball, by path without `package/`."""
    file = next(one.file for one in built.packed if one.tarball.id.name.text == name)
    with tarfile.open(fileobj=io.BytesIO(Path(file).read_bytes()), mode="r:gz") as archive:
        return {
            entry.name.removeprefix("package/"): opened.read()
            for entry in archive.getmembers()
            if (opened := archive.extractfile(entry)) is not None
        }
