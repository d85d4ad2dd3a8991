"""What `pack` prints about the release it made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.tag import NO_COMMIT, Commit
from samebytes.reports.release_text import pack_plan_text, release_text
from tests.unit.formats.releases import example_release


@pytest.mark.parametrize(
    ("tag", "commit", "what"),
    [
        ("v1.2.3", "1f" * 20, "v1.2.3: "),
        ("", "1f" * 20, "a snapshot of 1f1f1f1f1f1f, which can be compared but not published: "),
        ("", NO_COMMIT, "the checkout as it stands, which can be compared but not published: "),
    ],
)
def test_the_last_line_names_what_was_packed(tag: str, commit: str, what: str) -> None:
    """A tag, a commit, or neither: then there is no commit to name."""
    release = replace(example_release(), tag=tag, commit=commit)
    text = release_text(release, "FINGER", "packed", ())
    assert text.splitlines()[-1].startswith(what)
    assert text.splitlines()[-1].endswith(" in packed")


def test_a_dry_run_on_a_checkout_names_no_commit() -> None:
    """There is none that a tag could be put on."""
    nothing = Selection(
        rule=SelectionRule.ALL,
        base=Base(tag="", commit="", inferred=False),
        members=(),
        levels=(),
        cycles=(),
        left_out=(),
        findings=(),
    )
    commit = Commit(name="", tag_object="", commit=NO_COMMIT, tree=NO_COMMIT, time_s=0, message="")
    assert pack_plan_text(commit, nothing, (), "out").startswith("the checkout as it stands has 0 members")
