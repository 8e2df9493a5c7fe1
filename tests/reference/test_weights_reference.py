"""Weights, and errors of weighted estimates, against R's survey and anesrake, and against svy for Python.

The numbers were computed with R 4.2.2: `survey` 4.1 (`svydesign`, `svymean`, `svyciprop(method = "logit")`,
`rake`) and `anesrake` 0.80, on the public passenger surveys of San Francisco airport. The raking is to the
shares of `RAKED` among the 2,598 passengers of 2017 with an NPS answer, gender 1 or 2 and age group 2 to 7.
The data are not part of the project; the tests that need them are skipped where they are absent.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from csat.data.weighting import kish, weigh
from csat.stats.design import SurveyDesign
from csat.stats.design_estimates import mean, nps
from csat.stats.design_intervals import share_interval
from csat.stats.shares import nps_table
from csat.study.intake import WeightPlan

NPS_2017 = (40.3984355117074, 1.445724976927, 1.44343259435672)  # estimate, SE, SE with STRATA
KISH_2017 = (2266.51235508674, 1.21155306911835)
RAKED = {
    "gender": {"1": 0.49, "2": 0.51},
    "age": {"2": 0.12, "3": 0.22, "4": 0.20, "5": 0.18, "6": 0.16, "7": 0.12},
}
# n, smallest and largest weight, Kish's n and deff, NPS before and after, SE
RAKING = (2598, 0.876508213491292, 1.16481552752144, 2573.9098307921, 1.0093593679622)
RAKED_NPS = (40.0692840646651, 40.1347097179256, 1.36562059305877)


@pytest.fixture(scope="module")
def airport(shared: Path) -> Callable[[int], pd.DataFrame]:
    """Read one wave: columns ``overall`` (1 to 5), ``w``, and all cells as text."""

    def read(year: int) -> pd.DataFrame:
        path = shared / "data" / "sfo_raw" / f"{year}.csv.gz"
        cells = pd.read_csv(path, dtype=str, encoding="latin1", low_memory=False)
        overall = pd.to_numeric(cells["Q7O_WHOLE" if year == 2013 else "Q7ALL"], errors="coerce")
        # Blanks, 0 and 6 are no answers.
        return cells.assign(overall=overall.where(overall.between(1, 5)), w=pd.to_numeric(cells["WEIGHT"]))

    return read


@pytest.mark.parametrize("year", range(2013, 2018))
def test_weighted_means_and_shares(
    airport: Callable[[int], pd.DataFrame], numbers: Callable[[str], pd.DataFrame], year: int
) -> None:
    data = airport(year).dropna(subset="overall")
    n, centre, error, top, top_error, low, high = numbers("sfo_waves").set_index("year").loc[year]
    design = SurveyDesign.of(data["w"])
    overall, share = mean(design, data["overall"]), mean(design, data["overall"] >= 4)
    assert len(data) == n
    assert overall.value[0] == pytest.approx(centre, abs=1e-12)
    assert overall.standard_error[0] == pytest.approx(error, abs=1e-13)
    assert share.value[0] == pytest.approx(top, abs=1e-13)
    assert share.standard_error[0] == pytest.approx(top_error, abs=1e-13)
    ends = share_interval(share.value, share.standard_error, share.df, share.n, "logit")
    assert (ends[0][0], ends[1][0]) == pytest.approx((low, high), abs=1e-11)


def test_weighted_nps(airport: Callable[[int], pd.DataFrame]) -> None:
    data = airport(2017)
    answers = pd.to_numeric(data["NETPRO"])
    data, answers = data[answers <= 10], answers[answers <= 10]
    estimate, error, stratified = NPS_2017
    found = nps(SurveyDesign.of(data["w"]), answers)
    assert found.value[0] == pytest.approx(estimate, abs=1e-11)
    assert found.standard_error[0] == pytest.approx(error, abs=1e-12)
    found = nps(SurveyDesign.of(data["w"], data["STRATA"]), answers)
    assert found.standard_error[0] == pytest.approx(stratified, abs=1e-12)
    assert kish(data["w"].to_numpy()) == pytest.approx(KISH_2017[::-1], rel=1e-12)
    shown = nps_table(answers, "recommend", weights=data["w"], strata=data["STRATA"]).iloc[0]
    assert (shown["estimate"], shown["standard_error"]) == pytest.approx((estimate, stratified), abs=1e-11)


def test_raking(airport: Callable[[int], pd.DataFrame]) -> None:
    data = airport(2017)
    answers = pd.to_numeric(data["NETPRO"])
    segments = pd.DataFrame({"gender": data["Q20GENDER"], "age": data["Q19AGE"]})
    used = (answers <= 10) & segments["gender"].isin(["1", "2"]) & segments["age"].isin(list("234567"))
    segments, answers = segments[used], answers[used]
    found = weigh(WeightPlan("rake", RAKED), {}, segments)
    n, smallest, largest, n_eff, deff = RAKING
    assert len(segments) == n
    assert found.converged
    # R stopped at a coarser tolerance: its weights are right to 1e-10.
    assert (found.weights.min(), found.weights.max()) == pytest.approx((smallest, largest), abs=1e-9)
    assert found.n_eff == pytest.approx(n_eff, abs=1e-7)
    assert found.kish_deff == pytest.approx(deff, abs=1e-11)
    before, after, error = RAKED_NPS
    design = SurveyDesign.of(found.weights, raked=[segments["gender"], segments["age"]])
    assert nps(SurveyDesign.of(np.ones(n)), answers).value[0] == pytest.approx(before, abs=1e-11)
    assert nps(design, answers).value[0] == pytest.approx(after, abs=1e-8)
    assert nps(design, answers).standard_error[0] == pytest.approx(error, abs=1e-10)
