"""A site in memory that keeps all four Protocols, counts every call, and fails where a test wants it to.

It passes the same contract suite as a directory site (tests/contract/test_site_contract.py). A fault is called before
and after each call has acted; `Killed` is the process's end: whatever the flow still tries after it fails as well,
so that no clean-up runs that a dead process would not run.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from samebytes.errors import BytesDifferError, DeadlineError, RefusedError, SiteError
from samebytes.flows.open_site import OpenSite
from samebytes.model import digests
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageId, PackageName
from samebytes.model.observed import ObservedPackage, ObservedVersion, PackageObservation, UnreadablePackage
from samebytes.model.site import ReadBack, Site
from samebytes.registries.base import Lease, UploadPackage
from samebytes.stores.base import HeldLease
from samebytes.system.clock import Clock

Result = TypeVar("Result")
Fault = Callable[[int, str, str], None]


class Killed(BaseException):
    """The process is dead; no `except Exception` of a flow may see it."""


def no_fault(number: int, moment: str, call: str) -> None:
    """Let everything happen."""


def kill_at(number: int, moment: str) -> Fault:
    """Die at this call, from 1; `moment` is `before` or `after` it has acted."""

    def fault(now: int, when: str, call: str) -> None:
        if (now, when) == (number, moment):
            raise Killed(call)

    return fault


def fail_at(number: int, moment: str) -> Fault:
    """Fail this one call, from 1, as a lost connection does; `after` has acted all the same."""

    def fault(now: int, when: str, call: str) -> None:
        if (now, when) == (number, moment):
            raise SiteError("SB-5001", f"the connection was lost {moment} {call}")

    return fault


@dataclass
class StoredPackage:
    """One package in memory; bytes by version beside the version manifests."""

    versions: dict[str, ObservedVersion] = field(default_factory=dict)
    tarballs: dict[str, bytes] = field(default_factory=dict)
    dist_tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Lease:
    """Who has the lock: a number that rises with every holder, and one that rises with every renewal."""

    number: int
    renewal: int
    holder: str
    lease_s: float


class MemorySite:
    """What a site keeps, and the calls that were made; `writes` are those that may change it, in order."""

    def __init__(self, clock: Clock, fault: Fault = no_fault, id: str = "memory") -> None:  # noqa: A002  the field's own word
        self.id = id
        self.clock = clock
        self.fault = fault
        self.calls: list[str] = []
        self.packages: dict[PackageName, StoredPackage] = {}
        self.unreadable: set[PackageName] = set()
        self.stored: dict[str, dict[str, bytes]] = {}
        self.memories: dict[str, Remembered] = {}
        self.journals: dict[str, list[PromotionEntry]] = {}
        self.documents: dict[tuple[str, Digest], bytes] = {}
        self.lease: _Lease | None = None
        self.numbers = 0
        self._dead = False
        self._one_at_a_time = threading.RLock()

    def open(self, concurrency: int = 1, read_back: ReadBack = ReadBack.BYTES) -> OpenSite:
        """The site as flows see it."""
        site = Site(id=self.id, kind="memory", concurrency=concurrency, read_back=read_back)
        return OpenSite(
            site=site,
            registry=MemoryRegistry(self),
            releases=MemoryReleases(self),
            state=MemoryState(self),
            evidence=MemoryEvidence(self),
        )

    def next_process(self, fault: Fault = no_fault) -> None:
        """A new process after the last one died: calls count from 1 again, and its lock has run out."""
        self.calls, self.fault, self.lease, self._dead = [], fault, None, False

    @property
    def writes(self) -> list[str]:
        """The calls that may change the site, the lock's left out."""
        reading = (
            "observe",
            "tarball",
            "assets",
            "read",
            "digest",
            "remembered",
            "all_remembered",
            "journal",
            "get",
            "list",
        )
        return [
            call for call in self.calls if call.split()[0] not in (*reading, "acquire", "guard", "renew", "release")
        ]

    def final_state(self) -> dict[str, object]:
        """What an undisturbed and a repeated run have in common: everything but lock, calls and build records."""
        return {
            "packages": {
                str(name): (sorted(package.tarballs.items()), dict(package.versions), dict(package.dist_tags))
                for name, package in sorted(self.packages.items())
            },
            "releases": {tag: dict(sorted(assets.items())) for tag, assets in self.stored.items()},
            "memories": dict(self.memories),
            "journals": {tag: [entry for entry in entries if entry.done] for tag, entries in self.journals.items()},
            "documents": sorted(str(digest) for _, digest in self.documents),
        }

    def step(self, call: str, act: Callable[[], Result]) -> Result:
        """Make one call: counted, and disturbed where the fault says so."""
        with self._one_at_a_time:
            if self._dead:
                raise Killed(call)
            self.calls.append(call)
            number = len(self.calls)
            try:
                self.fault(number, "before", call)
                result = act()
                self.fault(number, "after", call)
            except Killed:
                self._dead = True
                raise
            return result


class MemoryRegistry:
    """The registry part."""

    def __init__(self, site: MemorySite) -> None:
        self._site = site

    def observe(self, names: Sequence[PackageName]) -> dict[PackageName, PackageObservation]:
        """What there is under each name; names in `unreadable` cannot be read."""
        try:
            return self._site.step("observe", lambda: {name: self._observe(name) for name in names})
        except SiteError as error:
            return {name: UnreadablePackage(name=name, code=error.code, why=error.summary) for name in names}

    def tarball(self, id: PackageId) -> Iterator[bytes] | None:  # noqa: A002  the field's own word
        """The stored bytes in small chunks."""
        data = self._site.step(f"tarball {id}", lambda: self._package(id.name).tarballs.get(id.version.text))
        return None if data is None else (data[start : start + 64] for start in range(0, len(data), 64))

    def upload(self, package: UploadPackage, lease: Lease) -> None:
        """Store a version that is not there yet."""
        id_ = package.packed.tarball.id

        def act() -> None:
            stored = self._site.packages.setdefault(id_.name, StoredPackage())
            if id_.version.text in stored.versions:
                return
            data = Path(package.packed.file).read_bytes()
            digest = Digest("sha512", hashlib.sha512(data).digest())
            manifest: JsonObject = {**package.version_manifest, "dist": {"integrity": digest.integrity}}
            stored.tarballs[id_.version.text] = data
            stored.versions[id_.version.text] = ObservedVersion(integrity=digest, manifest=manifest)
            stored.dist_tags[package.dist_tag] = id_.version.text

        with lease.guard():
            self._site.step(f"upload {id_}", act)

    def set_tag(self, name: PackageName, dist_tag: str, version: str, lease: Lease) -> None:
        """Point a dist-tag at a version that exists."""

        def act() -> None:
            if version not in self._package(name).versions:
                raise SiteError("SB-5002", f"{dist_tag} of {name} cannot point at {version}: there is no such version")
            self._package(name).dist_tags[dist_tag] = version

        with lease.guard():
            self._site.step(f"set_tag {name} {dist_tag} {version}", act)

    def delete_tag(self, name: PackageName, dist_tag: str, lease: Lease) -> None:
        """Remove a dist-tag; one that is not there is fine."""
        with lease.guard():
            self._site.step(f"delete_tag {name} {dist_tag}", lambda: self._package(name).dist_tags.pop(dist_tag, None))

    def delete_version(self, id: PackageId, lease: Lease) -> None:  # noqa: A002  the field's own word
        """Remove a version and the dist-tags at it; one that is not there is fine."""

        def act() -> None:
            package = self._package(id.name)
            package.versions.pop(id.version.text, None)
            package.tarballs.pop(id.version.text, None)
            package.dist_tags = {tag: at for tag, at in package.dist_tags.items() if at != id.version.text}

        with lease.guard():
            self._site.step(f"delete_version {id}", act)

    def _package(self, name: PackageName) -> StoredPackage:
        return self._site.packages.get(name, StoredPackage())

    def _observe(self, name: PackageName) -> PackageObservation:
        if name in self._site.unreadable:
            return UnreadablePackage(name=name, code="SB-5001", why=f"the packument of {name} is garbled")
        package = self._package(name)
        return ObservedPackage(name=name, versions=dict(package.versions), dist_tags=dict(package.dist_tags))


class MemoryReleases:
    """The release store."""

    def __init__(self, site: MemorySite) -> None:
        self._site = site

    def assets(self, tag: str) -> dict[str, int] | None:
        """Asset name to size in bytes."""
        found = self._site.step(f"assets {tag}", lambda: self._site.stored.get(tag))
        return None if found is None else {name: len(data) for name, data in found.items()}

    def read(self, tag: str, name: str, limit_bytes: int) -> bytes | None:
        """The bytes of an asset."""
        data = self._site.step(f"read {tag} {name}", lambda: self._asset(tag, name))
        if data is not None and len(data) > limit_bytes:
            raise SiteError("SB-5003", f"{name} of {tag} is larger than {limit_bytes} bytes")
        return data

    def digest(self, tag: str, name: str) -> Digest | None:
        """The sha256 of an asset."""
        data = self._site.step(f"digest {tag} {name}", lambda: self._asset(tag, name))
        return None if data is None else digests.sha256(data)

    def create(self, tag: str, commit: str, lease: Lease) -> None:
        """Create the release of this tag; one that is there is fine."""
        with lease.guard():
            self._site.step(f"create {tag} {commit}", lambda: self._site.stored.setdefault(tag, {}))

    def put(self, tag: str, name: str, chunks: Iterator[bytes], sha256: Digest, lease: Lease) -> None:
        """Store an asset once; other bytes than promised, given or found, are BytesDifferError (SB-5201)."""

        def act() -> None:
            if tag not in self._site.stored:
                raise SiteError("SB-5002", f"{name} cannot be stored: there is no release of {tag!r}")
            data = b"".join(chunks)
            if digests.sha256(self._site.stored[tag].get(name, data)) != sha256 or digests.sha256(data) != sha256:
                raise BytesDifferError("SB-5201", f"the release of {tag!r} has another {name}")
            self._site.stored[tag].setdefault(name, data)

        with lease.guard():
            self._site.step(f"put {tag} {name}", act)

    def _asset(self, tag: str, name: str) -> bytes | None:
        return self._site.stored.get(tag, {}).get(name)


class MemoryEvidence:
    """The evidence store."""

    def __init__(self, site: MemorySite) -> None:
        self._site = site

    def add(self, kind: str, document: bytes) -> Digest:
        """Store a document."""
        digest = digests.sha256(document)
        self._site.step(f"add {kind}", lambda: self._site.documents.setdefault((kind, digest), document))
        return digest

    def get(self, kind: str, sha256: Digest, limit_bytes: int) -> bytes | None:
        """A document, checked against its name."""
        document = self._site.step(f"get {kind}", lambda: self._site.documents.get((kind, sha256)))
        if document is None:
            return None
        if len(document) > limit_bytes:
            raise SiteError("SB-5003", f"{kind} {sha256} is larger than {limit_bytes} bytes")
        if digests.sha256(document) != sha256:
            raise SiteError("SB-5001", f"{kind} {sha256} does not hold what its name says")
        return document

    def list(self, kind: str) -> Sequence[Digest]:
        """The digests stored under a kind, sorted."""
        return self._site.step(f"list {kind}", lambda: sorted(d for found, d in self._site.documents if found == kind))


class MemoryState:
    """Lock, memory and journal."""

    def __init__(self, site: MemorySite) -> None:
        self._site = site
        self.lock = MemoryLock(site)

    def remembered(self, tag: str) -> Remembered | None:
        """What this tag was bound to here."""
        return self._site.step(f"remembered {tag}", lambda: self._site.memories.get(tag))

    def remember(self, memory: Remembered, lease: HeldLease) -> None:
        """Bind a tag; another binding is RefusedError (SB-6101)."""

        def act() -> None:
            if self._site.memories.setdefault(memory.tag, memory) != memory:
                raise RefusedError(
                    "SB-6101", f"tag {memory.tag!r} is bound to something else at site {self._site.id!r}"
                )

        with lease.guard():
            self._site.step(f"remember {memory.tag}", act)

    def all_remembered(self) -> Sequence[Remembered]:
        """Every binding, sorted by tag."""
        return self._site.step("all_remembered", lambda: [memory for _, memory in sorted(self._site.memories.items())])

    def journal(self, release_tag: str) -> PromotionEntry | None:
        """The newest promotion of this release."""
        entries = self._site.step(f"journal {release_tag}", lambda: self._site.journals.get(release_tag))
        return entries[-1] if entries else None

    def write_journal(self, entry: PromotionEntry, lease: HeldLease) -> None:
        """Add a promotion, or mark the newest one as done."""

        def act() -> None:
            entries = self._site.journals.setdefault(entry.release_tag, [])
            if entries and entry in (entries[-1], replace(entries[-1], done=True)):
                entries.pop()
            entries.append(entry)

        with lease.guard():
            self._site.step(f"write_journal {entry.release_tag} {'done' if entry.done else 'begun'}", act)


_POLL_S = 0.1
_MARGIN_S = 5.0


class MemoryLock:
    """The lock: one lease, taken over when it has been seen unchanged for its whole life and a margin."""

    def __init__(self, site: MemorySite) -> None:
        self._site = site

    def acquire(self, holder: str, lease_s: float, timeout_s: float) -> MemoryLease:
        """Wait for the lock. Raises DeadlineError (SB-5101), naming the holder, when the timeout passes."""
        clock = self._site.clock
        until_s = clock.monotonic_s() + timeout_s
        seen, seen_since_s = self._site.lease, clock.monotonic_s()
        while seen is not None and clock.monotonic_s() - seen_since_s <= seen.lease_s + _MARGIN_S:
            if clock.monotonic_s() >= until_s:
                raise DeadlineError(
                    "SB-5101", f"the lock was not obtained within {timeout_s:g} s, {seen.holder} holds it"
                )
            clock.sleep(_POLL_S)
            if self._site.lease != seen:
                seen, seen_since_s = self._site.lease, clock.monotonic_s()
        return self._site.step("acquire", lambda: self._take(holder, lease_s))

    def _take(self, holder: str, lease_s: float) -> MemoryLease:
        self._site.numbers += 1
        lease = _Lease(number=self._site.numbers, renewal=0, holder=holder, lease_s=lease_s)
        self._site.lease = lease
        return MemoryLease(self._site, lease)


class MemoryLease:
    """A lease that its holder still has, or has lost."""

    def __init__(self, site: MemorySite, lease: _Lease) -> None:
        self._site = site
        self._lease = lease

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let one step happen while the lease is ours."""
        self._site.step("guard", self._require_ours)
        yield

    def renew(self) -> None:
        """Prolong it."""

        def act() -> None:
            self._require_ours()
            self._lease = self._site.lease = replace(self._lease, renewal=self._lease.renewal + 1)

        self._site.step("renew", act)

    def release(self) -> None:
        """Give it back."""

        def act() -> None:
            if self._site.lease == self._lease:
                self._site.lease = None

        self._site.step("release", act)

    def _require_ours(self) -> None:
        if self._site.lease != self._lease:
            raise DeadlineError("SB-5102", "the lock of the site was taken over; nothing more was written")
