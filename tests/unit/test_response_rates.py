"""Response rates: AAPOR's formulas by hand, and the file of everybody who was asked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from csat.data.problems import DataError
from csat.data.response import RATES, response_of, response_rates
from csat.study import load_study
from csat.study.definition import Study
from csat.study.outcomes import OUTCOMES
from hypothesis import given
from hypothesis import strategies as st
from study_files import TOML, write_study

# Worked by hand from the formulas: I 400, P 50, R 200, NC 150, O 50, UH 60, UO 40, NE 150.
COUNTS = dict(zip(OUTCOMES, (400, 50, 200, 150, 50, 60, 40, 150), strict=True))
BY_HAND = {
    # eligible 850, unknown 100, e = 850 / 1000 = 0.85, so that 85 of the unknown count
    "RR1": 400 / 950,
    "RR2": 450 / 950,
    "RR3": 400 / 935,
    "RR4": 450 / 935,
    "RR5": 400 / 850,
    "RR6": 450 / 850,
    "COOP1": 400 / 700,
    "COOP2": 450 / 700,
    "COOP3": 400 / 650,
    "COOP4": 450 / 650,
    "REF1": 200 / 950,
    "REF2": 200 / 935,
    "REF3": 200 / 850,
    "CON1": 700 / 950,
    "CON2": 700 / 935,
    "CON3": 700 / 850,
}


def test_rates_equal_those_worked_by_hand() -> None:
    found = response_rates(COUNTS)
    assert (found.eligible_share, found.estimated, found.asked) == (0.85, True, 1100)
    assert list(found.rates["rate"]) == list(RATES)
    assert found.rates.set_index("rate")["value"].to_dict() == pytest.approx(BY_HAND)


def test_eligibility_can_be_given() -> None:
    found = response_rates(COUNTS, 0.5)
    assert not found.estimated
    assert found.rate("RR3") == pytest.approx(400 / 900)
    assert response_rates(COUNTS, 1.0).rate("RR3") == found.rate("RR1")
    assert response_rates(COUNTS, 0.0).rate("RR3") == found.rate("RR5")


def test_nobody_asked_gives_no_rate() -> None:
    found = response_rates({})
    assert found.rates["value"].isna().all()
    assert found.eligible_share == 1


@given(st.lists(st.integers(0, 10_000), min_size=8, max_size=8))
def test_rates_stand_in_their_order(cases: list[int]) -> None:
    found = response_rates(dict(zip(OUTCOMES, cases, strict=True)))
    value = found.rates.set_index("rate")["value"].fillna(0)
    assert value.between(0, 1).all()
    for chain in (
        ("RR1", "RR3", "RR5"),
        ("RR2", "RR4", "RR6"),
        ("RR1", "RR2"),
        ("RR5", "RR6"),
        ("COOP1", "COOP3"),
        ("COOP2", "COOP4"),
        ("REF1", "REF2", "REF3"),
        ("CON1", "CON2", "CON3"),
        ("RR6", "CON3"),
    ):
        if found.rates.set_index("rate").loc[list(chain), "denominator"].min() > 0:
            ordered = value[list(chain)].tolist()
            assert all(a <= b + 1e-12 for a, b in pairwise(ordered)), chain
    if sum(cases[:5]) + sum(cases[5:7]):
        assert value["RR2"] * (sum(cases[:7])) == pytest.approx(cases[0] + cases[1])


SAMPLE = """
[sample]
path = "sample-{wave}.csv"
column = "result"
[sample.outcomes]
done = "complete"
90 = 2.11
"""


def study_with(
    folder: Path, sample: pd.DataFrame, toml: str = SAMPLE, name: str = "sample-2026-10.csv"
) -> Study:
    study = load_study(write_study(folder / "guests", TOML + toml))
    sample.to_csv(study.folder / name, index=False)
    return study


def test_a_sample_file_is_read(tmp_path: Path) -> None:
    results = ["done"] * 4 + ["90", "2.2", "non_contact", "3.11", "4.70", "1.2"]
    people = [f"person {i}" for i in range(10)]
    found = response_of(study_with(tmp_path, pd.DataFrame({"name": people, "result": results})), "2026-10")
    assert found is not None
    assert [found.counts[o] for o in OUTCOMES] == [4, 1, 1, 2, 0, 1, 0, 1]
    assert found.rate("RR1") == pytest.approx(4 / 9)


def test_one_file_for_all_waves_is_cut_by_its_wave_column(tmp_path: Path) -> None:
    sample = pd.DataFrame({"month": ["2026-09"] * 3 + ["2026-10"] * 2, "result": ["done"] * 4 + ["90"]})
    study = study_with(tmp_path, sample, SAMPLE.replace("sample-{wave}", "sample"), "sample.csv")
    found = response_of(study, "2026-10")
    assert found is not None
    assert found.asked == 2


def test_a_study_without_a_sample_has_no_rates(tmp_path: Path) -> None:
    assert response_of(load_study(write_study(tmp_path / "guests")), "2026-10") is None


def test_what_is_wrong_with_a_sample_is_said_without_its_cells(tmp_path: Path) -> None:
    sample = pd.DataFrame({"result": ["done", "wang@example.com"]})
    with pytest.raises(DataError, match="1 cases have a code without an outcome, in row 2") as caught:
        response_of(study_with(tmp_path, sample), "2026-10")
    assert "wang" not in str(caught.value)
    with pytest.raises(DataError, match='column "result" is missing'):
        response_of(study_with(tmp_path, pd.DataFrame({"results": ["done"]})), "2026-10")
    with pytest.raises(DataError, match='no file "sample-2026-09'):
        response_of(load_study(tmp_path / "guests"), "2026-09")
