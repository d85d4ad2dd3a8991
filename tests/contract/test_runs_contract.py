"""Runs, secrets, variables, rights and recognition at each recorded server, through our client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.dialects.forges import DispatchAnswer, RunsApi
from samebytes.errors import ConfigError, SiteError
from samebytes.forges.gitea import GiteaForge
from samebytes.model.run import Conclusion, RunSource, RunStatus
from samebytes.model.secret import Secret
from samebytes.model.tag import Commit
from samebytes.system.content import CollectingSink
from samebytes.testing.forge import runs, setup
from samebytes.testing.forge.state import ACTIONS, Forge, Repository, User
from tests.forges.served import PRODUCTS, REPOSITORY, WORKFLOW, OpenLease, Served, serving

TAG = "v1.0.0"


@pytest.fixture(params=PRODUCTS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """Each recorded server."""
    with serving(tmp_path / "forge", request.param) as found:
        yield found


@pytest.fixture
def admin(served: Served) -> GiteaForge:
    """One who administers the repository."""
    return served.open(setup.TOKENS.admin)


@pytest.fixture
def publisher(served: Served) -> GiteaForge:
    """One who may write, and no more."""
    return served.open()


def repository_of(forge: Forge) -> Repository:
    """The repository's record."""
    found = forge.repository(setup.OWNER, setup.REPOSITORY)
    assert found is not None
    return found


def pushed(served: Served, name: str, commit: int = 0) -> tuple[Commit, int]:
    """A pushed tag and the id of the run that it set off."""
    tag = served.tag(name, commit=commit)
    user = served.forge.user(setup.PUBLISHER)
    assert isinstance(user, User)
    begun = runs.push(served.forge, repository_of(served.forge), user, ref=f"refs/tags/{name}", sha=tag.commit)
    return tag, begun[0]["id"]


def test_the_publisher_sees_runs_by_commit_status(served: Served, publisher: GiteaForge) -> None:
    """Listing needs an admin (Gitea) or does not exist (Forgejo 11): statuses tell the run, its number, its state."""
    tag, id_ = pushed(served, TAG)
    seen = publisher.runs.of(tag)
    assert seen.source is RunSource.COMMIT_STATUSES
    [run] = seen.runs
    # From 1.26 on the page's address holds the id, and one run is shown to every reader.
    is_shown = served.forge.product.name == "gitea-1.26"
    named = (WORKFLOW, RunStatus.QUEUED, id_) if is_shown else ("publish", RunStatus.PENDING, None)
    assert (run.workflow, run.status, run.id) == named
    assert (run.event, run.conclusion, run.commit, run.number) == ("push", None, tag.commit, 1)
    runs.finish(served.forge, repository_of(served.forge), id_, "success")
    assert publisher.runs.observe(run).conclusion is Conclusion.SUCCESS


def test_an_admin_lists_the_runs_of_a_tag(served: Served, admin: GiteaForge) -> None:
    """A tag's run has no head_branch and is not found by branch: commit and `path` tell it (Gitea); Forgejo 11 by status."""
    tag, id_ = pushed(served, TAG)
    pushed(served, "v1.0.1")
    pushed(served, "v2.0.0", commit=1)
    seen = admin.runs.of(tag)
    if served.forge.product.is_forgejo:
        assert seen.source is RunSource.COMMIT_STATUSES
        return
    assert seen.source is RunSource.RUNS
    [run] = seen.runs
    assert (run.id, run.workflow, run.ref, run.status) == (id_, WORKFLOW, f"refs/tags/{TAG}", RunStatus.QUEUED)
    runs.finish(served.forge, repository_of(served.forge), id_, "failure")
    assert admin.runs.observe(run).conclusion is Conclusion.FAILURE


def test_one_run_and_its_jobs_are_shown_to_every_reader(served: Served, admin: GiteaForge) -> None:
    """`/runs/{id}` and its jobs need no admin on Gitea; Forgejo 11 says that it has neither jobs nor logs."""
    tag, id_ = pushed(served, TAG)
    reader = served.open(setup.TOKENS.read_only).runs
    [run] = admin.runs.of(tag).runs
    if served.forge.product.is_forgejo:
        with pytest.raises(SiteError) as caught:
            reader.jobs(run)
        assert caught.value.code == "SB-8031"
        return
    [job] = reader.jobs(run)
    assert (job.name, job.status) == ("publish", RunStatus.QUEUED)
    sink = CollectingSink(1000, "log")
    assert not reader.read_log(job, sink)
    runs.finish(served.forge, repository_of(served.forge), id_, "success", ["lit 12 lanterns\n"])
    assert reader.read_log(job, sink)
    assert sink.data == b"lit 12 lanterns\n"


def test_a_commit_without_runs_has_none(served: Served, publisher: GiteaForge, admin: GiteaForge) -> None:
    """No run is an empty list, not an error."""
    tag = served.tag(TAG)
    assert (publisher.runs.of(tag).runs, admin.runs.of(tag).runs) == ((), ())


def test_a_run_that_is_gone_is_an_error(served: Served, admin: GiteaForge) -> None:
    """Runs are deleted after a while: that is not a state of the run."""
    tag, id_ = pushed(served, TAG)
    [run] = admin.runs.of(tag).runs
    found = runs.run_of(served.forge, repository_of(served.forge), id_)
    assert found is not None
    runs.remove(served.forge, repository_of(served.forge), found)
    with pytest.raises(SiteError) as caught:
        admin.runs.observe(run)
    assert caught.value.code == "SB-8030"


def test_a_dispatch_on_a_tag_starts_one_run(served: Served, admin: GiteaForge) -> None:
    """The full ref is taken by all; which run it was is told (Forgejo) or looked up (Gitea admins)."""
    tag = served.tag(TAG)
    first = admin.runs.dispatch(WORKFLOW, tag, {"mode": "dry"}, OpenLease())
    second = admin.runs.dispatch(WORKFLOW, tag, {}, OpenLease())
    stored = runs.runs(served.forge, repository_of(served.forge))
    assert [run["ref"] for run in stored] == [f"refs/tags/{TAG}"] * 2
    assert [run["inputs"] for run in stored] == [{}, {"mode": "dry"}]
    assert first.run is not None
    assert second.run is not None
    assert [second.run.id, first.run.id] == [run["id"] for run in stored]
    assert first.run.event == "workflow_dispatch"


def test_a_publisher_may_dispatch_without_being_told_which_run(served: Served, publisher: GiteaForge) -> None:
    """204 without a body, a list for admins only, and no commit status of dispatched runs: the run stays unknown."""
    dispatched = publisher.runs.dispatch(WORKFLOW, served.tag(TAG), {}, OpenLease())
    assert (dispatched.run is None) is not served.forge.product.is_forgejo
    assert len(runs.runs(served.forge, repository_of(served.forge))) == 1
    assert publisher.runs.of(served.tag(TAG)).runs == ()


def test_a_dispatch_that_is_refused_says_what_it_needs(served: Served, publisher: GiteaForge) -> None:
    """A missing workflow is 404 at Gitea; Forgejo answers 500, which says nothing: refused, or unclear."""
    tag = served.tag(TAG)
    with pytest.raises(SiteError) as caught:
        publisher.runs.dispatch("none.yml", tag, {}, OpenLease())
    assert caught.value.code == ("SB-8033" if served.forge.product.is_forgejo else "SB-8032")
    with pytest.raises(SiteError) as caught:
        served.open(setup.TOKENS.read_only).runs.dispatch(WORKFLOW, tag, {}, OpenLease())
    assert caught.value.code == "SB-8032"
    assert runs.runs(served.forge, repository_of(served.forge)) == []


def test_a_switched_off_unit_is_told(served: Served, publisher: GiteaForge) -> None:
    """With Actions off nothing can be started (403)."""
    tag = served.tag(TAG)
    units = tuple(unit for unit in repository_of(served.forge).units if unit != ACTIONS)
    served.forge.add_repository(setup.OWNER, setup.REPOSITORY, units=units)
    with pytest.raises(SiteError) as caught:
        publisher.runs.dispatch(WORKFLOW, tag, {}, OpenLease())
    assert caught.value.code == "SB-8032"


def test_secrets_are_set_listed_and_removed(admin: GiteaForge) -> None:
    """A secret is made (201) and replaced (204), its name folded to capitals; removing it twice is fine."""
    secrets = admin.secrets
    for value in ("one", "two"):
        secrets.put("samebytes_token", Secret(value), OpenLease())
    secrets.put("CI_TOKEN", Secret("x"), OpenLease())
    assert secrets.names() == ("CI_TOKEN", "SAMEBYTES_TOKEN")
    for _ in range(2):
        secrets.delete("Samebytes_Token", OpenLease())
    assert secrets.names() == ("CI_TOKEN",)


@pytest.mark.parametrize("name", ["GITEA_NPM_TOKEN", "gitea_npm_token", "GITHUB_X", "1ABC", "A-B", "", "../x"])
def test_names_that_servers_refuse_are_refused_before(admin: GiteaForge, name: str) -> None:
    """The name that the usual workflow asks for, GITEA_NPM_TOKEN, is refused by every server (servers.md, m)."""
    with pytest.raises(ConfigError) as caught:
        admin.secrets.put(name, Secret("x"), OpenLease(allowed=0))
    assert caught.value.code == "SB-8020"
    with pytest.raises(ConfigError):
        admin.variables.put(name, "x", OpenLease(allowed=0))


@pytest.mark.parametrize(
    ("name", "gitea_secret", "forgejo_secret", "gitea_variable", "forgejo_variable"),
    [("CI", False, True, False, False), ("CI_URL", True, True, True, False), ("SAMEBYTES", True, True, True, True)],
)
def test_names_that_begin_with_ci_are_taken_as_recorded(
    served: Served,
    admin: GiteaForge,
    name: str,
    *,
    gitea_secret: bool,
    forgejo_secret: bool,
    gitea_variable: bool,
    forgejo_variable: bool,
) -> None:
    """What our rules allow the server takes, what they refuse it would refuse too."""
    is_forgejo = served.forge.product.is_forgejo
    api = admin.releases._api
    secret = api.send_json("PUT", api.url("actions", "secrets", name), {"data": "x"}, OpenLease()).is_success
    variable = api.send_json("POST", api.url("actions", "variables", name), {"value": "x"}, OpenLease()).is_success
    assert secret is (forgejo_secret if is_forgejo else gitea_secret)
    assert variable is (forgejo_variable if is_forgejo else gitea_variable)
    dialect = admin.recognition.dialect()
    assert dialect.secrets is not None
    assert dialect.variables is not None
    assert (dialect.secrets.problem_with(name) == "") is secret
    assert (dialect.variables.problem_with(name) == "") is variable


def test_values_that_servers_refuse_are_refused_before(served: Served, admin: GiteaForge) -> None:
    """Empty is 422 everywhere; 65,537 bytes are 400 at Gitea and taken by Forgejo 11."""
    with pytest.raises(ConfigError) as caught:
        admin.secrets.put("EMPTY", Secret(""), OpenLease(allowed=0))
    assert caught.value.code == "SB-8021"
    if served.forge.product.is_forgejo:
        admin.secrets.put("BIG", Secret("x" * 65_537), OpenLease())
        return
    with pytest.raises(ConfigError):
        admin.secrets.put("BIG", Secret("x" * 65_537), OpenLease(allowed=0))
    admin.secrets.put("BIG", Secret("x" * 65_536), OpenLease())


def test_variables_are_set_read_and_removed(admin: GiteaForge) -> None:
    """POST makes one (409 the second time), PUT changes one (404 where there is none): put finds out which."""
    variables = admin.variables
    assert variables.get("SAMEBYTES_URL") is None
    for value in ("one", "two\r\nlines"):
        variables.put("samebytes_url", value, OpenLease())
    assert variables.get("SAMEBYTES_URL") == "two\nlines"
    assert variables.names() == ("SAMEBYTES_URL",)
    for _ in range(2):
        variables.delete("SAMEBYTES_URL", OpenLease())
    assert variables.names() == ()


def test_the_publisher_may_not_even_read_their_names(publisher: GiteaForge) -> None:
    """Secrets and variables need a repository admin, reading included (403)."""
    attempts = (
        publisher.secrets.names,
        publisher.variables.names,
        lambda: publisher.variables.get("X"),
        lambda: publisher.secrets.put("X", Secret("x"), OpenLease()),
        lambda: publisher.variables.delete("X", OpenLease()),
    )
    for attempt in attempts:
        with pytest.raises(SiteError) as caught:
            attempt()
        assert caught.value.code == "SB-8003"


def test_a_lost_lease_writes_no_secret_and_starts_nothing(served: Served, admin: GiteaForge) -> None:
    """Each single write asks the lease first."""
    lost = OpenLease(allowed=0)
    writes = (
        lambda: admin.secrets.put("X", Secret("x"), lost),
        lambda: admin.variables.put("X", "x", lost),
        lambda: admin.runs.dispatch(WORKFLOW, served.tag(TAG), {}, lost),
    )
    for write in writes:
        with pytest.raises(InterruptedError):
            write()
    assert (admin.secrets.names(), admin.variables.names()) == ((), ())
    assert runs.runs(served.forge, repository_of(served.forge)) == []


def test_a_server_is_recognised_whatever_is_configured(served: Served) -> None:
    """Forgejo by its own version endpoint, Gitea by not having it; another configured kind is a note."""
    found = served.open("", kind="gitea").recognition.recognised()
    expected, since = {
        "gitea-1.25": ("gitea", "1.25"),
        "gitea-1.26": ("gitea", "1.26"),
        "forgejo-11": ("forgejo", "11"),
    }[served.forge.product.name]
    assert (found.product.value, found.dialect.since) == (expected, since)
    assert found.version == served.forge.product.version
    assert bool(found.notes) is (expected != "gitea")
    assert found.dialect.runs is (RunsApi.NONE if expected == "forgejo" else RunsApi.ADMINS)
    assert (found.dialect.dispatch is DispatchAnswer.RUN_INFO) is (expected == "forgejo")


def test_rights_of_the_publisher(publisher: GiteaForge) -> None:
    """Reads and writes the repository, administers nothing, reads packages; teams are hidden without read:organization."""
    rights = publisher.rights(setup.OWNER)
    assert rights.accepted
    assert rights.user == setup.PUBLISHER
    assert rights.reads_packages
    assert rights.writes_packages is None
    assert rights.scopes is None
    assert rights.repository is not None
    assert (rights.repository.read, rights.repository.write, rights.repository.admin) == (True, True, False)
    assert rights.repository.has_releases


def test_rights_of_others(served: Served) -> None:
    """A token without package scope, a wrong token, and a repository that is not there."""
    narrow = served.open(setup.TOKENS.no_package_scope).rights(setup.OWNER)
    assert (narrow.accepted, narrow.reads_packages) == (True, False)
    wrong = served.open("0" * 40).rights(setup.OWNER)
    assert (wrong.accepted, wrong.user, wrong.repository) == (False, "", None)
    assert served.open(repository=f"{setup.OWNER}/nowhere").rights(setup.OWNER).repository is None
    assert served.open(repository=REPOSITORY).rights(setup.PUBLISHER).writes_packages
