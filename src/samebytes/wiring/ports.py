"""The parts of the world that sites are opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from samebytes.model.site import Site
from samebytes.system.clock import Clock
from samebytes.system.http.base import Transport
from samebytes.system.process import Runner, SystemRunner
from samebytes.system.randomness import Randomness

# In place of the real one, for tests: they put faults, or a server without a network, behind a site.
MakeTransport: TypeAlias = Callable[[Site], Transport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """`variables` is the environment, `folder` where the configuration is, `object_format` that of the user's clone."""

    clock: Clock
    randomness: Randomness
    runner: Runner = field(default_factory=SystemRunner)
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folder: str = "."
    object_format: str = "sha1"
    transport: MakeTransport | None = None
