"""Which certificates are trusted: the machine's, and those of a file where one is configured."""

from __future__ import annotations

import ssl

import httpcore2

from samebytes.errors import ConfigError


def trusting(ca_file: str) -> ssl.SSLContext:
    """A context that trusts the machine's certificates and those in `ca_file` (PEM; empty: none besides).

    Raises ConfigError (SB-5125) for a file that cannot be read or holds no certificate.
    """
    context = httpcore2.default_ssl_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            # ssl.SSLError is an OSError too, and its own words say little.
            why = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(
                "SB-5125",
                f"the certificates in {ca_file} cannot be used: {why}",
                hint="name a file of `-----BEGIN CERTIFICATE-----` blocks as the site's `ca_file`",
            ) from error
    return context
