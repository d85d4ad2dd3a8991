"""pnpm's own pack is run with scripts off, and its one tarball comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.errors import BuildError
from samebytes.package_managers.base import BuildRoom
from samebytes.package_managers.pnpm_native import native_pack
from samebytes.system.process import Command, Completed
from tests.unit.core.test_specifiers import WORKSPACE

_MEMBER = WORKSPACE.members[1]


class _Packing:
    """A runner that writes tarballs where pnpm would."""

    def __init__(self, *tarballs: str, returncode: int = 0) -> None:
        self._tarballs = tarballs
        self._returncode = returncode
        self.commands: list[Command] = []

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        self.commands.append(command)
        target = Path(command.argv[-1])
        assert not target.exists()
        target.mkdir(parents=True)
        for name in self._tarballs:
            (target / name).write_bytes(name.encode())
        assert on_line is not None
        on_line(b"packing it\n")
        return Completed(returncode=self._returncode, stdout=b"", stderr=b"")


def _room(tmp_path: Path) -> BuildRoom:
    return BuildRoom(
        checkout=str(tmp_path / "checkout"),
        home=str(tmp_path / "home"),
        tools="/tools",
        env={"A": "b"},
        uid=1234,
        timeout_s=7.0,
        install_env={},
    )


def test_tarball_comes_back_and_nothing_stays(tmp_path: Path) -> None:
    """In the member's folder, as the room's user, within its time, and what an earlier run left is gone."""
    room, runner, lines = _room(tmp_path), _Packing("acme-other-2.3.4.tgz"), list[str]()
    left = tmp_path / "home" / "packed" / "acme__other-2.3.4"
    left.mkdir(parents=True)
    (left / "old.tgz").write_bytes(b"old")
    assert native_pack(runner, _MEMBER, room, lines.append) == b"acme-other-2.3.4.tgz"
    (command,) = runner.commands
    assert command.argv[:4] == ("/tools/pnpm", "--config.ignore-scripts=true", "pack", "--pack-destination")
    assert command.cwd == str(tmp_path / "checkout" / "packages" / "other")
    assert (command.env, command.uid, command.timeout_s) == ({"A": "b"}, 1234, 7.0)
    assert lines == ["@acme/other pack: packing it"]
    assert not left.exists()


def test_failure_shows_the_last_lines(tmp_path: Path) -> None:
    """Pnpm's own words say why."""
    with pytest.raises(BuildError) as caught:
        native_pack(_Packing(returncode=1), _MEMBER, _room(tmp_path), lambda _: None)
    assert caught.value.code == "SB-4531"
    assert caught.value.details["last lines"] == "packing it"
    assert not (tmp_path / "home" / "packed" / "acme__other-2.3.4").exists()


@pytest.mark.parametrize("tarballs", [(), ("a.tgz", "b.tgz")])
def test_there_must_be_one_tarball(tmp_path: Path, tarballs: tuple[str, ...]) -> None:
    """None and several are refused."""
    with pytest.raises(BuildError) as caught:
        native_pack(_Packing(*tarballs), _MEMBER, _room(tmp_path), lambda _: None)
    assert caught.value.code == "SB-4532"
    assert str(len(tarballs)) in caught.value.summary
