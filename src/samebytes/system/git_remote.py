"""One git remote, as a store of refs: observe, read, and change refs under conditions, each answer certain.

    observe  one `git fetch`: the refs under some patterns, and their objects
    list     one `git ls-remote`: the refs under a prefix, without objects
    push     one `git push`: create-only, compare-and-swap, delete-with-expected; what is not certain is settled by one
             `git ls-remote`, and tried again while the ref still has the expected value

Reads are repeated after a failure that may pass. All calls of one object run one after another.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from samebytes.errors import SiteError
from samebytes.system import git_remote_push
from samebytes.system.clock import Clock, SystemClock
from samebytes.system.git_objects import text_of
from samebytes.system.git_remote_credential import GitCredential
from samebytes.system.git_remote_push import Change, Pushed, PushState
from samebytes.system.git_remote_run import MAX_LISTING_BYTES, Access, Failure, RemoteGit
from samebytes.system.git_remote_url import read_remote_url
from samebytes.system.process import Runner

__all__ = ["Change", "GitCredential", "GitRemote", "PushState", "Pushed"]

# Between the tries: short, since a lease may run meanwhile. Three in a row may fail.
_PAUSES_S = (0.2, 0.5, 1.0)
_FETCHED = re.compile(r"^([0-9a-f]{40}|[0-9a-f]{64})\t[a-z-]*\t'(refs/[^ ]+)' of ", re.MULTILINE)
_LISTED = re.compile(r"^([0-9a-f]{40}|[0-9a-f]{64})\t(refs/\S+)$", re.MULTILINE)


class GitRemote:
    """A git remote and the scratch repository that talks to it; safe to share among threads.

    `variables` are the environment's; only those that ssh needs are passed on. `object_format` is the remote's.
    Constructing raises ConfigError: SB-5114 for a URL or proxy that cannot be used, SB-5117 for a malformed token.
    """

    def __init__(  # noqa: PLR0913  the configuration of a remote
        self,
        runner: Runner,
        url: str,
        *,
        search_path: str,
        credential: GitCredential | None,
        variables: Mapping[str, str],
        ca_file: str = "",
        proxy: str = "",
        timeout_s: float,
        clock: Clock | None = None,
        object_format: str = "sha1",
    ) -> None:
        access = Access(
            search_path=search_path,
            credential=credential,
            variables=variables,
            ca_file=ca_file,
            proxy=proxy,
            timeout_s=timeout_s,
        )
        self._git = RemoteGit(runner, read_remote_url(url), access, object_format)
        self._clock = clock or SystemClock()
        self._one_at_a_time = threading.RLock()

    @property
    def url(self) -> str:
        """The remote, to be shown."""
        return self._git.url.text

    def observe(self, *patterns: str) -> Mapping[str, str]:
        """The refs that match, each with the object it has; the objects can be read from now on. One process.

        A pattern has one `*`, which stands for any text; what it does not match is not an error.
        Raises SiteError: SB-5110 to SB-5112.
        """
        specs = [f"+{pattern}:{pattern}" for pattern in patterns]
        with self._one_at_a_time:
            self._read("fetch", "fetch", "--quiet", "--prune", "--no-tags", self.url, *specs)
            listing = text_of(self._git.scratch.file("FETCH_HEAD", MAX_LISTING_BYTES))
        return {ref: object_id for object_id, ref in _FETCHED.findall(listing)}

    def list(self, prefix: str) -> Mapping[str, str]:
        """Every ref whose name begins so, with the object it has. One process. Raises SiteError: SB-5110 to SB-5112."""
        listing = self._read("list", "ls-remote", "--refs", self.url)
        return {ref: object_id for object_id, ref in _LISTED.findall(listing) if ref.startswith(prefix)}

    def read_blob(self, object_id: str, limit_bytes: int) -> bytes:
        """The bytes of a blob that was observed or written.

        Raises SiteError: SB-5003 above the limit, SB-5001 for what is no blob.
        """
        return self._stored(object_id, "blob", limit_bytes)

    def read_message(self, object_id: str, limit_bytes: int) -> bytes:
        """The message of a commit that was observed or written. Raises SiteError as `read_blob` does."""
        return self._stored(object_id, "commit", limit_bytes).partition(b"\n\n")[2]

    def write_blob(self, data: bytes) -> str:
        """Make a blob, to be pushed; its id. Nothing is sent yet."""
        with self._one_at_a_time:
            return self._git.scratch.write_blob(data)

    def write_commit(self, message: bytes, time_s: int) -> str:
        """Make a commit without parents and files, to be pushed; its id. Nothing is sent yet."""
        with self._one_at_a_time:
            return self._git.scratch.write_commit(message, time_s)

    def push(self, changes: Sequence[Change], *, atomic: bool = False) -> Mapping[str, Pushed]:
        """Make changes, each under its condition; what came of each, by ref. One process when all goes well.

        With `atomic` all or none is done. Raises SiteError when a change is neither done nor lost: SB-5110 the remote
        is not reached, SB-5111 and SB-5112 it does not let us, SB-5113 nobody can say whether it was done.
        """
        with self._one_at_a_time:
            return self._push({change.ref: change for change in changes}, atomic=atomic)

    def check_push(self, ref: str) -> None:
        """Ask whether a push to a ref would be let in, as far as the server says before one (git-push(1), --dry-run).

        Nothing is changed. Raises SiteError: SB-5110 to SB-5112.
        """
        with self._one_at_a_time:
            blob = self._git.scratch.write_blob(b"never sent\n")
            self._read("push", "push", "--porcelain", "--no-verify", "--dry-run", self.url, f"{blob}:{ref}")

    def close(self) -> None:
        """Remove the scratch repository."""
        with self._one_at_a_time:
            self._git.scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _push(self, left: dict[str, Change], *, atomic: bool) -> Mapping[str, Pushed]:
        results: dict[str, Pushed] = {}
        for pause_s in (*_PAUSES_S, None):
            done, failure = self._push_once(left, atomic=atomic)
            results |= {ref: Pushed(state=PushState.DONE, found=left[ref].new) for ref in done}
            if failure is None:
                break
            if failure.definite:
                raise failure.error
            left = {ref: change for ref, change in left.items() if ref not in results}
            results |= self._settle(left)
            left = {ref: change for ref, change in left.items() if ref not in results}
            if atomic and any(pushed.state is PushState.LOST for pushed in results.values()):
                results |= {ref: Pushed(state=PushState.LEFT, found=left[ref].expected) for ref in left}
                break
            if not left:
                break
            if pause_s is None:
                raise failure.error
            self._clock.sleep(pause_s)
        return results

    def _push_once(self, left: Mapping[str, Change], *, atomic: bool) -> tuple[frozenset[str], Failure | None]:
        """The refs that are surely done, and why others are not, if there are others."""
        ended = self._git.run(*git_remote_push.arguments(self.url, left.values(), atomic=atomic))
        if isinstance(ended, Failure):
            return frozenset(), ended
        output = text_of(ended.stdout)
        done = git_remote_push.read_done(output) & left.keys()
        if len(done) == len(left):
            return done, None
        refused = git_remote_push.read_refused(output)
        if refused:
            return done, Failure(
                error=SiteError(
                    "SB-5112",
                    f"push {self.url}: the server refuses {', '.join(sorted(refused))}",
                    hint="a rule for refs, a hook or the rights of the token may be in the way",
                    details={
                        **{ref: self._git.masked(why) for ref, why in refused.items()},
                        "stderr": self._git.masked(text_of(ended.stderr)).strip(),
                    },
                ),
                definite=False,
            )
        return done, self._git.failure("push", ended)

    def _settle(self, left: Mapping[str, Change]) -> Mapping[str, Pushed]:
        """What a look at the remote says of changes that may or may not have been made."""
        try:
            listing = self._read("list", "ls-remote", self.url, *left)
        except SiteError as error:
            raise SiteError(
                "SB-5113",
                f"push {self.url}: whether it was done is not known, for the remote cannot be read: {error.summary}",
                hint="run the same command again: it reads first",
                details=error.details,
            ) from error
        found = {ref: object_id for object_id, ref in _LISTED.findall(listing)}
        return git_remote_push.judge(left.values(), found)

    def _read(self, verb: str, *arguments: str) -> str:
        """What git prints, tried again after failures that may pass."""
        with self._one_at_a_time:
            pauses_s = iter(_PAUSES_S)
            while True:
                ended = self._git.run(*arguments)
                if not isinstance(ended, Failure):
                    if not ended.returncode:
                        return text_of(ended.stdout)
                    ended = self._git.failure(verb, ended)
                pause_s = None if ended.definite else next(pauses_s, None)
                if pause_s is None:
                    raise ended.error
                self._clock.sleep(pause_s)

    def _stored(self, object_id: str, kind: str, limit_bytes: int) -> bytes:
        with self._one_at_a_time:
            data = self._git.scratch.read(object_id, kind, limit_bytes)
        if data is None:
            raise SiteError("SB-5001", f"the git object {object_id} was not sent by {self.url}")
        return data
