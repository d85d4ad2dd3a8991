"""The table of registries: which version gets which line, which dist-tags are refused, and the page that shows it."""

from __future__ import annotations

import re

import pytest

from samebytes.core.promote import check_dist_tag
from samebytes.dialects.registries import RegistryProduct, registry_dialect, registry_dialects
from samebytes.model.action import HOLD_TAG
from samebytes.model.install_fields import PROJECTED
from tests.cached import ROOT

GITEA, FORGEJO, VERDACCIO = RegistryProduct.GITEA, RegistryProduct.FORGEJO, RegistryProduct.VERDACCIO

# Recorded answers of Gitea 1.25.4, 1.26-dev and Forgejo 11.0.1 to dist-tags of these names (servers.md, e).
TAKEN_BY_ALL = (
    "next",
    "rc",
    "rc1",
    "beta2",
    "x1",
    "a.b",
    "a_b",
    "node18",
    "sha-abc123",
    "lts",
    "v",
    "latest",
    HOLD_TAG,
)
REFUSED_BY_ALL = ("1", "1.0", "v1", "v1.0", "1a", "v2-latest", "")
REFUSED_BY_OLD = (
    *("next-1", "next-11", "pr-12", "canary-20260101", "latest-9", "stable-2024", "release-1.x", "release-1.2"),
    *("x-1.0", "latest-v2", "v1.x", "1.x"),
)


@pytest.mark.parametrize(
    ("product", "version"), [(GITEA, "1.25.4"), (GITEA, "1.26.0+dev-437"), (FORGEJO, "11.0.1+gitea-1.22.0")]
)
def test_tags_are_refused_as_recorded(product: RegistryProduct, version: str) -> None:
    """Each recorded name is refused by us where the server refused it, and nowhere else."""
    dialect, _ = registry_dialect(product, version)
    is_new = dialect.since == "1.26"
    assert [tag for tag in TAKEN_BY_ALL if dialect.refuses_tag(tag)] == []
    assert [tag for tag in REFUSED_BY_ALL if not dialect.refuses_tag(tag)] == []
    assert [tag for tag in REFUSED_BY_OLD if dialect.refuses_tag(tag)] == ([] if is_new else list(REFUSED_BY_OLD))


def test_every_registry_takes_our_own_tags() -> None:
    """`latest`, `next` and the holding tag are refused nowhere."""
    refused = [
        (dialect.product, tag)
        for dialect in registry_dialects()
        for tag in ("latest", "next", HOLD_TAG)
        if dialect.refuses_tag(tag)
    ]
    assert refused == []


@pytest.mark.parametrize("dist_tag", ["latest", "beta", "rc.1", "x1", "sha-abc"])
def test_what_promotion_allows_is_taken(dist_tag: str) -> None:
    """A word that may be promoted to is taken by each kind."""
    check_dist_tag(dist_tag)
    assert [dialect.product for dialect in registry_dialects() if dialect.refuses_tag(dist_tag)] == []


@pytest.mark.parametrize(
    ("product", "version", "since", "is_certain"),
    [
        (GITEA, "1.20.3", "1.21", False),
        (GITEA, "1.21.11", "1.21", True),
        (GITEA, "1.24.7", "1.22", True),
        (GITEA, "1.25.4", "1.25", True),
        (GITEA, "1.27.3", "1.26", True),
        (GITEA, "v28.1.0", "28.0", True),
        (GITEA, "28.2.0", "28.2", True),
        (GITEA, "28.3.0", "28.2", False),
        (GITEA, "31", "28.2", False),
        (GITEA, "", "28.2", False),
        (GITEA, "nightly", "28.2", False),
        (FORGEJO, "11.0.1+gitea-1.22.0", "11.0", True),
        (FORGEJO, "15.0.0", "11.0", False),
        (FORGEJO, "10.0.0", "11.0", False),
        (VERDACCIO, "6.10.4", "5.0", True),
        (VERDACCIO, "7.0.0", "5.0", False),
        (VERDACCIO, "", "5.0", False),
        (RegistryProduct.NPMJS, "", "", True),
        (RegistryProduct.OTHER, "", "", False),
    ],
)
def test_a_version_gets_its_line(product: RegistryProduct, version: str, since: str, is_certain: bool) -> None:
    """The line of the newest known version that is not newer; what is not known is treated as the nearest, with a note."""
    dialect, note = registry_dialect(product, version)
    assert (dialect.product, dialect.since, note == "") == (product, since, is_certain)


def test_what_newer_giteas_keep() -> None:
    """`os` and `cpu` are lost before Gitea 28, `libc` also after."""
    kept = {version: registry_dialect(GITEA, version)[0].kept_fields for version in ("1.25", "1.27", "28.0", "28.2")}
    assert [PROJECTED - kept[version] for version in ("28.0", "28.2")] == [{"libc"}, {"libc"}]
    assert kept["1.25"] == kept["1.27"]
    assert PROJECTED - kept["1.25"] == {"cpu", "deprecated", "engines", "hasInstallScript", "libc", "os"}


def test_the_page_shows_the_table() -> None:
    """docs/reference/registries.md has a row for each line of the table, with the fields that are lost."""
    page = (ROOT / "docs" / "reference" / "registries.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", page, re.MULTILINE)[2:]
    expected = [
        (
            f"{dialect.product} {dialect.since}".strip(),
            ", ".join(f"`{field}`" for field in sorted(PROJECTED - dialect.kept_fields)) or "nothing",
            _word(dialect.latest_when_unset),
            _word(dialect.latest_can_go),
            _word(dialect.checks_integrity),
            _word(dialect.deprecates),
        )
        for dialect in registry_dialects()
    ]
    assert rows == expected


def _word(is_so: bool) -> str:
    return "yes" if is_so else "no"
