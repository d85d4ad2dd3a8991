"""An npm registry of any product: Verdaccio, npm's public one, or one nobody has looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from samebytes.dialects.registries import RegistryDialect, registry_dialect
from samebytes.registries.npm_protocol import NpmParts, NpmRegistry
from samebytes.registries.recognise import recognise
from samebytes.system.http.base import Transport


def recognised_dialect(transport: Transport, url: str) -> Callable[[], RegistryDialect]:
    """A dialect that is found out by asking the registry when it is first needed, once."""
    lock = threading.Lock()

    @cache
    def recognised() -> RegistryDialect:
        found = recognise(transport, url)
        return registry_dialect(found.product, found.version)[0]

    def dialect() -> RegistryDialect:
        # Without the lock, each thread of the first step would ask by itself.
        with lock:
            return recognised()

    return dialect


def npm_registry(url: str, parts: NpmParts) -> NpmRegistry:
    """The registry at a URL (no slash at its end), recognised by how it behaves; the parts' own dialect is not used."""
    return NpmRegistry(url, replace(parts, dialect=recognised_dialect(parts.transport, url)))
