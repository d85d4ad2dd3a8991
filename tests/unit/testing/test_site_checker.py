"""The judge sees each kind of damage: for every rule of the layout, a site that breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from samebytes.model.tarball import PackedMember
from samebytes.testing.site_checker import final_state, missing, problems
from tests.directory_site.members import packed
from tests.directory_site.mini_publish import TAG, MiniPublish, digest_of, latest_of

_INDEX = "npm/@s/first/index.json"
_TARBALL = "npm/@s/first/-/first-1.0.0.tgz"
_ASSET = f"releases/{TAG}/s__first-1.0.0.tgz"


@pytest.fixture
def members(tmp_path: Path) -> Sequence[PackedMember]:
    """Two packages."""
    return packed(tmp_path, "@s/first"), packed(tmp_path, "second")


@pytest.fixture
def site(tmp_path: Path, members: Sequence[PackedMember]) -> Path:
    """A site with a finished release of both."""
    MiniPublish(tmp_path / "site", members).run()
    return tmp_path / "site"


def _edit(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def _edit_version(change: Callable[[Any], object]) -> Callable[[Path], None]:
    return lambda site: _edit(site / _INDEX, lambda document: change(document["versions"]["1.0.0"]))


def _edit_index(change: Callable[[Any], object]) -> Callable[[Path], None]:
    return lambda site: _edit(site / _INDEX, change)


def _write(path: str, data: bytes) -> Callable[[Path], None]:
    def write(site: Path) -> None:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)

    return write


def _remove(path: str) -> Callable[[Path], None]:
    return lambda site: (site / path).unlink()


def _rename(path: str, to: str) -> Callable[[Path], None]:
    def rename(site: Path) -> None:
        (site / path).rename(site / to)

    return rename


def _link(site: Path) -> None:
    (site / _TARBALL).rename(site / "npm/@s/first/-/other.tgz")
    (site / _TARBALL).symlink_to("other.tgz")


def _append(path: str, data: bytes) -> Callable[[Path], None]:
    return lambda site: _write(path, (site / path).read_bytes() + data)(site)


_DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "half tarball": (lambda site: _write(_TARBALL, (site / _TARBALL).read_bytes()[:50])(site), "cannot be read"),
    "other tarball": (_append(_TARBALL, b"x"), "does not match its integrity"),
    "wrong shasum": (_edit_version(lambda v: v["dist"].update(shasum="0" * 40)), "does not match its shasum"),
    "missing tarball": (_remove(_TARBALL), "the tarball of @s/first@1.0.0 is missing"),
    "linked tarball": (_link, "is a symbolic link"),
    "wrong reference": (_edit_version(lambda v: v["dist"].update(tarball="/x")), "dist.tarball of"),
    "wrong count": (_edit_version(lambda v: v["dist"].update(fileCount=9)), "counts other files"),
    "wrong manifest": (_edit_version(lambda v: v.update(version="2.0.0")), "is of another version"),
    "wrong name": (_edit_index(lambda d: d.update(name="x")), "has another name"),
    "no time": (_edit_index(lambda d: d["time"].pop("1.0.0")), "has no time"),
    "dangling tag": (_edit_index(lambda d: d["dist-tags"].update(beta="9.9.9")), "beta of @s/first is at 9.9.9"),
    "dangling latest": (_edit_index(lambda d: d["dist-tags"].update(latest="9.9.9")), "whose release is incomplete"),
    "visible temporary": (_write("npm/@s/first/-/.tmp-1", b""), "has no place"),
    "file elsewhere": (_write("notes.txt", b""), "notes.txt has no place"),
    "no description": (_remove("site.json"), "no site.json"),
    "changed asset": (_append(_ASSET, b"x"), "does not match SHA512SUMS"),
    "lost asset": (_remove(_ASSET), "s__first-1.0.0.tgz is listed, but missing"),
    "more assets": (_write(f"releases/{TAG}/x-1.tgz", b""), "x-1.tgz is not listed"),
    "strange line": (_append(f"releases/{TAG}/SHA512SUMS", b"rubbish\n"), "has the line 'rubbish'"),
    "other statement": (
        lambda site: _edit(
            site / f"releases/{TAG}/release.json", lambda d: d["subject"][0]["digest"].update(sha512="0" * 128)
        ),
        "is not what release.json says",
    ),
    "no record": (_remove(f"releases/{TAG}/.release.json"), "has assets, but no record"),
    "other tag": (_rename(f"releases/{TAG}", "releases/v2"), "release v2 is of tag v1.0.0"),
    "incomplete release": (_remove(f"releases/{TAG}/SHA512SUMS"), "latest of second is at 1.0.0, whose release"),
    "wrong evidence": (_write(f"evidence/statement/{'0' * 64}", b"x"), "does not hold what its name says"),
}


def test_finished_site_has_no_problems(site: Path, members: Sequence[PackedMember]) -> None:
    """Nothing is wrong and nothing is missing after an undisturbed run; nor where there is no site."""
    assert problems(site, settled=True) == []
    assert missing(site, TAG, digest_of(members), latest_of(members)) == []
    assert problems(site / "nowhere", settled=True) == []


@pytest.mark.parametrize("damage", _DAMAGE)
def test_damage_is_seen(site: Path, damage: str) -> None:
    """Each kind of damage is named."""
    harm, words = _DAMAGE[damage]
    harm(site)
    assert [problem for problem in problems(site) if words in problem], problems(site)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".samebytes-tmp/0", "has no place"),
        (f"local/corp/lock/alive-{'0' * 32}", "has no place"),
        ("npm/@s/first/-/first-1.1.0.tgz", "is in no packument"),
    ],
)
def test_what_a_killed_run_leaves_is_fine_until_the_next_one_is_through(site: Path, path: str, words: str) -> None:
    """Leftovers that no reader sees are only a problem where a run has finished since."""
    _write(path, b"")(site)
    assert problems(site) == []
    assert [problem for problem in problems(site, settled=True) if words in problem]


def test_missing_names_what_is_not_there(site: Path, tmp_path: Path, members: Sequence[PackedMember]) -> None:
    """Versions, bytes, assets, `latest` and sums that were expected and are not there."""
    _append(_TARBALL, b"x")(site)
    _remove(f"releases/{TAG}/SHA512SUMS")(site)
    _remove(_ASSET)(site)
    expected = digest_of([*members, packed(tmp_path, "third")])
    assert missing(site, TAG, expected, {"second": "2.0.0", "third": "1.0.0"}) == [
        "@s/first@1.0.0 does not have the expected bytes",
        "s__first-1.0.0.tgz is not an asset of v1.0.0",
        "third@1.0.0 is not in its packument",
        "third-1.0.0.tgz is not an asset of v1.0.0",
        "latest of second is at 1.0.0, not at 2.0.0",
        "latest of third is at None, not at 1.0.0",
        "v1.0.0 has no SHA512SUMS",
    ]


def test_final_state_leaves_out_what_may_differ(site: Path) -> None:
    """Times, journal, lock and the bytes of build records are not compared; everything else is."""
    before = final_state(site)
    _edit(site / _INDEX, lambda document: document["time"].update(modified="later"))
    _write(f"local/corp/journal/{TAG}.json", b"other")(site)
    _write(f"releases/{TAG}/build-record-corp.json", b"one")(site)
    one = final_state(site)
    _write(f"releases/{TAG}/build-record-corp.json", b"two")(site)
    assert final_state(site) == one
    assert one != before
    for path in (_TARBALL, _ASSET, f"releases/{TAG}/release.json"):
        state = final_state(site)
        _append(path, b"x")(site)
        assert final_state(site) != state
    state = final_state(site)
    _edit(site / _INDEX, lambda document: document["dist-tags"].update(latest="0.0.1"))
    assert final_state(site) != state
