"""Pages of HTML that need nothing beside them."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light; }
body { font: 11pt/1.5 system-ui, "Noto Sans", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei",
  sans-serif;
  color: #1a1a1a; background: #fff; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem;
  border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; font-weight: 600; }
th, td { border: 1px solid #bbb; padding: .25rem .5rem; vertical-align: top; text-align: left; }
.scroll { overflow-x: auto; }
.marks td:not(:first-child), .marks th:not(:first-child) { text-align: center; }
.rule, .hint { color: #444; font-size: .9em; margin: .15rem 0; } .rule { font-style: italic; }
:lang(zh) .rule { font-style: normal; }
fieldset { border: 0; margin: 1rem 0; padding: 0; break-inside: avoid; }
legend { font-weight: 600; padding: 0; }
ol.options, ul.options { list-style: none; padding-left: .5rem; margin: .25rem 0; }
.line { border-bottom: 1px solid #555; height: 1.8rem; } .short { display: inline-block; width: 8rem; }
.short { border-bottom: 1px solid #555; }
.box { font-family: "DejaVu Sans", "Noto Sans Symbols2", sans-serif; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
.who { break-inside: avoid; } .nowrap { white-space: nowrap; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""

LOCALES = {"en": "en", "zh": "zh-CN"}


def html_page(title: str, lang: str, body: str) -> str:
    """Put a body into a whole page; the title is escaped here, the body by whoever wrote it."""
    return (
        f'<!DOCTYPE html>\n<html lang="{LOCALES.get(lang, lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def lines(text: str) -> str:
    """Text with its line breaks, escaped."""
    return "<br>".join(escape(part) for part in text.strip().split("\n"))
