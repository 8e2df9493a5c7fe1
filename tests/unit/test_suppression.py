"""Small groups are not shown, and cannot be derived from what is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from csat.report import suppression
from csat.report.suppressed_tables import HiddenCells, SuppressionError, hidden_cells
from csat.stats.quadrant import quadrant_table
from csat.stats.zones import zone_table
from csat.study.definition import Thresholds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

LIMITS = Thresholds()


def tidy(rows: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["metric", "subject", "estimate", "n"])
    return frame.assign(ci_low=frame["estimate"] - 1, ci_high=frame["estimate"] + 1, method="raw")


def shown(frame: pd.DataFrame) -> list[bool]:
    return frame["estimate"].notna().tolist()


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(2, 12))
def test_no_group_can_be_derived_from_the_whole(sizes: list[int], below: int) -> None:
    n = np.array(sizes)
    hidden = suppression.hidden_groups(n, below)
    assert hidden[(n > 0) & (n < below)].all()
    if not ((n > 0) & (n < below)).any():
        assert not hidden.any()
    elif n.sum() >= below:
        assert hidden.sum() >= 2 and n[hidden].sum() >= below
        largest = np.flatnonzero(hidden)[np.argmax(n[hidden])]
        fewer = hidden.copy()
        fewer[largest] = False
        needed = n[largest] < below or fewer.sum() < 2 or n[fewer].sum() < below
        assert needed, "one group more than needed is held back"


def bounds(counts: np.ndarray, hidden: HiddenCells) -> list[tuple[float, float]]:
    """Least and most that each hidden cell or margin can be, given all that is shown (linear programming)."""
    rows, columns = counts.shape
    full = np.pad(counts.astype(float), ((0, 1), (0, 1)))
    full[:-1, -1], full[-1, :-1], full[-1, -1] = counts.sum(1), counts.sum(0), counts.sum()
    mask = np.zeros(full.shape, dtype=bool)
    mask[:-1, :-1], mask[:-1, -1], mask[-1, :-1] = hidden.cells, hidden.rows, hidden.columns
    mask[-1, -1] = hidden.total
    number = {tuple(cell): i for i, cell in enumerate(np.argwhere(mask))}
    equations, right = [], []
    lines = [[(i, j) for j in range(columns + 1)] for i in range(rows + 1)]
    lines += [[(i, j) for i in range(rows + 1)] for j in range(columns + 1)]
    for line in lines:
        equation, known = np.zeros(len(number)), 0.0
        for cell in line:
            sign = -1.0 if cell == line[-1] else 1.0
            if cell in number:
                equation[number[cell]] = sign
            else:
                known += sign * full[cell]
        equations.append(equation)
        right.append(-known)
    found = []
    for i in range(len(number)):
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(number))
            goal[i] = sign
            done = linprog(goal, A_eq=equations, b_eq=right, bounds=(0, counts.sum() + 1))
            assert done.status == 0
            ends.append(sign * done.fun)
        found.append((ends[0], ends[1]))
    return found


tables = st.integers(1, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 40), min_size=columns, max_size=columns), min_size=1, max_size=4
    )
)


@settings(deadline=None, max_examples=60)
@given(tables, st.integers(2, 12))
def test_no_cell_of_a_crossing_can_be_derived(rows: list[list[int]], below: int) -> None:
    counts = np.array(rows)
    hidden = hidden_cells(counts, below)
    small = (counts > 0) & (counts < below)
    assert hidden.cells[small].all()
    assert not hidden.cells[counts == 0].any() and not (hidden.any and not counts.sum())
    if counts.sum() < below:
        return
    assert not hidden.total
    for low, high in bounds(counts, hidden):
        assert high - low >= 1 - 1e-6, "a hidden cell can be derived"
    for line, mask, margin in (
        *zip(counts, hidden.cells, hidden.rows, strict=True),
        *zip(counts.T, hidden.cells.T, hidden.columns, strict=True),
    ):
        assert margin or not mask.any() or line[mask].sum() >= below
    if not small.any() and not any(0 < n < below for n in (*counts.sum(0), *counts.sum(1))):
        assert not hidden.any


def test_a_crossing_is_a_table_of_counts() -> None:
    assert not hidden_cells([[20, 30], [40, 50]], 10).any
    assert hidden_cells([[2, 3]], 10).total
    for wrong in ([1, 2], [[1.5]], [[-1]], [[]]):
        with pytest.raises(SuppressionError, match="whole numbers"):
            hidden_cells(wrong, 10)


def test_a_large_crossing_is_quick() -> None:
    counts = np.random.default_rng(1).integers(0, 60, (20, 12))
    hidden = hidden_cells(counts, 10)
    assert hidden.cells.mean() < 0.6


def test_few_answers_are_not_shown_and_say_so() -> None:
    frame = tidy([("alpha", "A", 0.7, 9), ("alpha", "B", 0.8, 10), ("count", "C", 3, np.nan)])
    safe = suppression.protect(frame, LIMITS)
    assert shown(safe) == [False, True, True]
    assert safe["method"].tolist() == ["raw; not shown: fewer than 10 answers", "raw", "raw"]
    assert safe["n"].tolist()[:2] == [9, 10]
    assert suppression.protect(safe, LIMITS)["method"].equals(safe["method"])
    whole = tidy([("alpha", "A", 0.7, 50)])
    assert suppression.protect(whole, LIMITS) is whole


def test_segments_of_a_table_protect_each_other() -> None:
    rows = [("index_0_100", f"site={k}", 50.0, n) for k, n in enumerate((4, 200, 15, 90))]
    rows += [("index_0_100", f"plan={k}", 50.0, n) for k, n in enumerate((30, 40))]
    safe = suppression.protect(tidy(rows), LIMITS, segments=("site", "plan"))
    assert shown(safe) == [False, True, False, True, True, True]
    assert "could be derived" in safe["method"].iloc[2]


def test_groups_of_respondents_protect_each_other() -> None:
    satisfied = np.r_[np.full(60, 90.0), np.full(6, 20.0)]
    table = suppression.protect(quadrant_table(satisfied, satisfied, 70, 70), LIMITS)
    given_ = table[table["metric"] == "loyal_given"]
    assert not given_["estimate"].notna().any()
    assert table.loc[table["metric"] == "quadrant_share", "estimate"].notna().all()


def test_zones_are_as_small_as_their_people() -> None:
    gap = np.r_[np.full(4, -20.0), np.zeros(20), np.full(16, 20.0)]
    frame = zone_table(gap, gap + np.arange(40) % 3, band=(-5, 5), replicates=20, permutations=0)
    safe = suppression.protect(frame, LIMITS).set_index(["metric", "subject"])["estimate"]
    assert safe["zone_loyalty"].isna().to_dict() == {
        "defection": True,
        "indifference": False,
        "affection": True,
    }
    assert safe["zone_difference"].isna().all()
    assert safe["zone_share"].notna().all()


def test_shares_of_answers_in_a_segment_need_a_larger_base() -> None:
    frame = tidy(
        [("floor_share", "q1", 0.1, 20), ("index_0_100", "Q", 60, 20), ("floor_share", "q2", 0.1, 40)]
    )
    assert shown(suppression.protect(frame, LIMITS)) == [True, True, True]
    assert shown(suppression.protect(frame, LIMITS, of_segment=True)) == [False, True, True]


def test_a_page_marks_what_rests_on_few() -> None:
    from csat.report.estimates import EstimateTable
    from csat.report.language import Catalogue

    rows = tidy([("alpha", "A", 0.7, 9), ("alpha", "B", 0.8, 29), ("alpha", "C", 0.9, 30)])
    for lang, told in (("en", "Indicative: fewer than 30"), ("zh", "仅供参考：答卷少于 30")):
        writer = EstimateTable(Catalogue(lang), str, LIMITS)
        cells = writer.columns(suppression.protect(rows, LIMITS))[1].cells
        assert cells[0] == "n < 10" and cells[1].endswith(" †") and not cells[2].endswith("†")
        assert told in writer.base(rows) and "10" in writer.base(rows)
        assert "†" not in writer.base(rows.iloc[2:])


def sites(**sizes: int) -> pd.DataFrame:
    return pd.DataFrame({"site": [name for name, n in sizes.items() for _ in range(n)]}).replace(
        "none", np.nan
    )


@pytest.mark.parametrize(
    ("frame", "wanted", "published", "told"),
    [
        (sites(a=40, b=12), "site=a", [], []),
        (sites(a=40, b=9), "site=a", [], ["everyone less site=a is 9 respondents"]),
        (sites(a=40, none=1), "site=a", [], ["everyone less site=a is 1 respondent,"]),
        (sites(a=40), "site=a", [], []),
        (sites(a=40, b=40, c=9), "site=a", [], []),
        (sites(a=40, b=40, c=9), "site=a", ["site=b"], ["everyone less site=a and site=b is 9"]),
        (sites(a=40, b=40, c=9), "site=a", ["site=a"], []),
        (sites(a=40, b=40, c=9), "site=a", ["gone=b"], []),
    ],
)
def test_a_segment_leaves_nobody_or_enough(
    frame: pd.DataFrame, wanted: str, published: list[str], told: list[str]
) -> None:
    from csat.report.differencing import small_remainders

    found = list(small_remainders(frame, wanted, published, 10))
    assert len(found) == len(told)
    assert all(one.startswith(start) for one, start in zip(found, told, strict=True))


def test_a_segment_within_another_leaves_enough() -> None:
    from csat.report.differencing import small_remainders

    frame = pd.DataFrame({"site": ["a"] * 50 + ["b"] * 50, "plan": ["x"] * 45 + ["y"] * 55})
    # Everyone less site b is site a, also where that is not published itself.
    found = list(small_remainders(frame, "plan=x", ["site=b"], 10))
    assert found == [
        "adding and subtracting published segments gives 5 respondents (in none of them), "
        "fewer than 10 (suppress_below)"
    ]
    assert list(small_remainders(frame, "plan=y", ["site=a"], 10))
    apart = pd.DataFrame({"site": ["a", "b"] * 50, "plan": ["x"] * 45 + ["y"] * 55})
    assert list(small_remainders(apart, "plan=x", ["site=b"], 10)) == []
    found = list(small_remainders(frame, "plan=x", ["site=a"], 10))
    assert found == ["site=a less plan=x is 5 respondents, fewer than 10 (suppress_below)"]


def test_values_within_another_segment_leave_enough() -> None:
    from csat.report.differencing import small_remainders

    sites = {"1": 40, "2": 30, "3": 4, "4": 50, "5": 20}
    site = [name for name, people in sites.items() for _ in range(people)]
    frame = pd.DataFrame({"site": site, "region": ["n" if s in "123" else "s" for s in site]})
    leaves = ["region=n less site=1 and site=2 is 4 respondents, fewer than 10 (suppress_below)"]
    assert list(small_remainders(frame, "region=n", ["site=1", "site=2", "site=4"], 10)) == leaves
    assert list(small_remainders(frame, "site=2", ["site=1", "region=n", "site=4"], 10)) == leaves
    # Two sites together are a region and a few people more.
    frame["region"] = frame["region"].where(np.arange(144) > 3, "s").where(frame["site"] != "3", "s")
    found = list(small_remainders(frame, "region=n", ["site=1", "site=2", "site=4"], 10))
    assert found == ["site=1 and site=2 less region=n is 4 respondents, fewer than 10 (suppress_below)"]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), nested=st.booleans())
def test_no_sum_or_difference_of_segments_gives_few_people(seed: int, nested: bool) -> None:
    from itertools import product

    from csat.report.differencing import small_remainders

    rng = np.random.default_rng(seed)
    one = rng.choice(4, 120, p=rng.dirichlet(np.ones(4)))
    two = np.where(rng.random(120) < 0.05, rng.choice(2, 120), one % 2) if nested else rng.choice(2, 120)
    frame = pd.DataFrame({"a": one.astype(str), "b": two.astype(str)})
    wanted = [f"{name}={code}" for name in frame for code in sorted(set(frame[name]))]
    published: list[str] = []
    for segment in rng.permutation(wanted):
        enough = (frame[segment[0]] == segment[2:]).sum() >= 10
        if enough and not list(small_remainders(frame, str(segment), published, 10)):
            published.append(str(segment))
    groups = [np.ones(120), *((frame[s[0]] == s[2:]).to_numpy(dtype=float) for s in published)]
    for signs in product((-1, 0, 1), repeat=len(groups)):
        people = np.array(signs) @ np.array(groups)
        assert not np.isin(people, (0, 1)).all() or not 0 < people.sum() < 10
