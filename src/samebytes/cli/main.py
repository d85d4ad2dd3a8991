"""Where a run starts and ends: the only place that turns an error into an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from samebytes import __version__
from samebytes.cli.lazy_group import LazyGroup

_EPILOG = """\b
A first release, from a repository with a samebytes.toml that has one [sites.corp] table:
  samebytes plan v1.0.0                  what would be shipped, and where to
  samebytes publish v1.0.0 --site corp   build, pack, publish, read back, promote
  samebytes verify v1.0.0                prove it

Exit codes: 0 done and proven, 2 usage, 3 configuration, 10 bytes differ, 11 evidence missing, 12 refused,
13 site error, 14 build failed, 15 timed out, 130 interrupted."""


@click.group(
    cls=LazyGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="samebytes")
def group() -> None:
    """One git tag, every registry, the same bytes."""


def main() -> None:
    """The console script: run and exit."""
    signal.signal(signal.SIGTERM, _interrupt)
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:  # nohup(1) has its way
        signal.signal(hangup, _interrupt)
    try:
        status = run(sys.argv[1:])
    except BrokenPipeError:
        status = 1  # the reader of our output left (`| head`): say nothing
    try:
        sys.stdout.flush()
    except OSError:
        # Whoever failed to write has told so. What is left in the buffer must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or 1
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; what a command raises becomes a message here."""
    try:
        # Without standalone mode click returns the status that a command gave to `Context.exit`.
        status = group.main(args=list(arguments), prog_name="samebytes", standalone_mode=False)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the last line of defence: one message for each
        from samebytes.cli.failures import report

        return report(error, arguments)
    return status if isinstance(status, int) else 0


def _interrupt(signum: int, frame: FrameType | None) -> None:
    del frame
    if signum != signal.SIGTERM:
        # A terminal that closes may say so twice, and must not cut the clearing up short.
        signal.signal(signum, signal.SIG_IGN)
    raise KeyboardInterrupt
