"""Trusting one certificate by its fingerprint, for a PBX whose certificate is self-signed."""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl

import httpx

_SEPARATORS = re.compile(r"[:\s-]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def fingerprint_of(text: str) -> str:
    """A SHA-256 fingerprint as 64 lower-case digits, from any usual way to write it. Raises ValueError."""
    digits = _SEPARATORS.sub("", text.rpartition("=")[2].strip().lower().removeprefix("sha256"))
    if not _SHA256.fullmatch(digits):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits")
    return digits


class PinnedCertificate:
    """A TLS context that takes exactly one certificate, and remembers when it met another one.

    The certificate is compared as soon as the handshake is done, before anything is sent. `context` may verify the chain as
    well; without one, the fingerprint alone decides.
    """

    def __init__(self, fingerprint: str, context: ssl.SSLContext | None = None) -> None:
        self.met_another = ""
        self.context = context or unverifying()
        pin = self

        class Pinned(ssl.SSLObject):
            def do_handshake(self) -> None:
                super().do_handshake()
                met = hashlib.sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
                matches = hmac.compare_digest(met, fingerprint)
                pin.met_another = "" if matches else met
                if not matches:
                    raise ssl.SSLCertVerificationError(1, f"the certificate's SHA-256 fingerprint is {met}")

        self.context.sslobject_class = Pinned


def unverifying() -> ssl.SSLContext:
    """A context that takes any certificate."""
    context = httpx.create_ssl_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
