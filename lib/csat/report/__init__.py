"""How it is told: figures, tables, sentences, pages and the gate they pass."""

from __future__ import annotations

from csat.report.page import Page, open_page

__all__ = ["Page", "open_page"]
