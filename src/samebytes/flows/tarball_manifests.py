"""The manifests that tarballs call for, read from sites until a run has read enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from samebytes.flows.open_site import OpenSite
from samebytes.flows.read_release import expected_manifests
from samebytes.model.digests import Digest
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId
from samebytes.model.release import Subject

# A report on what stands at sites has to stay quick, also over a slow line and after years of releases.
LIMIT_BYTES = 64 * 1024 * 1024
LIMIT_TARBALLS = 500


class TarballManifests:
    """Reads each tarball once at most, the small ones of a release first, and in all no more than the limits."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES, limit_tarballs: int = LIMIT_TARBALLS) -> None:
        self._bytes_left = limit_bytes
        self._tarballs_left = limit_tarballs
        self._known: dict[tuple[PackageId, Digest], JsonObject | None] = {}

    def of(self, subjects: Sequence[Subject], sites: Sequence[OpenSite]) -> Mapping[PackageId, JsonObject | None]:
        """The manifests of these; None where no site serves the very bytes, left out what the limits do not allow."""
        chosen = self._choose(subject for subject in subjects if (subject.id, subject.sha512) not in self._known)
        found = expected_manifests(chosen, sites)
        self._known |= {(subject.id, subject.sha512): found.get(subject.id) for subject in chosen}
        keys = {subject.id: (subject.id, subject.sha512) for subject in subjects}
        return {package: self._known[key] for package, key in keys.items() if key in self._known}

    def _choose(self, subjects: Iterable[Subject]) -> list[Subject]:
        chosen = []
        for subject in sorted(subjects, key=lambda one: (one.size_bytes, one.id)):
            if not self._tarballs_left or subject.size_bytes > self._bytes_left:
                break
            self._tarballs_left -= 1
            self._bytes_left -= subject.size_bytes
            chosen.append(subject)
        return chosen
