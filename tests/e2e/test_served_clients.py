"""Real clients install from served directory sites, from two of them with one lockfile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from samebytes.registries.folder import FolderRegistry
from samebytes.system.clock import SystemClock
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from tests.clients.client import Client
from tests.directory_site.doubles import CountingLease
from tests.directory_site.members import packed, upload_of
from tests.directory_site.served import served


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    """Two sites that serve the same two packages, one depending on the other, on one port."""
    members = [
        packed(tmp_path, "@acme/lib", text="module.exports = 'lib';\n"),
        packed(
            tmp_path,
            "@acme/app",
            text="module.exports = 'app of ' + require('@acme/lib');\n",
            extra={"dependencies": {"@acme/lib": "^1.0.0"}},
        ),
    ]
    for site in ("corp", "home"):
        registry = FolderRegistry(SiteFolder(_founded(tmp_path / site, site), site), SystemClock())
        for member in members:
            registry.upload(upload_of(member, "latest"), CountingLease())
    with served({"corp": tmp_path / "corp", "home": tmp_path / "home"}) as address:
        yield address


def _founded(folder: Path, site: str) -> FolderStore:
    store = FolderStore(str(folder))
    SiteFolder(store, site).found()
    return store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A consumer of @acme/app."""
    folder = tmp_path / "project"
    folder.mkdir()
    manifest = {"name": "consumer", "version": "1.0.0", "private": True, "dependencies": {"@acme/app": "1.0.0"}}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _use(project: Path, base: str, site: str, setting: str = "@acme:registry") -> None:
    """Take the scope, or everything, from a site, and nothing from a cache of another one."""
    lines = f"{setting}={base}/{site}/npm/\nstore-dir={project.parent}/store-{site}\n"
    cache = f"cache={project.parent}/cache-{site}\nomit-lockfile-registry-resolved=true\naudit=false\nfund=false\n"
    (project / ".npmrc").write_text(lines + cache, encoding="utf-8")


def _says(client: Client, project: Path) -> str:
    node = Client(name="node", version="", argv=("node",), env=client.env)
    return node.run("-p", "require('@acme/app')", cwd=project).stdout.strip()


# pnpm 12.4.2 takes a scope's tarballs for standard only where the *default* registry would have them, and writes their
# URLs into the lockfile otherwise; earlier ones look at the registry of the scope.
@pytest.mark.parametrize(
    ("fixture", "setting"), [("pnpm_9", "@acme:registry"), ("pnpm_11", "@acme:registry"), ("pnpm_12", "registry")]
)
def test_pnpm_installs_from_both_sites_with_one_lockfile(
    request: pytest.FixtureRequest, fixture: str, setting: str, base: str, project: Path
) -> None:
    """The lockfile made at one site names no host, and installs at the other one."""
    pnpm: Client = request.getfixturevalue(fixture)
    _use(project, base, "corp", setting)
    pnpm.run("install", cwd=project)
    lockfile = (project / "pnpm-lock.yaml").read_text(encoding="utf-8")
    assert "127.0.0.1" not in lockfile
    assert _says(pnpm, project) == "app of lib"
    _remove(project / "node_modules")
    _use(project, base, "home", setting)
    pnpm.run("install", "--frozen-lockfile", cwd=project)
    assert (project / "pnpm-lock.yaml").read_text(encoding="utf-8") == lockfile
    assert _says(pnpm, project) == "app of lib"


def test_npm_installs_from_both_sites_with_one_lockfile(npm: Client, base: str, project: Path) -> None:
    """With `omit-lockfile-registry-resolved` npm's lockfile is as portable."""
    _use(project, base, "corp")
    npm.run("install", cwd=project)
    assert "127.0.0.1" not in (project / "package-lock.json").read_text(encoding="utf-8")
    _remove(project / "node_modules")
    _use(project, base, "home")
    npm.run("ci", cwd=project)
    assert _says(npm, project) == "app of lib"


def test_npm_asks_for_everything_else(npm: Client, base: str, project: Path) -> None:
    """view, dist-tag ls, ping and search understand what they get."""
    _use(project, base, "corp")
    registry = f"{base}/corp/npm/"
    view = json.loads(npm.run("view", "@acme/app", "--json", cwd=project).stdout)
    assert (view["name"], view["dist-tags"], view["dependencies"]) == (
        "@acme/app",
        {"latest": "1.0.0"},
        {"@acme/lib": "^1.0.0"},
    )
    assert npm.run("dist-tag", "ls", "@acme/app", cwd=project).stdout == "latest: 1.0.0\n"
    npm.run("ping", f"--registry={registry}", cwd=project)
    found = json.loads(npm.run("search", "lib", "--json", f"--registry={registry}", cwd=project).stdout)
    assert [package["name"] for package in found] == ["@acme/lib"]


class _WebServer(SimpleHTTPRequestHandler):
    """Any web server: files, an index, and the address in front of tarball paths, as the page on serving says."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        index = path / "index.json"
        if not index.is_file():
            super().do_GET()
            return
        site = f'"tarball": "http://{self.headers["host"]}/corp/npm/'
        data = index.read_text(encoding="utf-8").replace('"tarball": "', site).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("fixture", ["pnpm_9", "npm"])
def test_any_web_server_will_do(
    request: pytest.FixtureRequest, fixture: str, base: str, project: Path, tmp_path: Path
) -> None:
    """The folder itself is a registry, once its packuments get an address."""
    client: Client = request.getfixturevalue(fixture)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_WebServer, directory=str(tmp_path)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        _use(project, f"http://127.0.0.1:{server.server_port}", "corp")
        client.run("install", cwd=project)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert _says(client, project) == "app of lib"


def _remove(folder: Path) -> None:
    folder.rename(folder.with_name(f"old-{folder.name}-{len(list(folder.parent.iterdir()))}"))
