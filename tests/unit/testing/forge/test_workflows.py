"""Which pushes set off which workflows."""

from __future__ import annotations

import pytest

from samebytes.formats.yaml_reader import YamlMap, parse_yaml
from samebytes.testing.forge.workflows import Workflow


def _workflow(text: str) -> Workflow:
    document = parse_yaml(text.encode(), "w.yml")
    assert isinstance(document, YamlMap)
    return Workflow(file="w.yml", folder=".gitea/workflows", document=document)


@pytest.mark.parametrize(
    ("on", "tag", "branch"),
    [
        ("push", True, True),
        ("[push, release]", True, True),
        ("release", False, False),
        ("{push: }", True, True),
        ("{push: {tags: ['v*']}}", True, False),
        ("{push: {branches: [main]}}", False, True),
        ("{push: {branches: [main], tags: ['**']}}", True, True),
        ("{push: {tags-ignore: ['v*']}}", False, False),
        ("{push: {tags: ['*', '!v*']}}", False, False),
        ("{push: {tags: 'v1.?.0'}}", True, False),
        ("{workflow_dispatch: }", False, False),
    ],
)
def test_filters_choose_tags_and_branches(on: str, tag: bool, branch: bool) -> None:
    """Filters of one kind shut out the other kind"""
    workflow = _workflow(f"on: {on}")
    found = (workflow.is_set_off_by("refs/tags/v1.2.0"), workflow.is_set_off_by("refs/heads/main"))
    assert found == (tag, branch)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on: push", None),
        ("concurrency: all", ("all", False)),
        ("concurrency: {group: 'a-${{ github.ref }}', cancel-in-progress: true}", ("a-refs/tags/v1", True)),
        ("concurrency: {group: 'a-${{ github.run_id }}'}", ("a-", False)),
    ],
)
def test_groups_are_filled_in(text: str, expected: tuple[str, bool] | None) -> None:
    """Known expressions get their value, all others none"""
    assert _workflow(text).concurrency({"ref": "refs/tags/v1"}) == expected


def test_jobs_have_names_and_labels() -> None:
    """The key stands for a missing name; one label may stand alone"""
    jobs = _workflow("jobs: {a: {runs-on: x}, b: {name: B, runs-on: [x, y]}, c: }").jobs
    assert [(job.name, job.labels) for job in jobs] == [("a", ("x",)), ("B", ("x", "y")), ("c", ())]
