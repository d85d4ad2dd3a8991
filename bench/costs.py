"""What a run costs: seconds on the wall, and processor seconds of the program and of the server it talks to."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one run: `wall_s`, processor seconds of the client with all it starts (`client_s`) and of the server; its output."""

    wall_s: float
    client_s: float
    server_s: float
    stdout: str


def run_costed(argv: Sequence[str], cwd: Path, env: Mapping[str, str], server: int) -> Cost:
    """Run a program to its end beside a server's process; needs `/proc`. A failure shows what it said."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
    ):
        before_s, started_s = _spent_s(server), time.perf_counter()
        process = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started_s
        process.returncode = os.waitstatus_to_exitcode(status)
        server_s = _spent_s(server) - before_s
        output.seek(0)
        said.seek(0)
        stdout, stderr = output.read(), said.read()
    if process.returncode:
        message = f"{argv[0]} exits {process.returncode}\n{stdout}\n{stderr}"
        raise AssertionError(message)
    return Cost(wall_s=wall_s, client_s=usage.ru_utime + usage.ru_stime, server_s=server_s, stdout=stdout)


def _spent_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
