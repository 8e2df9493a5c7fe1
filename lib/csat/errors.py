"""The one base of every error that csat raises on purpose."""

from __future__ import annotations


class CsatError(ValueError):
    """Something a user can put right: the message names the place and says what to do."""
