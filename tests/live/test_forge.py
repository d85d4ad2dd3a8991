"""Releases, runs, secrets, variables and rights of real servers, through our client."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from samebytes.dialects.forges import RunsApi
from samebytes.errors import SiteError
from samebytes.forges.gitea import GiteaForge, open_gitea
from samebytes.model.digests import sha256
from samebytes.model.run import RunStatus
from samebytes.model.secret import Secret
from samebytes.system.clock import SystemClock
from samebytes.system.content import BytesContent
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.stack import site_transport
from samebytes.system.pool import run_each
from samebytes.system.randomness import SystemRandomness
from samebytes.testing.forge import setup
from samebytes.testing.forge.state import Limits
from tests.contract.forge.replay import send
from tests.forges.served import OpenLease
from tests.live.program import Program
from tests.live.site import REPOSITORY, LiveSite, live_site

TAG = "v1.0.0"
_JSON = {"Content-Type": "application/json"}
_WORKFLOW = """\
name: publish
on:
  push:
    tags: ["v*"]
  workflow_dispatch:
jobs:
  publish:
    runs-on: linux
    steps:
      - run: "true"
"""


def client(live: LiveSite, token: str, repository: str = REPOSITORY) -> GiteaForge:
    """A client with this token, none for an empty one."""
    authorization = Authorization.token(Secret(token)) if token else None
    pauses = Pauses(clock=SystemClock(), randomness=SystemRandomness())
    transport = site_transport(live.site, authorization, pauses)
    live.opened.callback(transport.close)
    return open_gitea(transport, live.forge.base_url, repository, pauses, live.site.kind)


@pytest.fixture
def publisher(live: LiveSite) -> GiteaForge:
    """One who may write, and no more."""
    return client(live, live.forge.tokens.publisher)


@pytest.fixture
def admin(live: LiveSite) -> GiteaForge:
    """One who administers the repository."""
    return client(live, live.forge.tokens.admin)


def test_the_server_is_recognised(live: LiveSite, publisher: GiteaForge) -> None:
    """Product and version are the program's own."""
    program, found = live.forge.instance.program, publisher.recognition.recognised()
    assert (found.product.value, found.version) == (program.server, program.version)


def test_concurrent_creates_end_in_one_release(live: LiveSite, publisher: GiteaForge) -> None:
    """Eight at once get 201, 409 or 500; every one of them finds the one release."""
    tag = live.build().commit
    clients = [client(live, live.forge.tokens.publisher) for _ in range(8)]
    run_each([partial(one.releases.create, tag, OpenLease()) for one in clients], 8)
    assert publisher.releases.assets(TAG) == {}
    assert len(live.forge.admin("GET", f"/repos/{REPOSITORY}/releases")) == 1


def test_a_draft_is_no_release_until_it_is_published(live: LiveSite, publisher: GiteaForge) -> None:
    """What somebody left as a draft is published with its text."""
    built = live.build()
    notes = json.dumps({"tag_name": TAG, "draft": True, "body": "notes\r\nof a person\n"}).encode()
    sent = send(live.forge, "POST", f"/api/v1/repos/{REPOSITORY}/releases", body=notes, headers=_JSON)
    assert sent.status == 201
    assert publisher.releases.assets(TAG) is None
    publisher.releases.create(built.commit, OpenLease())
    assert publisher.releases.assets(TAG) == {}
    assert live.forge.admin("GET", f"/repos/{REPOSITORY}/releases/tags/{TAG}")["body"] == "notes\r\nof a person\n"


@pytest.mark.parametrize(
    ("actor", "repository", "code"),
    [
        ("read_only", REPOSITORY, "SB-8003"),
        ("stranger", REPOSITORY, "SB-8003"),
        ("", REPOSITORY, "SB-8003"),
        ("publisher", f"{setup.OWNER}/nowhere", "SB-8002"),
    ],
)
def test_who_may_not_write_is_told_why(live: LiveSite, actor: str, repository: str, code: str) -> None:
    """A token without scope, a stranger, nobody and a missing repository are told apart."""
    tag = live.build().commit
    token = getattr(live.forge.tokens, actor) if actor else ""
    with pytest.raises(SiteError) as caught:
        client(live, token, repository).releases.create(tag, OpenLease())
    assert caught.value.code == code
    assert live.stored().releases == {}


@pytest.mark.parametrize(
    ("limits", "setting"), [(Limits(asset_size=1024 * 1024), "MAX_SIZE"), (Limits(asset_types=".tgz"), "ALLOWED_TYPES")]
)
def test_a_refused_upload_names_the_limit(program: Program, tmp_path: Path, limits: Limits, setting: str) -> None:
    """Too large and of a forbidden type say which setting to change."""
    with live_site(program, tmp_path, limits) as live:
        releases = client(live, live.forge.tokens.publisher).releases
        releases.create(live.build().commit, OpenLease())
        data = b"x" * 3_000_000
        if _takes(live, data):
            pytest.skip(f"live: {program.server} {program.version} does not hold assets to {setting}")
        with pytest.raises(SiteError) as caught:
            releases.put(TAG, "SHA512SUMS", BytesContent(data), sha256(data), OpenLease())
    assert (caught.value.code, setting in caught.value.hint) == ("SB-8011", True)


def _takes(live: LiveSite, data: bytes) -> bool:
    """Whether the server takes an asset whatever its limits say, as Gitea before #35519 does."""
    release = live.forge.admin("GET", f"/repos/{REPOSITORY}/releases/tags/{TAG}")["id"]
    path = f"/api/v1/repos/{REPOSITORY}/releases/{release}/assets?name=other.txt"
    sent = send(live.forge, "POST", path, body=data, headers={"Content-Type": "application/octet-stream"})
    return sent.status == 201


def test_runs_of_a_tag_are_seen(live: LiveSite, publisher: GiteaForge, admin: GiteaForge) -> None:
    """A pushed tag sets off a run, which a publisher sees by commit status and an administrator in the list."""
    path = live.clone / ".gitea/workflows/publish.yml"
    path.parent.mkdir(parents=True)
    path.write_text(_WORKFLOW)
    live.add(path)
    tag = live.build().commit
    [run] = publisher.runs.of(tag).runs
    assert (run.commit, run.event, run.number) == (tag.commit, "push", 1)
    assert run.status in {RunStatus.PENDING, RunStatus.QUEUED}
    assert len(admin.runs.of(tag).runs) == 1
    dispatched = admin.runs.dispatch("publish.yml", tag, {}, OpenLease())
    lists = publisher.recognition.dialect().runs is not RunsApi.NONE
    assert (dispatched.run is not None) or not lists


def test_secrets_and_variables_are_kept_by_admins(publisher: GiteaForge, admin: GiteaForge) -> None:
    """Made, replaced, listed and removed; the publisher may not even read their names."""
    for value in ("one", "two"):
        admin.secrets.put("samebytes_token", Secret(value), OpenLease())
        admin.variables.put("samebytes_url", value, OpenLease())
    assert (admin.secrets.names(), admin.variables.get("SAMEBYTES_URL")) == (("SAMEBYTES_TOKEN",), "two")
    for attempt in (publisher.secrets.names, publisher.variables.names):
        with pytest.raises(SiteError) as caught:
            attempt()
        assert caught.value.code == "SB-8003"
    for _ in range(2):
        admin.secrets.delete("SAMEBYTES_TOKEN", OpenLease())
        admin.variables.delete("SAMEBYTES_URL", OpenLease())
    assert (admin.secrets.names(), admin.variables.names()) == ((), ())


def test_rights_are_as_the_server_grants_them(live: LiveSite, publisher: GiteaForge) -> None:
    """The publisher writes and does not administer; a token without package scope reads none; a bad one is nobody."""
    rights = publisher.rights(setup.OWNER)
    assert (rights.accepted, rights.user, rights.reads_packages) == (True, setup.PUBLISHER, True)
    assert rights.repository is not None
    assert (rights.repository.read, rights.repository.write, rights.repository.admin) == (True, True, False)
    narrow = client(live, live.forge.tokens.no_package_scope).rights(setup.OWNER)
    assert (narrow.accepted, narrow.reads_packages) == (True, False)
    wrong = client(live, "0" * 40).rights(setup.OWNER)
    assert (wrong.accepted, wrong.user, wrong.repository) == (False, "", None)
