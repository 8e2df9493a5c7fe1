"""The airport study through all three notebooks: the first wave, and the last with the four before it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from csat.run.pipeline import run_study

WAVES = ("2013", "2014", "2015", "2016", "2017")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def airport(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy of the study with its answers."""
    folder = tmp_path_factory.mktemp("airport") / "airport"
    (folder / "data").mkdir(parents=True)
    for name in ("study.toml", "items.csv", "questions.csv"):
        shutil.copy(root / "studies" / "airport" / name, folder / name)
    for wave in WAVES:
        shutil.copyfile(shared / "data" / "sfo_raw" / f"{wave}.csv.gz", folder / "data" / f"{wave}.csv.gz")
    return folder


@pytest.mark.parametrize(("wave", "lang", "n"), [("2013", "zh", 3530), ("2017", "en", 2828)])
def test_all_notebooks_run(airport: Path, tmp_path: Path, wave: str, lang: str, n: int) -> None:
    settings = {"replicates": 100}
    result = run_study(airport, wave=wave, langs=[lang], out=tmp_path / "reports", settings=settings)
    assert result.n == n
    told = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert list(told.get("earlier", {})) == [one for one in WAVES if one < wave]
    metrics = pd.read_csv(result.folder / "metrics.csv", keep_default_na=False, na_values=[""])
    changes = metrics[metrics["metric"] == "change_index"].set_index("subject")["estimate"]
    page = next(path for path in result.folder.glob("03_loyalty*.html")).read_text(encoding="utf-8")
    if wave == "2013":
        assert changes.empty and "逐期变化" not in page
        return
    assert "Wave by wave" in page
    # 25 points a scale point, from the weighted means of 2016 and 2017 by R's survey package.
    assert changes["Satisfaction"] == pytest.approx(25 * (4.07120263793974 - 4.0533249542907), abs=1e-9)
    assert "Recommendation" not in changes
    parts = metrics[metrics["metric"].isin(["change_composition", "change_within"])]
    for _, rows in parts.groupby("subject"):
        assert rows["estimate"].sum() == pytest.approx(changes["Satisfaction"], abs=1e-9)
