"""A notebook's only door to output: sentences, notes, tables and figures in one language at a time.

page = open_page("02_measurement", answers=answers, lang=lang, out=out, replicates=5000, seed=1)
page.say("intake.received", n=answers.n)
page.metrics("reliability", reliability, metrics=("alpha", "omega"))
page.figure("htmt", heat_map(...), worst="…")
page.finish()
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csat.report import results, suppression, tables
from csat.report.analysed import analysed
from csat.report.context import Context, told_late, work_folder
from csat.report.estimates import Digits, EstimateTable
from csat.report.figures import figure_html
from csat.report.language import SECTION_OF_NOTEBOOK, Catalogue
from csat.report.svg import figure_svg

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from csat.data import Answers
    from csat.report.executive import ExecutivePage
    from csat.study.definition import Study

_JOINTS = re.compile(r"(→|~)")
_SUBJECTS = ("subject", "item", "construct", "source", "target")


@dataclass
class Page:
    """One notebook's page in one language; made by `open_page`.

    Parameters
    ----------
    context : Context
        Study, wave, language, n, seed and replicates.
    out : Path
        Working folder for the metrics and results files.
    words : Catalogue
        Sentences of the language, the notebook's own section first.
    """

    context: Context
    out: Path
    words: Catalogue
    warnings: list[str] = field(default_factory=list)
    fragments: dict[str, str] = field(default_factory=dict)
    _frames: list[pd.DataFrame] = field(default_factory=list)

    @property
    def study(self) -> Study:
        """Study that the page is about."""
        return self.context.study

    @property
    def lang(self) -> str:
        """Language of the page."""
        return self.context.lang

    # ---- words -------------------------------------------------------------------------------------------

    def t(self, key: str, **values: Any) -> str:
        """Sentence from the catalogue as plain text; see `Catalogue.t`."""
        return self.words.t(key, **values)

    def has(self, key: str) -> bool:
        """Say whether the catalogue holds a sentence."""
        return self.words.has(key)

    def label(self, id: str) -> str:
        """Short label of a construct, item, segment or ``segment=value``; other text comes back as it is."""
        try:
            return self.study.label(str(id), self.lang)
        except KeyError:
            return str(id)

    def wording(self, item: str) -> str:
        """Question text of an item."""
        return self.study.wording(item, self.lang)

    def subject(self, subject: str) -> str:
        """Labels of a tidy subject: ``A→B``, ``A~B``, ``A→B→C`` or one id."""
        parts = _JOINTS.split(str(subject))
        return "".join(f" {part} " if part in "→~" else self.label(part) for part in parts)

    def coded(self, subject: str) -> str:
        """Labels of a subject; an item's label with its code, by which researchers know it."""
        text = self.subject(subject)
        known = subject in self.study.items and text != subject
        return self.t("label.coded", label=text, id=subject) if known else text

    def estimate(self, value: Any, low: Any = None, high: Any = None, digits: int = 2) -> str:
        """Estimate with its interval as text: ``0.71 (0.65–0.77)``."""
        return self.words.estimate(value, low, high, digits)

    def join(self, parts: Iterable[str]) -> str:
        """Words joined as the language does: ``a, b and c``."""
        return self.words.join(list(parts))

    # ---- text --------------------------------------------------------------------------------------------

    def say(self, key: str, **values: Any) -> None:
        """Show a computed sentence as a paragraph."""
        self.html(f"<p>{self.words.html(key, **values)}</p>")

    def bullets(self, sentences: Iterable[str | tuple[str, Mapping[str, Any]]]) -> None:
        """Show sentences as a list: each a key, or a pair of key and values."""
        pairs = [(one, {}) if isinstance(one, str) else one for one in sentences]
        entries = "".join(f"<li>{self.words.html(key, **values)}</li>" for key, values in pairs)
        if entries:
            self.html(f"<ul>{entries}</ul>")

    def heading(self, key: str, level: int = 3, **values: Any) -> None:
        """Show a computed heading (level 2 or 3), which the contents list takes up."""
        self.html(f"<h{level}>{self.words.html(key, **values)}</h{level}>")

    def note(self, key: str, **values: Any) -> None:
        """Show a remark in a box."""
        self._box("note", self.words.html(key, **values))

    def warn(self, key: str, **values: Any) -> None:
        """Show a warning in a box, and keep it for the run's manifest."""
        self.warnings.append(self.t(key, **values))
        self._box("warning", self.words.html(key, **values))

    def html(self, fragment: str) -> None:
        """Show a trusted fragment: whoever builds it has escaped what came from outside."""
        from IPython.display import HTML, display

        display(HTML(fragment))  # type: ignore[no-untyped-call]

    # ---- tables ------------------------------------------------------------------------------------------

    def table(
        self,
        key: str,
        frame: pd.DataFrame | None,
        formats: Mapping[Hashable, tables.Format] | None = None,
        heads: Mapping[Hashable, str] | None = None,
        **values: Any,
    ) -> None:
        """Show a wide frame; its first column (or named index) holds the row heads.

        Parameters
        ----------
        key : str
            ``<key>.caption``; optionally ``<key>.note`` (below) and ``<key>.absent`` (instead, when empty).
        frame : DataFrame or None
            One row a table row. Columns named subject, item, construct, source or target show labels.
        formats : mapping, optional
            Column to format, see `csat.report.tables.write_cell`; also ``"subject"`` for study ids.
        heads : mapping, optional
            Column to the text of its head; by default the catalogue's ``col.<name>`` or ``metric.<name>``.
        **values
            For caption, note and absent.
        """
        if frame is None or frame.empty:
            return self._absent(key, values)
        wide = frame if frame.index.name is None else frame.reset_index()
        forms: dict[Hashable, tables.Format] = {name: "subject" for name in wide.columns if name in _SUBJECTS}
        forms.update(formats or {})
        written = {name: self.coded if form == "subject" else form for name, form in forms.items()}
        shown: dict[Hashable, str] = {
            name: (heads or {}).get(name) or self._head(str(name)) for name in wide.columns
        }
        self._table(key, tables.columns_of(wide, shown, written), values)

    def matrix(
        self, key: str, frame: pd.DataFrame | None, digits: int = 2, corner: str = "construct", **values: Any
    ) -> None:
        """Show a frame whose index and columns are ids of the study, such as a correlation matrix.

        Parameters
        ----------
        key, **values
            As for `table`.
        frame : DataFrame or None
            Missing cells stay as an en dash.
        digits : int
            Decimals.
        corner : str
            ``col.<corner>`` stands over the row heads.
        """
        if frame is None or frame.empty:
            return self._absent(key, values)
        wide = frame.rename_axis(None).reset_index(names="subject")
        shown: dict[Hashable, str] = {
            name: self._head(corner) if name == "subject" else self.label(name) for name in wide.columns
        }
        forms: dict[Hashable, tables.Format] = dict.fromkeys(wide.columns, digits)
        forms["subject"] = self.coded
        self._table(key, tables.columns_of(wide, shown, forms), values)

    def metrics(
        self,
        key: str,
        frame: pd.DataFrame | None,
        metrics: Sequence[str] | None = None,
        digits: Digits = 2,
        extra: Mapping[str, Mapping[str, str]] | None = None,
        head: str = "subject",
        **values: Any,
    ) -> None:
        """Show a tidy frame: one row a subject, one column a metric, cells like ``0.71 (0.65–0.77)``.

        Parameters
        ----------
        key : str
            ``<key>.caption``; optionally ``<key>.note`` and ``<key>.absent``.
        frame : DataFrame or None
            Tidy rows; what rests on too few is not shown, see `csat.report.suppression.protect`.
        metrics : sequence of str, optional
            Metrics in order; by default all in the frame.
        digits : int or mapping
            Decimals, for all or by metric; a mapping may name a format (``"n"``, ``"p"``, ``"pct"``).
        extra : mapping, optional
            Further columns: name of ``col.<name>`` to texts by subject, for verdicts.
        head : str
            ``col.<head>`` stands over the row heads.
        **values
            For caption, note and absent.
        """
        rows = frame if frame is None or metrics is None else frame[frame["metric"].isin(list(metrics))]
        if rows is None or rows.empty:
            return self._absent(key, values)
        rows = self.safe(rows)
        writer = EstimateTable(self.words, self.coded, self.study.thresholds, digits)
        self._table(key, writer.columns(rows, metrics, extra, head), values, writer.base(rows))

    # ---- figures -----------------------------------------------------------------------------------------

    def figure(self, key: str, figure: Figure | None, **values: Any) -> None:
        """Show a figure with its computed headline above and its statistical subtitle below.

        Parameters
        ----------
        key : str
            ``<key>.headline``, ``<key>.alt``, ``<key>.subtitle``; optionally ``<key>.absent``.
        figure : Figure or None
            Drawn in this page's language; None shows the ``absent`` sentence.
        **values
            For these sentences.
        """
        if figure is None:
            return self._absent(key, values)
        words = {part: self.t(f"{key}.{part}", **values) for part in ("headline", "alt", "subtitle")}
        self.html(figure_html(figure_svg(figure, self.lang), key=key, **words))

    def executive(self, page_one: ExecutivePage) -> None:
        """Show the executives' page one, and keep it for the wave's first page."""
        from csat.report.executive import render

        fragment = render(page_one, self.words)
        self.fragments["executive"] = fragment
        self.html(fragment)

    # ---- results -----------------------------------------------------------------------------------------

    def record(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep tidy rows for ``metrics.csv`` and hand the frame back, so that it can be shown at once.

        Estimates that rest on too few answers are blanked in both, see `csat.report.suppression.protect`.
        """
        checked = self.safe(results.tidy(frame))
        self._frames.append(checked)
        return checked

    def safe(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Tidy rows without what rests on too few, and without what that could be derived from."""
        return suppression.protect(
            frame, self.study.thresholds, bool(self.context.segment), self.study.segments
        )

    def finish(self) -> None:
        """Write ``<notebook>.metrics.csv`` and, last of all, ``<notebook>.results.json``."""
        at = self.context
        frame = results.metrics_frame(self._frames, at.study.id, at.wave, at.segment, at.notebook)
        results.write_metrics(frame, self.out / f"{at.notebook}.metrics.csv")
        told = {name: getattr(at, name) for name in at.__dataclass_fields__ if name != "study"}
        told |= {"study": at.study.id, "done": True, "rows": len(frame)}
        told |= {"warnings": self.warnings, "fragments": self.fragments}
        results.write_results(told, self.out / f"{at.notebook}.results.json")

    # ---- private -----------------------------------------------------------------------------------------

    def _head(self, name: str) -> str:
        """Head of a column from the catalogue."""
        return EstimateTable(self.words, self.subject).head(name)

    def _table(
        self, key: str, columns: Sequence[tables.Column], values: Mapping[str, Any], base: str = ""
    ) -> None:
        """Show written columns under the key's caption."""
        caption = self.t(f"{key}.caption", **values)
        note = self.t(f"{key}.note", **values) if self.has(f"{key}.note") else ""
        below = self.t("join.sentence").join(part for part in (base, note) if part)
        scroll = self.t("page.scroll", caption=caption)
        self.html(tables.render(columns, caption, note=below, scroll_label=scroll, key=key))

    def _absent(self, key: str, values: Mapping[str, Any]) -> None:
        """Say in a sentence why there is nothing to show."""
        named = f"{key}.absent"
        text = self.words.html(named if self.has(named) else "page.absent", **values)
        self.html(f'<p class="absent">{text}</p>')

    def _box(self, kind: str, text: str) -> None:
        """Show a box with its kind named, so that it does not rest on colour."""
        title = tables.escape(self.t(f"page.{kind}"))
        self.html(f'<div class="{kind}" role="note"><p><strong>{title}</strong> {text}</p></div>')


def open_page(
    notebook: str,
    study: Study | None = None,
    answers: Answers | None = None,
    lang: str = "en",
    out: str | Path = "",
    wave: str = "",
    segment: str = "",
    n: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    interval: str = "",
    missing: str = "",
) -> Page:
    """Open a notebook's page.

    Parameters
    ----------
    notebook : str
        Its name without ``.ipynb``: ``01_survey_design``, ``02_measurement`` or ``03_loyalty``.
    study : Study, optional
        The study; taken from `answers` when these are given.
    answers : Answers, optional
        Answers of the wave: study, wave, segment and n (of those whom `missing` keeps) come from them.
    lang : str
        Language of the page; one that the study speaks.
    out : str or Path
        Working folder; by default ``reports/.work/<study>/<wave>[/<segment>]/<lang>`` of the project.
    wave, segment : str
        Used where there are no answers.
    n, replicates, seed, interval, missing
        Shown in the footer and kept in the results.

    Returns
    -------
    Page

    Raises
    ------
    CsatError
        If neither study nor answers are given, or the study does not speak the language.
    """
    from csat.errors import CsatError

    about = answers.study if answers is not None else study
    if about is None:
        raise CsatError("open_page needs a study or answers.")
    about.require_language(lang)
    named_wave = str(wave) or (
        answers.wave if answers is not None else about.wave().id if about.waves else ""
    )
    context = Context(
        notebook=notebook,
        study=about,
        lang=lang,
        wave=named_wave,
        segment=segment or (answers.segment if answers is not None else ""),
        n=n if n is not None or answers is None else int(analysed(answers, missing).sum()),
        replicates=replicates,
        seed=seed,
        interval=interval,
        missing=missing,
        revision=answers.revision if answers is not None else None,
        revisions=answers.revisions if answers is not None else 0,
        provisional=answers.provisional if answers is not None else False,
        late=told_late(answers),
    )
    folder = Path(out) if str(out) else work_folder(context)
    for stale in (folder / f"{notebook}.results.json", folder / f"{notebook}.metrics.csv"):
        stale.unlink(missing_ok=True)
    return Page(context, folder, Catalogue(lang, SECTION_OF_NOTEBOOK.get(notebook, "common")))
