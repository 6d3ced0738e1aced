"""The files that the TLS settings of a URL name, looked at before a connection is made.

Rule: OpenSSL would ask for the passphrase of a key on the terminal, which the screen holds; so it never gets to.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any


def problem_with_files(settings: Mapping[str, Any]) -> str:
    """Which of the files cannot be used, and why; empty if all can."""
    authorities, certificate = settings.get("ssl_ca_certs"), settings.get("ssl_certfile")
    key = settings.get("ssl_keyfile")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authorities:
        try:
            context.load_verify_locations(cafile=authorities)
        except OSError as error:
            return f"{authorities}: {_reason(error, 'no certificate is in it')}"
    if key and not certificate:
        return "ssl_keyfile needs ssl_certfile beside it"
    return _problem_with_pair(context, certificate, key) if certificate else ""


def _problem_with_pair(context: ssl.SSLContext, certificate: str, key: str | None) -> str:
    asked: list[bool] = []

    def passphrase() -> str:
        asked.append(True)
        return ""

    for path in filter(None, (certificate, key)):
        try:
            with open(path, "rb"):  # noqa: PTH123 - only whether it can be read
                pass
        except OSError as error:
            return f"{path}: {_reason(error, '')}"
    try:
        context.load_cert_chain(certificate, key, passphrase)
    except (OSError, ValueError) as error:
        if asked:
            return f"{key or certificate}: the key has a passphrase, which scantui cannot ask for"
        if "MISMATCH" in (getattr(error, "reason", None) or ""):
            return f"{key or certificate}: the key belongs to another certificate"
        return f"{certificate}: a certificate and its private key are needed; ssl_keyfile names the file of the key"
    return ""


def _reason(error: OSError, otherwise: str) -> str:
    """Why the system refuses a file, else what is wrong with what is in it."""
    return otherwise if isinstance(error, ssl.SSLError) or not error.errno else os.strerror(error.errno)
