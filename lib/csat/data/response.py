"""Response rates by the definitions of AAPOR, from a file of everybody who was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from csat.data.problems import DataError, in_rows
from csat.data.readers import read_table
from csat.data.sources.find import PLACE_OF_WAVE
from csat.data.waves.which import wave_column
from csat.study.definition import DataSource, Study
from csat.study.intake import SamplePlan
from csat.study.outcomes import OUTCOMES, outcome_of
from csat.study.problems import listing, suggest

RATES = (
    *("RR1", "RR2", "RR3", "RR4", "RR5", "RR6"),
    *("COOP1", "COOP2", "COOP3", "COOP4"),
    *("REF1", "REF2", "REF3"),
    *("CON1", "CON2", "CON3"),
)
"""Response, cooperation, refusal and contact rates, as AAPOR numbers them."""


@dataclass(frozen=True)
class Response:
    """What became of everybody who was asked, and the rates that follow.

    Attributes
    ----------
    counts : mapping of outcome to int
        Cases of each of `csat.study.outcomes.OUTCOMES`.
    eligible_share : float
        Share of the eligible assumed among those of whom it is unknown (AAPOR's e).
    estimated : bool
        Whether that share is estimated from the cases of whom it is known.
    rates : DataFrame
        Columns ``rate, value, numerator, denominator``, a row for each of `RATES`; NaN where nobody is in the
        denominator.
    """

    counts: Mapping[str, int]
    eligible_share: float
    estimated: bool
    rates: pd.DataFrame

    @property
    def asked(self) -> int:
        """Cases in all."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Cases with a complete or partial answer."""
        return self.counts["complete"] + self.counts["partial"]

    def rate(self, name: str) -> float:
        """Value of one of `RATES`."""
        return float(self.rates.set_index("rate")["value"][name])


def response_of(study: Study, wave: str) -> Response | None:
    """Read the sample of a wave and compute its rates.

    Parameters
    ----------
    study : Study
        Its ``[sample]`` says where the file is and what its codes mean.
    wave : str
        Name of the wave.

    Returns
    -------
    Response or None
        None when the study has no sample.

    Raises
    ------
    DataError
        When the file, its column or a code is not what the study says. Cells are not shown: such files hold
        names and addresses.
    """
    plan = study.sample
    if plan is None:
        return None
    cells = _read(study, plan, wave)
    told = {text: plan.outcomes.get(str(text)) or outcome_of(str(text)) for text in cells.unique()}
    outcomes = cells.map(told)
    unknown = outcomes == ""
    if unknown.any():
        raise DataError(
            f'column "{plan.column}": {int(unknown.sum())} cases have a code without an outcome, '
            f"{in_rows(list(cells.index[unknown]))}",
            f'study "{study.id}", wave "{wave}", sample',
            ["name each code under [sample.outcomes], or use the names or codes of AAPOR's outcomes"],
        )
    counts = outcomes.value_counts()
    return response_rates({o: int(counts.get(o, 0)) for o in OUTCOMES}, plan.eligible_share)


def sample_file(study: Study, wave: str) -> Path | None:
    """Path of the sample of a wave, whether or not it is there; None when the study has none."""
    return study.folder / study.sample.path.replace(PLACE_OF_WAVE, wave) if study.sample else None


def _read(study: Study, plan: SamplePlan, wave: str) -> pd.Series:
    """Cells of the outcome for the cases of a wave."""
    where = f'study "{study.id}", wave "{wave}", sample'
    path = sample_file(study, wave)
    assert path is not None
    if not path.is_file():
        names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f'there is no file "{path.name}"{suggest(path.name, names)}', where)
    table = read_table(path.read_bytes(), path.name, DataSource())
    if plan.column not in table.cells:
        there = listing(table.cells.columns)
        wrong = f'column "{plan.column}" is missing{suggest(plan.column, table.cells.columns)}'
        raise DataError(f"{wrong}; the file has the columns: {there}", where)
    cells = table.cells[(table.cells != "").any(axis=1)]
    if PLACE_OF_WAVE not in plan.path and study.data.wave_column in cells:
        cells = cells[wave_column(study, cells) == wave]
    if cells.empty:
        raise DataError("the file holds no case of this wave", where)
    return cells[plan.column]


def response_rates(counts: Mapping[str, int], eligible_share: float | None = None) -> Response:
    """Compute AAPOR's rates from the number of cases of each outcome.

    Parameters
    ----------
    counts : mapping of outcome to int
        Cases of each of `csat.study.outcomes.OUTCOMES`; those not named are 0.
    eligible_share : float, optional
        Share of the eligible among those of whom it is unknown. By default as among those of whom it is known
        (the proportional allocation, or CASRO, method); 1 when nobody is known to be ineligible or eligible.

    Returns
    -------
    Response

    Notes
    -----
    With I, P, R, NC, O, UH, UO and NE as in `csat.study.outcomes`, E = I + P + R + NC + O and U = UH + UO:
    e = E / (E + NE). RR1 = I / (E + U), RR3 = I / (E + eU), RR5 = I / E; RR2, RR4 and RR6 count P with I.
    COOP1 = I / (I + P + R + O), COOP3 = I / (I + P + R); COOP2 and COOP4 count P with I. REF1 = R / (E + U),
    REF2 = R / (E + eU), REF3 = R / E. CON1 = (I + P + R + O) / (E + U), CON2 the same over E + eU, CON3
    over E.

    References
    ----------
    AAPOR (2023). Standard definitions: final dispositions of case codes and outcome rates for surveys, 10th
    edition. Smith, T. W. (2009). A revised review of methods to estimate the status of cases with unknown
    eligibility. AAPOR.

    Examples
    --------
    >>> found = response_rates({"complete": 50, "refusal": 30, "unknown_other": 20, "not_eligible": 20})
    >>> round(found.rate("RR1"), 3), round(found.rate("RR3"), 3), round(found.eligible_share, 3)
    (0.5, 0.521, 0.8)
    """
    full = {o: int(counts.get(o, 0)) for o in OUTCOMES}
    i, p, r, nc, o, uh, uo, ne = (full[name] for name in OUTCOMES)
    eligible, unknown = i + p + r + nc + o, uh + uo
    estimate = eligible / (eligible + ne) if eligible + ne else 1.0
    e = estimate if eligible_share is None else eligible_share
    whole, likely = float(eligible + unknown), eligible + e * unknown
    reached, spoken = i + p + r + o, i + p + r
    parts = {
        **{"RR1": (i, whole), "RR2": (i + p, whole), "RR3": (i, likely), "RR4": (i + p, likely)},
        **{"RR5": (i, eligible), "RR6": (i + p, eligible)},
        **{"COOP1": (i, reached), "COOP2": (i + p, reached), "COOP3": (i, spoken), "COOP4": (i + p, spoken)},
        **{"REF1": (r, whole), "REF2": (r, likely), "REF3": (r, eligible)},
        **{"CON1": (reached, whole), "CON2": (reached, likely), "CON3": (reached, eligible)},
    }
    rows = [
        (name, top / bottom if bottom else np.nan, float(top), float(bottom))
        for name, (top, bottom) in parts.items()
    ]
    rates = pd.DataFrame(rows, columns=["rate", "value", "numerator", "denominator"])
    return Response(full, float(e), eligible_share is None, rates)
