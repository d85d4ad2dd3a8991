"""The kept log of a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.system.build_log import kept_log


def test_keeps_every_line_also_when_the_build_fails(tmp_path: Path) -> None:
    """Lines go to the caller and into the file, which has its name when the build has ended."""
    said: list[str] = []

    def build() -> None:
        with kept_log(str(tmp_path / "logs"), "build.log", said.append) as log:
            log("one")
            log("b\udcffd")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        build()
    assert said == ["one", "b\udcffd"]
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["build.log"]
    assert (tmp_path / "logs" / "build.log").read_bytes() == b"one\nb\xffd\n"


def test_a_log_that_cannot_be_kept_does_not_stop_a_build(tmp_path: Path) -> None:
    """Without a folder for logs the caller still gets every line."""
    (tmp_path / "file").write_bytes(b"")
    said: list[str] = []
    with kept_log(str(tmp_path / "file" / "logs"), "build.log", said.append) as log:
        log("one")
    assert said == ["one"]
