"""Labels in figures; see `csat.report.text`."""

from csat.report.text import unbreakable, width, wrap

__all__ = ["unbreakable", "width", "wrap"]
