"""Which git remotes can be named, and which cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.errors import ConfigError
from samebytes.model.secret import Secret
from samebytes.system.git_remote import GitCredential
from samebytes.system.git_remote_url import check_proxy, read_remote_url, without_user
from tests.git_remotes.places import remote


@pytest.mark.parametrize(
    ("url", "protocol", "origin"),
    [
        ("https://git.example:8443/o/r.git", "https", "https://git.example:8443"),
        ("http://[::1]:3000/o/r", "http", "http://[::1]:3000"),
        ("ssh://git@git.example:2222/o/r.git", "ssh", ""),
        ("git@git.example:o/r.git", "ssh", ""),
        ("git.example:r.git", "ssh", ""),
        ("git@[::1]:o/r.git", "ssh", ""),
        ("file:///srv/r.git", "file", ""),
        ("/srv/r.git", "file", ""),
        ("../r:1.git", "file", ""),
        ("c:/r.git", "file", ""),
    ],
)
def test_forms_of_a_remote(url: str, protocol: str, origin: str) -> None:
    """Every form that git knows for a place is told apart as git does it."""
    found = read_remote_url(url)
    assert (found.protocol, found.origin) == (protocol, origin)
    assert found.is_http == bool(origin)
    if protocol != "file":
        assert found.text == url


def test_relative_path_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git runs elsewhere, so a path is taken from where we are."""
    monkeypatch.chdir(tmp_path)
    assert read_remote_url("r.git").text == str(tmp_path / "r.git")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "-uhost",
        "--upload-pack=x",
        "ext::sh -c true",
        "ext::true",
        "a\nb",
        "git://host/r",
        "ftp://host/r",
        "HTTPS://host/r",
        "https://",
        "https:///r",
        "https://host:port/r",
        "https://user:pass@host/r",
        "https://user@host/r",
        "ssh://user:pass@host/r",
        "ssh://-oProxyCommand=x/r",
        "https://[::1/r",
    ],
)
def test_what_cannot_be_a_remote(url: str) -> None:
    """Programs, options, unknown protocols and passwords are refused, and no password is shown."""
    with pytest.raises(ConfigError) as raised:
        read_remote_url(url)
    assert raised.value.code == "SB-5114"
    assert "pass" not in str(raised.value).replace("password", "")


def test_proxy_with_a_password_is_refused() -> None:
    """It would lie in a file."""
    assert check_proxy("http://proxy.example:3128") == "http://proxy.example:3128"
    with pytest.raises(ConfigError) as raised:
        remote("https://host/r", proxy="http://user:pass@proxy.example")
    assert raised.value.code == "SB-5114"
    assert "user:pass" not in str(raised.value)


def test_url_is_shown_without_its_user() -> None:
    """Whatever is before the last @ of the host goes."""
    assert without_user("https://a:b@c@host/r@1") == "https://host/r@1"


@pytest.mark.parametrize("token", ["", "a\nurl=x", "a\r", "a\0", "a" * 1001])
def test_token_that_would_say_more_than_itself_is_refused(token: str) -> None:
    """The credential protocol has lines: a token is one part of one, and never shown."""
    with pytest.raises(ConfigError) as raised:
        remote("https://host/r", credential=GitCredential(username="u", token=Secret(token)))
    assert raised.value.code == "SB-5117"
    assert "url=x" not in str(raised.value)


def test_short_token_masks_nothing() -> None:
    """A token of three characters is in every text; masking it would hide the message only."""
    assert GitCredential(username="u", token=Secret("abc")).masked("abcdef") == "abcdef"
    assert GitCredential(username="u", token=Secret("abcd")).masked("abcdef") == "***ef"
