"""Ids that tell rows apart but not who it is: keyed hashes."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata

import pandas as pd

from csat.data.problems import DataError

LENGTH = 16
"""Hexadecimal digits that are kept of a hash: 64 bits, so that two of a million ids hardly ever meet."""

LEAST_KEY = 16
"""Characters that a key has at least: a shorter one can be found by trying."""


class Key:
    """A secret that ids are hashed with; it shows in no text, no copy and no pickle of this object."""

    def __init__(self, secret: bytes, lasting: bool) -> None:
        self._secret = secret
        self.lasting = lasting

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Key(lasting={self.lasting})"

    def __reduce__(self) -> str:
        """Refuse to be pickled."""
        raise TypeError("a key does not leave the process")

    def hashed(self, text: str, study: str) -> str:
        """HMAC-SHA256 of an id, cut to `LENGTH` digits; empty stays empty.

        The study is part of what is hashed: the same id in two studies gives two hashes.
        """
        if not text:
            return ""
        message = f"{study}\0{unicodedata.normalize('NFKC', text)}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:LENGTH]

    def hashed_cells(self, cells: pd.Series, study: str) -> pd.Series:
        """Hashes of the cells of a column."""
        return cells.map({text: self.hashed(str(text), study) for text in cells.unique()})


def key_from(variable: str) -> Key:
    """Key that an environment variable holds, or a random one for this run.

    Parameters
    ----------
    variable : str
        Name of the variable.

    Returns
    -------
    Key
        `Key.lasting` tells whether ids hashed today and next month can be linked.

    Raises
    ------
    DataError
        When the variable holds a key that is too short.
    """
    secret = os.environ.get(variable, "").strip()
    if not secret:
        return Key(secrets.token_bytes(32), lasting=False)
    if len(secret) < LEAST_KEY:
        raise DataError(
            f"the key in the environment variable {variable} is shorter than {LEAST_KEY} characters; "
            "use a long random text"
        )
    return Key(secret.encode("utf-8"), lasting=True)
