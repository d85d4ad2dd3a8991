"""Progress of long work: a spinner with the last line on a terminal, plain lines everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from samebytes.cli.console import Console, is_lively
from samebytes.reports.visible import visible, without_colours


@contextmanager
def progress(console: Console, what: str) -> Iterator[Callable[[str], None]]:
    """Hand over a function that takes lines of progress; every line is printed, on a terminal above a spinner."""
    if not is_lively(console.error_stream):
        yield console.note
        return
    from rich.console import Console as RichConsole
    from rich.text import Text

    terminal = RichConsole(file=console.error_stream, highlight=False)
    with terminal.status(Text(what)) as spinner:

        def tell(line: str) -> None:
            line = visible(without_colours(line))
            terminal.print(Text(line, style="dim"))
            spinner.update(Text(f"{what}: {line}", overflow="ellipsis", no_wrap=True))

        yield tell
