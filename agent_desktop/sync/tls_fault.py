"""Why a server was not believed to be the centre, in codes that can be put into words.

libpq decides; it says only "certificate verify failed", so the server is asked for its certificate
once more and judged by the same rules, to learn which one it breaks. Nothing is sent to it.
"""

from __future__ import annotations

import socket
import ssl
import struct

# PostgreSQL's SSLRequest: length 8 and the code 80877103 (protocol documentation, "SSL").
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_SECONDS = 5.0
# OpenSSL's X509_V_ERR_*: not yet valid, has expired; wrong host name, wrong address.
_EXPIRED = (9, 10)
_NAME = (62, 64)

# What libpq says itself.
_SAID = (
    ("does not match host name", "centre_name"),
    ("does not support SSL", "centre_no_tls"),
    ("root certificate file", "root_certificate_unreadable"),
)


def code_of(words: str, host: str, port: int, root_certificate: str) -> str:
    """The code for what libpq said of a connection: centre_untrusted, centre_expired,
    centre_name, centre_no_tls, root_certificate_unreadable; empty if it is nothing of TLS.
    May take some seconds."""
    for sign, code in _SAID:
        if sign in words:
            return code
    return _broken_rule(host, port, root_certificate) if "SSL error" in words else ""


def _broken_rule(host: str, port: int, root_certificate: str) -> str:
    context = ssl.create_default_context(cafile=root_certificate or None)
    # libpq does not ask for this, newer versions of Python do.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        with socket.create_connection((host, port), _SECONDS) as line:
            line.sendall(_SSL_REQUEST)
            if line.recv(1) != b"S":
                return "centre_no_tls"
            context.wrap_socket(line, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in _EXPIRED:
            return "centre_expired"
        return "centre_name" if error.verify_code in _NAME else "centre_untrusted"
    except ssl.SSLError:
        return "centre_no_tls"  # no version or cipher in common
    except (OSError, ValueError):
        pass  # gone meanwhile; that libpq did not believe it stands
    return "centre_untrusted"
