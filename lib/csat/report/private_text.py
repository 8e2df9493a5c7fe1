"""Personal data and secrets in any text: where they stand, and the text without them.

Personal data is told by the patterns that open answers are scrubbed by; here come the secrets of machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from csat.data.privacy.patterns import Hit, find
from csat.data.privacy.scrub import scrub

_SECRETS = (
    ("PRIVATE KEY", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("_", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})")),
    ("xox", re.compile(r"\bxox[baprs]-[\w-]{20,}")),
    ("eyJ", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
)
"""Text that must be there, and the form of a key of a common service."""

WORDS = {
    "url": "an address with the name of a user",
    "email": "an e-mail address",
    "id": "an identity number",
    "card": "the number of a bank card",
    "passport": "the number of a passport",
    "order": "the number of an order or account",
    "wechat": "a WeChat id",
    "qq": "a QQ number",
    "phone": "a phone number",
    "plate": "a number plate",
    "ip": "the address of a computer",
    "device": "the number of a device",
    "key": "a secret key",
    "secret": "the secret value of the environment variable",
    "answer": "text that a respondent wrote",
    "respondent": "the id of a respondent",
    "column": "a column of personal data",
    "rows": "rows of respondents",
}
"""What a kind is called in a message."""


def hits(text: str) -> Iterator[Hit]:
    """Find personal data and secrets by their form.

    Parameters
    ----------
    text : str

    Yields
    ------
    Hit
        Keys of services (kind ``key``), then personal data (`csat.data.privacy.patterns.KINDS`).

    Examples
    --------
    >>> [hit.kind for hit in hits("ask 13800138000 or a.b@example.org; 0.13800138000 and v1.2.3.4")]
    ['phone', 'email']
    """
    for needed, look in _SECRETS:
        if needed in text:
            yield from (Hit("key", match.start(), match.end()) for match in look.finditer(text))
    yield from find(text)


def masked(value: str) -> str:
    """Show enough of a value to find it, and too little to use it.

    Examples
    --------
    >>> masked("13800138000"), masked("张三")
    ('13…00 (11 characters)', '… (2 characters)')
    """
    ends = f"{value[:2]}…{value[-2:]}" if len(value) > 7 else "…"
    return f"{ends} ({len(value)} characters)"


def scrubbed(text: str) -> str:
    """Text with what `hits` finds replaced by its kind.

    Examples
    --------
    >>> scrubbed("KeyError: '13800138000'")
    "KeyError: '[phone]'"
    """
    for needed, look in _SECRETS:
        text = look.sub("[key]", text) if needed in text else text
    return scrub(text)[0]
