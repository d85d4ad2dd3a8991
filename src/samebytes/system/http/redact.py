"""Let no error show a secret."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import MappingProxyType

from samebytes.errors import SamebytesError
from samebytes.model.transfer import Sink
from samebytes.system.http.base import Request, Response, Transport


class Redact:
    """Masks the text of every error that comes from inside; one whose causes show a secret comes without them."""

    def __init__(self, inner: Transport, mask: Callable[[str], str]) -> None:
        self._inner = inner
        self._mask = mask

    def send(self, request: Request, sink: Sink | None = None) -> Response:
        """Send it."""
        try:
            return self._inner.send(request, sink)
        except SamebytesError as error:
            if not self._shows(error):
                raise
            masked = self._masked(error)
        # Outside of the handler, so that the original is not the new one's context.
        raise masked

    def _shows(self, error: SamebytesError) -> bool:
        return any(self._mask(text) != text for link in _chain(error) for text in _texts(link))

    def _masked(self, error: SamebytesError) -> SamebytesError:
        masked = copy.copy(error)
        masked.summary = self._mask(error.summary)
        masked.hint = self._mask(error.hint)
        masked.details = MappingProxyType({key: self._mask(value) for key, value in error.details.items()})
        masked.args = (error.code, masked.summary)
        return masked


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            yield link
            waiting += (link.__cause__, link.__context__)


def _texts(error: BaseException) -> Iterator[str]:
    yield str(error)
    yield repr(error.args)
    if isinstance(error, SamebytesError):
        yield error.hint
        yield from error.details.values()
