"""What became of those who were asked: classes of outcomes as AAPOR defines them."""

from __future__ import annotations

import re

OUTCOMES = (
    "complete",
    "partial",
    "refusal",
    "non_contact",
    "other",
    "unknown_household",
    "unknown_other",
    "not_eligible",
)
"""Complete and partial interview (I, P); refusal or break-off (R), non-contact (NC) and other (O) of the
eligible; unknown whether there is a household at all (UH), otherwise unknown whether eligible (UO); not
eligible (NE)."""

_CODE = re.compile(r"([1-4])(?:\.(\d{1,3}))?0*")
_BY_CODE = {"1.1": "complete", "1.2": "partial", "2.1": "refusal", "2.2": "non_contact", "2.3": "other"}


def outcome_of(text: str) -> str:
    """Class of an outcome that is written as its name or as AAPOR's final disposition code.

    Parameters
    ----------
    text : str
        ``refusal``, or a code such as ``2.11``; deeper codes belong to the class above them.

    Returns
    -------
    str
        One of `OUTCOMES`; empty where the text is neither.

    Notes
    -----
    1.1 complete, 1.2 partial, 2.1 refusal or break-off, 2.2 non-contact, 2.3 other, 3.1 unknown household,
    all other 3 unknown, other, 4 not eligible. 1 and 2 alone leave the class open.

    References
    ----------
    AAPOR (2023). Standard definitions: final dispositions of case codes and outcome rates for surveys, 10th
    edition.

    Examples
    --------
    >>> [outcome_of(t) for t in ("2.11", "1.1", "3.21", "4.9", "refusal", "2")]
    ['refusal', 'complete', 'unknown_other', 'not_eligible', 'refusal', '']
    """
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in OUTCOMES:
        return plain
    found = _CODE.fullmatch(plain)
    if not found:
        return ""
    kind, detail = found[1], found[2] or ""
    if kind == "4":
        return "not_eligible"
    if kind == "3":
        return "unknown_household" if detail.startswith("1") else "unknown_other"
    return _BY_CODE.get(f"{kind}.{detail[:1]}", "")
