"""Names that are safe for a file system, whatever a study, a wave or a segment is called."""

from __future__ import annotations

import hashlib


def safe_name(text: str) -> str:
    """Turn any text into a file name that is safe, readable and unique.

    Parameters
    ----------
    text : str
        A study id, the name of a wave, or the value of a segment.

    Returns
    -------
    str
        The text itself if it holds nothing but letters (of any script), digits, ``.``, ``_`` and ``-``;
        otherwise with ``-`` in place of the rest and eight digits of its hash behind, so that two texts
        never share a folder.

    Examples
    --------
    >>> safe_name("2026-Q3")
    '2026-Q3'
    >>> safe_name("a/b")
    'a-b-c14cddc0'
    """
    kept = "".join(c if c.isalnum() or c in "._-" else "-" for c in text)[:60]
    if kept == text and kept.strip(".-"):
        return text
    return f"{kept.strip('.-') or 'x'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
