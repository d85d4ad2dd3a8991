"""Do the same at several sites: each is tried, each is reported, and the worst outcome decides how the run ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from samebytes.cli.console import Console
from samebytes.cli.failures import failure_of
from samebytes.errors import ExitStatus, InterruptedBySignalError, SamebytesError
from samebytes.flows.open_site import OpenSite
from samebytes.reports.error_text import error_document

# What a person has to look at first: what was stopped or broken, then what is certainly wrong, then what may pass.
_WORST_FIRST = (
    *(ExitStatus.INTERRUPTED, ExitStatus.UNEXPECTED, ExitStatus.BYTES_DIFFER, ExitStatus.REFUSED, ExitStatus.SITE),
    *(ExitStatus.TIMED_OUT, ExitStatus.EVIDENCE_MISSING, ExitStatus.BUILD, ExitStatus.CONFIG, ExitStatus.USAGE),
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEachSite(Generic[T]):
    """What came of it: an outcome or a failure for each site that was tried, in the order of the sites."""

    outcomes: tuple[T, ...] = ()
    failures: tuple[tuple[str, SamebytesError], ...] = ()

    def exit_status(self) -> int:
        """Zero where every site succeeded, else the worst of the failures."""
        return worst(error.exit_status for _, error in self.failures)

    def failure_documents(self) -> list[dict[str, object]]:
        """The failures as JSON."""
        return [{"site": site, "error": error_document(error)} for site, error in self.failures]

    def text(self, outcomes: str) -> str:
        """The outcomes as they were printed, then a line a failure, which was told in full when it happened."""
        lines = [
            f"FAILED at {site} ({error.code}, exit code {int(error.exit_status)})" for site, error in self.failures
        ]
        return "\n\n".join(part for part in (outcomes, "\n".join(lines)) if part)


def worst(statuses: Iterable[ExitStatus]) -> int:
    """The exit code of a run that came to all of these."""
    return int(min((one for one in statuses if one), key=_WORST_FIRST.index, default=ExitStatus.DONE))


def at_each(
    sites: Sequence[OpenSite], act: Callable[[OpenSite], T], console: Console, *, alone: bool | None = None
) -> AtEachSite[T]:
    """Act at every site in turn; a failure stops none of the others, except an interrupt, which stops them all.

    Where a site is `alone` (default: when it is the only one) its failure is the failure of the run, and comes out as it is.
    """
    alone = len(sites) == 1 if alone is None else alone
    outcomes: list[T] = []
    failures: list[tuple[str, SamebytesError]] = []
    for at in sites:
        try:
            outcomes.append(act(at))
        except (Exception, KeyboardInterrupt) as error:
            if alone or isinstance(error, BrokenPipeError):
                raise
            failure = failure_of(error)
            failures.append((at.id, failure))
            console.complaint(failure)
            if isinstance(failure, InterruptedBySignalError):
                break
    return AtEachSite(outcomes=tuple(outcomes), failures=tuple(failures))
