"""Reading our own JSON documents into values, with the path of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.errors import FormatError
from samebytes.formats.canonical_json import CanonicalValue
from samebytes.model.digests import Digest, from_hex

_ALGORITHMS = ("sha1", "sha256", "sha512")


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document: the file it is in, the keys that lead to it, and the error code of its format."""

    value: CanonicalValue
    place: str
    code: str
    path: str = ""

    def refusal(self, problem: str) -> FormatError:
        """The error to raise about this value."""
        return FormatError(self.code, problem, place=f"{self.place}: {self.path}" if self.path else self.place)

    def fields(self, *names: str) -> tuple[Node, ...]:
        """The values of an object that has exactly these keys, in the order asked for."""
        value = self.value
        if not isinstance(value, Mapping):
            raise self.refusal("must be an object")
        for name in names:
            if name not in value:
                raise self.refusal(f"the key {name!r} is missing")
        for name in value:
            if name not in names:
                raise self.refusal(f"the key {name!r} is not known")
        prefix = f"{self.path}." if self.path else ""
        return tuple(Node(value[name], self.place, self.code, prefix + name) for name in names)

    def entries(self) -> Sequence[tuple[str, Node]]:
        """Keys and values of an object with any keys."""
        if not isinstance(self.value, Mapping):
            raise self.refusal("must be an object")
        prefix = f"{self.path}." if self.path else ""
        return [(key, Node(item, self.place, self.code, prefix + key)) for key, item in self.value.items()]

    def items(self) -> Sequence[Node]:
        """The values of an array."""
        if not isinstance(self.value, list):
            raise self.refusal("must be an array")
        return [Node(item, self.place, self.code, f"{self.path}[{i}]") for i, item in enumerate(self.value)]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise self.refusal("must be a string")
        return self.value

    def text_of(self, form: re.Pattern[str], what: str) -> str:
        """A string that has this form from its first to its last character."""
        text = self.text()
        if not form.fullmatch(text):
            raise self.refusal(f"{text!r} is not {what}")
        return text

    def constant(self, expected: str) -> None:
        """A string that can only be this one."""
        if self.text() != expected:
            raise self.refusal(f"must be {expected!r}, not {self.text()!r}")

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.refusal("must be true or false")
        return self.value

    def size(self) -> int:
        """An integer from 0."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.refusal("must be an integer from 0")
        return self.value

    def given(self) -> Node | None:
        """Itself, or None where the document says null."""
        return None if self.value is None else self

    def hex_digest(self, algorithm: str) -> Digest:
        """A digest of this algorithm in lower-case hexadecimal."""
        try:
            return from_hex(algorithm, self.text())
        except FormatError as error:
            raise self.refusal(error.problem) from error

    def digest_set(self) -> Digest:
        """An object with one digest under the name of its algorithm."""
        entries = self.entries()
        if len(entries) != 1 or entries[0][0] not in _ALGORITHMS:
            raise self.refusal("must be an object with one digest under sha1, sha256 or sha512")
        algorithm, node = entries[0]
        return node.hex_digest(algorithm)
