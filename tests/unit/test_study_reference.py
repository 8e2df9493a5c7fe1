"""The shipped studies, read through their own definitions, give the published models of seminr 2.3.4."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from csat.data import load_answers
from csat.stats import Moments, pls
from csat.study import load_study

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "pls_seminr.csv"
DATASETS = {"mobile_ecsi": "mobi", "corporate_reputation": "corp_rep_data extended"}


@pytest.mark.parametrize("name", DATASETS)
def test_definition_reproduces_the_paths(name: str) -> None:
    answers = load_answers(load_study(name))
    study, blocks = answers.study, answers.study.model_blocks()
    items = [item for block in blocks.values() for item in block]
    scored = answers.scored[items]
    scored = scored.fillna(scored.mean())  # seminr puts the mean in the place of a missing answer
    moments = Moments.from_cov(scored.cov().to_numpy(), len(scored), items, scored.mean())
    modes = {c: "A" if study.constructs[c].mode == "reflective" else "B" for c in blocks}
    result = pls(moments, blocks, [(p.source, p.target) for p in study.paths], modes=modes)
    table = pd.read_csv(REFERENCE)
    table = table[(table["dataset"] == DATASETS[name]) & (table["statistic"] == "path_coef")]
    table = table[table["tool"] == "seminr2.3.4 PLS path weighting"]
    assert len(table) == len(study.paths)
    at = result.model.constructs.index
    for row in table.itertuples():
        assert result.paths[at(row.row), at(row.col)] == pytest.approx(row.value, abs=1e-6)
