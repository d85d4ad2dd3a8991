"""Contents that compress like those of real packages, the same in every run: code, types, source maps, some binaries."""

from __future__ import annotations

import json
import math
import random
import string

_SYLLABLES = ("re", "con", "ta", "mi", "lo", "de", "ver", "sta", "pro", "in", "ex", "la", "to", "ca", "pa", "no", "ge")
_LINES = (
    "export function {a}{B}({c}, {d} = {n}) {{",
    "export class {A}{B} extends {C} {{",
    "    const {a} = await this.{b}.{c}({d}, {{ {a}: {n}, {b}: '{c}' }});",
    "    const {{ {a}, {b}, ...rest }} = {c}.{d} ?? {{}};",
    "    if ({a}.{b} === undefined || {c} < {n}) {{",
    "        throw new TypeError(`{a} {b} of ${{{c}.{d}}} is not {a} {b}`);",
    "    return {a}.map(({b}) => {b}.{c}).filter(Boolean);",
    "    for (const [{a}, {b}] of Object.entries({c}{D})) {{",
    "        {a}.{b}.push({c}({d}, {n}));",
    "    }}",
    "}}",
    "",
    "    /**",
    "     * The {a} {b} {c} that {d} has {a}; see {b} {c}.",
    "     * @param {a} the {b} {c}, {n} by default",
    "     */",
    "import {{ {a}, {b}{C} }} from './{c}-{d}.js';",
    "    {a}?: Record<string, {B}{C}> | {D}[];",
    "    readonly {a}: {B}<{C}>;",
    "    private async {a}{B}({c}: {D}): Promise<{A} | undefined>;",
)
_POOL_LINES = 40_000
_BASE64 = string.ascii_letters + string.digits + "+/"


class Contents:
    """A source of file contents; equal seeds give equal contents."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._words = ["".join(self.random.choices(_SYLLABLES, k=self.random.randint(1, 4))) for _ in range(900)]
        # Few words are frequent and many are rare, as in anything people write.
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]
        self._pool = [self._line() for _ in range(_POOL_LINES)]

    def code(self, size_bytes: int) -> bytes:
        """Source text of exactly this size."""
        parts: list[str] = []
        length = 0
        while length < size_bytes:
            lines = self.random.choices(self._pool, k=200)
            parts += lines
            length += sum(len(line) + 1 for line in lines)
        return "\n".join(parts).encode("ascii")[:size_bytes]

    def source_map(self, size_bytes: int) -> bytes:
        """A source map of about this size: half mappings, half the sources' text."""
        mappings = "".join(
            f"{''.join(self.random.choices(_BASE64, k=4))}{self.random.choice(',,,;')}" for _ in range(size_bytes // 10)
        )
        sources = [self.code(size_bytes // 2).decode("ascii")]
        return json.dumps({"version": 3, "mappings": mappings, "sourcesContent": sources}).encode("ascii")

    def binary(self, size_bytes: int) -> bytes:
        """Bytes that do not compress, as of an image."""
        return self.random.randbytes(size_bytes)

    def member_size(self, low_bytes: int, high_bytes: int) -> int:
        """A size between the two; small ones are as likely as large ones, by their logarithm."""
        return int(low_bytes * math.pow(high_bytes / low_bytes, self.random.random()))

    def _line(self) -> str:
        a, b, c, d = self.random.choices(self._words, self._weights, k=4)
        return self.random.choice(_LINES).format(
            a=a, b=b, c=c, d=d, A=a.title(), B=b.title(), C=c.title(), D=d.title(), n=self.random.randint(0, 99)
        )
