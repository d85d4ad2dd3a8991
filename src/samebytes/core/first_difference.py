"""The first place where two files differ, with its surroundings."""

from __future__ import annotations

_LINE_LIMIT = 160
_BINARY_WINDOW = 16


def first_difference(left: bytes, right: bytes) -> str:
    """Two or three lines of text that show the first differing place; empty for equal bytes.

    Text (UTF-8 without NUL on both sides) is shown as line, column and both lines; anything else as offset and hex.
    """
    if left == right:
        return ""
    offset = _common_prefix(left, right)
    texts = _text(left), _text(right)
    if texts[0] is None or texts[1] is None:
        return _hex_window(left, right, offset)
    # Step back to the start of a character: the first differing byte may be inside one.
    while offset and (_continues(left, offset) or _continues(right, offset)):
        offset -= 1
    line = left.count(b"\n", 0, offset) + 1
    start = left.rfind(b"\n", 0, offset) + 1
    column = len(left[start:offset].decode("utf-8")) + 1
    return f"line {line}, column {column}\n- {_line(left, start, offset)}\n+ {_line(right, start, offset)}"


def _common_prefix(left: bytes, right: bytes) -> int:
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _continues(data: bytes, offset: int) -> bool:
    return offset < len(data) and data[offset] & 0xC0 == 0x80  # noqa: PLR2004  UTF-8 continuation bytes are 10xxxxxx


def _line(data: bytes, start: int, offset: int) -> str:
    end = data.find(b"\n", offset)
    line = data[start : len(data) if end < 0 else end].decode("utf-8", "replace")
    shown = offset - start
    if len(line) > _LINE_LIMIT and shown > _LINE_LIMIT // 2:
        cut = max(0, min(shown, len(line)) - _LINE_LIMIT // 2)
        line = f"…{line[cut:]}"
    if len(line) > _LINE_LIMIT:
        line = f"{line[:_LINE_LIMIT]}…"
    # Control characters would let a file draw on the terminal of who reads the report.
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in line
    )


def _hex_window(left: bytes, right: bytes, offset: int) -> str:
    start = max(0, offset - _BINARY_WINDOW // 2)
    rows = [data[start : start + _BINARY_WINDOW].hex(" ") or "end of file" for data in (left, right)]
    return f"byte {offset}\n- {rows[0]}\n+ {rows[1]}"
