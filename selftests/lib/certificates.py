# SPDX-License-Identifier: GPL-2.0
"""Certificates for tests, as they are needed."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID


def certify(name, of, by=None, issuer=None, days=1, alternative=None):
    """A certificate of a key, signed by another's, or by its own."""
    start = datetime.datetime.now(datetime.timezone.utc) - \
        datetime.timedelta(days=2)

    def named(common):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    builder = x509.CertificateBuilder().subject_name(named(name)).issuer_name(
        issuer.subject if issuer else named(name)).public_key(
            of.public_key()).serial_number(x509.random_serial_number()) \
        .not_valid_before(start).not_valid_after(
            start + datetime.timedelta(days=2 + days)).add_extension(
                x509.BasicConstraints(issuer is None, None), critical=True)
    if alternative:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([alternative]), critical=False)
    return builder.sign(by or of, hashes.SHA256())


def pem(what):
    """A certificate, or a private key, as text."""
    if isinstance(what, x509.Certificate):
        return what.public_bytes(serialization.Encoding.PEM)
    return what.private_bytes(serialization.Encoding.PEM,
                              serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption())
