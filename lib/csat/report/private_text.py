"""Personal data and secrets in any text: where they stand, and the text without them.

Only what has a form that can be told from other text: names and addresses of streets have none. Numbers
inside longer ones, decimals, hashes and encoded pictures are left alone.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_START, _END = r"(?<![\w.@/+=-])", r"(?![\w@/+=]|[.-]\d)"


@dataclass(frozen=True)
class Hit:
    """Something personal in a text: its kind, and where it begins and ends."""

    kind: str
    start: int
    end: int


def id_number(text: str) -> bool:
    """Say whether 18 characters are a Chinese identity number: date and checksum agree (GB 11643-1999).

    Examples
    --------
    >>> id_number("11010519491231002X"), id_number("110105194912310021")
    (True, False)
    """
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def luhn(text: str) -> bool:
    """Say whether the digits of a card number agree with its last one (ISO/IEC 7812-1).

    Examples
    --------
    >>> luhn("4111 1111 1111 1111"), luhn("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(c) for c in text if c.isdigit()][::-1]
    doubled = [2 * d - 9 * (d > 4) for d in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _address(text: str) -> bool:
    """Whether text is the address of a computer, and no version (1.2.3.4, 0.9.12.1) or time."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    if found.version == 4:
        return any(len(part) > 1 for part in text.split(".")) and not text.startswith("0.")
    return sum(c in "abcdefABCDEF" for c in text) > 0 and text.count(":") > 2


def _device(text: str) -> bool:
    """Whether six pairs are the address of a network card, and no date with its time."""
    return any(c in "abcdefABCDEF" for c in text)


def _anything(text: str) -> bool:
    """Everything that has the form."""
    return True


@dataclass(frozen=True)
class _Form:
    """A form of personal data: its kind, a text that it must have, how it looks, and what must hold of it."""

    kind: str
    needs: str
    look: re.Pattern[str]
    holds: Callable[[str], bool] = _anything

    def put_for(self, match: re.Match[str]) -> str:
        """Give what stands for a match: its kind, or itself where it only looks so."""
        return f"[{self.kind}]" if self.holds(match[0]) else match[0]


_FORMS = (
    _Form(
        "password", "://", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"<>]*:[^\s/@'\"<>]+@[^\s'\"<>]+", re.I)
    ),
    _Form("key", "PRIVATE KEY", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    _Form("key", "", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    _Form("key", "_", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})")),
    _Form("key", "xox", re.compile(r"\bxox[baprs]-[\w-]{20,}")),
    _Form("key", "eyJ", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    _Form("email", "@", re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")),
    _Form(
        "id_number",
        "",
        re.compile(_START + r"[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]" + _END),
        id_number,
    ),
    _Form("card", "", re.compile(_START + r"[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?" + _END), luhn),
    _Form("mobile", "", re.compile(r"(?<![\w.@/=-])(?:\+?86[ -]?)?1[3-9]\d([ -]?)\d{4}\1\d{4}" + _END)),
    _Form(
        "address",
        ".",
        re.compile(r"(?<![\w.:])(?<![vV=] )(?<!version )(?:\d{1,3}\.){3}\d{1,3}(?![\w.:]*\d|\w)"),
        _address,
    ),
    _Form(
        "address",
        ":",
        re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])", re.I),
        _address,
    ),
    _Form(
        "address", "", re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])", re.I), _device
    ),
    _Form("wechat", "wxid", re.compile(r"\bwxid_[a-z0-9]{8,}")),
    _Form(
        "wechat",
        "",
        re.compile(
            r"(?:微信|(?<![a-z])(?:wechat|weixin|wx|vx))(?:号|id)?\s*[:：是]\s*[a-z][\w-]{5,19}", re.I
        ),
    ),
    _Form(
        "plate",
        "",
        re.compile(
            rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?(?=[A-Z]{{0,4}}\d)"
            r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])"
        ),
    ),
)

WORDS = {
    "email": "an e-mail address",
    "mobile": "a mobile number",
    "id_number": "an identity number",
    "card": "the number of a bank card",
    "address": "the address of a computer",
    "wechat": "a WeChat id",
    "plate": "a number plate",
    "password": "an address with a password",
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
        In the order of the forms; one stretch of text may be found as more than one kind.

    Examples
    --------
    >>> [hit.kind for hit in hits("ask 13800138000 or a.b@example.org; 0.13800138000 and v1.2.3.4")]
    ['email', 'mobile']
    """
    for form in _FORMS:
        for match in form.look.finditer(text) if form.needs in text else ():
            if form.holds(match[0]):
                yield Hit(form.kind, match.start(), match.end())


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
    "KeyError: '[mobile]'"
    """
    for form in _FORMS:
        text = form.look.sub(form.put_for, text) if form.needs in text else text
    return text
