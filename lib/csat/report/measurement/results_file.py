"""What the measurement notebook leaves for the next one, marked with what it belongs to: verdicts, flags."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from csat.report import results
from csat.report.measurement.assessment import measurement_verdicts
from csat.report.measurement.verdicts import COLUMNS

if TYPE_CHECKING:
    from csat.data import Answers
    from csat.report.measurement.careless import Carelessness
    from csat.stats.frames import Sample

VERDICTS = "02_measurement.verdicts.csv"
CARELESS = "02_measurement.careless.csv"
_TEXT = ("construct", "role", "kind", "items", "reliability", "drop_item", "convergent", "htmt_with")
_WORDS = (*_TEXT, "discriminant", "overlaps", "heywood", "index", "drivers", "model")
_MARKS = ("study", "wave", "segment", "sha256", "missing", "n_answers")


def write_for_next(
    out: Path, answers: Answers, sample: Sample, verdicts: pd.DataFrame, care: Carelessness
) -> None:
    """Write verdicts and flags beside the metrics.

    Parameters
    ----------
    out : Path
        The notebook's working folder, ``page.out``.
    answers : Answers
    sample : Moments or Bootstrap
        What the verdicts come from.
    verdicts : DataFrame
    care : Carelessness
    """
    marks = _marks(answers, sample)
    for name, frame in ((VERDICTS, verdicts), (CARELESS, care.summary)):
        results.write_atomically(out / name, frame.assign(**marks).to_csv(index=False, lineterminator="\n"))


def read_verdicts(out: Path, answers: Answers, sample: Sample) -> pd.DataFrame | None:
    """Verdicts that the measurement notebook left in a folder, if they belong to these answers.

    Parameters
    ----------
    out : Path
        Working folder.
    answers : Answers
    sample : Moments or Bootstrap
        Its rule for missing answers must be that of the file.

    Returns
    -------
    DataFrame or None
        None when there is no file, or it belongs to other answers.
    """
    path = Path(out) / VERDICTS
    if not path.is_file():
        return None
    texts = dict.fromkeys((*_WORDS, *_MARKS), str)
    frame = pd.read_csv(path, dtype=texts, keep_default_na=True)
    frame = frame.fillna(dict.fromkeys(texts, ""))
    wanted = {name: str(value) for name, value in _marks(answers, sample).items()}
    if any(name not in frame or set(frame[name]) != {value} for name, value in wanted.items()):
        return None
    return frame[list(COLUMNS)]


def verdicts_of(answers: Answers, sample: Sample, out: str | Path = "") -> pd.DataFrame:
    """Verdicts on the constructs: those that the measurement notebook left, else computed here.

    Parameters
    ----------
    answers : Answers
    sample : Moments or Bootstrap
        Of the scored answers.
    out : str or Path
        Working folder in which the measurement notebook may have run.

    Returns
    -------
    DataFrame
        See `csat.report.measurement.verdicts.verdict_table`.
    """
    found = read_verdicts(Path(out), answers, sample) if str(out) else None
    return measurement_verdicts(sample, answers.study) if found is None else found


def _marks(answers: Answers, sample: Sample) -> dict[str, str | int]:
    """Say what a file of verdicts belongs to."""
    from csat.stats import moments_of

    return {
        "study": answers.study.id,
        "wave": answers.wave,
        "segment": answers.segment,
        "sha256": answers.snapshot or answers.sha256,
        "missing": moments_of(sample).missing,
        "n_answers": answers.n,
    }
