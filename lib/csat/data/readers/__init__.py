"""Read the exports of survey tools: each format in a module of its own, told apart by what the file holds."""

from __future__ import annotations

from csat.data.readers.detect import FORMATS, read_table

__all__ = ["FORMATS", "read_table"]
