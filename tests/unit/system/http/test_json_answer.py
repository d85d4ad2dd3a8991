"""JSON of servers that mean no good."""

from __future__ import annotations

import pytest

from samebytes.errors import SiteError
from samebytes.model.json_value import JsonNumber
from samebytes.system.http.json_answer import read_json
from tests.unit.system.http.scripted import answer


def test_reads_what_is_right() -> None:
    """Values come as the strict reader gives them"""
    assert read_json(answer(200, b'{"a": [1]}')) == {"a": [JsonNumber("1")]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"[" * 10_000_000, "SB-5003", id="very deep"),
        pytest.param(b"[" * 200_000, "SB-5130", id="deep"),
        pytest.param(b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "SB-5130", id="deep objects"),
        pytest.param(b"[" + b"1," * 5_000_000 + b"1]", "SB-5003", id="very many values"),
        pytest.param(b" " * 2_000, "SB-5003", id="larger than the limit"),
        pytest.param(b"1" * 900, "SB-5130", id="a number of many digits, cut"),
        pytest.param(b"<html>", "SB-5130", id="no JSON"),
        pytest.param(b"", "SB-5130", id="nothing"),
        pytest.param(b'{"a":1,"a":2}', "SB-5130", id="a key twice"),
        pytest.param(b"\xff", "SB-5130", id="no UTF-8"),
    ],
)
def test_refuses_a_bomb(body: bytes, code: str) -> None:
    """Depth, number and size are bounded; the error is ours"""
    limit_bytes = 1_000 if body.isspace() else 20_000_000
    body = body + b"x" if body.isdigit() else body
    with pytest.raises(SiteError) as caught:
        read_json(answer(200, body, "https://forge.test/p?token=geheim"), limit_bytes=limit_bytes)
    assert caught.value.code == code
    assert "geheim" not in str(caught.value)


def test_refuses_what_is_compressed() -> None:
    """Nobody asked for it, and unpacked it could be anything"""
    with pytest.raises(SiteError, match="compressed"):
        read_json(answer(200, b"{}", content_encoding="GZIP"))
