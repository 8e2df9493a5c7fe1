"""The quality gate: what a page must be before it is published. Every finding is a refusal.

It reads the finished HTML, so it catches what slipped through anything before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csat.report import gate_rules
from csat.report.markup import parse

if TYPE_CHECKING:
    from csat.study.definition import Study


@dataclass(frozen=True)
class Finding:
    """One reason not to publish: the page, the rule that it breaks, and where."""

    page: str
    rule: str
    detail: str

    def __str__(self) -> str:
        """One line for a log."""
        return f"{self.page}: {self.rule}: {self.detail}"


def check_html(
    page: Path | str, study: Study | None = None, lang: str = "", folder: Path | None = None
) -> list[Finding]:
    """Check one page.

    Parameters
    ----------
    page : Path or str
        File, or the HTML itself.
    study : Study, optional
        Its texts are looked for in unescaped form, and may hold what no sentence of ours may (an address,
        the word ``None``).
    lang : str
        Language that the page should be in; by default the one its file name tells.
    folder : Path, optional
        Where relative links must lead to files; by default that of the file.

    Returns
    -------
    list of Finding
        Empty for a page that may be published.
    """
    name = page.name if isinstance(page, Path) else "page"
    raw = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    home = folder if folder is not None else page.parent if isinstance(page, Path) else None
    root = parse(raw)
    said = gate_rules.texts_of(study) if study is not None else frozenset()
    found = [(rule, detail) for rule, check in gate_rules.OF_TREE.items() for detail in check(root)]
    found += [("value", detail) for detail in gate_rules.values(root, said)]
    found += [("sentence", detail) for detail in gate_rules.sentences(root, said)]
    found += [("address", detail) for detail in gate_rules.addresses(root, said)]
    found += [("escaping", detail) for detail in gate_rules.unescaped(raw, said)]
    found += [("size", detail) for detail in gate_rules.weight(raw)]
    found += [
        ("language", detail) for detail in gate_rules.language(root, lang or _lang_of(name, study), said)
    ]
    if home is not None:
        found += [("link", detail) for detail in gate_rules.links(root, home)]
    return [Finding(name, rule, detail) for rule, detail in dict.fromkeys(found)]


def check_folder(folder: Path, study: Study | None = None, languages: Sequence[str] = ()) -> list[Finding]:
    """Check every page of a wave's folder.

    Parameters
    ----------
    folder : Path
        Folder with the pages, ``index.html`` among them.
    study : Study, optional
        For language and escaping.
    languages : sequence of str, optional
        Languages that are published; the first bears no suffix. By default those of the study.

    Returns
    -------
    list of Finding
        Empty for a folder that may be published.
    """
    spoken = tuple(languages) or (study.languages if study is not None else ())
    there = (folder / "index.html").is_file()
    findings = [] if there else [Finding("index.html", "missing", "the folder has no first page")]
    for page in sorted(folder.glob("*.html")):
        lang = _suffix(page.name) or (spoken[0] if spoken else "")
        findings += check_html(page, study, lang)
    return findings


def _suffix(name: str) -> str:
    """Language in a file name such as ``index.zh.html``."""
    stem = name.removesuffix(".html")
    return stem.rpartition(".")[2] if "." in stem else ""


def _lang_of(name: str, study: Study | None) -> str:
    """Language that a file name tells."""
    return _suffix(name) or (study.languages[0] if study is not None else "")
