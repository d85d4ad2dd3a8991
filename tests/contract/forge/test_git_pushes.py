"""Pushes over HTTP end as recorded: create-only and compare-and-swap refs, rights, protected tags."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samebytes.testing.forge import setup
from tests.contract.forge.checkout import Checkout, Done, checkout
from tests.contract.forge.replay import send
from tests.contract.forge.servers import EVERY, FORGEJO_11, GITEA_1_25
from tests.contract.forge.starters import on_each_server, started
from tests.contract.forge.under_test import ForgeUnderTest, Starter

_JSON = {"Content-Type": "application/json"}
_LOCK = "refs/samebytes/local/x/lock"


def _pushed(tmp_path: Path, forge: ForgeUnderTest, repository: str = setup.REPOSITORY) -> Checkout:
    copy = checkout(tmp_path / repository, forge, f"{setup.OWNER}/{repository}")
    copy.commit("first", {"README.md": "lamps\n"})
    copy.git("push", "-q", "origin", "main")
    return copy


def _lease(copy: Checkout, new: str, old: str = "", ref: str = _LOCK) -> Done:
    return copy.try_git("push", f"--force-with-lease={ref}:{old}", "origin", f"{new}:{ref}")


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_push_tells_what_the_product_tells(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """Gitea counts the references on standard error, Forgejo says nothing"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        told = copy.git("push", "origin", "HEAD:refs/samebytes/x")
        counted = "remote: . Processing 1 references        \nremote: Processed 1 references in total        \n"
        head = " * [new reference]   HEAD -> refs/samebytes/x\n"
        to = f"To http://SITE/{setup.OWNER}/{setup.REPOSITORY}.git\n"
        assert told == ("" if recorded == FORGEJO_11 else counted) + to + head


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([GITEA_1_25]))
def test_create_only_ref_refuses_other_values(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """A lease on nothing is refused once the ref exists; pushing the same value is no refusal"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        first, second = copy.head(), copy.commit("second")
        assert _lease(copy, first).status == 0
        assert "Everything up-to-date" in _lease(copy, first).output
        refused = _lease(copy, second)
        assert (refused.status, "stale info" in refused.output) == (1, True)
        assert _lease(copy, second, old=first).status == 0
        refused = _lease(copy, first, old=first)
        assert (refused.status, "stale info" in refused.output) == (1, True)
        assert copy.git("ls-remote", "origin", _LOCK).split() == [second, _LOCK]
        copy.git("push", "-q", "origin", f":{_LOCK}")
        assert copy.git("ls-remote", "origin", _LOCK) == ""


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([GITEA_1_25]))
def test_one_of_four_create_only_pushes_wins(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """In every round one push succeeds, and the ref holds its commit"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        commits = [copy.commit(f"holder {number}") for number in range(4)]
        for attempt in range(3):
            ref = f"{_LOCK}{attempt}"
            with ThreadPoolExecutor(4) as pool:
                ends = list(pool.map(lambda commit, ref=ref: _lease(copy, commit, ref=ref).status, commits))
            assert sorted(ends) == [0, 1, 1, 1]
            assert copy.git("ls-remote", "origin", ref).split()[0] == commits[ends.index(0)]


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([GITEA_1_25]))
def test_blob_may_be_a_ref(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """A ref of ours may hold a blob, and the API shows it"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        blob = copy.git("rev-parse", "HEAD:README.md").strip()
        copy.git("push", "-q", "origin", f"{blob}:refs/samebytes/blob")
        shown = send(forge, "GET", f"/api/v1/repos/{setup.OWNER}/{setup.REPOSITORY}/git/refs/samebytes/blob")
        assert f'"type":"blob","sha":"{blob}"' in shown.text(forge.base_url)


@pytest.mark.parametrize(("starter", "recorded"), on_each_server(EVERY))
def test_protected_tag_refuses_push_move_and_deletion(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """The hook names the tag; its message differs by product; other tags pass"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        copy.git("push", "-q", "origin", "HEAD:refs/tags/v7.0.0")
        body = f'{{"name_pattern": "v*", "whitelist_usernames": ["{setup.ADMIN}"]}}'.encode()
        path = f"/api/v1/repos/{setup.OWNER}/{setup.REPOSITORY}/tag_protections"
        assert send(forge, "POST", path, body=body, actor="admin", headers=_JSON).status == 201
        copy.commit("second")
        for refspec, tag in (("HEAD:refs/tags/v8", "v8"), ("+HEAD:refs/tags/v7.0.0", "v7.0.0"), (":v7.0.0", "v7.0.0")):
            refused = copy.try_git("push", "origin", refspec)
            told = f"Forgejo: Tag {tag} is protected" if recorded == FORGEJO_11 else f"error: Tag {tag} is protected"
            assert refused.status == 1
            assert told in refused.output
            assert "(pre-receive hook declined)" in refused.output
        copy.git("push", "-q", "origin", "HEAD:refs/tags/x1")
        copy.git("push", "-q", "origin", "HEAD:refs/tags/v9", actor="admin")


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([GITEA_1_25]))
def test_pushes_need_the_scope_and_the_right(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """A read-only token is forbidden, a package scope is not needed, nobody may push or see what is private"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        refused = copy.try_git("push", "origin", "HEAD:refs/samebytes/ro", actor="read_only")
        assert (refused.status, "remote: Forbidden" in refused.output, "403" in refused.output) == (128, True, True)
        copy.git("push", "-q", "origin", "HEAD:refs/samebytes/repo", actor="no_package_scope")
        assert copy.try_git("push", "origin", "HEAD:refs/samebytes/no", actor="").status == 128
        refused = copy.try_git("push", "origin", "HEAD:refs/samebytes/no", actor="stranger")
        assert (refused.status, "User permission denied for writing" in refused.output) == (1, True)
        assert copy.git("ls-remote", "origin", "refs/samebytes/*", actor="").split()[1::2] == ["refs/samebytes/repo"]
        forge.add_repository(setup.OWNER, "hidden", is_private=True)
        hidden = _pushed(tmp_path, forge, "hidden")
        assert hidden.try_git("ls-remote", "origin", actor="").status == 128
        assert hidden.git("ls-remote", "origin", "main", actor="read_only").startswith(hidden.head())


@pytest.mark.parametrize(("starter", "recorded"), on_each_server([GITEA_1_25]))
def test_deleted_tag_makes_its_release_a_draft(tmp_path: Path, starter: Starter, recorded: str) -> None:
    """As Gitea's source says, not recorded: the release hides until the tag is pushed again"""
    with started(starter, tmp_path / "forge", recorded) as forge:
        copy = _pushed(tmp_path, forge)
        api = f"/api/v1/repos/{setup.OWNER}/{setup.REPOSITORY}/releases"
        copy.git("push", "-q", "origin", "HEAD:refs/tags/v1")
        assert send(forge, "POST", api, body=b'{"tag_name": "v1"}', headers=_JSON).status == 201
        seen = []
        for refspec in (":refs/tags/v1", "HEAD:refs/tags/v1"):
            copy.git("push", "-q", "origin", refspec)
            shown = json.loads(send(forge, "GET", api, scheme="").body)
            seen.append([release["tag_name"] for release in shown])
        assert seen == [[], ["v1"]]
