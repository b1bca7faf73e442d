"""Certificates of the tests' PBX: a good one and three that a phone has to refuse.

RSA, since the phone library's old OpenSSL is the one that has to read them.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LOCALHOST = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
_ELSEWHERE = (x509.DNSName("pbx.invalid"),)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs; `certificate` is what a phone must trust."""

    key: RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, name: str) -> Authority:
        """A new authority that nobody knows yet."""
        key = _key()
        builder = _builder(_name(name), _name(name), key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def issue(
        self, key: RSAPrivateKey, names: tuple[x509.GeneralName, ...], *, days_left: int
    ) -> bytes:
        """A server's certificate for `names` in PEM; expired if `days_left` is negative."""
        issuer = self.certificate.subject
        builder = (
            _builder(_name(str(names[0].value)), issuer, key, days_left=days_left)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def write_certificates(folder: Path) -> None:
    """Writes ca.pem and, as NAME.pem and NAME.key, `good`, `expired`, `stranger` (signed by an
    authority nobody trusts) and `misnamed` (made out to another host)."""
    ours, stranger, key = Authority.new("PBX tests"), Authority.new("Strangers"), _key()
    folder.mkdir(mode=0o700)
    (folder / "ca.pem").write_bytes(ours.certificate.public_bytes(serialization.Encoding.PEM))
    made = {
        "good": ours.issue(key, _LOCALHOST, days_left=30),
        "expired": ours.issue(key, _LOCALHOST, days_left=-1),
        "stranger": stranger.issue(key, _LOCALHOST, days_left=30),
        "misnamed": ours.issue(key, _ELSEWHERE, days_left=30),
    }
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    for name, pem in made.items():
        (folder / f"{name}.pem").write_bytes(pem)
        (folder / f"{name}.key").write_bytes(private)


def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, *, days_left: int = 30
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days_left))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
