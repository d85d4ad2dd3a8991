"""A git URL is told from a folder in one place, so that who reads the configuration and who opens the site agree."""

from __future__ import annotations

import pytest

from samebytes.formats.git_url import is_git_url


@pytest.mark.parametrize(
    "text", ["https://h/a.git", "file:///srv/a.git", "ssh://git@h:22/a", "git@host:a/b.git", "sites.example.com:a"]
)
def test_a_git_url(text: str) -> None:
    """Any scheme, and the short form of ssh, whatever letters its host has."""
    assert is_git_url(text)


@pytest.mark.parametrize("text", ["/state", "../state", "state", "C:\\state", "a b:c", "./a:b"])
def test_a_folder(text: str) -> None:
    """A path, absolute or relative, also on Windows."""
    assert not is_git_url(text)
