"""pnpm's own pack, scripts off; `core.repack` writes what it packed again, canonically."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from samebytes.errors import BuildError
from samebytes.model.workspace import Member
from samebytes.package_managers.base import BuildRoom
from samebytes.system.last_lines import LastLines
from samebytes.system.open_inside import open_inside
from samebytes.system.process import Command, Runner


def native_pack(runner: Runner, member: Member, room: BuildRoom, log: Callable[[str], None]) -> bytes:
    """The tarball that `pnpm pack` writes for a member, none of its scripts being run.

    Raises BuildError: SB-4531 pnpm failed, SB-4532 it wrote no tarball or several; DeadlineError (SB-3002).
    """
    # Below the room's home, so that it may be another user's; pnpm makes the folder itself.
    target = Path(room.home) / "packed" / member.id.asset_name.removesuffix(".tgz")
    shutil.rmtree(target, ignore_errors=True)
    last = LastLines(f"{member.name} pack", log, room.mask)
    command = Command(
        argv=(f"{room.tools}/pnpm", "--config.ignore-scripts=true", "pack", "--pack-destination", str(target)),
        cwd=os.path.normpath(f"{room.checkout}/{member.directory}"),
        env=room.env,
        timeout_s=room.timeout_s,
        uid=room.uid,
    )
    try:
        done = runner.run(command, last.take)
        details = {"member": member.name.text, "last lines": last.text}
        if done.returncode:
            raise BuildError(
                "SB-4531",
                f"{member.name}: pnpm pack failed with exit status {done.returncode}",
                hint='the last lines say why; pack.packer = "direct" packs without pnpm',
                details=details,
            )
        tarballs = sorted(target.glob("*.tgz"))
        if len(tarballs) != 1:
            raise BuildError(
                "SB-4532",
                f"{member.name}: pnpm pack wrote {len(tarballs)} tarballs instead of one",
                hint='pack.packer = "direct" packs without pnpm',
                details=details,
            )
        with open_inside(str(Path(room.home).resolve() / "packed" / target.name / tarballs[0].name)) as file:
            return file.read()
    except OSError as error:
        raise BuildError(
            "SB-4532", f"{member.name}: the tarball of pnpm pack cannot be read: {error.strerror}"
        ) from error
    finally:
        shutil.rmtree(target, ignore_errors=True)
