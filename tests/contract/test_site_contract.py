"""What every kind of site must do, whichever keeps it: a folder and a site in memory pass the same suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from samebytes.core.install_manifest import differences, version_manifest
from samebytes.errors import BytesDifferError, DeadlineError, RefusedError, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.forges.base import Releases
from samebytes.model.digests import sha256
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageId, PackageName
from samebytes.model.need import Need
from samebytes.model.observed import ObservedPackage
from samebytes.model.site import Site
from samebytes.model.tarball import PackedMember
from samebytes.registries.base import UploadPackage
from samebytes.stores.base import EvidenceStore, LocalState
from samebytes.system.content import BytesContent
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.memory_site import MemorySite
from samebytes.wiring import Ports, open_site
from tests.directory_site.fake_clock import FakeClock
from tests.site_calls import tag_at, tarball_of
from tests.small_releases import Tiny, built_release

TAG = "v1.0.0"


class Countdown:
    """A lease that counts guarded writes, and refuses those after the first `allowed`."""

    def __init__(self, allowed: int = 1_000) -> None:
        self.allowed = allowed
        self.entered = 0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Count, or refuse."""
        if self.entered >= self.allowed:
            raise DeadlineError("SB-5102", "the lease is lost")
        self.entered += 1
        yield

    def renew(self) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing to do."""


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only sleeping moves."""
    return FakeClock()


@pytest.fixture(params=["memory", "directory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Callable[[], OpenSite]:
    """Opens the one site anew, as each process does."""
    if request.param == "memory":
        return MemorySite(clock).open
    site = Site(id="corp", kind="directory", path=str(tmp_path / "site"))
    ports = Ports(clock=clock, randomness=SystemRandomness())
    return lambda: open_site(site, ports)


@pytest.fixture
def at(reopen: Callable[[], OpenSite]) -> OpenSite:
    """A new site."""
    opened = reopen()
    assert opened.state is not None
    opened.state.lock.acquire("whoever makes the site", 1, 1).release()
    return opened


@pytest.fixture
def members(tmp_path: Path) -> tuple[PackedMember, ...]:
    """Three packed members."""
    return built_release(tmp_path / "built").packed


def releases_of(at: OpenSite) -> Releases:
    """The part that these kinds have."""
    assert at.releases is not None
    return at.releases


def state_of(at: OpenSite) -> LocalState:
    """The part that these kinds have."""
    assert at.state is not None
    return at.state


def evidence_of(at: OpenSite) -> EvidenceStore:
    """The part that these kinds have."""
    assert at.evidence is not None
    return at.evidence


def upload(
    at: OpenSite, member: PackedMember, dist_tag: str = "samebytes-hold", lease: Countdown | None = None
) -> None:
    """Upload one member as a publish run does."""
    manifest = version_manifest(member.tarball)
    package = UploadPackage(packed=member, version_manifest=manifest, dist_tag=dist_tag)
    at.registry.upload(package, lease or Countdown())


def seen(at: OpenSite, id: PackageId) -> ObservedPackage:  # noqa: A002  the field's own word
    """What the registry shows of a package that can be read."""
    found = at.registry.observe([id.name])[id.name]
    assert isinstance(found, ObservedPackage), found
    return found


def test_an_unknown_package_is_readable_and_empty(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """A package nobody uploaded has no versions and no dist-tags, and is not an error."""
    found = seen(at, members[0].tarball.id)
    assert (dict(found.versions), dict(found.dist_tags)) == ({}, {})


def test_an_upload_is_seen_with_digest_manifest_and_tag(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """After an upload the registry shows the sha512, an equal install-relevant manifest, and the dist-tag, no `latest`."""
    for member in members:
        upload(at, member)
        found = seen(at, member.tarball.id)
        version = found.versions[member.tarball.id.version.text]
        assert version.integrity == member.tarball.sha512
        assert differences(version_manifest(member.tarball), version.manifest) == ()
        assert dict(found.dist_tags) == {"samebytes-hold": member.tarball.id.version.text}


def test_a_second_upload_changes_nothing(at: OpenSite, members: tuple[PackedMember, ...], tmp_path: Path) -> None:
    """A version that is there keeps its bytes and its tags, whatever comes later."""
    upload(at, members[0])
    other = built_release(
        tmp_path / "other", members=(Tiny(name=members[0].tarball.id.name.text, files={"index.js": b"other"}),)
    )
    upload(at, other.packed[0], dist_tag="latest")
    found = seen(at, members[0].tarball.id)
    assert found.versions["1.0.0"].integrity == members[0].tarball.sha512
    assert dict(found.dist_tags) == {"samebytes-hold": "1.0.0"}
    assert tarball_of(at.registry, members[0].tarball.id) == Path(members[0].file).read_bytes()


def test_the_tarball_comes_back_byte_for_byte(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """What was uploaded is served; what was not is None."""
    upload(at, members[1])
    assert tarball_of(at.registry, members[1].tarball.id) == Path(members[1].file).read_bytes()
    assert tarball_of(at.registry, members[0].tarball.id) is None


def test_dist_tags_move_and_go(at: OpenSite, members: tuple[PackedMember, ...], tmp_path: Path) -> None:
    """A dist-tag is set, moved to another version, and removed; removing one that is not there is fine."""
    first = members[0]
    second = built_release(tmp_path / "two", members=(Tiny(name=first.tarball.id.name.text, version="1.1.0"),)).packed[
        0
    ]
    upload(at, first)
    upload(at, second)
    name = first.tarball.id.name
    at.registry.set_tag(name, "latest", "1.0.0", Countdown())
    at.registry.set_tag(name, "latest", "1.1.0", Countdown())
    assert dict(seen(at, first.tarball.id).dist_tags) == {"latest": "1.1.0", "samebytes-hold": "1.1.0"}
    at.registry.delete_tag(name, "samebytes-hold", Countdown())
    at.registry.delete_tag(name, "samebytes-hold", Countdown())
    assert dict(seen(at, first.tarball.id).dist_tags) == {"latest": "1.1.0"}


def test_a_dist_tag_never_points_at_a_missing_version(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """Setting a dist-tag to a version that is not there is a site error and changes nothing."""
    upload(at, members[0])
    with pytest.raises(SiteError):
        at.registry.set_tag(members[0].tarball.id.name, "latest", "9.9.9", Countdown())
    assert "latest" not in seen(at, members[0].tarball.id).dist_tags


def test_a_deleted_version_takes_its_tags_along(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """Nothing is left of a deleted version; deleting it again is fine."""
    member = members[0]
    upload(at, member, dist_tag="latest")
    for _ in range(2):
        at.registry.delete_version(member.tarball.id, Countdown())
    found = seen(at, member.tarball.id)
    assert (dict(found.versions), dict(found.dist_tags)) == ({}, {})
    assert tarball_of(at.registry, member.tarball.id) is None


def test_a_lost_lease_writes_nothing(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """Every write asks the lease first; when it is lost, the write does not happen."""
    upload(at, members[0])
    lost, releases, state = Countdown(allowed=0), releases_of(at), state_of(at)
    name = members[0].tarball.id.name
    entry = PromotionEntry(release_tag=TAG, dist_tag="latest", before={}, after={"x": "1.0.0"}, done=False)
    memory = Remembered(tag=TAG, tag_object="", commit="1f" * 20, statement_sha256="5b" * 32)
    writes: list[Callable[[], object]] = [
        lambda: upload(at, members[1], lease=lost),
        lambda: at.registry.set_tag(name, "latest", "1.0.0", lost),
        lambda: at.registry.delete_tag(name, "samebytes-hold", lost),
        lambda: at.registry.delete_version(members[0].tarball.id, lost),
        lambda: releases.create(tag_at(TAG), lost),
        lambda: state.remember(memory, lost),
        lambda: state.write_journal(entry, lost),
    ]
    for write in writes:
        with pytest.raises(DeadlineError):
            write()
    assert dict(seen(at, members[0].tarball.id).dist_tags) == {"samebytes-hold": "1.0.0"}
    assert dict(seen(at, members[1].tarball.id).versions) == {}
    assert releases.assets(TAG) is None
    assert state.remembered(TAG) is None
    assert state.journal(TAG) is None


def test_a_release_exists_once_created(at: OpenSite) -> None:
    """A tag has no release until one is created; creating it again keeps what is in it."""
    releases, data = releases_of(at), b"hello"
    assert releases.assets(TAG) is None
    assert releases.read(TAG, "a.txt", 10) is None
    assert releases.digest(TAG, "a.txt") is None
    releases.create(tag_at(TAG), Countdown())
    assert releases.assets(TAG) == {}
    releases.put(TAG, "a.txt", BytesContent(data), sha256(data), Countdown())
    releases.create(tag_at(TAG), Countdown())
    assert releases.assets(TAG) == {"a.txt": 5}


def test_an_asset_is_stored_once(at: OpenSite) -> None:
    """The same bytes again are fine; other bytes are refused and leave the first ones in place."""
    releases, data, other = releases_of(at), b"hello", b"other"
    releases.create(tag_at(TAG), Countdown())
    for _ in range(2):
        releases.put(TAG, "a.txt", BytesContent(data), sha256(data), Countdown())
    with pytest.raises(BytesDifferError) as caught:
        releases.put(TAG, "a.txt", BytesContent(other), sha256(other), Countdown())
    assert caught.value.code == "SB-5201"
    assert releases.read(TAG, "a.txt", 5) == data
    assert releases.digest(TAG, "a.txt") == sha256(data)


def test_an_asset_must_be_what_was_announced(at: OpenSite) -> None:
    """Bytes that do not have the announced digest are not stored."""
    releases = releases_of(at)
    releases.create(tag_at(TAG), Countdown())
    with pytest.raises(BytesDifferError):
        releases.put(TAG, "a.txt", BytesContent(b"torn"), sha256(b"whole"), Countdown())
    assert releases.assets(TAG) == {}


def test_an_asset_needs_its_release(at: OpenSite) -> None:
    """There is no asset without a release."""
    with pytest.raises(SiteError):
        releases_of(at).put(TAG, "a.txt", BytesContent(b"x"), sha256(b"x"), Countdown())
    assert releases_of(at).assets(TAG) is None


def test_an_asset_larger_than_the_limit_is_not_read(at: OpenSite) -> None:
    """The reader says how much it can take; more is a site error, not memory."""
    releases = releases_of(at)
    releases.create(tag_at(TAG), Countdown())
    releases.put(TAG, "a.txt", BytesContent(b"12345"), sha256(b"12345"), Countdown())
    with pytest.raises(SiteError) as caught:
        releases.read(TAG, "a.txt", 4)
    assert caught.value.code == "SB-5003"


def test_tags_with_slashes_keep_apart(at: OpenSite) -> None:
    """A tag such as `@acme/wick@1.0.0` is a name, not a path."""
    releases = releases_of(at)
    for tag in ("@acme/wick@1.0.0", "a/b", "a%2Fb"):
        releases.create(tag_at(tag), Countdown())
        releases.put(tag, "a.txt", BytesContent(tag.encode()), sha256(tag.encode()), Countdown())
    for tag in ("@acme/wick@1.0.0", "a/b", "a%2Fb"):
        assert releases.read(tag, "a.txt", 100) == tag.encode()


def test_a_tag_is_bound_once(at: OpenSite, reopen: Callable[[], OpenSite]) -> None:
    """The same binding again is fine, another one is refused, and a new process knows the first."""
    state = state_of(at)
    wick = PackageName("@acme/wick")
    memory = Remembered(
        tag=TAG,
        tag_object="3a" * 20,
        commit="1f" * 20,
        statement_sha256="5b" * 32,
        roots=("0e" * 20,),
        packages=(wick,),
        needs=(Need(member="lantern@1.0.0", name=wick, range="^1.0.0", version="1.0.0"),),
    )
    other = Remembered(tag=TAG, tag_object="3a" * 20, commit="1f" * 20, statement_sha256="6c" * 32)
    earlier = Remembered(tag="v0.9.0", tag_object="", commit="2f" * 20, statement_sha256="7d" * 32)
    assert state.remembered(TAG) is None
    for one in (memory, memory, earlier):
        state.remember(one, Countdown())
    with pytest.raises(RefusedError) as caught:
        state.remember(other, Countdown())
    assert caught.value.code == "SB-6101"
    again = state_of(reopen())
    found = again.remembered(TAG)
    assert found is not None
    assert found == memory
    assert (found.roots, found.packages, found.needs) == (memory.roots, memory.packages, memory.needs)
    assert list(again.all_remembered()) == [earlier, memory]


def test_the_journal_gives_the_newest_promotion(at: OpenSite, reopen: Callable[[], OpenSite]) -> None:
    """Entries are begun, closed, and followed by newer ones; each release has its own."""
    state = state_of(at)
    begun = PromotionEntry(release_tag=TAG, dist_tag="latest", before={"x": ""}, after={"x": "1.0.0"}, done=False)
    done = PromotionEntry(release_tag=TAG, dist_tag="latest", before={"x": ""}, after={"x": "1.0.0"}, done=True)
    undo = PromotionEntry(release_tag=TAG, dist_tag="latest", before={"x": "1.0.0"}, after={"x": ""}, done=False)
    assert state.journal(TAG) is None
    for entry in (begun, done, done, undo):
        state.write_journal(entry, Countdown())
        assert state_of(reopen()).journal(TAG) == entry
    assert state.journal("v0.9.0") is None


def test_evidence_is_named_by_its_content(at: OpenSite) -> None:
    """A document is found under its kind and digest; storing it again is fine; there is none where there is none."""
    evidence = evidence_of(at)
    first, second = evidence.add("statement", b"one"), evidence.add("statement", b"two")
    assert evidence.add("statement", b"one") == first == sha256(b"one")
    assert list(evidence.list("statement")) == sorted((first, second))
    assert evidence.get("statement", first, 10) == b"one"
    assert evidence.get("receipt", first, 10) is None
    assert list(evidence.list("receipt")) == []
    with pytest.raises(SiteError) as caught:
        evidence.get("statement", first, 2)
    assert caught.value.code == "SB-5003"


def test_the_lock_has_one_holder(at: OpenSite, reopen: Callable[[], OpenSite]) -> None:
    """A second one waits until its time is over and is told who has it; a lock given back is free at once."""
    first = state_of(at).lock.acquire("first on this machine", 60, 5)
    with pytest.raises(DeadlineError) as caught:
        state_of(reopen()).lock.acquire("second", 60, 5)
    assert caught.value.code == "SB-5101"
    assert "first on this machine" in str(caught.value)
    first.release()
    second = state_of(reopen()).lock.acquire("second", 60, 0)
    with second.guard():
        pass


def test_a_silent_holder_is_taken_over_and_locked_out(
    at: OpenSite, reopen: Callable[[], OpenSite], clock: FakeClock
) -> None:
    """A lease seen unchanged for longer than it lasts is taken over; from then on the old holder can do nothing."""
    first = state_of(at).lock.acquire("first", 10, 5)
    started_s = clock.monotonic_s()
    second = state_of(reopen()).lock.acquire("second", 10, 60)
    assert clock.monotonic_s() - started_s > 10
    for lost in (first.renew, lambda: first.guard().__enter__()):
        with pytest.raises(DeadlineError) as caught:
            lost()
        assert caught.value.code == "SB-5102"
    first.release()
    with second.guard():
        pass


def test_a_holder_that_renews_keeps_the_lock(at: OpenSite, reopen: Callable[[], OpenSite], clock: FakeClock) -> None:
    """A waiter starts to count anew whenever the lease was renewed."""
    first = state_of(at).lock.acquire("first", 2, 5)
    clock.on_sleep = first.renew
    with pytest.raises(DeadlineError) as caught:
        state_of(reopen()).lock.acquire("second", 2, 9)
    assert caught.value.code == "SB-5101"
    with first.guard():
        pass


def test_every_registry_write_is_guarded(at: OpenSite, members: tuple[PackedMember, ...]) -> None:
    """No write goes past the lease: each of the registry's four enters it at least once."""
    id_ = members[0].tarball.id
    writes: list[Callable[[Countdown], None]] = [
        lambda lease: upload(at, members[0], lease=lease),
        lambda lease: at.registry.set_tag(id_.name, "latest", "1.0.0", lease),
        lambda lease: at.registry.delete_tag(id_.name, "samebytes-hold", lease),
        lambda lease: at.registry.delete_version(id_, lease),
    ]
    for write in writes:
        lease = Countdown()
        write(lease)
        assert lease.entered >= 1
