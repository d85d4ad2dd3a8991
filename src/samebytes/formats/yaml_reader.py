"""Strict YAML as package managers write it: plain values with line numbers, no tags, no duplicate keys, no bombs.

Scalars are read by the YAML 1.2 core schema, as the tools' own readers do (`on` and `yes` are text, `18` is a number).
libyaml turns bytes into events; the values are built here without recursion, so depth and aliases have limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias, Union, cast

import yaml

from samebytes.errors import FormatError
from samebytes.model.json_value import JsonNumber

LIMIT_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 100
# All that aliases may add, counted in values; hand-written files reuse a few lines.
MAX_ALIASED_VALUES = 100_000
_CORE_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_CORE_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_CORE_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)

YamlValue: TypeAlias = Union[bool, str, JsonNumber, "YamlList", "YamlMap", None]


class YamlList(list[YamlValue]):
    """A sequence, the line it starts on, and the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class YamlMap(dict[str, YamlValue]):
    """A mapping, the line it starts on, and the line of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def parse_yaml(data: bytes, place: str) -> YamlValue:
    """The one document in these bytes, None where there is none.

    Raises FormatError with `place:line:column`: SB-2201 not well-formed or not UTF-8, SB-2202 duplicate key,
    SB-2203 a tag, a merge key or a key that is no text, SB-2204 larger, deeper or more aliased than the limits,
    SB-2205 more than one document.
    """
    documents = list(parse_yaml_documents(data, place))
    if len(documents) > 1:
        raise FormatError("SB-2205", "holds more than one YAML document", place=place)
    return documents[0] if documents else None


def parse_yaml_documents(data: bytes, place: str) -> Iterator[YamlValue]:
    """Each document in these bytes, lines counted from the start of the file; raises as `parse_yaml`, except SB-2205."""
    if len(data) > LIMIT_BYTES:
        raise FormatError("SB-2204", f"{len(data)} bytes are more than the limit of {LIMIT_BYTES}", place=place)
    builder = _Builder(place)
    try:
        # Decoded here: libyaml would take a byte order mark for UTF-16.
        text = data.decode("utf-8-sig")
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                builder = _Builder(place)
            elif isinstance(event, yaml.DocumentEndEvent):
                yield builder.document
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                builder.take(event)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError("SB-2201", "not UTF-8", place=f"{place}:{line}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        raise FormatError("SB-2201", f"not YAML: {error.problem or error.context}", place=where) from error
    except yaml.YAMLError as error:
        raise FormatError("SB-2201", f"not YAML: {str(error).partition(chr(10))[0]}", place=place) from error


class _Builder:
    """Builds one document from events, with a stack of its own."""

    def __init__(self, place: str) -> None:
        self.document: YamlValue = None
        self._place = place
        self._open: list[YamlList | YamlMap] = []
        self._keys: list[str | None] = []
        # How many values each anchored value stands for, and where the count stood when an anchored collection opened.
        self._anchors: dict[str, tuple[YamlValue, int]] = {}
        self._opened: list[tuple[str | None, int]] = []
        self._count = 0
        self._aliased = 0

    def take(self, event: yaml.NodeEvent | yaml.CollectionEndEvent) -> None:
        """Add what one event says."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._alias(event), event)
        elif isinstance(event, yaml.ScalarEvent):
            self._count += 1
            value = self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, 1)
            self._add(value, event)
        else:
            self._open_collection(cast(yaml.CollectionStartEvent, event))

    def _open_collection(self, event: yaml.CollectionStartEvent) -> None:
        self._count += 1
        self._refuse_tag(event)
        line = _start(event).line + 1
        value: YamlList | YamlMap = YamlMap(line) if isinstance(event, yaml.MappingStartEvent) else YamlList(line)
        self._add(value, event)
        self._open.append(value)
        self._keys.append(None)
        self._opened.append((event.anchor, self._count))
        if len(self._open) > MAX_DEPTH:
            raise self._error("SB-2204", f"nested more than {MAX_DEPTH} deep", event)

    def _close(self) -> None:
        value = self._open.pop()
        self._keys.pop()
        anchor, before = self._opened.pop()
        if anchor is not None:
            self._anchors[anchor] = (value, self._count - before + 1)

    def _add(self, value: YamlValue, event: yaml.Event) -> None:
        if not self._open:
            self.document = value
            return
        holder, line = self._open[-1], _start(event).line + 1
        if isinstance(holder, YamlList):
            holder.append(value)
            holder.lines.append(line)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._new_key(value, holder, event)
        else:
            holder[key] = value
            self._keys[-1] = None

    def _new_key(self, value: YamlValue, holder: YamlMap, event: yaml.Event) -> str:
        if isinstance(value, JsonNumber):
            value = value.token
        if not isinstance(value, str) or (value == "<<" and isinstance(event, yaml.ScalarEvent) and not event.style):
            raise self._error("SB-2203", "a key must be plain text; merge keys are not supported", event)
        if value in holder.lines:
            raise self._error(
                "SB-2202", f"the key {value!r} is there twice (first on line {holder.lines[value]})", event
            )
        holder.lines[value] = _start(event).line + 1
        return value

    def _alias(self, event: yaml.AliasEvent) -> YamlValue:
        if event.anchor not in self._anchors:
            raise self._error("SB-2201", f"not YAML: no anchor {event.anchor!r} before this", event)
        value, count = self._anchors[event.anchor]
        self._count += count
        self._aliased += count
        if self._aliased > MAX_ALIASED_VALUES:
            raise self._error("SB-2204", f"aliases stand for more than {MAX_ALIASED_VALUES} values", event)
        return value

    def _scalar(self, event: yaml.ScalarEvent) -> YamlValue:
        self._refuse_tag(event)
        text: str = event.value
        # A plain scalar has no style, whichever spelling the reader uses for that.
        if event.style not in {None, ""}:
            return text
        if text in _CORE_NULL:
            return None
        if text in _CORE_BOOL:
            return _CORE_BOOL[text]
        return JsonNumber(text) if _CORE_NUMBER.fullmatch(text) else text

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag != "!":
            raise self._error("SB-2203", f"the tag {event.tag!r} is not supported", event)

    def _error(self, code: str, sentence: str, event: yaml.Event) -> FormatError:
        return FormatError(code, sentence, place=f"{self._place}:{_start(event).line + 1}:{_start(event).column + 1}")


def _start(event: yaml.Event) -> yaml.error.Mark:
    # Only events made by hand have no mark.
    return cast(yaml.error.Mark, event.start_mark)
