"""Several sites in one run: each is reported, and the worst outcome decides."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from samebytes.cli.console import Console
from samebytes.cli.each_site import AtEachSite, at_each, worst
from samebytes.errors import BytesDifferError, ExitStatus, SamebytesError, SiteError
from samebytes.flows.open_site import OpenSite
from tests.publishing.runs import new_site


def sites(count: int) -> list[OpenSite]:
    """That many sites; only their order matters here."""
    return [new_site().open() for _ in range(count)]


def acting(*outcomes: str | BaseException) -> Callable[[OpenSite], str]:
    """An act that has these outcomes, one a site."""
    left = iter(outcomes)

    def act(_: OpenSite) -> str:
        outcome = next(left)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return act


@pytest.fixture
def console() -> Console:
    """A console that nobody reads."""
    return Console(command="x", as_json=False, out=io.StringIO(), err=io.StringIO())


def test_a_failing_site_hides_none_of_the_others(console: Console) -> None:
    """What was done at the first and the last site is told, with the failure between them."""
    found = at_each(sites(3), acting("one", SiteError("SB-5001", "disk on fire"), "three"), console)
    assert found.outcomes == ("one", "three")
    assert found.exit_status() == ExitStatus.SITE
    assert found.failure_documents()[0]["error"] == {
        "code": "SB-5001",
        "exit_status": 13,
        "summary": "disk on fire",
        "hint": "",
        "details": {},
    }
    assert found.text("one\nthree").splitlines()[-1].endswith("(SB-5001, exit code 13)")
    assert isinstance(console.error_stream, io.StringIO)
    assert "error[SB-5001]: disk on fire" in console.error_stream.getvalue()


def test_the_worst_failure_decides_how_the_run_ends(console: Console) -> None:
    """Other bytes are worse than a site that could not be read, a defect of ours worse than both."""
    differ, unreadable = BytesDifferError("SB-6020", "differs"), SiteError("SB-5001", "gone")
    assert at_each(sites(2), acting(unreadable, differ), console).exit_status() == ExitStatus.BYTES_DIFFER
    assert at_each(sites(2), acting(ValueError("boom"), differ), console).exit_status() == ExitStatus.UNEXPECTED
    assert at_each(sites(2), acting("a", "b"), console).exit_status() == 0
    every = [(str(status), _error(status)) for status in ExitStatus if status]
    assert AtEachSite(outcomes=(), failures=tuple(every)).exit_status() == ExitStatus.INTERRUPTED


def _error(status: ExitStatus) -> SamebytesError:
    kinds: list[type[SamebytesError]] = [SamebytesError, *SamebytesError.__subclasses__()]
    return next(kind for kind in kinds if kind.exit_status is status)("SB-9001", "x")


def test_an_interrupt_stops_all_and_still_tells_what_was_done(console: Console) -> None:
    """The first site was published: the user who stops the run at the second must hear of it."""
    found = at_each(sites(3), acting("one", KeyboardInterrupt()), console)
    assert (found.outcomes, found.exit_status()) == (("one",), 130)
    assert found.text("one").startswith("one\n\nFAILED at ")


@pytest.mark.parametrize("error", [SiteError("SB-5001", "gone"), KeyboardInterrupt(), ValueError("boom")])
def test_the_failure_of_a_single_site_is_the_failure_of_the_run(error: BaseException, console: Console) -> None:
    """It comes out as it is, so that --json prints an error and not a result."""
    with pytest.raises(type(error)):
        at_each(sites(1), acting(error), console)
    assert at_each(sites(1), acting(error), console, alone=False).outcomes == ()


def test_a_reader_that_left_is_no_failure_of_a_site(console: Console) -> None:
    """A broken pipe ends the run at once."""
    with pytest.raises(BrokenPipeError):
        at_each(sites(2), acting(BrokenPipeError()), console)


def test_the_worst_of_no_trouble_is_none() -> None:
    """What went well does not count, and bytes that differ come before a refusal."""
    assert worst([]) == worst([ExitStatus.DONE]) == 0
    assert worst([ExitStatus.DONE, ExitStatus.SITE, ExitStatus.REFUSED, ExitStatus.BYTES_DIFFER]) == 10
