"""Runs in every form that servers write, and starts of workflows whose answer is unclear."""

from __future__ import annotations

import json

import pytest

from samebytes.errors import SiteError
from samebytes.model.run import Conclusion, Job, Run, RunSource, RunStatus
from samebytes.model.tag import Commit
from samebytes.system.content import CollectingSink
from samebytes.system.http.base import AmbiguousError, Response
from tests.forges.served import OpenLease
from tests.unit.forges.scripted import REPO, Scripted, answer, opened

SHA = "ee9e9e88823c3a2ef450e71adf60374c0ed65564"
TAG = Commit(name="v1.0.0", tag_object="", commit=SHA, tree="", time_s=0, message="")
RUNS = f"GET {REPO}/actions/runs"
STATUS = f"GET {REPO}/commits/{SHA}/status"
DISPATCH = f"POST {REPO}/actions/workflows/publish.yml/dispatches"
GITEA_28, FORGEJO_12, FORGEJO_16 = {"version": "28.1.0"}, {"version": "12.0.4"}, {"version": "16.0.1"}


def gitea_run(id_: int = 65, **other: object) -> dict[str, object]:
    """A run as Gitea 1.25.4 listed it: no head_branch, no conclusion, completed in 1970."""
    return {
        "id": id_,
        "html_url": f"http://SITE/lanterns/lamps/actions/runs/{id_ - 64}",
        "display_title": "add workflow",
        "path": "publish.yml@refs/tags/v1.0.0",
        "event": "push",
        "run_attempt": 0,
        "run_number": id_ - 64,
        "head_sha": SHA,
        "status": "queued",
        "started_at": "1970-01-01T00:00:00Z",
        "completed_at": "1970-01-01T00:00:00Z",
        **other,
    }


def listed(*runs: dict[str, object]) -> Response:
    """A list of runs."""
    return answer(200, {"workflow_runs": list(runs), "total_count": len(runs)})


def status(word: str, job: str = "publish", run: int = 1, event: str = "push") -> dict[str, object]:
    """One status of a commit as Gitea 1.25.4 wrote it."""
    return {
        "id": 1,
        "status": word,
        "target_url": f"/lanterns/lamps/actions/runs/{run}/jobs/0",
        "description": "Waiting to run",
        "context": f"publish / {job} ({event})",
    }


def statuses(*found: dict[str, object]) -> Response:
    """The combined status of a commit."""
    return answer(200, {"state": "pending", "sha": SHA, "statuses": list(found), "total_count": len(found)})


@pytest.mark.parametrize(
    ("word", "conclusion", "expected"),
    [
        ("queued", None, (RunStatus.QUEUED, None)),
        ("waiting", None, (RunStatus.BLOCKED, None)),
        ("in_progress", None, (RunStatus.RUNNING, None)),
        ("completed", "success", (RunStatus.COMPLETED, Conclusion.SUCCESS)),
        ("completed", "cancelled", (RunStatus.COMPLETED, Conclusion.CANCELLED)),
        ("completed", "skipped", (RunStatus.COMPLETED, Conclusion.SKIPPED)),
        ("completed", "new word", (RunStatus.COMPLETED, Conclusion.FAILURE)),
        ("completed", None, (RunStatus.COMPLETED, Conclusion.FAILURE)),
        ("new word", None, (RunStatus.PENDING, None)),
    ],
)
def test_a_run_of_gitea_has_status_and_conclusion(
    word: str, conclusion: str | None, expected: tuple[RunStatus, Conclusion | None]
) -> None:
    """Words nobody knows never become a success, and never an end."""
    transport = Scripted()
    transport.on(RUNS, listed(gitea_run(status=word, conclusion=conclusion)))
    [run] = opened(transport).runs.of(TAG).runs
    assert (run.status, run.conclusion) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("waiting", (RunStatus.QUEUED, None)),
        ("blocked", (RunStatus.BLOCKED, None)),
        ("running", (RunStatus.RUNNING, None)),
        ("unknown", (RunStatus.PENDING, None)),
        ("success", (RunStatus.COMPLETED, Conclusion.SUCCESS)),
        ("failure", (RunStatus.COMPLETED, Conclusion.FAILURE)),
    ],
)
def test_a_run_of_forgejo_has_one_word_and_a_short_ref(
    word: str, expected: tuple[RunStatus, Conclusion | None]
) -> None:
    """Forgejo 12 lists runs for every reader, in its own form."""
    transport = Scripted()
    mine = {
        "id": 5,
        "workflow_id": "publish.yml",
        "index_in_repo": 3,
        "prettyref": "v1.0.0",
        "commit_sha": SHA,
        "event": "push",
        "status": word,
        "html_url": "http://SITE/lanterns/lamps/actions/runs/3",
    }
    transport.on(RUNS, listed(mine, {**mine, "id": 6, "prettyref": "main"}))
    seen = opened(transport, version=FORGEJO_12, forgejo=True).runs.of(TAG)
    assert seen.source is RunSource.RUNS
    [run] = seen.runs
    assert (run.id, run.number, run.workflow, run.event) == (5, 3, "publish.yml", "push")
    assert (run.status, run.conclusion) == expected


def test_runs_are_asked_for_by_commit_not_by_branch() -> None:
    """`?branch=` finds no tag; head_sha does; another tag's runs of that commit are left out; newest first."""
    transport = Scripted()
    other = gitea_run(66, path="publish.yml@refs/tags/v1.0.1")
    elsewhere = gitea_run(67, head_sha="0" * 40)
    transport.on(RUNS, listed(gitea_run(65), other, elsewhere, gitea_run(68)))
    assert [run.id for run in opened(transport).runs.of(TAG).runs] == [68, 65]
    assert f"head_sha={SHA}" in transport.calls[-1]
    assert "branch" not in transport.calls[-1]


def test_full_pages_are_followed_until_nothing_new_comes() -> None:
    """Pages of 50; a server that ignores the page hands out the same one again, which ends it too."""
    transport = Scripted()
    first = listed(*(gitea_run(100 + number) for number in range(50)))
    transport.on(RUNS, first, listed(gitea_run(99)))
    assert len(opened(transport).runs.of(TAG).runs) == 51
    transport.on(RUNS, first)
    transport.requests.clear()
    assert len(opened(transport).runs.of(TAG).runs) == 50
    assert len([call for call in transport.calls if "actions/runs" in call]) == 2


def test_a_server_that_never_ends_its_list_is_left() -> None:
    """There is an end, whatever the server says."""
    transport = Scripted()
    pages = [listed(*(gitea_run(100 + 50 * page + number) for number in range(50))) for page in range(60)]
    transport.on(RUNS, *pages)
    assert len(opened(transport).runs.of(TAG).runs) == 40 * 50


@pytest.mark.parametrize("refused", [403, 404])
def test_without_the_list_statuses_tell(refused: int) -> None:
    """403: listing needs an admin; 404: this version has no list after all."""
    transport = Scripted()
    transport.on(RUNS, answer(refused, {"message": "user should be the owner of the repo"}))
    transport.on(STATUS, statuses(status("pending")))
    seen = opened(transport).runs.of(TAG)
    assert seen.source is RunSource.COMMIT_STATUSES
    [run] = seen.runs
    assert (run.id, run.number, run.workflow, run.event, run.ref) == (None, 1, "publish", "push", "")
    assert run.url == "/lanterns/lamps/actions/runs/1"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("success", "success"), (RunStatus.COMPLETED, Conclusion.SUCCESS)),
        (("success", "pending"), (RunStatus.PENDING, None)),
        (("failure", "pending"), (RunStatus.PENDING, None)),
        (("success", "failure"), (RunStatus.COMPLETED, Conclusion.FAILURE)),
        (("success", "error"), (RunStatus.COMPLETED, Conclusion.FAILURE)),
        (("success", "skipped"), (RunStatus.COMPLETED, Conclusion.SUCCESS)),
        (("skipped", "skipped"), (RunStatus.COMPLETED, Conclusion.SKIPPED)),
        (("success", "odd"), (RunStatus.PENDING, None)),
    ],
)
def test_a_run_is_what_all_its_jobs_are(words: tuple[str, str], expected: tuple[RunStatus, Conclusion | None]) -> None:
    """There is one status for each job; the run is over when all are, and good when none is bad."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    transport.on(STATUS, statuses(status(words[0], "build"), status(words[1], "publish")))
    [run] = opened(transport).runs.of(TAG).runs
    assert (run.status, run.conclusion) == expected


def test_statuses_of_other_tools_are_left_out() -> None:
    """What no run set has another address or another context."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    foreign = {**status("success", "x"), "target_url": "http://ci.invalid/1"}
    strange = {**status("success"), "context": "coverage"}
    transport.on(STATUS, statuses(foreign, strange, status("success", run=7), status("success", "b", run=9)))
    assert [run.number for run in opened(transport).runs.of(TAG).runs] == [9, 7]


@pytest.mark.parametrize(("code", "status_"), [("SB-8003", 403), ("SB-8005", 500)])
def test_statuses_that_cannot_be_read_are_an_error(code: str, status_: int) -> None:
    """Not being allowed to look is not `no runs`."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    transport.on(STATUS, answer(status_))
    with pytest.raises(SiteError) as caught:
        opened(transport).runs.of(TAG)
    assert caught.value.code == code
    transport.on(RUNS, answer(status_ if status_ == 500 else 401))
    with pytest.raises(SiteError):
        opened(transport).runs.of(TAG)


def test_a_page_named_by_id_gives_the_run_itself() -> None:
    """From Gitea 1.26 on the status leads to the id, and one run is shown to every reader."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    transport.on(STATUS, statuses(status("pending", run=65)))
    transport.on(f"{RUNS}/65", answer(200, gitea_run(65)))
    forge = opened(transport, version={"version": "1.26.4"})
    [run] = forge.runs.of(TAG).runs
    assert (run.id, run.ref) == (65, "refs/tags/v1.0.0")


def test_a_page_named_by_number_is_not_taken_for_an_id() -> None:
    """A development version of 1.26 still names pages by number: the run of that id is another commit's."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    transport.on(STATUS, statuses(status("pending", run=1)))
    transport.on(f"{RUNS}/1", answer(200, gitea_run(1 + 64, head_sha="0" * 40)))
    [run] = opened(transport, version={"version": "1.26.0+dev-437-g3db3c058b3"}).runs.of(TAG).runs
    assert (run.id, run.number) == (None, 1)


def a_run(id_: int | None = 65, number: int = 1) -> Run:
    """A run that was seen."""
    return Run(
        id=id_,
        number=number,
        workflow="publish.yml",
        event="push",
        ref="",
        commit=SHA,
        status=RunStatus.QUEUED,
        conclusion=None,
        url="/lanterns/lamps/actions/runs/1",
    )


def test_a_run_is_observed_by_id_or_by_status() -> None:
    """With an id the run itself, without one the statuses of its commit; gone is an error."""
    transport = Scripted()
    transport.on(f"{RUNS}/65", answer(200, gitea_run(status="completed", conclusion="success")))
    transport.on(STATUS, statuses(status("failure")))
    runs = opened(transport).runs
    assert runs.observe(a_run()).conclusion is Conclusion.SUCCESS
    assert runs.observe(a_run(None)).conclusion is Conclusion.FAILURE
    for gone in (a_run(66), a_run(None, 2)):
        with pytest.raises(SiteError) as caught:
            runs.observe(gone)
        assert caught.value.code == "SB-8030"
    transport.on(f"{RUNS}/65", answer(403))
    with pytest.raises(SiteError) as caught:
        runs.observe(a_run())
    assert caught.value.code == "SB-8003"


def test_jobs_come_wrapped_or_bare() -> None:
    """Gitea wraps them in an object; Forgejo 16 may not."""
    transport = Scripted()
    job = {"id": 64, "name": "publish", "status": "queued", "run_id": 65}
    transport.on(f"{RUNS}/65/jobs", answer(200, {"jobs": [job], "total_count": 1}))
    expected = (Job(id=64, name="publish", status=RunStatus.QUEUED, conclusion=None),)
    assert opened(transport).runs.jobs(a_run()) == expected
    transport.on(f"{RUNS}/65/jobs", answer(200, [{**job, "status": "waiting"}]))
    assert opened(transport, version=FORGEJO_16, forgejo=True).runs.jobs(a_run()) == expected


@pytest.mark.parametrize(("status_", "code"), [(404, "SB-8031"), (403, "SB-8003")])
def test_jobs_that_are_not_offered(status_: int, code: str) -> None:
    """No such route (a version that has none after all), or not for us; without an id there is nothing to ask."""
    transport = Scripted()
    transport.on(f"{RUNS}/65/jobs", answer(status_))
    with pytest.raises(SiteError) as caught:
        opened(transport).runs.jobs(a_run())
    assert caught.value.code == code
    with pytest.raises(SiteError) as caught:
        opened(transport).runs.jobs(a_run(None))
    assert caught.value.code == "SB-8031"


@pytest.mark.parametrize("version", ["11.0.1+gitea-1.22.0", "12.0.4"])
def test_logs_that_are_not_offered(version: str) -> None:
    """Forgejo 11 and 12 have no logs in their API."""
    job = Job(id=1, name="publish", status=RunStatus.COMPLETED, conclusion=None)
    with pytest.raises(SiteError) as caught:
        opened(Scripted(), version={"version": version}, forgejo=True).runs.read_log(job, CollectingSink(9, "log"))
    assert caught.value.code == "SB-8031"


def test_a_log_that_may_not_be_read_is_an_error() -> None:
    """403 is not `no log`."""
    transport = Scripted()
    transport.on(f"GET {REPO}/actions/jobs/1/logs", answer(403))
    job = Job(id=1, name="publish", status=RunStatus.COMPLETED, conclusion=None)
    with pytest.raises(SiteError):
        opened(transport).runs.read_log(job, CollectingSink(9, "log"))


def test_a_dispatch_sends_the_full_ref_and_strings() -> None:
    """`v1.0.0` is 404 at Gitea, a JSON boolean 422 everywhere."""
    transport = Scripted()
    transport.on(RUNS, listed(), listed(gitea_run(70, event="workflow_dispatch")))
    transport.on(DISPATCH, answer(204))
    dispatched = opened(transport).runs.dispatch("publish.yml", TAG, {"dry_run": "true"}, OpenLease())
    assert dispatched.run is not None
    assert dispatched.run.id == 70
    sent = json.loads(next(body for body in transport.bodies if body))
    assert sent == {"ref": "refs/tags/v1.0.0", "inputs": {"dry_run": "true"}}


def test_run_details_of_newer_gitea_are_taken() -> None:
    """From 1.26 on the answer may tell the run (200, workflow_run_id)."""
    transport = Scripted()
    transport.on(RUNS, listed())
    transport.on(DISPATCH, answer(200, {"workflow_run_id": 70, "run_url": "x", "html_url": "x"}))
    transport.on(f"{RUNS}/70", answer(200, gitea_run(70, event="workflow_dispatch")))
    dispatched = opened(transport, version=GITEA_28).runs.dispatch("publish.yml", TAG, {}, OpenLease())
    assert dispatched.run is not None
    assert (dispatched.run.id, dispatched.run.ref) == (70, "refs/tags/v1.0.0")
    assert any("return_run_details=true" in call for call in transport.calls)


def test_run_info_of_forgejo_is_taken() -> None:
    """Forgejo 11 tells id and number and has no way to look at the run: it is queued, as far as we know."""
    transport = Scripted()
    transport.on(DISPATCH, answer(201, {"id": 5, "run_number": 3, "jobs": ["publish"]}))
    forge = opened(transport, version={"version": "11.0.1+gitea-1.22.0"}, forgejo=True)
    run = forge.runs.dispatch("publish.yml", TAG, {}, OpenLease()).run
    assert run is not None
    assert (run.id, run.number, run.status, run.event) == (5, 3, RunStatus.QUEUED, "workflow_dispatch")
    assert json.loads(transport.bodies[-1])["return_run_info"] is True


@pytest.mark.parametrize("lost", [AmbiguousError("SB-5121", "no answer"), answer(500, {"message": ""})])
def test_an_unclear_dispatch_is_looked_up_and_never_repeated(lost: Response | Exception) -> None:
    """A second start would cancel the first on Gitea 1.25: one new run is the answer, none or two are unclear."""
    transport = Scripted()
    transport.on(DISPATCH, lost)
    new = gitea_run(70, event="workflow_dispatch")
    transport.on(RUNS, listed(gitea_run()), listed(gitea_run(), new))
    run = opened(transport).runs.dispatch("publish.yml", TAG, {}, OpenLease()).run
    assert run is not None
    assert run.id == 70
    for after in (listed(), listed(new, gitea_run(71, event="workflow_dispatch"))):
        transport.on(RUNS, listed(), after)
        transport.requests.clear()
        with pytest.raises(SiteError) as caught:
            opened(transport).runs.dispatch("publish.yml", TAG, {}, OpenLease())
        assert caught.value.code == "SB-8033"
        assert sum(call.startswith("POST") for call in transport.calls) == 1


@pytest.mark.parametrize(("status_", "code"), [(401, "SB-8003"), (403, "SB-8032"), (404, "SB-8032"), (422, "SB-8032"), (400, "SB-8032")])  # fmt: skip
def test_a_refused_dispatch(status_: int, code: str) -> None:
    """Disabled, missing, or with inputs that Forgejo refuses."""
    transport = Scripted()
    transport.on(RUNS, answer(403))
    transport.on(DISPATCH, answer(status_, {"message": "workflow is disabled"}))
    with pytest.raises(SiteError) as caught:
        opened(transport).runs.dispatch("publish.yml", TAG, {}, OpenLease())
    assert caught.value.code == code
    assert caught.value.details["server says"] == "workflow is disabled"


def test_no_api_to_dispatch_with() -> None:
    """Gitea 1.23 starts workflows in its web page only."""
    with pytest.raises(SiteError) as caught:
        opened(Scripted(), version={"version": "1.23.8"}).runs.dispatch("publish.yml", TAG, {}, OpenLease())
    assert caught.value.code == "SB-8031"
