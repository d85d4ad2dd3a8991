"""Bytes as text that can be read and compared: rows of 32, zeros left out."""

from __future__ import annotations

_ROW_BYTES = 32


def dump(data: bytes) -> str:
    """`offset: hex  text` for each row that is not all zeros, and the length; equal dumps are equal bytes."""
    rows = [
        f"{start:06x}: {row.hex():64}  {''.join(chr(byte) if 32 <= byte <= 126 else '.' for byte in row)}"
        for start in range(0, len(data), _ROW_BYTES)
        if any(row := data[start : start + _ROW_BYTES])
    ]
    return "\n".join([*rows, f"{len(data):06x}: end"]) + "\n"
