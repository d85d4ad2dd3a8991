"""What httpcore2 raises, as our errors: whether the request may have acted, and what to do about it."""

from __future__ import annotations

import socket
import ssl

import httpcore2

from samebytes.errors import SiteError
from samebytes.system.http.base import AmbiguousError, NotSentError
from samebytes.system.http.network import Exchange
from samebytes.system.http.urls import origin_of, shown_url

# Everything that httpcore2 raises; it has no common base.
BROKEN = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)


def translated(error: Exception, exchange: Exchange, url: str) -> SiteError:
    """The error to raise instead of one of `BROKEN`; no text of a header or of a URL's secret parts is in it."""
    origin = origin_of(url)
    if isinstance(error, (httpcore2.ConnectTimeout, httpcore2.PoolTimeout)):
        return NotSentError(
            "SB-5120", f"{origin} could not be connected to in time", hint="check the URL, proxy and firewall"
        )
    if isinstance(error, httpcore2.ConnectError):
        return _not_connected(error.args[0] if error.args else error, origin)
    if isinstance(error, httpcore2.ProxyError):
        return NotSentError("SB-5120", f"the proxy does not lead to {origin}", hint="check `proxy` of the site")
    if isinstance(error, (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol)):
        return SiteError("SB-5124", f"a request to {shown_url(url)} cannot be put as HTTP")
    return _not_answered(error, exchange, url)


def _not_answered(error: Exception, exchange: Exchange, url: str) -> AmbiguousError:
    where = shown_url(url)
    if isinstance(error, httpcore2.TimeoutException):
        return AmbiguousError(
            "SB-5122", f"{where} did not answer in time", hint="raise `request_timeout_s` of the site if it is slow"
        )
    if not exchange.sent_bytes:
        return NotSentError("SB-5120", f"{origin_of(url)} closed the connection before the request was sent")
    if not exchange.received_bytes:
        return AmbiguousError("SB-5121", f"{where} closed the connection without an answer")
    return AmbiguousError("SB-5121", f"the answer of {where} broke off or is not HTTP")


def _not_connected(cause: object, origin: str) -> SiteError:
    if isinstance(cause, ssl.SSLCertVerificationError):
        # Not worth another try, so it is no NotSentError.
        return SiteError(
            "SB-5123",
            f"the certificate of {origin} is not trusted: {cause.verify_message}",
            hint="put the certificate of its authority into a file and name that as the site's `ca_file`",
        )
    if isinstance(cause, ssl.SSLError):
        why, hint = f"no TLS there ({cause.reason or 'handshake failed'})", "is it http:// rather than https://?"
    elif isinstance(cause, socket.gaierror):
        why, hint = f"its name cannot be resolved ({cause.strerror})", "check the host in `url`, DNS and `proxy`"
    elif isinstance(cause, ConnectionRefusedError):
        why, hint = "connection refused", "is the server running, and the port in `url` right?"
    else:
        why = (cause.strerror if isinstance(cause, OSError) else None) or "the network failed"
        hint = "check the URL, proxy and firewall"
    return NotSentError("SB-5120", f"{origin} cannot be reached: {why}", hint=hint)
