"""The CI runs of a Gitea or Forgejo: listed where the credential may, else told from the statuses of the commit.

Gitea 1.25 and 1.26 list runs for repository admins only, though one run is shown to every reader; Forgejo 11 has no runs in
its API at all. There the statuses of a commit are what a publisher can see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from samebytes.dialects.forges import DispatchAnswer, ForgeDialect, RunsApi
from samebytes.errors import SiteError
from samebytes.forges.base import WriteGuard
from samebytes.forges.gitea_api import GiteaApi, message_of, refusal
from samebytes.forges.gitea_json import Fields, object_of
from samebytes.forges.gitea_lists import read_list, wrapped
from samebytes.forges.gitea_run_forms import is_at_tag, read_forgejo_run, read_gitea_run, read_job, runs_of_statuses
from samebytes.model.run import Dispatched, Job, Run, RunSource, RunsSeen, RunStatus
from samebytes.model.tag import Commit
from samebytes.model.transfer import Sink
from samebytes.system.http.base import AmbiguousError, Response

_NOT_FOR_US = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_DISPATCHED = "workflow_dispatch"


class GiteaRuns:
    """The runs of one repository; the dialect is asked for when it is first needed."""

    def __init__(self, api: GiteaApi, dialect: Callable[[], ForgeDialect]) -> None:
        self._api = api
        self._dialect = dialect

    def of(self, tag: Commit) -> RunsSeen:
        """The runs of this commit under this tag, newest first; those of statuses tell no ref and include all pushes."""
        listed = self._listed(tag.commit)
        if listed is None:
            return RunsSeen(runs=self._by_statuses(tag.commit), source=RunSource.COMMIT_STATUSES)
        return RunsSeen(runs=tuple(run for run in listed if is_at_tag(run, tag.name)), source=RunSource.RUNS)

    def observe(self, run: Run) -> Run:
        """The same run as it is now; SiteError (SB-8030) where it is gone."""
        if run.id is not None:
            response = self._api.get(self._api.url("actions", "runs", str(run.id)))
            if response.is_success:
                return self._read(object_of(response, f"run {run.id}"))
            if response.status != HTTPStatus.NOT_FOUND:
                raise refusal(response, f"run {run.id}")
        for other in self._by_statuses(run.commit) if run.id is None else ():
            if other.number == run.number:
                return other
        raise SiteError("SB-8030", f"run {run.id or run.number} of the site is not there any more", hint=run.url)

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of a run; SiteError (SB-8031) where this version or an unknown id does not let us see them."""
        dialect = self._dialect()
        if run.id is None or not dialect.jobs_api:
            raise _not_offered("jobs", run.url)
        url = self._api.url("actions", "runs", str(run.id), "jobs")
        found = self._list(url, "jobs", "id")
        if isinstance(found, Response):
            if found.status == HTTPStatus.NOT_FOUND:
                raise _not_offered("jobs", run.url)
            raise refusal(found, f"jobs of run {run.id}")
        jobs = (read_job(item, run_details=dialect.run_details) for item in found)
        return tuple(sorted(jobs, key=lambda job: job.id))

    def read_log(self, job: Job, sink: Sink) -> bool:
        """Give a sink the log of a job; False where there is none yet, or any more."""
        if not self._dialect().logs_api:
            raise _not_offered("logs", "")
        response = self._api.get(self._api.url("actions", "jobs", str(job.id), "logs"), sink)
        if response.status == HTTPStatus.NOT_FOUND:
            return False
        if not response.is_success:
            raise refusal(response, f"log of job {job.name!r}")
        return True

    def dispatch(self, workflow: str, tag: Commit, inputs: Mapping[str, str], lease: WriteGuard) -> Dispatched:
        """Start a workflow file on a tag, once.

        The full ref is sent: Gitea takes nothing else for a tag. Inputs are strings, JSON booleans are refused. Raises
        SiteError: SB-8031 no such API, SB-8032 refused, SB-8033 unclear whether it started.
        """
        dialect = self._dialect()
        if dialect.dispatch is DispatchAnswer.NO_API:
            raise _not_offered("a start of workflows", "")
        before = self._dispatched(workflow, tag)
        known = None if before is None else {run.id for run in before}
        answer = self._send_dispatch(dialect, workflow, tag, inputs, lease)
        if answer is not None and (told := _told(answer, dialect.dispatch)) is not None:
            return Dispatched(run=self._told_run(*told, workflow, tag))
        after = self._dispatched(workflow, tag) if known is not None else None
        new = [run for run in after or () if known is not None and run.id not in known]
        if answer is None and len(new) != 1:
            raise SiteError(
                "SB-8033",
                f"it is unclear whether {workflow} was started on {tag.name!r}: the site gave no clear answer",
                hint="look at the repository's Actions page before starting it again: a second start may cancel the first",
            )
        return Dispatched(run=new[0] if len(new) == 1 else None)

    def _send_dispatch(
        self, dialect: ForgeDialect, workflow: str, tag: Commit, inputs: Mapping[str, str], lease: WriteGuard
    ) -> Response | None:
        """The answer where it is a success, None where there is no clear one."""
        wish = {} if dialect.dispatch is DispatchAnswer.NOTHING else {dialect.dispatch.value: True}
        # Gitea reads its wish from the address, Forgejo from the body; what is not known there is ignored.
        query = dict.fromkeys(wish, "true")
        url = self._api.url("actions", "workflows", workflow, "dispatches", query=query)
        body = {"ref": f"refs/tags/{tag.name}", "inputs": dict(inputs), **wish}
        try:
            response = self._api.send_json("POST", url, body, lease)
        except AmbiguousError:
            return None
        if response.is_ambiguous:
            return None
        if response.is_success:
            return response
        if response.status == HTTPStatus.UNAUTHORIZED:
            raise refusal(response, f"start of {workflow}")
        if response.status == HTTPStatus.NOT_FOUND:
            self._api.check_visible()
        raise SiteError(
            "SB-8032",
            f"the site does not start {workflow} on {tag.name!r}",
            hint="the workflow must be enabled, have on: workflow_dispatch on the default branch, and the tag be pushed; the"
            " credential needs write:repository and write access to Actions",
            details={"status": str(response.status), "server says": message_of(response)},
        )

    def _told_run(self, id_: int, number: int, workflow: str, tag: Commit) -> Run:
        if self._dialect().runs is not RunsApi.NONE:
            response = self._api.get(self._api.url("actions", "runs", str(id_)))
            if response.is_success:
                return self._read(object_of(response, f"run {id_}"))
        return Run(
            id=id_,
            number=number,
            workflow=workflow,
            event=_DISPATCHED,
            ref=f"refs/tags/{tag.name}",
            commit=tag.commit,
            status=RunStatus.QUEUED,
            conclusion=None,
            url="",
        )

    def _dispatched(self, workflow: str, tag: Commit) -> list[Run] | None:
        """The runs of this workflow and tag that were started by hand; None where they cannot be listed."""
        listed = self._listed(tag.commit)
        if listed is None:
            return None
        return [
            run for run in listed if run.event == _DISPATCHED and run.workflow == workflow and is_at_tag(run, tag.name)
        ]

    def _listed(self, commit: str) -> tuple[Run, ...] | None:
        """All runs of a commit, newest first; None where there is no list, or not for this credential."""
        if self._dialect().runs is RunsApi.NONE:
            return None
        # `branch` finds no tags (servers.md, n): the commit does.
        found = self._list(self._api.url("actions", "runs"), "workflow_runs", "id", {"head_sha": commit})
        if isinstance(found, Response):
            if found.status not in _NOT_FOR_US:
                raise refusal(found, f"runs of commit {commit}")
            self._api.check_visible()
            return None
        runs = [run for run in map(self._read, found) if run.commit == commit]
        return tuple(sorted(runs, key=lambda run: run.id or 0, reverse=True))

    def _by_statuses(self, commit: str) -> tuple[Run, ...]:
        found = self._list(self._api.url("commits", commit, "status"), "statuses", "context")
        if isinstance(found, Response):
            if found.status != HTTPStatus.NOT_FOUND:
                raise refusal(found, f"statuses of commit {commit}")
            self._api.check_visible()
            return ()
        return tuple(map(self._with_id, runs_of_statuses(found, commit)))

    def _with_id(self, run: Run) -> Run:
        """The run with its details where its page is called by its id; a development version may still use the number."""
        if not self._dialect().run_pages_by_id:
            return run
        response = self._api.get(self._api.url("actions", "runs", str(run.number)))
        found = self._read(object_of(response, f"run {run.number}")) if response.is_success else run
        return found if found.commit == run.commit and found.event == run.event else run

    def _list(
        self, url: str, name: str, key: str, query: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[Fields, ...] | Response:
        return read_list(self._api, url, self._dialect().page_size, wrapped(name, url), key, query)

    def _read(self, fields: Fields) -> Run:
        return read_gitea_run(fields) if self._dialect().run_details else read_forgejo_run(fields)


def _told(answer: Response, kind: DispatchAnswer) -> tuple[int, int] | None:
    """Id and number of the run that an answer names; a development version may have answered nothing."""
    if not answer.body.strip() or kind not in {DispatchAnswer.RUN_DETAILS, DispatchAnswer.RUN_INFO}:
        return None
    fields = object_of(answer, "dispatch")
    return fields.number("workflow_run_id" if kind is DispatchAnswer.RUN_DETAILS else "id"), fields.number_or(
        "run_number", 0
    )


def _not_offered(what: str, url: str) -> SiteError:
    return SiteError(
        "SB-8031",
        f"the API of this server does not offer {what} here",
        hint=f"look at {url or 'the Actions page of the repository'} in a browser; docs/reference/forges.md says which"
        " version offers what",
    )
