"""What to do when TLS fails, from what OpenSSL and boto3 say of it. Pure."""

from __future__ import annotations

import re

_UNTRUSTED = re.compile(r"certificate verify failed: (.+?)(?: \(_ssl|$)")
_OTHER_NAME = re.compile(r"doesn't match|is not valid for", re.IGNORECASE)
_NO_CERTIFICATES = re.compile(r"No such file|Is a directory|Permission denied|X509|PEM")
_NO_TLS = re.compile(r"WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|HTTP_REQUEST")


def is_for_another_name(said: str) -> bool:
    """Whether the certificate is one for another host."""
    return _OTHER_NAME.search(said) is not None


def why_untrusted(said: str) -> str | None:
    """OpenSSL's reason not to believe a certificate; None when it is about something else."""
    found = _UNTRUSTED.search(said)
    return found[1] if found else None


def speaks_no_tls(said: str) -> bool:
    return _NO_TLS.search(said) is not None


def store_words(said: str, host: str, section: str) -> str | None:
    """What is wrong with TLS to a store and what to do; None when that is not known.

    `section` is that of the settings, `media` or `state`.
    """
    setting = f"{section}.endpoint_url"
    if is_for_another_name(said):
        return f"{host} has a certificate for another name; correct {setting}"
    if why := why_untrusted(said):
        return (
            f"{host} has a certificate that is not trusted here ({why}); "
            "if its CA is one of your own, name the CA's file in AWS_CA_BUNDLE"
        )
    if _NO_CERTIFICATES.search(said):
        return "AWS_CA_BUNDLE names no file with certificates; correct it or leave it away"
    if speaks_no_tls(said):
        return f"{host} does not speak TLS there; correct the port of {setting}, or its https://"
    return None


def public_words(said: str) -> str | None:
    """What is wrong with TLS of an address for Meta and what to do, to follow the host's name."""
    if is_for_another_name(said):
        return "has a certificate for another name; correct media.public_base_url"
    if why := why_untrusted(said):
        return f"has a certificate that Meta would not trust either ({why}); get one of a public CA"
    if speaks_no_tls(said):
        return "does not speak TLS there; correct the port of media.public_base_url"
    return None
