"""The table of what versions of Gitea and Forgejo do, and how a version finds its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.dialects.forges import (
    AutoCancel,
    DispatchAnswer,
    ForgeDialect,
    NameRules,
    Product,
    RunsApi,
    choose_dialect,
    dialects,
)
from tests.cached import ROOT

_PAGE = ROOT / "docs" / "reference" / "forges.md"


@pytest.mark.parametrize(
    ("product", "version", "since", "note"),
    [
        ("gitea", "1.25.4", "1.25", ""),
        ("gitea", "v1.24.7", "1.24", ""),
        ("gitea", "1.26.0+dev-437-g3db3c058b3", "1.26", ""),
        ("gitea", "1.27.3", "1.27", ""),
        ("gitea", "28.1.0", "28", ""),
        ("gitea", "28.2.0", "28", "newer"),
        ("gitea", "31.0", "28", "newer"),
        ("gitea", "1.99.0", "1.27", ""),
        ("gitea", "1.20.6", "1.21", "older"),
        ("gitea", "development", "28", "no version"),
        ("gitea", "", "28", "no version"),
        ("forgejo", "11.0.1+gitea-1.22.0", "11", ""),
        ("forgejo", "9.0.3", "7", ""),
        ("forgejo", "15.0.0", "12", ""),
        ("forgejo", "16.0.2", "16", ""),
        ("forgejo", "17.0.0", "16", "newer"),
        ("forgejo", "1.21.11-1", "7", "older"),
    ],
)
def test_a_version_finds_its_dialect(product: str, version: str, since: str, note: str) -> None:
    """The newest line that is not newer than the version; unknown ones with a note that says how they are treated."""
    chosen = choose_dialect(Product(product), version)
    assert (chosen.dialect.product, chosen.dialect.since, chosen.version) == (product, since, version)
    assert (note in chosen.note) if note else chosen.note == ""
    assert not note or f"treated as {since}" in chosen.note


def test_every_dialect_says_where_it_is_from() -> None:
    """A fact without a source cannot be corrected."""
    assert all(dialect.sources for dialect in dialects())
    assert all(source[:6] in {"[RUN] ", "[READ]", "[INF] "} for dialect in dialects() for source in dialect.sources)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("SAMEBYTES_TOKEN", ""),
        ("_x1", ""),
        ("NPM_GITEA_TOKEN", ""),
        ("gitea_npm_token", "GITEA_"),
        ("GitHub_X", "GITHUB_"),
        ("ci", "reserved"),
        ("CI_TOKEN", ""),
        ("1ABC", "digit"),
        ("A-B", "letters"),
        ("Ä", "letters"),
        ("", "letters"),
        ("A\n", "letters"),
    ],
)
def test_names_are_judged_in_any_letter_case(name: str, problem: str) -> None:
    """The rules of Gitea 1.25 (servers.md, m)."""
    rules = NameRules(forbidden_prefixes=("GITEA_", "GITHUB_"), forbidden_names=frozenset({"CI"}), limit_bytes=65_536)
    found = rules.problem_with(name)
    assert problem in found
    assert bool(found) is bool(problem)


def test_the_page_shows_the_table() -> None:
    """docs/reference/forges.md holds what the dialects say, no more and no less."""
    assert table() in _PAGE.read_text(encoding="utf-8"), f"put this into {_PAGE.name}:\n\n{table()}"


def table() -> str:
    """The table of the page."""
    rows = ["| | " + " | ".join(f"{one.product.capitalize()} {one.since}" for one in dialects()) + " |"]
    rows.append("| --- |" + " --- |" * len(dialects()))
    for title, cell in _CELLS.items():
        rows.append(f"| {title} | " + " | ".join(cell(one) for one in dialects()) + " |")
    return "\n".join(rows)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _rules(rules: NameRules | None) -> str:
    if rules is None:
        return "no API"
    refused = ", ".join(
        [
            *(f"`{prefix}…`" for prefix in rules.forbidden_prefixes),
            *(f"`{name}`" for name in sorted(rules.forbidden_names)),
        ]
    )
    return refused + (f"; at most {rules.limit_bytes:,} bytes" if rules.limit_bytes else "")


def _cancels(one: ForgeDialect) -> str:
    return ", ".join(sorted(what.value for what in one.auto_cancel))


_CELLS: dict[str, Callable[[ForgeDialect], str]] = {
    "asset size by default": lambda one: f"{one.asset_limit_bytes // 1024 // 1024} MB",
    "an asset may be a link": lambda one: _yes(one.external_assets),
    "a draft is shown to anybody by id": lambda one: _yes(one.drafts_by_id),
    "… by tag": lambda one: _yes(one.drafts_by_tag),
    "runs are listed for": lambda one: one.runs.value if one.runs is not RunsApi.NONE else "nobody",
    "jobs of a run": lambda one: _yes(one.jobs_api),
    "logs of a job": lambda one: _yes(one.logs_api),
    "start of a workflow tells": lambda one: (
        one.dispatch.value if one.dispatch in {DispatchAnswer.NO_API, DispatchAnswer.NOTHING} else "the run"
    ),
    "… takes a tag as": lambda one: "`refs/tags/…`" if one.full_tag_refs else "`refs/tags/…` or its name",
    "cancels a run by itself": _cancels,
    "secret names refused": lambda one: _rules(one.secrets),
    "variable names refused": lambda one: _rules(one.variables),
    "tag protection by API": lambda one: _yes(one.tag_protections),
    "branch compare-and-swap": lambda one: _yes(one.branch_cas),
    "completed runs are kept": lambda one: f"{one.retention_days} days" if one.retention_days else "for ever",
}


def test_what_was_observed_is_in_the_table() -> None:
    """The three servers that were run, in the points that decide what we do (servers.md, k to n)."""
    g25, g26, f11 = (
        choose_dialect(Product.GITEA, "1.25.4").dialect,
        choose_dialect(Product.GITEA, "1.26.0").dialect,
        choose_dialect(Product.FORGEJO, "11.0.1").dialect,
    )
    assert [one.drafts_by_id for one in (g25, g26, f11)] == [True, False, True]
    assert [one.drafts_by_tag for one in (g25, g26, f11)] == [False, False, True]
    assert [one.runs for one in (g25, g26, f11)] == [RunsApi.ADMINS, RunsApi.ADMINS, RunsApi.NONE]
    assert [one.branch_cas for one in (g25, g26, f11)] == [False, True, False]
    assert [one.full_tag_refs for one in (g25, g26, f11)] == [True, True, False]
    assert g25.auto_cancel == {AutoCancel.REPUSH, AutoCancel.DISPATCH}
    assert f11.auto_cancel == {AutoCancel.REPUSH}
    assert g26.auto_cancel == {AutoCancel.CONCURRENCY}
    assert isinstance(_PAGE, Path)
