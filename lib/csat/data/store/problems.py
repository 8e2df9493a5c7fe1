"""What can go wrong with the store, as opposed to with the answers."""

from __future__ import annotations

from csat.errors import CsatError


class StoreError(CsatError):
    """A snapshot could not be stored; the store is as it was."""
