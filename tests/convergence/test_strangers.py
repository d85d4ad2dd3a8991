"""What others do at the same site is told as what it is, and nothing of theirs is overwritten."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from samebytes.core.install_manifest import version_manifest
from samebytes.errors import BytesDifferError, RefusedError, SamebytesError
from samebytes.flows.make_release import BuiltRelease
from samebytes.registries.base import UploadPackage
from samebytes.system.clock import SystemClock
from samebytes.system.http.base import Request
from samebytes.testing.forge.git_repository import GitRepository
from samebytes.testing.server_checker import final_state, problems, unfinished
from tests.convergence.conftest import TrialsAt
from tests.convergence.places import ForgePlace, Ground
from tests.convergence.process import Process, opened
from tests.convergence.releases import SECOND_TAG, annotated, built_at, members
from tests.small_releases import changed

KINDS = ("gitea-1.25", "forgejo-11", "verdaccio")
FORGES = ("gitea-1.25", "forgejo-11")
VICTIM = "@acme/lamp-05"


class NoLease:
    """Strangers heed no lock."""

    def guard(self) -> AbstractContextManager[None]:
        """Write at once."""
        return nullcontext()


@dataclass
class Once:
    """Does something before the first request that fits, and never again."""

    fits: Callable[[Request], bool]
    act: Callable[[], None]
    done: bool = False
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> None:
        """Look at a request."""
        with self._one_at_a_time:
            if not self.done and self.fits(request):
                self.done = True
                self.act()


@contextmanager
def ground_of(trials_at: TrialsAt, kind: str) -> Iterator[Ground]:
    """A site with the first release."""
    with trials_at(kind).place.ground() as ground:
        yield ground


def other_build(ground: Ground, folder: Path) -> BuiltRelease:
    """The second release of a build that gave one member other bytes."""
    second = ground.releases.second
    of = changed(members("1.1.0", len(second.packed)), VICTIM, "index.js", b"export const lamp = 'other';\n")
    return built_at(folder, second.commit, of)


def upload_as_stranger(ground: Ground, built: BuiltRelease, *, instead: bool = False, **more: Any) -> None:
    """Upload the member `VICTIM` of a build, with more in its manifest, `instead` of the version that is there."""
    packed = next(member for member in built.packed if member.tarball.id.name.text == VICTIM)
    manifest = {**version_manifest(packed.tarball), **more}
    with opened(ground) as at:
        if instead:
            at.registry.delete_version(packed.tarball.id, NoLease())
        package = UploadPackage(packed=packed, version_manifest=manifest, dist_tag="stranger")
        at.registry.upload(package, NoLease())


def state(ground: Ground) -> dict[str, Any]:
    """What is stored, without refs."""
    return {**final_state(ground.stored()), "refs": None}


def latest(ground: Ground) -> set[str]:
    """The versions at which any package has `latest`."""
    packages = ground.stored().packages.values()
    return {version for package in packages for version in package.dist_tags.get("latest", ())}


def digest(built: BuiltRelease) -> str:
    """The sha512 of the member `VICTIM`."""
    return next(one.tarball.sha512.hex for one in built.packed if one.tarball.id.name.text == VICTIM)


def stored_digest(ground: Ground) -> str:
    """The sha512 of what the server has of it."""
    return ground.stored().packages[VICTIM].tarballs["1.1.0"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_strangers_version_with_other_bytes_stops_the_run_before_it_writes(
    trials_at: TrialsAt, kind: str, tmp_path: Path
) -> None:
    """SB-6020, and the server is as it was."""
    with ground_of(trials_at, kind) as ground:
        upload_as_stranger(ground, other_build(ground, tmp_path / "other"))
        before = state(ground)
        with pytest.raises(BytesDifferError) as caught:
            Process(ground).publish(ground.releases.second)
        assert caught.value.code == "SB-6020"
        assert f"{VICTIM}@1.1.0" in caught.value.details
        assert state(ground) == before


@pytest.mark.parametrize("kind", KINDS)
def test_our_tarball_with_another_dependency_is_not_the_same(trials_at: TrialsAt, kind: str) -> None:
    """Clients would install what is not in the tarball: SB-6020 names the field."""
    with ground_of(trials_at, kind) as ground:
        upload_as_stranger(ground, ground.releases.second, dependencies={"@acme/lamp-01": "1.1.0", "evil": "1.0.0"})
        before = state(ground)
        with pytest.raises(BytesDifferError) as caught:
            Process(ground).publish(ground.releases.second)
        assert caught.value.code == "SB-6020"
        assert "dependencies" in caught.value.details[f"{VICTIM}@1.1.0"]
        assert state(ground) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_version_that_was_replaced_behind_our_back_is_found_before_promotion(
    trials_at: TrialsAt, kind: str, tmp_path: Path
) -> None:
    """Deleted and uploaded anew with other bytes before the last upload: SB-6031, and `latest` has not moved."""
    with ground_of(trials_at, kind) as ground:
        theirs = other_build(ground, tmp_path / "other")
        watch = Once(
            lambda request: request.method == "PUT" and "lamp-11" in request.url,
            lambda: upload_as_stranger(ground, theirs, instead=True),
        )
        with pytest.raises(BytesDifferError) as caught:
            Process(ground, watch=watch).publish(ground.releases.second)
        assert caught.value.code == "SB-6031"
        assert stored_digest(ground) == digest(theirs)
        assert not {name for name, one in ground.stored().packages.items() if _is_moved(one.dist_tags, one.tarballs)}


@pytest.mark.parametrize("kind", FORGES)
def test_a_tag_that_the_server_has_elsewhere_is_refused_before_anything_is_written(
    trials_at: TrialsAt, kind: str
) -> None:
    """SB-8010, and the server is as it was."""
    with ground_of(trials_at, kind) as ground:
        move_tag(ground)
        before = state(ground)
        with pytest.raises(RefusedError) as caught:
            Process(ground).publish(ground.releases.second)
        assert caught.value.code == "SB-8010"
        assert state(ground) == before


@pytest.mark.parametrize("kind", FORGES)
def test_a_tag_pushed_anew_while_a_run_writes_stops_that_run_before_promotion(trials_at: TrialsAt, kind: str) -> None:
    """SB-8010 before the release is made; `latest` stays."""
    with ground_of(trials_at, kind) as ground:
        watch = Once(lambda one: one.method == "PUT" and "lamp-11" in one.url, lambda: move_tag(ground))
        with pytest.raises(RefusedError) as caught:
            Process(ground, watch=watch).publish(ground.releases.second)
        assert caught.value.code == "SB-8010"
        assert SECOND_TAG not in ground.stored().releases
        assert not {name for name, one in ground.stored().packages.items() if _is_moved(one.dist_tags, one.tarballs)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_release_of_a_tag_that_has_moved_is_refused(trials_at: TrialsAt, kind: str, tmp_path: Path) -> None:
    """The site remembers the first object of a tag: SB-6101 for the same bytes on another one."""
    with ground_of(trials_at, kind) as ground:
        Process(ground).publish(ground.releases.second)
        before = state(ground)
        second = ground.releases.second
        moved = replace(second, commit=move_tag(ground))
        with pytest.raises(RefusedError) as caught:
            Process(ground).publish(moved)
        assert caught.value.code == "SB-6101"
        assert state(ground) == before


@pytest.mark.parametrize("publishers", [2, 8])
@pytest.mark.parametrize("postgres", [False, True])
def test_publishers_of_the_same_bytes_all_succeed(
    forge_place: Callable[..., ForgePlace], publishers: int, *, postgres: bool
) -> None:
    """One after the other, under the lock: the first one publishes, the others find it done."""
    with forge_place(postgres=postgres).ground(seed=publishers) as ground:
        codes = at_once(ground, [ground.releases.second] * publishers)
        assert codes == {"": publishers}
        stored = ground.stored()
        assert [*problems(stored), *unfinished(stored, SECOND_TAG)] == []


@pytest.mark.parametrize("publishers", [2, 8])
@pytest.mark.parametrize("postgres", [False, True])
def test_of_publishers_of_other_bytes_one_side_wins_whole(
    forge_place: Callable[..., ForgePlace], tmp_path: Path, publishers: int, *, postgres: bool
) -> None:
    """The losers are told that the bytes differ; what is stored is of one build."""
    with forge_place(postgres=postgres).ground(seed=publishers) as ground:
        builds = [ground.releases.second, other_build(ground, tmp_path / "other")] * (publishers // 2)
        codes = at_once(ground, builds)
        assert codes == {"": publishers // 2, "SB-6020": publishers // 2}
        stored = ground.stored()
        assert [*problems(stored), *unfinished(stored, SECOND_TAG)] == []


def at_once(ground: Ground, builds: list[BuiltRelease]) -> Counter[str]:
    """Publish all at the same time, each as a process of its own; how often each error code came, "" for success."""
    ready = threading.Barrier(len(builds))

    def one(built: BuiltRelease) -> str:
        ready.wait()
        try:
            Process(ground, clock=SystemClock()).publish(built)
        except SamebytesError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(builds)) as pool:
        return Counter(pool.map(one, builds))


def move_tag(ground: Ground) -> Any:
    """Push the second tag anew, with another message; what it is now."""
    tag = ground.releases.second.commit
    return annotated(GitRepository(ground.repository), tag.name, tag.commit, tag.tree, "Another text\n")


def _is_moved(dist_tags: Any, tarballs: Any) -> bool:
    """Whether `latest` of a package that was there before is at the new version."""
    return len(tarballs) > 1 and "1.1.0" in dist_tags.get("latest", ())
