"""Weights, strata and clusters against R's survey 4.1 (R 4.2.2), on numbers that a formula makes.

The sample in R::

    i <- 0:119; cluster <- i %/% 6
    x <- data.frame(s = cluster %% 3, c = cluster %/% 3, w = 1 + (37 * i) %% 11 / 4,
      y = (17 * i^2 + 5 * i) %% 101 / 10 + cluster %% 5, z = 1 + (29 * i) %% 17,
      r = (7 * i^2 + 3 * i) %% 11, g = c("a", "b", "c")[(11 * i) %% 7 %% 3 + 1],
      h = c("p", "q")[(3 * i) %% 5 %% 2 + 1])
    x$y[i %% 13 == 4] <- NA
    x$units <- c(9, 14, 50)[x$s + 1]
    plain <- svydesign(ids = ~1, weights = ~w, data = x)
    strat <- svydesign(ids = ~1, strata = ~s, weights = ~w, data = x)
    clus <- svydesign(ids = ~c, strata = ~s, weights = ~w, nest = TRUE, data = x)
    fin <- svydesign(ids = ~c, strata = ~s, weights = ~w, nest = TRUE, fpc = ~units, data = x)

Each expectation says below by which call its numbers came.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from csat.data.weighting import weigh
from csat.stats import GroupedSums, alpha
from csat.stats.bootstrap import bootstrap
from csat.stats.composition import change_table, explain_change
from csat.stats.composition_codes import Wave
from csat.stats.design import SurveyDesign
from csat.stats.design_domains import domain_means, quantile
from csat.stats.design_estimates import mean, nps, ratio, total
from csat.stats.design_intervals import share_interval
from csat.stats.importance import lmg
from csat.stats.layout import FloatArray
from csat.stats.regression import ols
from csat.stats.replicates import replicate_weights
from csat.study.intake import WeightPlan

# svymean(~y, na.rm = TRUE, deff = "replace"): mean, SE, deff
MEAN = {
    "plain": (6.990351758793970, 0.330021523841429, 1.117651898933971),
    "strat": (6.990351758793970, 0.329387103142965, 1.113358967043806),
    "clus": (6.990351758793970, 0.384315672017507, 1.515647542423980),
    "fin": (6.990351758793970, 0.264069893224697, 0.715582662097308),
}
# SE(svytotal(~z)), SE(svyratio(~y, ~z, na.rm = TRUE)); the estimates are 2408.25 and RATIO
RATIO = 0.7770528432577366
ERRORS = {
    "plain": (148.080134945732, 0.0539602758059619),
    "strat": (148.750969164998, 0.0539361469815153),
    "clus": (88.9468474239906, 0.0532393223818171),
    "fin": (71.5231634973361, 0.0369655782803083),
}
# SE(svyby(~y, ~g, svymean, na.rm = TRUE)) of a, b, c; the means are BY
BY = (7.38738738738739, 6.01048951048951, 7.38264150943396)
BY_ERRORS = {
    "plain": (0.498564286529505, 0.627871343220736, 0.562374878962840),
    "strat": (0.499122478721405, 0.632896682883659, 0.562067215291579),
    "clus": (0.582928231454624, 0.725574524552567, 0.586760398883825),
    "fin": (0.421161692401799, 0.541048414222289, 0.394025086891586),
}
# SE(svycontrast(svyby(~r, ~g, svymean, covmat = TRUE), c(1, 0, -1))), SE(svymean(~I(100*((r>=9)-(r<=6)))))
CONTRAST_AND_NPS = {
    "plain": (0.799659181435464, 8.5877613214609),
    "strat": (0.801852519250818, 8.64595157027594),
    "clus": (0.614042036983353, 5.40623384418846),
    "fin": (0.426111249425281, 3.79734962123793),
}
# svyquantile(~y, 0.5, na.rm = TRUE, interval.type = "mean")
MEDIAN = {
    "plain": (7.0, 6.3, 8.6),
    "strat": (7.0, 6.3, 8.6),
    "clus": (7.0, 6.3, 8.6),
    "fin": (7.0, 6.6, 8.3),
}
# confint(svyciprop(~I(r >= 9), method = )): logit, beta, mean
SHARE = {
    "plain": (
        (0.150835210273856, 0.320534525900024),
        (0.144999369209974, 0.321939106984263),
        (0.139466670260036, 0.309512921576699),
    ),
    "strat": (
        (0.150400810883336, 0.321274499173189),
        (0.144489802180509, 0.322704142319047),
        (0.138875525789937, 0.310104066046797),
    ),
    "clus": (
        (0.172604953496360, 0.286569285592259),
        (0.169917349566403, 0.287020393324787),
        (0.167459014008975, 0.281520577827760),
    ),
    "fin": (
        (0.186974855835322, 0.267059335814527),
        (0.185697980980290, 0.267162478342278),
        (0.184431258991531, 0.264548332845204),
    ),
}
# degf(d), degf(subset(d, g != "b"))
DF = {"plain": (119, 85), "strat": (117, 83), "clus": (17, 17), "fin": (17, 17)}

ROWS = np.arange(120)


def sample() -> pd.DataFrame:
    """Make the sample of the docstring."""
    cluster = ROWS // 6
    y = (17 * ROWS**2 + 5 * ROWS) % 101 / 10 + cluster % 5
    return pd.DataFrame(
        {
            "s": cluster % 3,
            "c": cluster // 3,
            "w": 1 + (37 * ROWS) % 11 / 4,
            "y": np.where(ROWS % 13 == 4, np.nan, y),
            "z": 1.0 + (29 * ROWS) % 17,
            "r": (7.0 * ROWS**2 + 3 * ROWS) % 11,
            "g": np.array(["a", "b", "c"])[(11 * ROWS) % 7 % 3],
            "h": np.array(["p", "q"])[(3 * ROWS) % 5 % 2],
            "units": np.array([9, 14, 50])[cluster % 3],
        }
    )


def design_of(name: str, x: pd.DataFrame, **more: Any) -> SurveyDesign:
    """Make one of the designs of the docstring."""
    parts: dict[str, dict[str, Any]] = {
        "plain": {},
        "strat": {"strata": x["s"]},
        "clus": {"strata": x["s"], "clusters": x["c"]},
        "fin": {"strata": x["s"], "clusters": x["c"], "fpc": x["units"]},
    }
    return SurveyDesign.of(x["w"], **parts[name], **more)


@pytest.mark.parametrize("name", MEAN)
def test_means_totals_ratios(name: str) -> None:
    x = sample()
    design = design_of(name, x)
    found = mean(design, x["y"])
    numbers = found.value[0], found.standard_error[0], found.deff[0]
    assert numbers == pytest.approx(MEAN[name], rel=1e-12)
    summed, share = total(design, x["z"]), ratio(design, x["y"], x["z"])
    assert (summed.value[0], share.value[0]) == pytest.approx((2408.25, RATIO), rel=1e-12)
    assert (summed.standard_error[0], share.standard_error[0]) == pytest.approx(ERRORS[name], rel=1e-12)
    inside = (x["g"] != "b").to_numpy()
    assert (design.df, design.df_of(inside)) == DF[name]


@pytest.mark.parametrize("name", MEAN)
def test_domains_and_contrasts(name: str) -> None:
    x = sample()
    design = design_of(name, x)
    table = domain_means(design, x["y"], x["g"])
    assert table["estimate"].tolist() == pytest.approx(BY, rel=1e-12)
    assert table["standard_error"].tolist() == pytest.approx(BY_ERRORS[name], rel=1e-12)
    both = mean(design, x[["r", "r"]], np.column_stack([x["g"] == "a", x["g"] == "c"]))
    difference, error = both.contrast([1, -1])
    assert difference == pytest.approx(0.380063041765169, rel=1e-12)
    score = nps(design, x["r"])
    assert score.value[0] == pytest.approx(-55.1020408163265, rel=1e-12)
    assert (error, score.standard_error[0]) == pytest.approx(CONTRAST_AND_NPS[name], rel=1e-12)


@pytest.mark.parametrize("name", MEAN)
def test_intervals_of_shares_and_quantiles(name: str) -> None:
    x = sample()
    design = design_of(name, x)
    share = mean(design, x["r"] >= 9)
    for kind, limits in zip(("logit", "korn_graubard", "t"), SHARE[name], strict=True):
        low, high = share_interval(share.value, share.standard_error, share.df, share.n, kind)  # type: ignore[arg-type]
        # svyciprop(method = "logit") fits a logistic regression, to 1e-12 in the share.
        assert (low[0], high[0]) == pytest.approx(limits, abs=1e-11)
    assert quantile(design, x["y"], around="found") == pytest.approx(MEDIAN[name])


def test_quantiles_of_a_rating() -> None:
    """Half of the answers of a rating may lie on the median: R's interval then begins there."""
    rating = np.repeat([3.0, 4.0, 5.0], [45, 30, 25])
    design = SurveyDesign.of(np.ones(100))
    # svyquantile(~x, svydesign(~1, weights = rep(1, 100), ...), 0.5, interval.type = "mean")
    assert quantile(design, rating, around="found") == (4.0, 4.0, 5.0)
    assert quantile(design, rating) == (4.0, 3.0, 4.0)


def ratio_of(x: pd.DataFrame) -> Any:
    """Ratio of y to z as a function of weights."""
    known = x["y"].notna().to_numpy()
    y, z = x["y"].to_numpy()[known], x["z"].to_numpy()[known]

    def statistic(w: FloatArray) -> FloatArray:
        return np.array([w[known] @ y / (w[known] @ z)])

    return statistic


@pytest.mark.parametrize(
    ("name", "kind", "error"),
    [  # SE(svyratio(~y, ~z, as.svrepdesign(d, type = kind, mse = TRUE), na.rm = TRUE))
        ("plain", "JK1", 0.0541019592981587),
        ("clus", "JKn", 0.0531765135915754),
        ("fin", "JKn", 0.0369578756884963),
    ],
)
def test_jackknife(name: str, kind: Any, error: float) -> None:
    x = sample()
    found = replicate_weights(design_of(name, x), kind).standard_error(ratio_of(x))
    assert found[0] == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize("name", MEAN)
def test_bootstrap_of_a_ratio(name: str) -> None:
    """Rao and Wu's replicates vary as the linearised estimate does, but for their number."""
    x = sample()
    found = replicate_weights(design_of(name, x), "bootstrap", 3000).standard_error(ratio_of(x))
    assert found[0] == pytest.approx(ERRORS[name][1], rel=0.05)


@pytest.mark.parametrize(
    ("lonely", "error"), [("adjust", 0.254452817127239), ("certainty", 0.217552190600737)]
)
def test_lonely_cluster(lonely: Any, error: float) -> None:
    """options(survey.lonely.psu = ); svymean(~z) of x[!(x$s == 2 & x$c > 0), ]."""
    x = sample()
    x = x[~((x["s"] == 2) & (x["c"] > 0))]
    found = mean(design_of("clus", x, lonely=lonely), x["z"])
    assert (found.value[0], found.standard_error[0]) == pytest.approx((9.220973782771535, error), rel=1e-12)


def test_raking_from_unequal_weights() -> None:
    """calibrate(clus, ~g + factor(z > 9), calfun = "raking", epsilon = 1e-12), and svymean of r and y.

    The function rake of survey gives the same weights, but finds what the margins explain without base
    weights: its errors differ where those are unequal.
    """
    x = sample()
    segments = pd.DataFrame({"g": x["g"], "z": np.where(x["z"] > 9, "high", "low")})
    targets = {"g": {"a": 0.45, "b": 0.3, "c": 0.25}, "z": {"low": 0.45, "high": 0.55}}
    found = weigh(WeightPlan("rake", targets), {}, segments, x["w"].to_numpy())
    weights = found.weights * x["w"].mean()
    ends = weights.min(), weights.max()
    assert ends == pytest.approx((0.758464213266115, 4.350757849745918), rel=1e-9)
    raked = [segments["g"], segments["z"]]
    design = SurveyDesign.of(weights, x["s"], x["c"], raked=raked, base=x["w"])
    r, y = mean(design, x["r"]), mean(design, x["y"])
    assert (r.value[0], r.standard_error[0]) == pytest.approx(
        (4.241494885041952, 0.174496801817548), rel=1e-9
    )
    assert (y.value[0], y.standard_error[0]) == pytest.approx(
        (7.008663782130923, 0.386442346646284), rel=1e-9
    )


def test_cell_weighting() -> None:
    """postStratify(plain, ~g, data.frame(g = c("a", "b", "c"), Freq = c(.45, .3, .25) * sum(x$w)))."""
    x = sample()
    plan = WeightPlan("cell", {"g": {"a": 45, "b": 30, "c": 25}})
    found = weigh(plan, {}, x[["g"]], x["w"].to_numpy())
    r = mean(SurveyDesign.of(found.weights, raked=[x["g"]], base=x["w"]), x["r"])
    assert (r.value[0], r.standard_error[0]) == pytest.approx(
        (4.238064214929851, 0.353284539421183), rel=1e-12
    )


def test_weighted_moments_regression_and_importance() -> None:
    """cov.wt(x, w, method = "ML")$cov * n / (n - 1); lm(y ~ z + r, x, weights = w); LMG by its R²."""
    x = sample()
    m = GroupedSums.from_frame(x[["y", "z", "r"]], x["w"], missing="listwise").moments()
    upper = m.cov.T[np.tril_indices(3)]
    assert upper.tolist() == pytest.approx(
        [
            *(10.816853529777706, 1.012297087079987, 23.548818776385339),
            *(-0.131616990388213, 0.193375667740254, 12.640140639240066),
        ],
        rel=1e-11,
    )
    fit = ols(m, "y", ["z", "r"])
    assert [float(fit.intercept), *fit.slopes, float(fit.r_squared)] == pytest.approx(
        [6.6489781441410605, 0.0430780874787011, -0.0110716524691921, 0.0041661875076912], rel=1e-10
    )
    assert lmg(m, "y", ["z", "r"]).tolist() == pytest.approx([0.004031225413828441, 0.000134962093862765])


def test_bootstrap_of_alpha_varies_as_the_jackknife() -> None:
    x = sample()
    known = x["y"].notna().to_numpy()
    items = x.loc[known, ["y", "z", "r"]]
    one = x[known]

    def by_weights(w: FloatArray) -> FloatArray:
        cov = np.cov(items.to_numpy().T, aweights=w, ddof=0)
        return np.array([1.5 * (1 - np.trace(cov) / cov.sum())])

    design = SurveyDesign.of(one["w"], one["s"], one["c"])
    theirs = replicate_weights(design, "JKn").standard_error(by_weights)[0]
    drawn = bootstrap(items, one["w"], replicates=3000, strata=one["s"], clusters=one["c"])
    assert np.std(alpha(drawn.replicates, ["y", "z", "r"])) == pytest.approx(theirs, rel=0.1)


def waves() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the sample, and a later one.

    late <- data.frame(y = (13 * i^2 + 7 * i) %% 103 / 10 + i %% 4, w = 1 + (23 * i) %% 7 / 3,
      g = c("a", "b", "c")[(i * i + i) %% 5 %% 3 + 1], h = c("p", "q")[(7 * i) %% 5 %% 2 + 1])
    """
    late = pd.DataFrame(
        {
            "y": (13 * ROWS**2 + 7 * ROWS) % 103 / 10 + ROWS % 4,
            "w": 1 + (23 * ROWS) % 7 / 3,
            "g": np.array(["a", "b", "c"])[(ROWS * ROWS + ROWS) % 5 % 3],
            "h": np.array(["p", "q"])[(7 * ROWS) % 5 % 2],
        }
    )
    return sample(), late


def test_change_taken_apart() -> None:
    """Shares and means by tapply; coefficients by lm with contr.sum, averaged over both waves."""
    one, two = waves()
    first, second = (Wave(x["y"], x["g"], x["w"]) for x in (one, two))
    table = change_table(first, second, replicates=50).set_index(["metric", "subject"])["estimate"]
    parts = [table[(f"change{kind}", "total")] for kind in ("", "_composition", "_within")]
    assert parts == pytest.approx([-0.6952332092821152, 0.0111718208448115, -0.7064050301269269], rel=1e-11)
    table = change_table(first, second, three=True, replicates=50).set_index(["metric", "subject"])[
        "estimate"
    ]
    parts = [table[(f"change_{kind}", "total")] for kind in ("composition", "within", "both")]
    assert parts == pytest.approx([0.122418405435893, -0.595158445535845, -0.222493169182163], rel=1e-11)
    first, second = (Wave(x["y"], x[["g", "h"]], x["w"]) for x in (one, two))
    table = explain_change(first, second, replicates=50).set_index(["metric", "subject"])["estimate"]
    parts = [table[("change_composition", by)] for by in ("total", "g", "h")]
    assert parts == pytest.approx([0.0317614119231790, 0.0299103445482409, 0.0018510673749381], rel=1e-10)
