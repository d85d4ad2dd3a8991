"""What every kind of registry must do: a folder, memory, a real Verdaccio and the stand-ins of the forges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from samebytes.core.install_manifest import differences, version_manifest
from samebytes.core.reconcile import judge
from samebytes.errors import DeadlineError, SiteError
from samebytes.model.names import PackageName
from samebytes.model.observed import Different, ObservedPackage, Same
from samebytes.model.tarball import PackedMember
from samebytes.model.transfer import Sink
from samebytes.registries.base import Registry
from samebytes.system.http.base import Request, Response, Transport
from tests.forge_fixtures import StartForge
from tests.registries.doubles import CountingLease, LosesAnswers
from tests.registries.kinds import (
    FORGES,
    HTTP_KINDS,
    KINDS,
    REAL,
    Kind,
    Package,
    directory_kind,
    forge_kind,
    marked,
    memory_kind,
    real_kind,
    seen,
    upload,
    verdaccio_kind,
)
from tests.site_calls import tarball_of

HOLD = "samebytes-hold"


def _kind(name: str, request: pytest.FixtureRequest, folder: Path) -> Kind:
    if name == "memory":
        return memory_kind()
    if name == "directory":
        return directory_kind(folder)
    if name == "verdaccio":
        return verdaccio_kind(request.getfixturevalue("verdaccio"))
    if name in REAL:
        return real_kind(name, request.getfixturevalue("real_forge")(name))
    start: StartForge = request.getfixturevalue("start_forge")
    product = name.removesuffix("-postgres")
    return forge_kind(name, start(product, postgres=name.endswith("-postgres")))


@pytest.fixture(params=marked(KINDS))
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    """Each kind of registry."""
    found = _kind(request.param, request, tmp_path)
    yield found
    found.close()


@pytest.fixture(params=marked(HTTP_KINDS))
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    """Each kind that is a server."""
    found = _kind(request.param, request, tmp_path)
    yield found
    found.close()


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A package that no other test knows."""
    return Package(tmp_path / "built")


def tags(kind: Kind, registry: Registry, member: PackedMember) -> dict[str, str]:
    """The dist-tags, without a `latest` that such a server shows by itself."""
    found = dict(seen(registry, member.tarball.id).dist_tags)
    if kind.invents_latest:
        found.pop("latest", None)
    return found


def test_an_unknown_package_is_readable_and_empty(kind: Kind, package: Package) -> None:
    """A package nobody uploaded has no versions, no dist-tags and no tarball, and is not an error."""
    registry, member = kind.open(), package.version()
    found = seen(registry, member.tarball.id)
    assert (dict(found.versions), dict(found.dist_tags)) == ({}, {})
    assert tarball_of(registry, member.tarball.id) is None


def test_an_upload_is_served_as_it_was_sent(kind: Kind, package: Package) -> None:
    """The sha512, the install-relevant manifest that the server keeps, the dist-tag and every byte come back."""
    member = package.version(
        bin="bin/wick.js",
        dependencies={"a": "^1.0.0", "b": "2.x"},
        optionalDependencies={"c": "^3.0.0"},
        peerDependencies={"d": ">=4"},
        peerDependenciesMeta={"d": {"optional": True}},
        bundleDependencies=["a"],
        engines={"node": ">=20"},
        os=["linux", "darwin"],
        cpu=["x64"],
        libc=["glibc"],
        scripts={"postinstall": "node index.js"},
        repository="acme/wick",
        license="MIT",
        keywords="lamp wick",
        exports={"node": "./index.js", "default": "./other.js"},
    )
    registry = kind.open()
    upload(registry, member)
    version = seen(registry, member.tarball.id).versions["1.0.0"]
    sent = version_manifest(member.tarball)
    assert version.integrity == member.tarball.sha512
    assert differences(sent, version.manifest, version.kept_fields) == ()
    assert isinstance(judge(member.tarball, seen(registry, member.tarball.id)), Same)
    assert tags(kind, registry, member) == {HOLD: "1.0.0"}
    assert tarball_of(registry, member.tarball.id) == Path(member.file).read_bytes()


def test_what_a_server_does_not_keep_is_lost(kind: Kind, package: Package) -> None:
    """`kept_fields` is exact for the recorded versions: a field outside of it is not served."""
    fields: dict[str, Any] = {
        "peerDependencies": {"d": ">=4"},
        "peerDependenciesMeta": {"d": {"optional": True}},
        "engines": {"node": ">=20"},
        "os": ["linux"],
        "cpu": ["x64"],
        "libc": ["glibc"],
        "deprecated": "use glow",
        "scripts": {"install": "node index.js"},
    }
    member = package.version(**fields)
    registry = kind.open()
    upload(registry, member)
    version = seen(registry, member.tarball.id).versions["1.0.0"]
    told = set(fields) - {"scripts"} | {"hasInstallScript"}
    assert {field for field in told if field in version.manifest} == told & version.kept_fields


def test_a_second_upload_changes_nothing(kind: Kind, package: Package) -> None:
    """A version that is there keeps its bytes and its tags, whatever comes later, and the later upload is no error."""
    first, other = package.version(text="one"), package.version(text="other")
    registry = kind.open()
    upload(registry, first)
    for later in (first, other):
        upload(registry, later, dist_tag="latest")
    found = seen(registry, first.tarball.id)
    assert isinstance(judge(other.tarball, found), Different)
    assert tarball_of(registry, first.tarball.id) == Path(first.file).read_bytes()
    assert tags(kind, registry, first) == {HOLD: "1.0.0"}


def test_dist_tags_move_and_go(kind: Kind, package: Package) -> None:
    """A dist-tag is set, set again, moved, and removed; removing one that is not there is fine."""
    first, second = package.version(), package.version("1.1.0")
    registry, name = kind.open(), PackageName(package.name)
    upload(registry, first)
    upload(registry, second)
    for version in ("1.0.0", "1.0.0", "1.1.0"):
        registry.set_tag(name, "latest", version, CountingLease())
        assert seen(registry, first.tarball.id).dist_tags["latest"] == version
    registry.set_tag(name, "next", "1.0.0", CountingLease())
    for _ in range(2):
        registry.delete_tag(name, HOLD, CountingLease())
    assert dict(seen(registry, first.tarball.id).dist_tags) == {"latest": "1.1.0", "next": "1.0.0"}


def test_a_dist_tag_never_points_at_a_missing_version(kind: Kind, package: Package) -> None:
    """Setting a dist-tag to a version that is not there is a site error and changes nothing."""
    member = package.version()
    registry = kind.open()
    upload(registry, member)
    with pytest.raises(SiteError) as caught:
        registry.set_tag(member.tarball.id.name, "next", "9.9.9", CountingLease())
    assert caught.value.code == "SB-5002"
    assert tags(kind, registry, member) == {HOLD: "1.0.0"}


def test_a_deleted_version_takes_its_tags_along(kind: Kind, package: Package) -> None:
    """Nothing is left of a deleted version, other versions stay, deleting it again is fine, and it can come again."""
    first, second = package.version(), package.version("1.1.0")
    registry = kind.open()
    upload(registry, first)
    upload(registry, second, dist_tag="next")
    for _ in range(2):
        registry.delete_version(second.tarball.id, CountingLease())
    assert set(seen(registry, first.tarball.id).versions) == {"1.0.0"}
    assert tags(kind, registry, first) == {HOLD: "1.0.0"}
    assert tarball_of(registry, second.tarball.id) is None
    upload(registry, second, dist_tag="next")
    assert tags(kind, registry, first) == {HOLD: "1.0.0", "next": "1.1.0"}


def test_a_version_without_any_tag_is_repaired(kind: Kind, package: Package) -> None:
    """What a crash left behind untagged is seen as the same, and gets its tags without another upload."""
    member, registry = package.version(), kind.open()
    upload(registry, member)
    registry.delete_tag(member.tarball.id.name, HOLD, CountingLease())
    assert tags(kind, registry, member) == {}
    assert isinstance(judge(member.tarball, seen(registry, member.tarball.id)), Same)
    registry.set_tag(member.tarball.id.name, "latest", "1.0.0", CountingLease())
    assert dict(seen(registry, member.tarball.id).dist_tags) == {"latest": "1.0.0"}


def test_the_last_version_can_go(kind: Kind, package: Package) -> None:
    """A package whose only version was deleted is as one that never was, and can come again with other bytes."""
    first, again = package.version(text="one"), package.version(text="two")
    registry = kind.open()
    upload(registry, first)
    registry.delete_version(first.tarball.id, CountingLease())
    found = seen(registry, first.tarball.id)
    assert (dict(found.versions), dict(found.dist_tags)) == ({}, {})
    assert tarball_of(registry, first.tarball.id) is None
    upload(registry, again)
    assert tarball_of(registry, first.tarball.id) == Path(again.file).read_bytes()


def test_every_write_is_guarded(kind: Kind, package: Package) -> None:
    """Each of the registry's writes enters the lease at least once, and none happens once it is lost."""
    member, other = package.version(), package.version("1.1.0")
    registry, id_ = kind.open(), member.tarball.id
    writes: list[Callable[[CountingLease], None]] = [
        lambda lease: upload(registry, member, lease=lease),
        lambda lease: registry.set_tag(id_.name, "next", "1.0.0", lease),
        lambda lease: registry.delete_tag(id_.name, HOLD, lease),
        lambda lease: registry.delete_version(id_, lease),
    ]
    upload(registry, other, dist_tag="beta")
    for write in writes:
        before = dict(seen(registry, id_).versions), dict(seen(registry, id_).dist_tags)
        with pytest.raises(DeadlineError):
            write(CountingLease(allowed=0))
        assert (dict(seen(registry, id_).versions), dict(seen(registry, id_).dist_tags)) == before
        lease = CountingLease()
        write(lease)
        assert lease.entered >= 1


def test_many_packages_are_observed_at_once(kind: Kind, tmp_path: Path) -> None:
    """A whole release is observed in one call, names twice or unknown among them."""
    members = [Package(tmp_path / f"built-{number}").version() for number in range(12)]
    registry = kind.open()
    for member in members:
        upload(registry, member)
    names = [member.tarball.id.name for member in members]
    unknown = PackageName("@acme/nobody-made-this")
    found = registry.observe([*names, names[0], unknown])
    assert set(found) == {*names, unknown}
    assert all(isinstance(judge(member.tarball, found[member.tarball.id.name]), Same) for member in members)


@pytest.mark.parametrize("uploaders", [2, 8])
@pytest.mark.parametrize("bytes_are", ["equal", "different"])
def test_racing_uploaders_leave_one_whole_version(
    served: Kind, package: Package, uploaders: int, bytes_are: str
) -> None:
    """Whoever uploads at once, without any lock: what is there is the whole upload of one of them, under its tag."""
    texts = ["one"] * uploaders if bytes_are == "equal" else [f"number {number}" for number in range(uploaders)]
    members = [package.version(text=text) for text in texts]
    registries = [served.open() for _ in members]
    with ThreadPoolExecutor(uploaders) as pool:
        list(pool.map(upload, registries, members))
    found = seen(registries[0], members[0].tarball.id)
    winners = [member for member in members if isinstance(judge(member.tarball, found), Same)]
    assert winners
    if served.name != "verdaccio" or bytes_are == "equal":
        assert tarball_of(registries[0], members[0].tarball.id) == Path(winners[0].file).read_bytes()
    assert tags(served, registries[0], members[0]) == {HOLD: "1.0.0"}


@pytest.mark.parametrize("status", [0, 500, 503])
@pytest.mark.parametrize("lost", [1, 3])
def test_lost_answers_are_settled_by_reading(served: Kind, package: Package, lost: int, status: int) -> None:
    """Every write whose answer is lost, or is a 5xx after it acted, ends as if the answer had come, written once."""
    member, other = package.version(), package.version("1.1.0")
    losing: list[LosesAnswers] = []

    def wrap(transport: Transport) -> Transport:
        losing.append(LosesAnswers(transport, status=status))
        return losing[0]

    registry, id_ = served.open(wrap), member.tarball.id
    upload(registry, other, dist_tag="beta")
    writes: list[Callable[[], None]] = [
        lambda: upload(registry, member),
        lambda: registry.set_tag(id_.name, "next", "1.0.0", CountingLease()),
        lambda: registry.delete_tag(id_.name, HOLD, CountingLease()),
        lambda: registry.delete_version(id_, CountingLease()),
    ]
    expected = [
        {"beta": "1.1.0", HOLD: "1.0.0"},
        {"beta": "1.1.0", HOLD: "1.0.0", "next": "1.0.0"},
        {"beta": "1.1.0", "next": "1.0.0"},
        {"beta": "1.1.0"},
    ]
    for write, wanted in zip(writes, expected, strict=True):
        losing[0].lost = lost
        write()
        losing[0].lost = 0
        assert tags(served, registry, member) == wanted


@pytest.mark.parametrize("served", FORGES, indirect=True)
def test_a_refused_tag_is_refused_before_anything_is_written(served: Kind, package: Package) -> None:
    """A dist-tag that a server would refuse, and leave a version untagged for, is refused by us; others are taken."""
    member, registry = package.version(), served.open()
    upload(registry, member)
    for dist_tag in ("1.0", "v1", "v2-latest"):
        lease = CountingLease()
        with pytest.raises(SiteError) as caught:
            registry.set_tag(member.tarball.id.name, dist_tag, "1.0.0", lease)
        assert (caught.value.code, lease.entered) == ("SB-5215", 0)
    for dist_tag in ("next", "rc1", "beta2", "sha-abc123"):
        registry.set_tag(member.tarball.id.name, dist_tag, "1.0.0", CountingLease())
    assert set(tags(served, registry, member)) == {HOLD, "next", "rc1", "beta2", "sha-abc123"}


def test_one_unreadable_package_does_not_hide_the_others(served: Kind, package: Package) -> None:
    """A failure to read one package is a value in the answer, and the others are read."""
    member, registry = package.version(), served.open_npm()
    upload(registry, member)
    gone = Package(package.folder).version()

    class Failing:
        """Fails for one name."""

        def __init__(self, inner: Transport) -> None:
            self._inner = inner

        def send(self, request: Request, sink: Sink | None = None) -> Response:
            """Send it, or fail."""
            if gone.tarball.id.name.base in request.url:
                raise SiteError("SB-5124", "no")
            return self._inner.send(request, sink)

    found = served.open(Failing).observe([member.tarball.id.name, gone.tarball.id.name])
    assert isinstance(found[member.tarball.id.name], ObservedPackage)
    assert getattr(found[gone.tarball.id.name], "code", "") == "SB-5124"
