"""One mini publish run in a process of its own: `python -m tests.directory_site.run_mini FOLDER WORK [TEXT]`.

FOLDER is the site, WORK a folder for the tarballs of this process, TEXT the contents of one package: runs with equal
texts build equal bytes. Prints one JSON document: what was uploaded, or the code of the error.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from samebytes.errors import SamebytesError
from tests.directory_site.members import packed
from tests.directory_site.mini_publish import MiniPublish


def main(folder: str, work: str, text: str = "export {};\n") -> None:
    """Publish two packages once."""
    members = [packed(Path(work), "@s/first"), packed(Path(work), "second", text=text)]
    try:
        uploaded = MiniPublish(Path(folder), members, lock_timeout_s=120).run(f"process {os.getpid()}")
    except SamebytesError as error:
        print(json.dumps({"error": error.code}))  # noqa: T201
    else:
        print(json.dumps({"uploaded": uploaded}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
