"""The runner: exact environment, closed stdin, whole groups, bounded memory."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from samebytes.errors import BuildError, DeadlineError
from samebytes.model.secret import Secret
from samebytes.system.process import SECRET_FD, Command, SystemRunner

_TIMEOUT_S = 30.0


def _python(code: str, cwd: Path, **more: object) -> Command:
    return Command(argv=(sys.executable, "-I", "-S", "-c", code), cwd=str(cwd), env={}, **more)  # type: ignore[arg-type]


def _alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody reaps does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + _TIMEOUT_S
    while _alive(pid) and time.monotonic() < deadline:
        os.sched_yield()
    return not _alive(pid)


def test_collects_both_streams_apart_and_the_return_code(tmp_path: Path) -> None:
    """Without a callback the two streams come back apart."""
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    done = SystemRunner().run(_python(code, tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (3, b"out\n", b"err\n")


def test_gives_exactly_the_environment_and_umask_of_the_command(tmp_path: Path) -> None:
    """Nothing is inherited, and the umask is the command's."""
    code = "import os, json; print(json.dumps([dict(os.environb and os.environ), os.umask(0)]))"
    command = Command(argv=(sys.executable, "-I", "-S", "-c", code), cwd=str(tmp_path), env={"A": "b"}, umask=0o027)
    seen, umask = json.loads(SystemRunner().run(command).stdout)
    seen.pop("LC_CTYPE", None)  # CPython's own coercion of the C locale (PEP 538)
    assert (seen, umask) == ({"A": "b"}, 0o027)


def test_stdin_is_at_its_end_from_the_start(tmp_path: Path) -> None:
    """A program that asks a question gets the end of the file instead of a person."""
    assert SystemRunner().run(_python("import sys; print(repr(sys.stdin.read()))", tmp_path)).stdout == b"''\n"


def test_input_larger_than_a_pipe_goes_through(tmp_path: Path) -> None:
    """Input and output move at once, so neither side waits for the other for ever."""
    data = bytes(range(256)) * 4096
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    assert SystemRunner().run(_python(code, tmp_path, input=data)).stdout == data


def test_input_that_nobody_reads_is_no_error(tmp_path: Path) -> None:
    """A program may end without reading all that it was given."""
    assert SystemRunner().run(_python("pass", tmp_path, input=b"x" * (1 << 20))).returncode == 0


def test_lines_are_handed_over_as_they_come_with_both_streams_merged(tmp_path: Path) -> None:
    """Each line arrives once, in order, without its line end; the last one may lack it."""
    code = "import os; os.write(1, b'a\\nb'); os.write(2, b'c\\r\\n'); os.write(1, b'last')"
    lines: list[bytes] = []
    done = SystemRunner().run(_python(code, tmp_path), lines.append)
    assert (lines, done.stdout, done.stderr) == ([b"a", b"bc", b"last"], b"a\nbc\r\nlast", b"")


def test_keeps_only_the_tail_of_a_long_log(tmp_path: Path) -> None:
    """Memory is bounded whatever a script writes, also in lines that never end."""
    code = "import os\nfor _ in range(64): os.write(1, b'x' * 65536)\nos.write(1, b'end')"
    sizes: list[int] = []
    done = SystemRunner(tail_bytes=1000).run(_python(code, tmp_path), lambda line: sizes.append(len(line)))
    assert (len(done.stdout), done.stdout[-3:], sum(sizes)) == (1000, b"end", 64 * 65536 + 3)
    assert max(sizes) <= 3 * 65536


def test_refuses_more_output_than_can_be_a_result(tmp_path: Path) -> None:
    """Output that would have to be cut is an error, never a shorter result."""
    with pytest.raises(BuildError) as caught:
        SystemRunner(max_collected_bytes=10).run(_python("print('x' * 100)", tmp_path))
    assert caught.value.code == "SB-3003"


def test_a_program_that_is_missing_is_its_own_error(tmp_path: Path) -> None:
    """A program that cannot be started is told apart from one that fails."""
    with pytest.raises(BuildError) as caught:
        SystemRunner().run(Command(argv=("/no/such/program",), cwd=str(tmp_path), env={}))
    assert caught.value.code == "SB-3001"


def test_the_time_limit_kills_grandchildren_too(tmp_path: Path) -> None:
    """When time is up, the whole group dies, not only the leader."""
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "child.wait()"
    )
    pids: list[int] = []
    with pytest.raises(DeadlineError) as caught:
        SystemRunner().run(_python(code, tmp_path, timeout_s=2.0), lambda line: pids.append(int(line)))
    assert caught.value.code == "SB-3002"
    assert len(pids) == 1
    assert _gone(pids[0])


def test_processes_left_behind_are_killed_at_the_end(tmp_path: Path) -> None:
    """A daemon that a script leaves in its group neither delays the end nor outlives it."""
    code = (
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)"
    )
    begin = time.monotonic()
    done = SystemRunner().run(_python(code, tmp_path))
    assert time.monotonic() - begin < _TIMEOUT_S
    assert _gone(int(done.stdout))


def test_a_process_that_left_the_group_does_not_hold_us_up(tmp_path: Path) -> None:
    """A daemon in a session of its own keeps our pipe open; we still return when the leader ends."""
    code = (
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True).pid, flush=True)"
    )
    begin = time.monotonic()
    done = SystemRunner().run(_python(code, tmp_path))
    os.kill(int(done.stdout), 9)
    assert time.monotonic() - begin < _TIMEOUT_S


def test_a_program_that_closes_its_output_early_is_waited_for(tmp_path: Path) -> None:
    """The end of the output is not the end of the process."""
    code = "import os, time\nos.close(1); os.close(2); time.sleep(0.2); os._exit(7)"
    assert SystemRunner().run(_python(code, tmp_path)).returncode == 7


@pytest.mark.system("other-uid")
def test_runs_as_another_user_without_any_group_of_ours(tmp_path: Path) -> None:
    """Repository code may run under a throw-away uid that belongs to no group."""
    code = "import os; print(os.getuid(), os.getgid(), os.getgroups())"
    command = Command(
        argv=("/usr/bin/env", "python3", "-I", "-S", "-c", code), cwd="/", env=dict(os.environ), uid=61184
    )
    assert SystemRunner().run(command).stdout == b"61184 61184 []\n"


_READ_SECRET = (
    f"import os, json; fd = os.environ['{SECRET_FD}']; print(json.dumps(open(int(fd), encoding='utf-8').read()))"
)


def test_secret_goes_through_a_pipe_only(tmp_path: Path) -> None:
    """A process started by the process reads it to the end; it is in neither's arguments nor environment."""
    code = (
        f"import os, subprocess, sys; fd = int(os.environ['{SECRET_FD}']); "
        "print(open('/proc/self/environ').read() if os.path.exists('/proc/self/environ') else '', sys.argv); "
        f"sys.stdout.flush(); subprocess.run([sys.executable, '-I', '-S', '-c', {_READ_SECRET!r}], pass_fds=[fd])"
    )
    shown, _, read = (
        SystemRunner().run(_python(code, tmp_path, secret=Secret("h\u00fcsh\n"))).stdout.decode().rpartition("]\n")
    )
    assert json.loads(read) == "h\u00fcsh\n"
    assert "sh\n" not in shown
    assert SECRET_FD in shown or not Path("/proc/self/environ").exists()


def test_secret_is_read_once_and_no_descriptor_stays(tmp_path: Path) -> None:
    """Whoever comes second reads nothing, and a secret that nobody reads is forgotten."""
    before = len(list(Path("/dev/fd").iterdir()))
    code = f"import os; fd = int(os.environ['{SECRET_FD}']); print(len(os.read(fd, 99)), len(os.read(fd, 99)))"
    assert SystemRunner().run(_python(code, tmp_path, secret=Secret("abc"))).stdout == b"3 0\n"
    SystemRunner().run(_python("", tmp_path, secret=Secret("abc")))
    assert SystemRunner().run(_python(f"import os; print('{SECRET_FD}' in os.environ)", tmp_path)).stdout == b"False\n"
    with pytest.raises(BuildError, match="more than 4096 bytes"):
        SystemRunner().run(_python("", tmp_path, secret=Secret("x" * 4097)))
    with pytest.raises(BuildError):
        SystemRunner().run(Command(argv=("none",), cwd=str(tmp_path), env={}, secret=Secret("abc")))
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_secret_is_not_shown_with_its_command(tmp_path: Path) -> None:
    """A command that is printed keeps its secret."""
    assert "hush" not in repr(_python("", tmp_path, secret=Secret("hush")))
