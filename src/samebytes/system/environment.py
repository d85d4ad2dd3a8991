"""What a process can see of its surroundings: variables, platform, cores."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol


class Environment(Protocol):
    """The surroundings of this process."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables, frozen at start."""
        ...

    @property
    def platform(self) -> str:
        """`<system>-<machine>` such as `linux-x86_64`, for build records only."""
        ...

    @property
    def cores(self) -> int:
        """How many cores this process may use."""
        ...

    @property
    def is_root(self) -> bool:
        """Whether this process has uid 0."""
        ...


class SystemEnvironment:
    """The real surroundings."""

    def __init__(self) -> None:
        self.variables: Mapping[str, str] = MappingProxyType(dict(os.environ))
        self.platform = f"{platform.system().lower()}-{platform.machine().lower()}"

    @property
    def cores(self) -> int:
        """Cores in this process's affinity mask where the system has one, else all."""
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1

    @property
    def is_root(self) -> bool:
        """Whether this process has uid 0."""
        return hasattr(os, "geteuid") and os.geteuid() == 0
