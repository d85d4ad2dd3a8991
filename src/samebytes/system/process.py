"""Processes: started with exactly the environment given, closed stdin, a limit on the whole group."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from samebytes.errors import BuildError, DeadlineError
from samebytes.model.secret import Secret

# The variable that tells a process which descriptor its secret can be read from, once.
SECRET_FD = "SAMEBYTES_SECRET_FD"  # noqa: S105  the name of a number
# Written before anybody reads, so it must fit into the smallest pipe there is (POSIX: 512 bytes; here 4 kB and more).
_MAX_SECRET_BYTES = 4096

# Without `on_line` the whole output is the result, so more than this is an error; with it, only the tail is kept.
_MAX_COLLECTED_BYTES = 1 << 30
_TAIL_BYTES = 8 << 20
# The code of the error that says so.
TOO_MUCH = "SB-3003"
# A line longer than this is handed over in pieces, so that a program without line ends cannot fill the memory.
_MAX_LINE_BYTES = 64 << 10
_CHUNK_BYTES = 64 << 10
# How often the end of the process is looked for where the system cannot report it as an event.
_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run: `env` is the whole environment, nothing is inherited; `uid` None keeps ours; `input` None closes stdin.

    `secret` reaches the process, and those it starts, through an inherited pipe whose number is in the variable
    `SAMEBYTES_SECRET_FD`: whoever reads first has it. It is in no argument, variable or file. At most 4096 bytes.
    `max_output_bytes` is for each of the two streams, where a runner collects them; None is the runner's own limit.
    """

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    input: bytes | None = None
    timeout_s: float = 600.0
    uid: int | None = None
    umask: int = 0o022
    secret: Secret | None = None
    max_output_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What came of it; a negative `returncode` is the signal that ended the process, as in `subprocess`."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Runner(Protocol):
    """Runs processes."""

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Run to the end and collect both streams.

        With `on_line` the two streams are merged into `stdout` and each line is handed over as it comes. When the time
        limit passes, the whole process group is killed and DeadlineError (SB-3002) is raised; a program that cannot be
        started is BuildError (SB-3001). Processes left behind in the group are killed at the end.
        """
        ...


class SystemRunner:
    """Real processes, each the leader of its own session."""

    def __init__(self, *, max_collected_bytes: int = _MAX_COLLECTED_BYTES, tail_bytes: int = _TAIL_BYTES) -> None:
        self._max_collected_bytes = max_collected_bytes
        self._tail_bytes = tail_bytes

    def run(self, command: Command, on_line: Callable[[bytes], None] | None = None) -> Completed:
        """Run to the end; see `Runner.run`.

        Without `on_line`, output beyond the limit (a gigabyte, or the command's) is BuildError (SB-3003); with it, the
        last 8 MB are kept.
        """
        most = self._max_collected_bytes if command.max_output_bytes is None else command.max_output_bytes
        sink = _Collected(most, command) if on_line is None else _Lines(self._tail_bytes, on_line)
        process = _start(command, merged=on_line is not None)
        streams = _Streams(process, command.input, sink)
        try:
            _follow(process, streams, command)
        finally:
            _kill_group(process)
            process.wait()
            streams.selector.close()
            for pipe in (process.stdin, process.stdout, process.stderr):
                _close(pipe)
        stdout, stderr = sink.finish()
        return Completed(returncode=process.returncode, stdout=stdout, stderr=stderr)


class _Sink(Protocol):
    """Where output goes: `stream` is 0 for stdout (and for merged output), 1 for stderr."""

    def take(self, stream: int, data: bytes) -> None: ...

    def finish(self) -> tuple[bytes, bytes]: ...


class _Collected:
    """Both streams in memory, whole."""

    def __init__(self, limit_bytes: int, command: Command) -> None:
        self._parts: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._limit_bytes = limit_bytes
        self._command = command

    def take(self, stream: int, data: bytes) -> None:
        self._parts[stream].extend(data)
        if len(self._parts[stream]) > self._limit_bytes:
            raise BuildError("SB-3003", f"{_name(self._command)} writes more than {self._limit_bytes} bytes")

    def finish(self) -> tuple[bytes, bytes]:
        return bytes(self._parts[0]), bytes(self._parts[1])


class _Lines:
    """Lines to a callback, and the tail of everything."""

    def __init__(self, tail_bytes: int, on_line: Callable[[bytes], None]) -> None:
        self._tail = bytearray()
        self._open_line = bytearray()
        self._tail_bytes = tail_bytes
        self._on_line = on_line

    def take(self, stream: int, data: bytes) -> None:  # noqa: ARG002  merged: there is one stream
        self._tail.extend(data)
        if len(self._tail) > 2 * self._tail_bytes:
            del self._tail[: -self._tail_bytes]
        self._open_line.extend(data)
        *lines, rest = bytes(self._open_line).split(b"\n")
        self._open_line = bytearray(rest)
        for line in lines:
            self._on_line(line.removesuffix(b"\r"))
        if len(self._open_line) > _MAX_LINE_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._open_line:
            line = bytes(self._open_line)
            self._open_line.clear()
            self._on_line(line)

    def finish(self) -> tuple[bytes, bytes]:
        self._flush()
        return bytes(self._tail[-self._tail_bytes :]), b""


class _Streams:
    """The open pipes of a process, and the sink they feed."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes | None, sink: _Sink) -> None:
        self.selector = selectors.DefaultSelector()
        self.sink = sink
        self._left = memoryview(given or b"")
        for number, pipe in enumerate((process.stdout, process.stderr)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self.selector.register(pipe, selectors.EVENT_READ, number)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self.selector.register(process.stdin, selectors.EVENT_WRITE, None)

    @property
    def are_open(self) -> bool:
        return bool(self.selector.get_map())

    def move(self, wait_s: float) -> bool:
        """Move what is ready; whether anything was."""
        events = self.selector.select(wait_s)
        for key, _ in events:
            if key.data is None:
                self._write(key)
            else:
                self._read(key)
        return bool(events)

    def _write(self, key: selectors.SelectorKey) -> None:
        try:
            self._left = self._left[os.write(key.fd, self._left[:_CHUNK_BYTES]) :]
        except BrokenPipeError:
            self._left = self._left[:0]
        if not self._left:
            self._end(key)

    def _read(self, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, _CHUNK_BYTES)
        if data:
            self.sink.take(key.data, data)
        else:
            self._end(key)

    def _end(self, key: selectors.SelectorKey) -> None:
        self.selector.unregister(key.fileobj)
        _close(key.fileobj)  # type: ignore[arg-type]  # only pipes are registered


def _start(command: Command, *, merged: bool) -> subprocess.Popen[bytes]:
    try:
        with _handed_over(command.secret) as handed:
            return subprocess.Popen(
                list(command.argv),
                cwd=command.cwd,
                env={**command.env, **({SECRET_FD: str(handed[0])} if handed else {})},
                stdin=subprocess.DEVNULL if command.input is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if merged else subprocess.PIPE,
                start_new_session=True,
                umask=command.umask,
                user=command.uid,
                group=command.uid,
                extra_groups=None if command.uid is None else [],
                pass_fds=handed,
            )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise BuildError(
            "SB-3001",
            f"{_name(command)} cannot be started: {error}",
            hint="install it, or put it on PATH",
        ) from error


@contextlib.contextmanager
def _handed_over(secret: Secret | None) -> Iterator[tuple[int, ...]]:
    """The descriptor of a pipe that holds the secret and then ends; none where there is no secret."""
    if secret is None:
        yield ()
        return
    data = secret.reveal().encode("utf-8", "surrogateescape")
    if len(data) > _MAX_SECRET_BYTES:
        raise ValueError(f"a secret of more than {_MAX_SECRET_BYTES} bytes")
    reading, writing = os.pipe()
    try:
        try:
            os.write(writing, data)
        finally:
            os.close(writing)
        yield (reading,)
    finally:
        os.close(reading)


def _follow(process: subprocess.Popen[bytes], streams: _Streams, command: Command) -> None:
    """Move bytes until the process has ended; then what its pipes still hold, without waiting for anyone."""
    deadline_s = time.monotonic() + command.timeout_s
    while not _has_ended(process):
        left_s = deadline_s - time.monotonic()
        if left_s <= 0:
            raise DeadlineError("SB-3002", f"{_name(command)} did not end within {command.timeout_s:g} seconds")
        if streams.are_open:
            streams.move(min(left_s, _POLL_S))
        else:
            time.sleep(min(left_s, _POLL_S / 10))
    _kill_group(process)
    while streams.are_open and streams.move(0):
        pass


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the leader has ended; it stays a zombie where possible, so that its group id cannot be taken by others."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def _name(command: Command) -> str:
    """The program and its first arguments; never all of them, never the environment."""
    return " ".join(str(part) for part in command.argv[:3])
