"""What git prints, as values: tag and commit objects, `ls-tree` lists, `cat-file --batch` streams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from samebytes.errors import ConfigError

# The lines git takes for the start of a signature (gpg-interface.c, git 2.39: openpgp, x509, ssh).
_SIGNATURE_STARTS = (
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
    b"-----BEGIN SSH SIGNATURE-----",
)
_NO_OBJECT = frozenset({b"missing", b"ambiguous"})
_COMMITTER = re.compile(rb"^committer .*? (\d{1,15}) [+-]\d{4}$", re.MULTILINE)

SYMLINK = "120000"
GITLINK = "160000"
DIRECTORY = "040000"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a tree: `mode` as git writes it in six digits, `object_id` in hexadecimal."""

    mode: str
    object_id: str

    @property
    def is_directory(self) -> bool:
        """Whether this is a tree."""
        return self.mode == DIRECTORY

    @property
    def is_symlink(self) -> bool:
        """Whether the blob is a link's target."""
        return self.mode == SYMLINK

    @property
    def is_submodule(self) -> bool:
        """Whether this names a commit of another repository."""
        return self.mode == GITLINK


@dataclass(frozen=True, slots=True)
class RawObject:
    """An object as stored: its id, type (`commit`, `tree`, `blob`, `tag`) and bytes."""

    object_id: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TagObject:
    """An annotated tag: the name written inside, and its message without a signature."""

    name: str
    message: str


def text_of(data: bytes) -> str:
    """Bytes from git as text that turns back into the same bytes (`surrogateescape`)."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes that `text_of` was given."""
    return text.encode("utf-8", "surrogateescape")


def read_tree_list(listing: bytes) -> Mapping[str, TreeEntry]:
    """The output of `git ls-tree -r -t -z --full-tree`: path to entry, in git's order."""
    entries: dict[str, TreeEntry] = {}
    for line in listing.split(b"\0"):
        if line:
            head, _, path = line.partition(b"\t")
            mode, _, object_id = head.decode("ascii").split(" ")
            entries[text_of(path)] = TreeEntry(mode, object_id)
    return entries


def read_batch(stream: bytes) -> Iterator[RawObject | None]:
    """The output of `git cat-file --batch`, one value per requested name, None where the object is missing.

    Raises ConfigError (SB-2104) when the stream ends early.
    """
    at = 0
    while at < len(stream):
        end = stream.find(b"\n", at)
        words = stream[at:end].split(b" ") if end >= 0 else []
        if words and words[-1] in _NO_OBJECT:
            at = end + 1
            yield None
            continue
        size = int(words[2]) if len(words) == 3 and words[2].isdigit() else -1  # noqa: PLR2004  id, type, size
        data = stream[end + 1 : end + 1 + size] if size >= 0 else b""
        if len(data) != size:
            raise ConfigError("SB-2104", "git printed an object that cannot be read", hint="run git fsck")
        at = end + 1 + size + 1
        yield RawObject(words[0].decode("ascii"), words[1].decode("ascii"), data)


def read_checked(line: bytes) -> str | None:
    """A line of `git cat-file --batch-check`: the object's id, None where it is missing."""
    words = line.split(b" ")
    return None if words[-1] in _NO_OBJECT else words[0].decode("ascii")


def read_tag(data: bytes) -> TagObject:
    """A tag object's own name, and its message without the signature (as git's `parse_signature` cuts it)."""
    header, _, body = data.partition(b"\n\n")
    name = next((line[4:] for line in header.split(b"\n") if line.startswith(b"tag ")), b"")
    return TagObject(text_of(name), text_of(body[: _signature_start(body)]))


def _signature_start(body: bytes) -> int:
    """Where the signature starts: at the last line that looks like one, as in git."""
    at, found = 0, len(body)
    for line in body.split(b"\n"):
        if line.startswith(_SIGNATURE_STARTS):
            found = at
        at += len(line) + 1
    return found


def read_committer_time(data: bytes) -> int:
    """The committer time of a commit object, seconds since the epoch.

    Raises ConfigError (SB-2104) when there is none.
    """
    match = _COMMITTER.search(data.partition(b"\n\n")[0])
    if match is None:
        raise ConfigError("SB-2104", "a commit has no committer time", hint="run git fsck")
    return int(match[1])


def read_peeled_tags(listing: bytes) -> Mapping[str, str]:
    """The output of `git show-ref --tags --dereference`: tag name to the object it leads to in the end."""
    tags: dict[str, str] = {}
    for line in listing.splitlines():
        object_id, _, ref = text_of(line).partition(" ")
        # The peeled line of an annotated tag follows its own line and wins.
        tags[ref.removeprefix("refs/tags/").removesuffix("^{}")] = object_id
    return tags
