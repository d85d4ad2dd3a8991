"""What a long program prints."""

from __future__ import annotations

from samebytes.system.last_lines import LastLines


def test_every_line_is_logged_and_the_last_are_kept() -> None:
    """Under its heading and without secrets, whatever the bytes; an error shows the end."""
    logged: list[str] = []
    last = LastLines("root", logged.append, lambda text: text.replace("hunter2", "***"))
    for number in range(30):
        last.take(b"line %d hunter2\r\n" % number)
    last.take(b"\xe9\n")
    assert logged[0] == "root: line 0 ***"
    assert len(logged) == 31
    assert last.text.splitlines()[0] == "line 6 ***"
    assert last.text.endswith("line 29 ***\n\udce9")
