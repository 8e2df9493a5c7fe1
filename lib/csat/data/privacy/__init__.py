"""Personal data in answers: recognised, dropped or hashed, and blotted out of open text."""

from __future__ import annotations

from csat.data.privacy.protect import Protected, protect
from csat.data.privacy.scrub import scrub

__all__ = ["Protected", "protect", "scrub"]
