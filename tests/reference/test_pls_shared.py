"""PLS on every further data set that has a path model: against R's numbers, and against seminr itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from csat.stats import pls
from csat.stats.pls_reliability import loading_ave
from pls_models import EXTENDED, EXTENDED_MODES, EXTENDED_PATHS, MOBI, MOBI_PATHS, mobi, moments

SWITCHING = {
    "INV": [f"INV{i}" for i in range(1, 5)],
    "SAT": ["SAT1", "SAT2", "SAT3"],
    "INT": ["INT1", "INT2"],
}
SERVQUAL = {
    "tangibles": [f"a{i:02d}" for i in range(1, 5)],
    "reliability": [f"a{i:02d}" for i in range(5, 10)],
    "responsiveness": [f"a{i:02d}" for i in range(10, 14)],
    "assurance": [f"a{i:02d}" for i in range(14, 18)],
    "empathy": [f"a{i:02d}" for i in range(18, 23)],
    "satisfaction": ["sat"],
}
AIRLINE = {
    "experience": [f"s{i}" for i in range(1, 8)],
    "satisfaction": ["sat1", "sat2", "sat3"],
    "loyalty": [f"loy{i}" for i in range(1, 6)],
    "commitment": ["com1", "com2", "com3"],
}
COURSE = {"course": [f"Q{i}" for i in range(1, 13)], "instructor": [f"Q{i}" for i in range(13, 29)]}
YELLOW = {"drivers": [f"q{i}" for i in range(2, 11)], "overall": ["q1"]}
UNIVER = {"service": ["informat", "willingn", "officeho", "compete"], "overall": ["global"]}
HOLZINGER = {
    "visual": ["x1", "x2", "x3"],
    "textual": ["x4", "x5", "x6"],
    "speed": ["x7", "x8", "x9"],
}
BFI = {
    trait: [f"{trait[0].upper()}{i}" for i in range(1, 6)]
    for trait in ("agree", "conscious", "extra", "neuro")
}
ATTITUDE = {"climate": ["complaints", "privileges", "learning", "raises"], "rating": ["rating"]}

MODELS = {
    "switching": (SWITCHING, [("INV", "INT"), ("SAT", "INT")], {}),
    "servqual_durables_SQ": (SERVQUAL, [(d, "satisfaction") for d in list(SERVQUAL)[:-1]], {}),
    "oddjob_airline_teaching": (
        AIRLINE,
        [
            ("experience", "satisfaction"),
            ("satisfaction", "loyalty"),
            ("satisfaction", "commitment"),
            ("commitment", "loyalty"),
        ],
        {},
    ),
    "turkiye_student_evaluation": (COURSE, [("course", "instructor")], {}),
    "customerSat_yellowpages": (YELLOW, [("drivers", "overall")], {"drivers": "B"}),
    "univer_orientation_satisfaction": (UNIVER, [("service", "overall")], {"service": "B"}),
    "HolzingerSwineford1939": (
        HOLZINGER,
        [("visual", "textual"), ("visual", "speed"), ("textual", "speed")],
        {},
    ),
    "bfi": (BFI, [("agree", "extra"), ("conscious", "extra"), ("neuro", "extra")], {}),
    "attitude_employees": (ATTITUDE, [("climate", "rating")], {"climate": "B"}),
    "mobi": (MOBI, MOBI_PATHS, {}),
    "corp_rep_data": (EXTENDED, EXTENDED_PATHS, EXTENDED_MODES),
}


@pytest.mark.parametrize("scheme", ["path", "factorial"])
@pytest.mark.parametrize("name", MODELS)
def test_equals_seminr_itself(name: str, scheme: str, shared_data: Callable[[str], pd.DataFrame]) -> None:
    seminr = pytest.importorskip("seminr")
    blocks, paths, modes = MODELS[name]
    items = [item for block in blocks.values() for item in block]
    data = shared_data(name)[items].replace(-99, np.nan)
    data = data.fillna(data.mean())
    weights = {"A": seminr.mode_A, "B": seminr.mode_B}
    measurement = seminr.constructs(
        *(
            seminr.composite(
                construct, block, weights[modes.get(construct, "A")] if len(block) > 1 else seminr.mode_A
            )
            for construct, block in blocks.items()
        )
    )
    structure = seminr.relationships(*(seminr.paths(from_=a, to=b) for a, b in paths))
    inner = seminr.path_weighting if scheme == "path" else seminr.path_factorial
    theirs = seminr.estimate_pls(data, measurement, structure, inner_weights=inner)
    ours = pls(moments(data, blocks), blocks, paths, modes, scheme)
    k = ours.model.constructs.index
    # seminr does not orient constructs whose items are not coded one way: compare up to their sign.
    sign = np.ones(len(ours.model.constructs))
    for construct, block in zip(ours.model.constructs, ours.model.blocks, strict=True):
        total = sum(theirs.outer_loadings.get(item, construct) for item in block)
        sign[k(construct)] = 1.0 if total > 0 else -1.0
    for a, b in paths:
        expected = theirs.path_coef.get(a, b) * sign[k(a)] * sign[k(b)]
        assert ours.paths[k(a), k(b)] == pytest.approx(expected, abs=1e-6), (a, b)
        assert ours.r_squared[k(b)] == pytest.approx(theirs.r_squared.get("Rsq", b), abs=1e-6)
    for i, item in enumerate(ours.model.items):
        owner = ours.model.constructs[ours.model.owner[i]]
        expected = theirs.outer_loadings.get(item, owner) * sign[k(owner)]
        assert ours.loadings[i] == pytest.approx(expected, abs=1e-6), item


def test_consistent_pls_equals_csem(
    shared_data: Callable[[str], pd.DataFrame], shared_ref: Callable[[str], pd.DataFrame]
) -> None:
    table = shared_ref("pls_reference_long")
    expected = table[(table["dataset"] == "switching") & (table["tool"] == "cSEM0.6.1 PLSc main")]
    r = pls(
        moments(shared_data("switching"), SWITCHING),
        SWITCHING,
        [("INV", "INT"), ("SAT", "INT")],
        consistent=True,
    )
    k = r.model.constructs.index
    read = {
        "path_coef": lambda a, b: r.paths[k(b), k(a)],
        "AVE": lambda a, b: loading_ave(r)[k(a)],
        "r2": lambda a, b: r.r_squared[k(a)],
    }
    assert len(expected) == 6
    for row in expected.itertuples():
        # cSEM stops at weight changes of 1e-5.
        assert read[row.statistic](row.row, row.col) == pytest.approx(row.value, abs=2e-4)


@pytest.mark.parametrize("scheme", ["centroid", "path"])
def test_equals_plspm_on_scaled_items(scheme: str, shared_ref: Callable[[str], pd.DataFrame]) -> None:
    table = shared_ref("mobi_plspm_scaled_vs_unscaled")
    expected = table[
        (table["tool"] == f"plspm0.5.1 R {scheme} scaled=TRUE") & (table["statistic"] == "path_coef")
    ]
    r = pls(moments(mobi(), MOBI), MOBI, MOBI_PATHS, scheme=scheme)
    k = r.model.constructs.index
    assert len(expected) == len(MOBI_PATHS) * len(expected["dataset"].unique())
    for row in expected[expected["dataset"] == "mobi_1_10"].itertuples():
        assert r.paths[k(row.col), k(row.row)] == pytest.approx(row.value, abs=1e-5)


def test_cross_loadings_of_mode_b_equal_seminr(
    shared_data: Callable[[str], pd.DataFrame], shared_ref: Callable[[str], pd.DataFrame]
) -> None:
    table = shared_ref("pls_reference_long")
    expected = table[(table["dataset"] == "corp_rep_data extended") & (table["statistic"] == "cross_loading")]
    data = shared_data("corp_rep_data").replace(-99, np.nan)
    r = pls(moments(data.fillna(data.mean()), EXTENDED), EXTENDED, EXTENDED_PATHS, EXTENDED_MODES)
    for row in expected.itertuples():
        got = r.cross_loadings[r.model.items.index(row.row), r.model.constructs.index(row.col)]
        assert got == pytest.approx(row.value, abs=1e-6)
