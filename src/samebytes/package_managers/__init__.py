"""Package managers: read a workspace, install, run scripts, pack natively.

A kind is one module with a function `create(runner, platform)` that gives a `base.PackageManager`, and one line below.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Kind to module; a module is imported when it is picked, because reading YAML takes time to load.
KINDS: Mapping[str, str] = MappingProxyType({"pnpm": "samebytes.package_managers.pnpm"})
