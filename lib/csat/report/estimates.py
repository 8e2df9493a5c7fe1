"""A table of estimates: from tidy rows to written columns, one row a subject, one column a metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csat.report import numbers, results, tables
from csat.report.language import Catalogue
from csat.report.suppression import NOT_SHOWN, NUMBERS, kind_of_base
from csat.study.definition import Thresholds

if TYPE_CHECKING:
    import pandas as pd

Digits = int | Mapping[str, tables.Format]

INDICATIVE = " †"
"""Mark of an estimate that rests on few answers."""

EVERYTHING = Thresholds(minimum_base=0, suppress_below=0)
"""Thresholds under which nothing is held back, for numbers that are not about respondents."""


@dataclass(frozen=True)
class EstimateTable:
    """How tidy rows are written: the words, the labels of subjects, the least bases, and decimals."""

    words: Catalogue
    label: Callable[[str], str]
    limits: Thresholds = EVERYTHING
    digits: Digits = 2

    def columns(
        self,
        rows: pd.DataFrame,
        metrics: Sequence[str] | None = None,
        extra: Mapping[str, Mapping[str, str]] | None = None,
        head: str = "subject",
    ) -> tuple[tables.Column, ...]:
        """Write the columns: subject, each metric, n where it differs, and further texts.

        Parameters
        ----------
        rows : DataFrame
            Tidy rows, one for each metric and subject.
        metrics : sequence of str, optional
            Metrics in order; by default all in the frame.
        extra : mapping, optional
            Name of ``col.<name>`` to texts by subject.
        head : str
            ``col.<head>`` stands over the row heads.

        Raises
        ------
        ResultError
            If a metric has two estimates for one subject.
        """
        frame = results.tidy(rows)
        self._refuse_doubles(frame)
        subjects = [str(subject) for subject in frame["subject"].drop_duplicates()]
        present = [str(metric) for metric in frame["metric"].drop_duplicates()]
        cells = {(str(row.metric), str(row.subject)): row for row in frame.itertuples(index=False)}
        built = [tables.Column(self.head(head), tuple(self.label(one) for one in subjects))]
        for metric in metrics or present:
            if metric in present:
                texts = tuple(self._cell(cells.get((metric, one)), metric) for one in subjects)
                built.append(tables.Column(self.head(metric, "metric"), texts, numeric=True))
        if frame["n"].dropna().nunique() > 1:
            least = frame.groupby("subject", sort=False)["n"].min()
            built.append(tables.Column(self.head("n"), tuple(map(numbers.count, least)), numeric=True))
        for name, texts_of in (extra or {}).items():
            built.append(tables.Column(self.head(name), tuple(texts_of.get(one, "") for one in subjects)))
        return tuple(built)

    def base(self, rows: pd.DataFrame) -> str:
        """Line below the table: the base, and what the brackets are."""
        known = rows["n"].dropna()
        same = known.nunique() == 1
        if rows["ci_low"].notna().any():
            key = "page.interval_note" if same else "page.interval_note_varying"
            told = [self.words.t(key, n=known.iloc[0]) if same else self.words.t(key)]
        else:
            told = [self.words.t("page.estimate_note", n=known.iloc[0])] if same else []
        return self.words.t("join.sentence").join([*told, *self._marks(rows)])

    def head(self, name: str, kind: str = "col") -> str:
        """Head of a column from the catalogue: ``col.<name>`` or ``metric.<name>``, the `kind` first."""
        other = "metric" if kind == "col" else "col"
        use = other if self.words.has(f"{other}.{name}") and not self.words.has(f"{kind}.{name}") else kind
        return self.words.t(f"{use}.{name}")

    def _cell(self, row: Any, metric: str) -> str:
        """One estimate with its interval, or why there is none."""
        if row is None:
            return numbers.ABSENT
        if row.n < self.limits.suppress_below:
            return f"n < {self.limits.suppress_below}"
        form = self.digits if isinstance(self.digits, int) else self.digits.get(metric, 2)
        text = tables.write_cell(row.estimate, form)
        if isinstance(form, int):
            text = self.words.estimate(row.estimate, row.ci_low, row.ci_high, form)
        indicative = kind_of_base(row.n, self.limits) == "indicative" and text != numbers.ABSENT
        return text + INDICATIVE if indicative else text

    def _marks(self, rows: pd.DataFrame) -> list[str]:
        """Sentences about what is not shown, or marked as resting on few."""
        limits = self.limits
        known = rows[list(NUMBERS)].notna().any(axis=1)
        withheld = (rows["n"] < limits.suppress_below) | rows["method"].str.contains(NOT_SHOWN, regex=False)
        marks = []
        if withheld.any():
            marks.append(self.words.t("page.not_shown", minimum=limits.suppress_below))
        if any(kind_of_base(n, limits) == "indicative" for n in rows.loc[known, "n"]):
            marks.append(
                self.words.t("page.indicative", mark=INDICATIVE.strip(), minimum=limits.minimum_base)
            )
        return marks

    def _refuse_doubles(self, frame: pd.DataFrame) -> None:
        """Raise where a cell would have to hold two estimates."""
        doubles = frame[frame.duplicated(["metric", "subject"])]
        if len(doubles):
            first = doubles.iloc[0]
            raise results.ResultError(
                f"A table cannot show two estimates of {first['metric']} for {first['subject']!r}: "
                "choose the rows (by method, for example) before showing them."
            )
