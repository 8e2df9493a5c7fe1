"""Numbers that carry their own proof: checksums and ranges that tell them from any other number."""

from __future__ import annotations

import ipaddress
import re

_PROVINCES = frozenset(
    str(first + second)
    for first, seconds in {10: 5, 20: 3, 30: 7, 40: 6, 50: 4, 60: 5}.items()
    for second in range(0 if first == 50 else 1, seconds + 1)
) | {"71", "81", "82", "83"}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def only_digits(text: str) -> str:
    """Digits of a text, and an X at its end."""
    return re.sub(r"[^\dXx]", "", text).upper()


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number: place, date and checksum agree.

    The checksum is that of GB 11643-1999 (ISO 7064, MOD 11-2).

    Examples
    --------
    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021")
    (True, False)
    """
    number = only_digits(text)
    if len(number) != 18 or number[:2] not in _PROVINCES or not number[:17].isdigit():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECKS[total % 11] == number[17] and _is_day(number[10:14])


def is_old_id_number(text: str) -> bool:
    """Whether 15 digits may be an identity number from before 1999: place and date agree."""
    number = only_digits(text)
    return len(number) == 15 and number[:2] in _PROVINCES and _is_day(number[8:12])


def _is_day(month_and_day: str) -> bool:
    """Whether four digits are a month and a day."""
    return 1 <= int(month_and_day[:2]) <= 12 and 1 <= int(month_and_day[2:]) <= 31


def is_card(text: str) -> bool:
    """Whether the digits of a bank card agree with its check digit (Luhn, ISO/IEC 7812-1).

    Examples
    --------
    >>> is_card("4111 1111 1111 1111"), is_card("4111 1111 1111 1112"), is_card("0000000000000000")
    (True, False, False)
    """
    digits = [int(c) for c in text if c.isdigit()][::-1]
    doubled = [2 * d - 9 * (d > 4) for d in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_ip4(text: str) -> bool:
    """Whether four numbers are the address of a computer rather than a version such as 1.2.3.4."""
    parts = text.split(".")
    return all(int(p) <= 255 for p in parts) and parts[0] != "0" and any(len(p) > 1 for p in parts)


def is_ip6(text: str) -> bool:
    """Whether a text is an address such as ``2001:db8::1``."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return any(len(part) >= 3 for part in text.split(":"))


def is_plate(text: str) -> bool:
    """Whether the characters after the letter of the city hold at least two digits."""
    return sum(c.isdigit() for c in text[2:]) >= 2


def is_phone(text: str) -> bool:
    """Whether a number has as many digits as the phone of a person, and is no date and no hotline."""
    digits = re.sub(r"\D", "", text)
    date = re.fullmatch(r"\D*(?:19|20)\d\d[-/. ]?\d{1,2}[-/. ]?\d{1,2}", text)
    return 7 <= len(digits) <= 15 and not date and not digits.startswith(("400", "800"))


def is_id_token(text: str) -> bool:
    """Whether a word may number an order: at least five characters, at least three of them digits."""
    return len(text) >= 5 and sum(c.isdigit() for c in text) >= 3
