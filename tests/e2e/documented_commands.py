"""Commands as the documentation shows them: read out of a page, run in one shell, compared with what the page prints.

In a fenced block marked `console`, a line that begins with `$ ` is a command and the lines up to the next one are its
output; a line `…` stands for any lines, and `…` within a line for any text. A command without output is only run.
A comment `<!-- tested by FILE -->` in front of a block says that another test runs it, because it cannot be run here.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"(?:<!-- tested by (?P<elsewhere>\S+) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL)
_MARK = "--- documented command ends:"
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """A command and the output a page shows for it; `elsewhere` names the test that runs it instead."""

    command: str
    output: str
    elsewhere: str


def commands_in(page: str) -> Iterator[Documented]:
    """Every command of a page, in its order."""
    for block in _BLOCK.finditer(page):
        for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Documented(command=command, output=output, elsewhere=block["elsewhere"] or "")


def run_page(page: str, folder: Path, env: Mapping[str, str]) -> None:
    """Run a page's commands in one shell that starts in `folder`; every one must succeed and print what the page shows."""
    wanted = [documented for documented in commands_in(page) if not documented.elsewhere]
    script = "".join(f"{documented.command}\nprintf '\\n{_MARK} %s\\n' \"$?\"\n" for documented in wanted)
    result = subprocess.run(
        ["bash", "--norc", "-s"],
        input=script,
        cwd=folder,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    pieces = re.split(rf"\n{_MARK} (\d+)\n", result.stdout)
    outputs, statuses = pieces[0::2], pieces[1::2]
    for documented, output, status in zip(wanted, outputs, statuses, strict=False):
        assert status == "0", f"$ {documented.command}\nexits {status}\n{output}\n{result.stderr}"
        if documented.output:
            assert matches(documented.output, output), (
                f"$ {documented.command}\nprints\n{output}\nnot\n{documented.output}"
            )
    assert len(statuses) == len(wanted), f"the shell ended early\n{result.stdout}\n{result.stderr}"


def matches(shown: str, printed: str) -> bool:
    """Whether the printed lines are those of the page, blanks at line ends aside."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.rstrip().split("…"))) + r" *\n"
        for line in shown.rstrip("\n").split("\n")
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None
