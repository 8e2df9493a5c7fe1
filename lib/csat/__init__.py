"""csat: from survey to loyalty, every month.

Rooms: `csat.study` (what we ask), `csat.data` (what came back), `csat.stats` (what it means),
`csat.report` (how it is told) and `csat.run` (how a month is made).
"""

from __future__ import annotations

__version__ = "0.1.0"
