"""Only the uploads of a release, ours or a bare loop's: `uploads_once CHECKOUT URL FOLDER TAG CONNECTIONS`.

With 0 connections the product uploads, with its own number of them; else that many threads of `http.client` send the very
same requests, whose bodies are in memory before. Prints seconds on the wall and of the processor as JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from bench.verdaccio_once import TOKEN, as_tag, opened_site, workshop
from samebytes.core.install_manifest import version_manifest
from samebytes.core.reconcile import plan_uploads
from samebytes.flows.make_release import BuiltRelease, make_snapshot_here
from samebytes.flows.site_lease import site_lease
from samebytes.flows.upload import upload
from samebytes.model.action import HOLD_TAG
from samebytes.model.observed import Absent
from samebytes.model.settings import Settings
from samebytes.registries.base import UploadPackage
from samebytes.registries.npm_address import NpmAddress
from samebytes.registries.publish_body import publish_body
from samebytes.system.clock import SystemClock

_CREATED = 201


def main(checkout: Path, url: str, folder: Path, tag: str, connections: int) -> None:
    """Pack without being timed, then upload."""
    with tempfile.TemporaryDirectory() as tarballs:
        built = as_tag(make_snapshot_here(str(checkout), Settings(), workshop(folder), tarballs), tag)
        work = _bare(built, url, connections) if connections else _ours(built, url, folder)
        started_s, spent_s = time.perf_counter(), time.process_time()
        work()
        print(json.dumps({"wall": time.perf_counter() - started_s, "cpu": time.process_time() - spent_s}))


def _ours(built: BuiltRelease, url: str, folder: Path) -> Callable[[], None]:
    at = opened_site(url, folder)
    states = [Absent(id=member.tarball.id) for member in built.packed]
    planned = plan_uploads(states, built.selection.levels, {state.id.name for state in states})

    def work() -> None:
        with site_lease(at, "bench", SystemClock(), lambda _: None) as lease:
            upload(at, built.packed, planned, lease, lambda _: None)

    return work


def _bare(built: BuiltRelease, url: str, connections: int) -> Callable[[], None]:
    address = NpmAddress(url)
    requests: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    for member in built.packed:
        id_ = member.tarball.id
        package = UploadPackage(packed=member, version_manifest=version_manifest(member.tarball), dist_tag=HOLD_TAG)
        body = b"".join(publish_body(package, address.tarball(id_)).chunks())
        requests.put((urlsplit(address.packument(id_.name)).path, body))
    failures: list[int] = []

    def send() -> None:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(str(place.hostname), place.port)
        headers = {"content-type": "application/json", "authorization": f"Bearer {os.environ[TOKEN]}"}
        while True:
            try:
                path, body = requests.get_nowait()
            except Empty:
                return connection.close()
            connection.request("PUT", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != _CREATED:
                failures.append(answer.status)

    def work() -> None:
        threads = [Thread(target=send) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, f"answered {failures}"

    return work


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
