"""How often each rule of wording is right, on the labelled questions.

Run as a script, this prints the table and writes it into docs/wording.md.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from csat.study.wording import Context, check_text

HERE = Path(__file__).resolve().parent
DOC = HERE.parents[1] / "docs" / "wording.md"
HALVES = ("development", "held_out")
START, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Labelled:
    """One labelled question: what is known of it, and the rules that it breaks."""

    half: str
    lang: str
    text: str
    context: Context
    rules: frozenset[str]
    note: str


@dataclass
class Count:
    """Findings that are right, findings that are wrong, and what was missed."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    @property
    def labelled(self) -> int:
        return self.hits + self.missed

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else float("nan")

    @property
    def recall(self) -> float:
        return self.hits / self.labelled if self.labelled else float("nan")


def labelled_questions() -> Iterator[Labelled]:
    """Rows of labelled.csv."""
    with (HERE / "labelled.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            context = Context(
                type=row["type"],
                answers=answers(row["answers"]),
                dont_know=row["dont_know"] == "yes",
                filtered=row["filtered"] == "yes",
                other_text=row["other_text"],
                other_answers=answers(row["other_answers"]),
            )
            rules = frozenset(filter(None, row["rules"].split(";")))
            yield Labelled(row["half"], row["lang"], row["text"], context, rules, row["note"])


def answers(cell: str) -> dict[str, str]:
    """Labels of answers: ``1=Bad;5=Good``."""
    return dict(part.split("=", 1) for part in cell.split(";")) if cell else {}


def found(question: Labelled) -> set[str]:
    """Rules that the checks say a question breaks."""
    return {f.rule for f in check_text(question.text, question.lang, question.context)}


def measure(questions: Iterable[Labelled]) -> dict[tuple[str, str, str], Count]:
    """Counts by half, language (``both`` for the two together) and rule (``all`` for all together)."""
    counts: dict[tuple[str, str, str], Count] = {}
    for question in questions:
        got = found(question)
        for rule in got | question.rules:
            for lang in (question.lang, "both"):
                for name in (rule, "all"):
                    count = counts.setdefault((question.half, lang, name), Count())
                    count.hits += rule in got and rule in question.rules
                    count.false += rule not in question.rules
                    count.missed += rule not in got
    return counts


def table(counts: dict[tuple[str, str, str], Count]) -> str:
    """Markdown table of precision and recall by rule, language and half."""
    names = Counter(rule for _, _, rule in counts)
    rules = [*sorted(set(names) - {"all"}), "all"]
    lines = [
        "| rule | half | English: labels | precision | recall | Chinese: labels | precision | recall |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for rule in rules:
        for half in HALVES:
            cells = [
                cell for lang in ("en", "zh") for cell in _cells(counts.get((half, lang, rule), Count()))
            ]
            lines.append(f"| `{rule}` | {half.replace('_', '-')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(count: Count) -> list[str]:
    shares = [f"{value:.2f}" if value == value else "–" for value in (count.precision, count.recall)]
    return [str(count.labelled), *shares]


def clean_share(questions: Iterable[Labelled], half: str, lang: str) -> tuple[int, int]:
    """How many questions without a fault there are, and how many of them are found fault with."""
    good = [q for q in questions if q.half == half and q.lang == lang and not q.rules]
    return len(good), sum(bool(found(q)) for q in good)


def documented(text: str, measured: str) -> str:
    """Documentation with the table put between its marks."""
    before, rest = text.split(START, 1)
    return f"{before}{START}\n{measured}\n{END}{rest.split(END, 1)[1]}"


def report() -> str:
    """Table and the share of good questions that are found fault with."""
    questions = list(labelled_questions())
    parts = [table(measure(questions)), "", "Good questions that are found fault with:", ""]
    for half in HALVES:
        for lang, name in (("en", "English"), ("zh", "Chinese")):
            good, blamed = clean_share(questions, half, lang)
            parts.append(f"- {half.replace('_', '-')}, {name}: {blamed} of {good}")
    return "\n".join(parts)


if __name__ == "__main__":
    DOC.write_text(documented(DOC.read_text(encoding="utf-8"), report()), encoding="utf-8")
    sys.stdout.write(report() + "\n")
