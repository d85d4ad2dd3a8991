"""Mask secrets in text: as they are, in base64 also within a longer value, in hexadecimal, and URL-encoded."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

MASK = "***"
# Shorter values are words such as `1` or `yes`: masking them would make a log unreadable, and hide nothing.
_MIN_CHARACTERS = 4
# Of what shares no byte with its neighbours, fewer base64 characters than this are in any text.
_MIN_BASE64 = 8
_ESCAPED = re.compile("%[0-9A-F]{2}")


def masker(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that puts `***` in place of each secret, and of each line of one that has several.

    Secrets of fewer than four characters are left alone.
    """
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=lambda form: (-len(form), form))
    if not forms:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(form) for form in forms))
    return lambda text: pattern.sub(MASK, text)


def url_passwords(values: Mapping[str, str]) -> tuple[str, ...]:
    """The passwords inside URLs such as a proxy's, as written and decoded."""
    found: list[str] = []
    for value in values.values():
        try:
            password = urlsplit(value).password
        except ValueError:
            continue
        if password:
            found += (password, unquote(password))
    return tuple(dict.fromkeys(found))


def _forms(secret: str) -> set[str]:
    parts = {part for part in (secret, *secret.splitlines()) if len(part.strip()) >= _MIN_CHARACTERS}
    return {form for part in parts for form in (part, *_in_url(part), *_in_hex(part), *_in_base64(part))}


def _in_url(secret: str) -> Iterator[str]:
    for form in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield form
        yield _ESCAPED.sub(lambda found: found[0].lower(), form)


def _in_hex(secret: str) -> tuple[str, str]:
    digits = secret.encode("utf-8", "surrogateescape").hex()
    return digits, digits.upper()


def _in_base64(secret: str) -> tuple[str, ...]:
    """What base64 of any longer value that contains the secret must contain: one text for each of three offsets."""
    data = secret.encode("utf-8", "surrogateescape")
    found: list[str] = []
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + data).decode("ascii")
        # The first characters also hold bits of what comes before, the last ones of what comes after.
        start = (0, 2, 3)[offset]
        length = (offset + len(data)) * 8 // 6
        inner = encoded[start:length]
        if len(inner) >= _MIN_BASE64:
            found += (inner, inner.replace("+", "-").replace("/", "_"))
    whole = base64.b64encode(data).decode("ascii")
    return (*found, whole, whole.rstrip("="))
