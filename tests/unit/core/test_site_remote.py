"""A checkout's git remotes say which repository of a forge it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.core.site_remote import with_repository
from samebytes.errors import ConfigError
from samebytes.model.site import Site

ROOT = "https://git.example.com"


def site(**fields: str) -> Site:
    """A forge site with some fields set."""
    return Site(**{"id": "corp", "kind": "gitea", "url": ROOT, "owner": "acme", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/team/mono.git",
        "https://git.example.com:443/team/mono",
        "https://me@git.example.com/team/mono/",
        "git@git.example.com:team/mono.git",
        "git.example.com:team/mono",
        "ssh://git@git.example.com:2222/team/mono.git",
    ],
)
def test_the_remote_at_the_site_says_it(url: str) -> None:
    """By HTTP at the same origin or by ssh on the same host; the other remotes do not matter."""
    found = with_repository(site(), {"origin": "git@github.com:team/mono.git", "corp": url})
    assert (found.repository, found.remote) == ("team/mono", url)


@pytest.mark.parametrize(
    ("root", "url"),
    [
        (ROOT, "http://git.example.com/team/mono.git"),
        (ROOT, "https://git.example.com:8443/team/mono.git"),
        (ROOT, "https://other.example.com/team/mono.git"),
        (ROOT, "/srv/git.example.com/team/mono.git"),
        (ROOT, "git://git.example.com/team/mono.git"),
        (ROOT, "git@git.example.com:mono.git"),
        (f"{ROOT}/forge", "https://git.example.com/team/mono.git"),
        (f"{ROOT}/forge", "https://git.example.com/forgery/team/mono.git"),
    ],
)
def test_a_remote_elsewhere_says_nothing(root: str, url: str) -> None:
    """Another scheme, port, host or path is another place; the error says what to write."""
    with pytest.raises(ConfigError, match="no git remote of this checkout is at") as caught:
        with_repository(site(url=root), {"origin": url})
    assert caught.value.code == "SB-1021"
    assert 'repository = "acme/NAME"' in caught.value.hint


def test_a_forge_may_live_under_a_path() -> None:
    """The path of the forge is no part of the repository."""
    remote = f"{ROOT}/forge/team/mono.git"
    assert with_repository(site(url=f"{ROOT}/forge"), {"o": remote}).repository == "team/mono"


def test_several_remotes_at_one_forge_are_told_apart_by_configuration() -> None:
    """Two names of one repository are one; two repositories need a word from the user."""
    one, other = f"{ROOT}/team/mono.git", f"{ROOT}/fork/mono.git"
    assert with_repository(site(), {"a": one, "b": f"{ROOT}/Team/Mono.git"}).repository == "team/mono"
    remotes = {"a": one, "b": other}
    with pytest.raises(ConfigError, match="several git remotes"):
        with_repository(site(), remotes)
    assert with_repository(site(remote="b"), remotes).remote == other
    assert with_repository(site(repository="fork/mono"), remotes).remote == other


@pytest.mark.parametrize(
    ("fields", "remotes", "repository", "remote"),
    [
        ({"repository": "team/mono"}, {}, "team/mono", f"{ROOT}/team/mono.git"),
        ({"repository": "team/mono"}, {"o": f"{ROOT}/x/y.git"}, "team/mono", f"{ROOT}/team/mono.git"),
        ({"remote": "ssh://alias/team/mono.git"}, {}, "team/mono", "ssh://alias/team/mono.git"),
        ({"remote": "alias:team/mono"}, {}, "team/mono", "alias:team/mono"),
        ({"remote": "o", "repository": "a/b"}, {"o": "/srv/x.git"}, "a/b", "/srv/x.git"),
    ],
)
def test_what_is_configured_counts(
    fields: Mapping[str, str], remotes: Mapping[str, str], repository: str, remote: str
) -> None:
    """A repository without a remote is reached by HTTP at the site; a remote may go through an ssh alias."""
    found = with_repository(site(**fields), remotes)
    assert (found.repository, found.remote) == (repository, remote)


def test_a_remote_that_is_not_there_is_named() -> None:
    """A name that is no URL must be a git remote; a URL without owner and name says nothing."""
    with pytest.raises(ConfigError, match="no such git remote") as caught:
        with_repository(site(remote="cropp"), {"corp": f"{ROOT}/team/mono.git"})
    assert (caught.value.code, "corp" in caught.value.hint) == ("SB-1022", True)
    with pytest.raises(ConfigError, match="is not known"):
        with_repository(site(remote="./mono"), {})
