"""What single servers do in their own way, as the dialects say: Verdaccio as it really is, the forges as recorded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from samebytes.core.reconcile import judge
from samebytes.dialects.registries import RegistryProduct, registry_dialect
from samebytes.errors import BytesDifferError, SiteError
from samebytes.model.observed import Same, UnreadablePackage
from samebytes.model.secret import Secret
from samebytes.model.site import Site
from samebytes.registries.gitea import gitea_npm_url
from samebytes.registries.npm import npm_registry
from samebytes.registries.npm_protocol import NpmParts
from samebytes.registries.recognise import RecognisedRegistry, recognise
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.httpx_transport import HttpxTransport
from samebytes.system.http.stack import site_transport
from samebytes.testing.forge import setup
from samebytes.testing.forge.npm_store import NpmStore
from samebytes.testing.forge.state import Forge, Limits
from tests.clients.verdaccio import Verdaccio, running_verdaccio
from tests.forge_fixtures import StartForge
from tests.registries.doubles import CountingLease, no_pauses
from tests.registries.kinds import FORGES, Kind, Package, forge_kind, http_kind, seen, upload, verdaccio_kind
from tests.site_calls import tarball_of

HOLD = "samebytes-hold"
VERDACCIO_6 = registry_dialect(RegistryProduct.VERDACCIO, "6.10.4")[0]


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A package that no other test knows."""
    return Package(tmp_path / "built")


@pytest.fixture
def real(verdaccio: Verdaccio) -> Iterator[Kind]:
    """The real Verdaccio."""
    found = verdaccio_kind(verdaccio)
    yield found
    found.close()


@contextmanager
def forge(
    start: StartForge, name: str, token: str = setup.TOKENS.publisher, limits: Limits | None = None
) -> Iterator[Kind]:
    """A stand-in, as somebody with this token sees it."""
    running = start(name.removesuffix("-postgres"), postgres=name.endswith("-postgres"), limits=limits)
    first = forge_kind(name, running)
    first.close()
    assert first.dialect is not None
    found = http_kind(name, first.url, token, first.dialect)
    try:
        yield found
    finally:
        found.close()


def test_verdaccio_shows_a_latest_that_nobody_stored(real: Kind, package: Package) -> None:
    """A new package's first version is `latest` at once, later ones are not, and `latest` cannot be removed."""
    first, second = package.version(), package.version("1.1.0")
    registry = real.open()
    upload(registry, first)
    upload(registry, second)
    assert dict(seen(registry, first.tarball.id).dist_tags) == {HOLD: "1.1.0", "latest": "1.0.0"}
    with pytest.raises(SiteError) as caught:
        registry.delete_tag(first.tarball.id.name, "latest", CountingLease())
    assert caught.value.code == "SB-5217"


@pytest.mark.parametrize("name", FORGES)
def test_forges_invent_no_latest(name: str, start_forge: StartForge, package: Package) -> None:
    """What is uploaded under the holding tag has no `latest`, and one that was set can be removed."""
    member = package.version()
    with forge(start_forge, name) as kind:
        registry = kind.open()
        upload(registry, member)
        assert dict(seen(registry, member.tarball.id).dist_tags) == {HOLD: "1.0.0"}
        registry.set_tag(member.tarball.id.name, "latest", "1.0.0", CountingLease())
        registry.delete_tag(member.tarball.id.name, "latest", CountingLease())
        assert dict(seen(registry, member.tarball.id).dist_tags) == {HOLD: "1.0.0"}


def _without_version(storage: Path, package: Package, text: str) -> None:
    """Make of an upload what Verdaccio leaves when it is stopped between the tarball and the version."""
    path = storage / package.name / "package.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["versions"].pop(text)
    document["dist-tags"] = {tag: at for tag, at in document["dist-tags"].items() if at != text}
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_lone_tarball_of_ours_is_replaced(real: Kind, verdaccio: Verdaccio, package: Package) -> None:
    """A tarball without a version, which makes Verdaccio answer 409 for ever, is removed and uploaded again."""
    first, second = package.version("0.9.0"), package.version()
    registry = real.open()
    upload(registry, first)
    upload(registry, second)
    _without_version(verdaccio.storage, package, "1.0.0")
    assert set(seen(registry, second.tarball.id).versions) == {"0.9.0"}
    upload(registry, second)
    assert isinstance(judge(second.tarball, seen(registry, second.tarball.id)), Same)
    assert tarball_of(registry, second.tarball.id) == Path(second.file).read_bytes()


def test_a_lone_tarball_of_others_stays(real: Kind, verdaccio: Verdaccio, package: Package) -> None:
    """One with other bytes is not ours to remove: it is an error that says so."""
    first, second, other = package.version("0.9.0"), package.version(), package.version(text="other")
    registry = real.open()
    upload(registry, first)
    upload(registry, second)
    _without_version(verdaccio.storage, package, "1.0.0")
    with pytest.raises(BytesDifferError) as caught:
        upload(registry, other)
    assert caught.value.code == "SB-5201"
    assert tarball_of(registry, second.tarball.id) == Path(second.file).read_bytes()


def test_a_lone_tarball_that_cannot_go_is_said(real: Kind, verdaccio: Verdaccio, package: Package) -> None:
    """Where the server does not know its own tarball any more, the upload fails and says that it is not shown."""
    first, second = package.version("0.9.0"), package.version()
    registry = real.open()
    upload(registry, first)
    shutil.copyfile(second.file, verdaccio.storage / package.name / second.tarball.id.tarball_name)
    with pytest.raises(SiteError) as caught:
        upload(registry, second)
    assert caught.value.code == "SB-5213"


def test_verdaccio_deprecates_and_takes_it_back(real: Kind, package: Package) -> None:
    """A message at a version is served, an empty one takes it back; a version that is not there is an error."""
    member, missing = package.version(), package.version("9.9.9")
    registry = real.open_npm()
    upload(registry, member)
    registry.deprecate(member.tarball.id, "use glow", CountingLease())
    assert seen(registry, member.tarball.id).versions["1.0.0"].manifest["deprecated"] == "use glow"
    registry.deprecate(member.tarball.id, "", CountingLease())
    assert "deprecated" not in seen(registry, member.tarball.id).versions["1.0.0"].manifest
    with pytest.raises(SiteError) as caught:
        registry.deprecate(missing.tarball.id, "use glow", CountingLease())
    assert caught.value.code == "SB-5002"


def test_gitea_1_25_cannot_deprecate(start_forge: StartForge, package: Package) -> None:
    """Where the server keeps no message, nothing is sent."""
    with forge(start_forge, "gitea-1.25") as kind:
        lease = CountingLease()
        with pytest.raises(SiteError) as caught:
            kind.open_npm().deprecate(package.version().tarball.id, "use glow", lease)
    assert (caught.value.code, lease.entered) == ("SB-5218", 0)


@pytest.mark.parametrize(
    ("name", "token", "code"),
    [("@closed/wick", True, "SB-5211"), ("@acme/nobody", False, "SB-5211")],
    ids=["may not publish", "no token"],
)
def test_verdaccio_says_who_may_not(verdaccio: Verdaccio, tmp_path: Path, name: str, token: bool, code: str) -> None:
    """Missing rights and a missing token are site errors with a hint for this server and its own words."""
    kind = http_kind("verdaccio", verdaccio.url, verdaccio.token if token else "", VERDACCIO_6)
    with pytest.raises(SiteError) as caught:
        upload(kind.open(), Package(tmp_path / "built", name).version())
    kind.close()
    assert caught.value.code == code
    assert "packages:" in caught.value.hint
    assert caught.value.details["server says"]


def test_a_private_package_is_unreadable_without_a_token(verdaccio: Verdaccio, tmp_path: Path) -> None:
    """No right to read is never taken for `nothing there`."""
    member = Package(tmp_path / "built", "@private/wick").version()
    own, stranger = verdaccio_kind(verdaccio), http_kind("verdaccio", verdaccio.url, "", VERDACCIO_6)
    upload(own.open(), member)
    found = stranger.open().observe([member.tarball.id.name])[member.tarball.id.name]
    assert isinstance(found, UnreadablePackage)
    assert (found.code, "token" in found.why) == ("SB-5211", True)
    own.close()
    stranger.close()


def test_an_upload_that_is_too_large_says_which_setting(tmp_path: Path, package: Package) -> None:
    """Verdaccio's 413 names its own setting, and writes nothing."""
    with running_verdaccio(tmp_path / "server", max_body_size="1kb") as server:
        kind = verdaccio_kind(server)
        member = package.version(text="x" * 4096, description="".join(chr(97 + n * 7 % 26) for n in range(2000)))
        with pytest.raises(SiteError) as caught:
            upload(kind.open(), member)
        kind.close()
    assert (caught.value.code, "max_body_size" in caught.value.hint) == ("SB-5214", True)


@pytest.mark.parametrize("token", ["read_only", "no_package_scope", "stranger"])
@pytest.mark.parametrize("name", FORGES[:3])
def test_forges_say_which_right_is_missing(name: str, token: str, start_forge: StartForge, package: Package) -> None:
    """A token without the right to write is 401 there; the hint names the scope."""
    with forge(start_forge, name, getattr(setup.TOKENS, token)) as kind:
        with pytest.raises(SiteError) as caught:
            upload(kind.open(), package.version())
        found = kind.open().observe([package.version().tarball.id.name])
    assert (caught.value.code, "write:package" in caught.value.hint) == ("SB-5211", True)
    unreadable = isinstance(next(iter(found.values())), UnreadablePackage)
    assert unreadable == (token == "no_package_scope")


def test_a_missing_owner_is_unreadable(start_forge: StartForge, package: Package) -> None:
    """A 404 that is not about the package is not `nothing there`: the URL or the owner is wrong."""
    running = start_forge("gitea-1.25")
    dialect = registry_dialect(RegistryProduct.GITEA, "1.25.4")[0]
    name = package.version().tarball.id.name
    for url in (gitea_npm_url(running.base_url, "nobody"), f"{running.base_url}/elsewhere"):
        kind = http_kind("gitea", url, setup.TOKENS.publisher, dialect)
        found = kind.open().observe([name])[name]
        with pytest.raises(SiteError) as caught:
            upload(kind.open(), package.version())
        kind.close()
        assert isinstance(found, UnreadablePackage)
        assert (found.code, caught.value.code) == ("SB-5218", "SB-5218")
        assert "owner" in found.why


def test_a_reached_limit_names_limits(start_forge: StartForge, package: Package) -> None:
    """A quota is a 403 at Gitea, like missing rights on a repository: the hint names both."""
    with forge(start_forge, "gitea-1.25", limits=Limits(npm_size=10)) as kind, pytest.raises(SiteError) as caught:
        upload(kind.open(), package.version())
    assert (caught.value.code, "limit" in caught.value.hint) == ("SB-5211", True)


def test_a_tag_of_several_versions_is_told(start_forge: StartForge, package: Package) -> None:
    """On PostgreSQL, what the list does not confirm after a move is an error, and `disputed_tags` names it (e2)."""
    running = start_forge("gitea-1.25", postgres=True)
    kind = forge_kind("gitea-1.25-postgres", running)
    registry = kind.open_npm()
    members = [package.version(f"1.{number}.0") for number in range(8)]
    name = members[0].tarball.id.name
    for member in members:
        upload(registry, member)
    _hold_by_all(running.forge, package.name, "latest")
    assert registry.disputed_tags([name]) == {name: ("latest",)}
    with pytest.raises(SiteError) as caught:
        registry.set_tag(name, "latest", "1.3.0", CountingLease())
    assert caught.value.code == "SB-5216"
    kind.close()


def _hold_by_all(stand_in: Forge, name: str, dist_tag: str) -> None:
    """Rows as racing writers leave them on PostgreSQL: every version holds the tag."""
    with stand_in.storage.transaction():
        for version in NpmStore(stand_in, setup.OWNER).versions(name):
            row = f"{setup.OWNER}/{name}@{stand_in.storage.next_id('npm_tag'):012}"
            stand_in.storage.put("npm_tag", row, {"tag": dist_tag, "version": version.key})


def test_products_are_recognised(start_forge: StartForge, verdaccio: Verdaccio) -> None:
    """Each product is told by how it behaves, with its version where it tells one."""
    transport = HttpxTransport(connections=2, connect_timeout_s=5, request_timeout_s=30)
    gitea, forgejo = start_forge("gitea-1.25"), start_forge("forgejo-11")
    found = [
        recognise(transport, gitea_npm_url(gitea.base_url, setup.OWNER)),
        recognise(transport, gitea_npm_url(forgejo.base_url, setup.OWNER)),
        recognise(transport, verdaccio.url),
    ]
    transport.close()
    assert found == [
        RecognisedRegistry(product=RegistryProduct.GITEA, version="1.25.4"),
        RecognisedRegistry(product=RegistryProduct.FORGEJO, version="11.0.1+gitea-1.22.0"),
        RecognisedRegistry(product=RegistryProduct.VERDACCIO),
    ]


def test_a_registry_of_kind_npm_finds_its_dialect(verdaccio: Verdaccio, package: Package) -> None:
    """Without being told what it is, the registry behaves as its product needs: `latest` is known to stay."""
    site = Site(id="corp", kind="npm", url=verdaccio.url)
    transport = site_transport(site, Authorization.bearer(Secret(verdaccio.token)), no_pauses())
    unknown = registry_dialect(RegistryProduct.OTHER)[0]
    parts = NpmParts(transport=transport, pauses=no_pauses(), dialect=lambda: unknown, concurrency=4)
    registry, member = npm_registry(verdaccio.url, parts), package.version()
    upload(registry, member)
    with pytest.raises(SiteError) as caught:
        registry.delete_tag(member.tarball.id.name, "latest", CountingLease())
    transport.close()
    assert caught.value.code == "SB-5217"
