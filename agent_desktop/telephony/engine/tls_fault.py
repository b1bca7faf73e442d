"""Why a TLS connection to the PBX was refused by us, in words of our own.

Pure: the flags are those of pj_ssl_cert_verify_flag_t.
"""

from __future__ import annotations

#: The first that fits says it: an expired certificate of the right authority is expired, and one
#: of an unknown authority is not trusted, whatever its name.
_FAULTS = (
    ("tls_untrusted", 0x01 | 0x02 | 0x20 | 0x80),  # no issuer, untrusted, mismatch, revoked
    ("tls_expired", 0x04),
    ("tls_name", 0x4000_0000),
)
_ANY = 0xFFFFFFFF


def tls_code(flags: int) -> str:
    """tls_untrusted, tls_expired, tls_name or tls_failed; empty if nothing is wrong."""
    for code, bits in _FAULTS:
        if flags & bits:
            return code
    return "tls_failed" if flags & _ANY else ""
