"""What the npm registry stores, and how it changes: packages, versions, rows of dist-tags, as the servers' tables do it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

from samebytes.testing.forge import go_version
from samebytes.testing.forge.npm_payload import Upload
from samebytes.testing.forge.state import Forge, User
from samebytes.testing.forge.storage import Blob, Record

_PACKAGE, _VERSION, _TAG = "npm_package", "npm_version", "npm_tag"
# Shares of losers that got 500 on PostgreSQL (22 to 53 % were seen), and of tag writes that did not see each other
# (12 to 16 of 16 versions held `latest` afterwards).
_LOSER_FAILS, _TAGS_MISS = 0.4, 0.9


class Added(Enum):
    """How adding a version ended."""

    NEW = auto()
    EXISTS = auto()
    FAILED = auto()
    OVER_COUNT = auto()
    OVER_SIZE = auto()
    OVER_OWNER_SIZE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored version; `id` grows with time and `key` is where it is stored."""

    id: int
    key: str
    owner: str
    name: str
    version: str
    file_name: str
    fields: Record
    repository: Record
    blob: Blob
    created: str
    creator: str

    @classmethod
    def of(cls, record: Record) -> Version:
        """The version of a record."""
        return cls(**{**record, "blob": Blob(**record["blob"])})


class NpmStore:
    """The packages of one owner, whose names and versions are found in any letter case."""

    def __init__(self, forge: Forge, owner: str) -> None:
        self._forge = forge
        self._storage = forge.storage
        self._owner = owner
        self._prefix = f"{owner.lower()}/"

    # Reading

    def package(self, name: str) -> Record | None:
        """The package's record, which outlives its versions."""
        return self._storage.get(_PACKAGE, self._package_key(name))

    def versions(self, name: str) -> list[Version]:
        """A package's versions, oldest first."""
        return [Version.of(record) for record in self._storage.values(_VERSION, f"{self._package_key(name)}@")]

    def version(self, name: str, version: str) -> Version | None:
        """One version."""
        record = self._storage.get(_VERSION, self._version_key(name, version))
        return None if record is None else Version.of(record)

    def all_versions(self) -> list[Version]:
        """All versions of all packages, oldest first."""
        return [Version.of(record) for record in self._storage.values(_VERSION, self._prefix)]

    def tag_rows(self, name: str) -> list[tuple[str, str, str]]:
        """Rows of dist-tags: row key, tag, key of the version; more than one version may hold a tag on PostgreSQL."""
        rows = self._storage.items(_TAG, f"{self._package_key(name)}@")
        return [(key, row["tag"], row["version"]) for key, row in rows]

    def tags(self, name: str, order: list[Version]) -> dict[str, str]:
        """Dist-tags as a server computes them: it walks versions in an order, and the last holder of a tag counts."""
        rows = self.tag_rows(name)
        return {tag: version.version for version in order for _, tag, holder in rows if holder == version.key}

    # Writing

    def add(self, upload: Upload, creator: User, begun: int) -> Added:
        """Add a version in one transaction, without its tags."""
        thing = self._version_key(upload.name, upload.version)
        with self._storage.transaction():
            if self._storage.get(_VERSION, thing) is not None:
                return Added.FAILED if self._loses(thing, begun) else Added.EXISTS
            over = None if creator.is_admin else self._over_limit(upload.blob.size)
            if over is not None:
                return over
            key = self._package_key(upload.name)
            if self._storage.get(_PACKAGE, key) is None:
                self._storage.put(
                    _PACKAGE, key, {"id": self._storage.next_id("package"), "name": upload.name, "repository": None}
                )
            version = Version(
                id=self._storage.next_id("package_version"),
                key=thing,
                owner=self._owner,
                name=upload.name,
                version=upload.version,
                file_name=upload.file_name,
                fields=dict(upload.fields),
                repository=dict(upload.repository),
                blob=upload.blob,
                created=self._forge.now().isoformat().replace("+00:00", "Z"),
                creator=creator.name,
            )
            self._storage.put(_VERSION, thing, asdict(version))
        self._forge.flying.finish(thing)
        return Added.NEW

    def set_tag(self, version: Version, tag: str, begun: int) -> bool:
        """Give a tag to a version; False for a tag that is refused."""
        return self._change_tag(version.name, tag, version, begun)

    def remove_tag(self, name: str, tag: str, begun: int) -> bool:
        """Remove a tag, if exactly one version holds it; False for a tag that is refused."""
        return self._change_tag(name, tag, None, begun)

    def remove_version(self, version: Version) -> None:
        """Remove a version and its tags; nothing of it is remembered."""
        with self._storage.transaction():
            for key, _, holder in self.tag_rows(version.name):
                if holder == version.key:
                    self._storage.remove(_TAG, key)
            self._storage.remove(_VERSION, version.key)

    def link(self, name: str, repository_id: int | None) -> None:
        """Link a package to a repository, or to none."""
        with self._storage.transaction():
            record = self.package(name)
            if record is not None:
                self._storage.put(_PACKAGE, self._package_key(name), record | {"repository": repository_id})

    def _change_tag(self, name: str, tag: str, target: Version | None, begun: int) -> bool:
        if not tag or go_version.looks_like_version(tag, after_words=self._forge.product.tag_prefix_is_ignored):
            return False
        thing = f"{self._package_key(name)}@{tag}"
        with self._storage.transaction():
            rows = [(key, holder) for key, found, holder in self.tag_rows(name) if found == tag]
            holders = Counter(holder for _, holder in rows)
            # The old row is removed only where exactly one version holds the tag; so a duplicate never heals.
            if len(holders) == 1 and not self._misses(thing, begun):
                self._storage.remove(_TAG, rows[0][0])
            if target is not None:
                row = self._storage.next_id("npm_tag")
                value: dict[str, Any] = {"tag": tag, "version": target.key}
                self._storage.put(_TAG, f"{self._package_key(name)}@{row:012}", value)
        self._forge.flying.finish(thing)
        return True

    def _over_limit(self, size: int) -> Added | None:
        limits = self._forge.limits
        if max(limits.owner_packages, limits.npm_size, limits.owner_size) < 0:
            return None
        stored = self.all_versions()
        if 0 <= limits.owner_packages <= len(stored):
            return Added.OVER_COUNT
        if 0 <= limits.npm_size < size:
            return Added.OVER_SIZE
        if 0 <= limits.owner_size < sum(version.blob.size for version in stored) + size:
            return Added.OVER_OWNER_SIZE
        return None

    def _loses(self, thing: str, begun: int) -> bool:
        forge = self._forge
        return forge.product.postgres and forge.flying.overlaps(thing, begun) and forge.random.random() < _LOSER_FAILS

    def _misses(self, thing: str, begun: int) -> bool:
        forge = self._forge
        return forge.product.postgres and forge.flying.overlaps(thing, begun) and forge.random.random() < _TAGS_MISS

    def _package_key(self, name: str) -> str:
        return f"{self._prefix}{name.lower()}"

    def _version_key(self, name: str, version: str) -> str:
        return f"{self._package_key(name)}@{version.lower()}"
