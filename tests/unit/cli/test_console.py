"""The two streams, the envelope, the exit codes: what every command shares."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from samebytes.cli.commands import COMMANDS
from samebytes.cli.console import Console, has_colours, is_lively
from samebytes.cli.failures import report
from samebytes.cli.main import run
from samebytes.cli.progress import progress
from samebytes.errors import BytesDifferError, SamebytesError

_INTERRUPTED = "interrupted; run it again: it goes on where it was\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "SAMEBYTES_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_the_result_goes_to_stdout_and_all_else_to_stderr() -> None:
    """A pipe gets the result and nothing else."""
    out, err = io.StringIO(), io.StringIO()
    console = Console(command="x", as_json=False, out=out, err=err)
    console.note("working")
    console.result("text", {"a": 1})
    assert (out.getvalue(), err.getvalue()) == ("text\n", "working\n")


def test_json_is_one_document_in_an_envelope_with_a_version() -> None:
    """A program finds schema version, command and result under fixed names."""
    out = io.StringIO()
    Console(command="x", as_json=True, out=out, err=io.StringIO()).result("text", {"a": "ü"})
    assert json.loads(out.getvalue()) == {"samebytes": 1, "command": "x", "result": {"a": "ü"}}


def test_an_error_says_code_sentence_details_and_hint() -> None:
    """People read it on stderr; with --json programs read the same on stdout."""
    out, err = io.StringIO(), io.StringIO()
    error = BytesDifferError("SB-6012", "it differs", hint="look", details={"a.js": "other bytes"})
    Console(command="x", as_json=True, out=out, err=err).failure(error)
    assert err.getvalue() == "error[SB-6012]: it differs\n  a.js: other bytes\n\nhint: look\n"
    assert json.loads(out.getvalue())["error"] == {
        "code": "SB-6012",
        "exit_status": 10,
        "summary": "it differs",
        "hint": "look",
        "details": {"a.js": "other bytes"},
    }


class Strict(io.TextIOWrapper):
    """A stream that refuses what its encoding lacks, as stdout does."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict", write_through=True)

    def text(self) -> str:
        """All that was written."""
        self.seek(0)
        return self.read()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_bytes_that_are_no_text_do_not_break_the_output(encoding: str) -> None:
    """A script that prints Latin-1 ends as its own error, in text and in JSON, whatever the stream can take."""
    out, err = Strict(encoding), Strict(encoding)
    error = SamebytesError("SB-9001", "caf\udce9 \xfc", details={"output": "\udce9"})
    Console(command="x", as_json=True, out=out, err=err).failure(error)
    assert json.loads(out.text())["error"]["summary"] == "caf\udce9 \xfc"
    assert "caf\\udce9" in err.text()
    plain = Strict(encoding)
    Console(command="x", as_json=False, out=plain, err=err).result("caf\udce9", {})
    assert plain.text() == "caf\\udce9\n"


def test_nothing_that_was_read_can_steer_the_terminal() -> None:
    """Escape sequences are shown, in results, notes and errors; colours of a tool's log are dropped."""
    out, err = Terminal(), Terminal()
    console = Console(command="x", as_json=False, out=out, err=err)
    console.result("a\x1b]0;title\x07\rb\tc\nd \u202e\x9b", {})
    console.note("\x1b[31mred\x1b[0m \x1b[2J")
    console.failure(SamebytesError("SB-9001", "x\nhint: fake\x1b", details={"k\x1b": "v\x1b"}))
    assert out.getvalue() == "a\\x1b]0;title\\x07\\x0db\tc\nd \\u202e\\x9b\n"
    assert err.getvalue().splitlines() == [
        "red \\x1b[2J",
        "\x1b[31merror[SB-9001]\x1b[0m: x\\nhint: fake\\x1b",
        "  k\\x1b: v\\x1b",
    ]
    terminal = Terminal()
    with progress(Console(command="x", as_json=False, err=terminal), "building") as tell:
        tell("\x1b]0;title\x07")
    assert "\x1b]0" not in terminal.getvalue()


@pytest.mark.parametrize(
    ("variables", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"CI": "1"}, True, False),
    ],
)
def test_colour_follows_terminal_and_variables(
    variables: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR wins over FORCE_COLOR, CI means no terminal."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_colours(Terminal() if terminal else io.StringIO()) is coloured


def test_styles_only_add_colour() -> None:
    """The text is the same without colour."""
    assert Console(command="x", as_json=False, out=Terminal()).styled("text", "good") == "\x1b[32mtext\x1b[0m"
    assert Console(command="x", as_json=False, out=io.StringIO()).styled("text", "good") == "text"


def test_bars_move_on_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the lines stand above a spinner; in CI and pipes they are plain lines."""
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with progress(Console(command="x", as_json=False, err=stream), "building") as tell:
            tell("one line")
    assert "one line" in terminal.getvalue()
    assert "\x1b[" in terminal.getvalue()
    assert pipe.getvalue() == "one line\n"
    monkeypatch.setenv("CI", "1")
    assert not is_lively(terminal)


def test_a_defect_of_ours_is_one_message_and_exit_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected exception is reported as a defect, with its traceback only when asked for."""
    assert report(ValueError("boom"), ["plan", "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "SB-9001"
    assert "Traceback" not in captured.err
    monkeypatch.setenv("SAMEBYTES_DEBUG", "1")
    assert report(ValueError("boom"), []) == 1
    assert report(SamebytesError("SB-9001", "x"), []) == 1


def test_a_wrong_command_line_exits_2_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors name the nearest command, and have an exit code of their own."""
    assert run(["publsh"]) == 2
    assert "Did you mean 'publish'?" in capsys.readouterr().err
    assert run(["zzzz"]) == 2
    assert "Did you mean" not in capsys.readouterr().err
    assert run(["pack", "--here", "HEAD~1", "--out", "x"]) == 2


def test_a_wrong_command_line_is_an_error_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that asked for JSON gets JSON, whatever was wrong with its question."""
    assert run(["pack", "--json", "--nonsense"]) == 2
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["command"] == "pack"
    assert (document["error"]["code"], document["error"]["exit_status"]) == ("SB-1016", 2)
    assert "--nonsense" in document["error"]["summary"]
    assert captured.err.count("No such option") == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_an_error_document_too(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 130, one word for people, the code for programs."""
    assert report(error, ["publish", "--json"]) == 130
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "SB-1017"
    assert captured.err == _INTERRUPTED
    assert report(error, ["publish"]) == 130
    assert capsys.readouterr().out == ""


def test_a_terminal_that_went_away_is_no_defect_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing can be printed any more the run still ends as interrupted."""

    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    error = OSError(5, "Input/output error")
    error.__context__ = KeyboardInterrupt()
    assert report(error, ["publish"]) == 130


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_run_by_way_of_its_clearing_up(name: str) -> None:
    """What a command does in `finally` is done, and the exit code is 130."""
    program = f"""
import signal
# The shell that runs the tests may be one that ignores hang-ups (nohup); this program is about one that does not.
signal.signal(signal.{name}, signal.SIG_DFL)
from samebytes.cli import main as module

def killed(**arguments):
    try:
        signal.raise_signal(signal.{name})
    finally:
        print("cleared up", flush=True)

module.group.main = killed
module.main()
"""
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "cleared up\n", _INTERRUPTED)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["config", "schema"], ["config", "schema", "--json"], ["--help"]])
def test_a_full_disk_under_the_output_is_no_defect_of_ours(arguments: list[str]) -> None:
    """One message on stderr that says so, and exit 1."""
    program = "import sys; from samebytes.cli.main import main; main()"
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = (sys.executable, "-c", program, *arguments)
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    lines = done.stderr.splitlines()
    assert (done.returncode, lines[0]) == (
        1,
        "error[SB-1018]: something could not be written: No space left on device",
    )
    assert (len(lines), "defect" in done.stderr) == (3, False)


def test_a_hangup_that_was_to_be_ignored_is_ignored() -> None:
    """`nohup samebytes publish` survives its terminal."""
    program = """
import signal
from samebytes.cli import main as module

signal.signal(signal.SIGHUP, signal.SIG_IGN)
module.group.main = lambda **arguments: signal.raise_signal(signal.SIGHUP)
module.main()
"""
    assert subprocess.run((sys.executable, "-c", program), check=False).returncode == 0


@pytest.mark.parametrize("name", [entry.name for entry in COMMANDS])
def test_every_command_teaches_by_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command's help ends with examples of itself."""
    assert run([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert "Example" in text
    assert f"samebytes {name}" in text.partition("Example")[2]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_ships_for_three_shells(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The script asks the program itself, so it never goes stale."""
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_SAMEBYTES_COMPLETE" in script
    assert run(["completion", shell, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == {"shell": shell, "script": script.removesuffix("\n")}


def test_the_schema_of_the_configuration_comes_in_an_envelope_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has --json; without it the schema is the whole output."""
    assert run(["config", "schema"]) == 0
    schema = capsys.readouterr().out
    assert run(["config", "schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["schema"] == json.loads(schema)


def test_interruption_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is not a failure of the tool."""

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("samebytes.config.schema.json_schema", interrupted)
    assert run(["config", "schema"]) == 130
