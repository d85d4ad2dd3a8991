"""The gate before the first upload: this build is what was promised under this tag, or nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from samebytes.core.differences import as_details
from samebytes.errors import BytesDifferError, RefusedError
from samebytes.formats import statement
from samebytes.model.change import Change
from samebytes.model.local_state import Remembered
from samebytes.model.names import PackageName
from samebytes.model.need import Need
from samebytes.model.release import Release
from samebytes.model.tag import Commit

# What a statement says beside tag, commit, subjects and revisions; all of it follows from the commit and the settings.
_STATED = ("tree", "base", "rule", "lockfile", "package_manager", "node", "image")
# What it says of a tarball beside the sha512, from which all of it follows.
_OF_A_TARBALL = ("sha256", "tar_sha256", "size_bytes", "files")


def refuse_snapshot(tag: str, commit: str) -> None:
    """Raise RefusedError (SB-6002) for a commit without a tag: snapshots are compared, never published."""
    if not tag:
        raise RefusedError(
            "SB-6002",
            f"commit {commit[:12]} is not named by a release tag, and only tags are published",
            hint="tag it first: git tag -a v1.2.3 && samebytes publish v1.2.3",
        )


def check_expected(expected: Release, built: Release, changes: Sequence[Change]) -> None:
    """Raise unless this build is the release that `expected` promises.

    RefusedError (SB-6010): the statement is about another tag or commit. RefusedError (SB-6011): it was packed by rules
    that this version does not apply here. BytesDifferError (SB-6012): bytes differ; details name files and causes.
    `changes` is every difference between the subjects of the two, with causes where somebody looked into the files.
    """
    if (expected.tag, expected.commit) != (built.tag, built.commit):
        raise RefusedError(
            "SB-6010",
            f"the expected statement is about {_named(expected)}, this build is {_named(built)}",
            hint="give the release.json of the very tag that is published; a tag that has moved must not be published",
        )
    if (expected.profile, expected.canon) != (built.profile, built.canon):
        raise RefusedError(
            "SB-6011",
            f"the expected release was packed with {expected.profile} and {expected.canon}, "
            f"this one with {built.profile} and {built.canon}",
            hint="use the same version of samebytes and the same `pack.profile` at both sites",
        )
    if changes:
        raise differing(
            "SB-6012", f"this build of {built.tag} is not the expected release", changes, "nothing was uploaded"
        )
    stated = {
        f"release.json: {field}": f"expected {_shown(getattr(expected, field))}, here {_shown(getattr(built, field))}"
        for field in _STATED
        if getattr(expected, field) != getattr(built, field)
    }
    if stated:
        raise BytesDifferError(
            "SB-6012",
            f"this build of {built.tag} has the expected tarballs, but its statement differs",
            hint="the details name what differs; it comes from git history and samebytes.toml, not from the build",
            details=stated,
        )
    if statement.write(expected) != statement.write(built):
        # Equal sha512 with another sha256, size or list of files: a statement that contradicts itself proves nothing.
        raise BytesDifferError(
            "SB-6012",
            f"this build of {built.tag} has the expected tarballs, but the expected statement describes them otherwise",
            hint="the statement contradicts itself: get the release.json of this tag from the site that made it",
            details=_otherwise(expected, built),
        )


def check_memory(memory: Remembered | None, commit: Commit, statement_sha256: str, changes: Sequence[Change]) -> None:
    """Raise RefusedError (SB-6101) when a site has bound this tag to another tag object, commit or statement.

    `changes` says what differs between the two statements, where the remembered one is still known.
    """
    if memory is None or memory == remembered(commit, statement_sha256):
        return
    how = tag_change(memory, commit)
    if how:
        raise RefusedError(
            "SB-6101",
            f"tag {commit.name} {how} since this site first saw it",
            hint="released tags never change: put back the tag that was seen first (`git fetch --tags --force` from a "
            "remote that has it), or release under a new one",
            details={
                "first seen": _tagged(memory.commit, memory.tag_object),
                "now": _tagged(commit.commit, commit.tag_object),
            },
        )
    raise RefusedError(
        "SB-6101",
        f"this site has bound tag {commit.name} to another build of the same commit",
        hint="the build does not reproduce: compare with `samebytes explain`, fix what differs, release under a new tag",
        details={"bound to": memory.statement_sha256, "this build": statement_sha256} | as_details(changes),
    )


def tag_change(memory: Remembered, commit: Commit) -> str:
    """What became of a tag since a site bound it, as a verb; empty where it is the very same tag object."""
    if memory.commit != commit.commit:
        return "has moved to another commit"
    return "was made anew at the same commit" if memory.tag_object != commit.tag_object else ""


def check_repository(
    site: str, bindings: Iterable[Remembered], commit: Commit, packages: Collection[PackageName]
) -> None:
    """Raise RefusedError (SB-6102) when another repository has released this tag, or one of these packages, at a site.

    Repositories whose histories share a first commit are one: clones, forks, and where one was merged into the other.
    """
    for binding in bindings:
        if not _unrelated(binding.roots, commit.roots):
            continue
        taken = [f"the tag {binding.tag}"] if binding.tag == commit.name else []
        taken += [f"the package {name}" for name in sorted({*packages}.intersection(binding.packages))]
        if taken:
            raise RefusedError(
                "SB-6102",
                f"site {site!r} has {taken[0]} from another repository",
                hint="one repository per site, and per folder of a directory site: give this repository its own",
                details={
                    "released there": f"{binding.tag}, {_tagged(binding.commit, binding.tag_object)}",
                    "history there begins with": ", ".join(binding.roots),
                    "history here begins with": ", ".join(commit.roots),
                },
            )


def _unrelated(roots: Collection[str], others: Collection[str]) -> bool:
    """Whether both are known and share nothing."""
    return bool(roots and others) and set(roots).isdisjoint(others)


def remembered(
    commit: Commit, statement_sha256: str, packages: Iterable[PackageName] = (), needs: Iterable[Need] = ()
) -> Remembered:
    """The binding that a site keeps of a tag."""
    return Remembered(
        tag=commit.name,
        tag_object=commit.tag_object,
        commit=commit.commit,
        statement_sha256=statement_sha256,
        roots=commit.roots,
        packages=tuple(packages),
        needs=tuple(needs),
    )


def differing(code: str, summary: str, changes: Sequence[Change], aftermath: str) -> BytesDifferError:
    """The error for bytes that are not what they should be, first difference in the summary, all in the details."""
    details = as_details(changes)
    place, first = next(iter(details.items()))
    return BytesDifferError(
        code,
        f"{summary}: {place}: {first}",
        hint=f"{aftermath}; `samebytes explain` shows where the files differ",
        details=details,
    )


def _otherwise(expected: Release, built: Release) -> dict[str, str]:
    """What is said otherwise of a tarball, by member: the names of the keys."""
    pairs = ((subject, built.subject(subject.id)) for subject in expected.subjects)
    said = {
        str(ours.id): [key for key in _OF_A_TARBALL if getattr(ours, key) != getattr(theirs, key, None)]
        for ours, theirs in pairs
    }
    return {f"release.json: {member}": f"another {', '.join(keys)}" for member, keys in said.items() if keys}


def _named(release: Release) -> str:
    return f"{release.tag or 'a snapshot'} at {release.commit[:12]}"


def _tagged(commit: str, tag_object: str) -> str:
    return f"commit {commit}, tag object {tag_object or 'none (lightweight)'}"


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)
