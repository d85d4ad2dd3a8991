"""A large tarball passes through us, and is never in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cached import ROOT
from tests.clients.verdaccio import Verdaccio

_PROGRAM = """
import hashlib, json, os, resource, sys
from dataclasses import replace
from pathlib import Path
from samebytes.dialects.registries import RegistryProduct, registry_dialect
from samebytes.model.digests import Digest
from samebytes.model.tarball import PackedMember
from samebytes.system.content import HashingSink
from tests.registries.kinds import Package, http_kind, upload

folder, url, token = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
kind = http_kind("verdaccio", url, token, registry_dialect(RegistryProduct.VERDACCIO, "6.10.4")[0])
registry = kind.open()

def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

def exchange(member: PackedMember) -> bool:
    sink = HashingSink("sha512")
    upload(registry, member)
    return registry.read_tarball(member.tarball.id, sink) and sink.digest == member.tarball.sha512

small = Package(folder / "small", "small").version()
assert exchange(small)
large = Package(folder / "large", "large").version()
size = 200 * 1000 * 1000
with open(large.file, "wb") as file:
    for _ in range(200):
        file.write(os.urandom(1000 * 1000))
digests = {}
for algorithm in ("sha512", "sha1"):
    with open(large.file, "rb") as file:
        digests[algorithm] = Digest(algorithm, hashlib.file_digest(file, algorithm).digest())
large = PackedMember(tarball=replace(large.tarball, size_bytes=size, **digests), file=large.file)
before = peak()
print(json.dumps({"same": exchange(large), "added": peak() - before}))
kind.close()
"""


@pytest.mark.slow
def test_a_large_tarball_adds_no_memory(verdaccio: Verdaccio, tmp_path: Path) -> None:
    """Uploading 200 MB to a real Verdaccio and reading it back adds less than 20 MB to the peak of our process."""
    result = subprocess.run(
        (sys.executable, "-c", _PROGRAM, str(tmp_path), verdaccio.url, verdaccio.token),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["same"]
    assert found["added"] < 20 * 1000 * 1000
