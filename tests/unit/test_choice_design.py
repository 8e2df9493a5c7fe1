"""Choice designs are balanced, efficient and repeatable, and let known part-worths be recovered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from csat.errors import CsatError
from csat.study import load_study
from csat.study.choice import ChoiceDesign, design_choice
from csat.study.choice_task import Attribute, ChoiceTask, Level
from csat.study.simulate import ChoiceTruth, simulate, truth_of
from scipy import optimize


def _task(sizes: tuple[int, ...] = (3, 3, 2), **settings: object) -> ChoiceTask:
    attributes = {
        f"a{i}": Attribute(f"a{i}", {}, {f"l{j}": Level(f"l{j}", {}) for j in range(size)})
        for i, size in enumerate(sizes)
    }
    usual: dict[str, object] = {"sets": 9, "size": 2, "blocks": 1}
    return ChoiceTask("task", {}, attributes, **{**usual, **settings})  # type: ignore[arg-type]


def test_levels_are_shown_about_equally_often() -> None:
    design = design_choice(_task(sets=9, size=2))
    for _, rows in design.balance().groupby("attribute"):
        assert rows["count"].max() - rows["count"].min() <= 2
        assert rows["count"].sum() == 18


def test_the_same_seed_gives_the_same_design() -> None:
    one, other = design_choice(_task(), seed=4), design_choice(_task(), seed=4)
    assert one.table.equals(other.table)
    assert one.d_error == other.d_error


def test_alternatives_of_a_set_differ() -> None:
    table = design_choice(_task(sizes=(2, 2), sets=4)).table
    for _, rows in table.groupby(["block", "set"]):
        assert len(rows.drop(columns="alternative").drop_duplicates()) == len(rows)


def test_prohibited_combinations_are_never_shown() -> None:
    task = _task(prohibited=({"a0": "l0", "a1": "l2"}, {"a0": "l1", "a2": "l1"}))
    table = design_choice(task).table
    assert not ((table["a0"] == "l0") & (table["a1"] == "l2")).any()
    assert not ((table["a0"] == "l1") & (table["a2"] == "l1")).any()
    assert set(table["a0"]) == {"l0", "l1", "l2"}


def test_blocks_have_the_same_number_of_sets_and_spread_levels() -> None:
    design = design_choice(_task(sets=6, blocks=3))
    assert design.blocks == 3
    assert (design.table.groupby("block")["set"].nunique() == 6).all()
    counts = design.table.groupby("block")["a0"].value_counts().unstack(fill_value=0)
    assert counts.to_numpy().min() >= 2


def test_it_beats_designs_made_at_random() -> None:
    task = _task(sizes=(4, 3, 3, 2, 2), sets=8, blocks=2)
    found = design_choice(task, starts=3).d_error
    draw = np.random.default_rng(1)
    errors = []
    for _ in range(30):
        x = np.column_stack([draw.integers(0, s, 32) for s in (4, 3, 3, 2, 2)])
        coded = np.hstack([_effects(x[:, i], s) for i, s in enumerate((4, 3, 3, 2, 2))]).reshape(16, 2, -1)
        centred = coded - coded.mean(axis=1, keepdims=True)
        information = np.einsum("sjk,sjl->kl", centred, centred) / 2
        errors.append(np.linalg.det(information) ** (-1 / coded.shape[-1]))
    assert found < 0.8 * np.min(errors)


def test_two_levels_and_two_alternatives_have_the_error_of_theory() -> None:
    # Every set contrasts all attributes: M is the number of sets times the identity.
    design = design_choice(_task(sizes=(2, 2, 2), sets=4), starts=10)
    assert design.d_error == pytest.approx(1 / 4, rel=1e-9)


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (_task(sets=2), "part-worths apart"),
        (_task(sizes=(2, 2), prohibited=({"a0": "l0", "a1": "l0"}, {"a0": "l0", "a1": "l1"})), "altogether"),
    ],
)
def test_tasks_that_cannot_be_designed(task: ChoiceTask, told: str) -> None:
    with pytest.raises(CsatError, match=told):
        design_choice(task)


def test_a_case_of_fixed_alternatives_has_no_design() -> None:
    with pytest.raises(CsatError, match="nothing to design"):
        design_choice(load_study("service_loyalty").choices["fridge"])


def test_known_part_worths_are_recovered() -> None:
    study = load_study("service_loyalty")
    task = study.choices["plan"]
    worths = {
        "price": {"p0": 0.8, "p100": 0.4, "p200": 0.0, "p400": -1.2},
        "warranty": {"m12": -0.5, "m14": -0.1, "m24": 0.6},
        "reply": {"hour": 0.5, "day": 0.2, "week": -0.7},
        "delivery": {"chosen": 0.3, "fixed": -0.3},
        "contact": {"own": 0.25, "any": -0.25},
    }
    truth = replace(truth_of(study), choices={"plan": ChoiceTruth(worths, none=-0.8)}, missing=0.0)
    frame = simulate(study, n=3000, waves="2026-10", truth=truth, seed=2)
    design = design_choice(task)
    found, errors = _conditional_logit(design, frame)
    named = [parameter.split("=") for parameter in design.parameters[:-1]]
    wanted = [worths[attribute][level] for attribute, level in named]
    miss = (found - np.array([*wanted, -0.8])) / errors
    assert np.abs(miss).max() < 4
    assert np.abs(found - np.array([*wanted, -0.8])).max() < 0.12


def _effects(column: np.ndarray, size: int) -> np.ndarray:
    return np.vstack([np.eye(size - 1), -np.ones(size - 1)])[column]


def _conditional_logit(design: ChoiceDesign, frame: object) -> tuple[np.ndarray, np.ndarray]:
    """Part-worths of a design with "none" by maximum likelihood, and their standard errors."""
    names = design.table.columns[3:]
    levels = {a: [p.partition("=")[2] for p in design.parameters if p.startswith(f"{a}=")] for a in names}
    x, y = [], []
    for (block, number), rows in design.table.groupby(["block", "set"]):
        profile = np.array(
            [
                [*(v for a in names for v in _coded(row[a], levels[a])), 0.0]
                for row in rows.sort_values("alternative").to_dict("records")
            ]
        )
        options = np.vstack([profile, [*np.zeros(profile.shape[1] - 1), 1.0]])
        answers = frame.loc[frame["plans_block"] == str(block), f"plans_{number}"].dropna()  # type: ignore[attr-defined]
        place = answers.map({"1": 0, "2": 1, "none": 2}).to_numpy(dtype=int)
        x.append(np.repeat(options[None], len(place), axis=0))
        y.append(place)
    values, chosen = np.concatenate(x), np.concatenate(y)
    rows = np.arange(len(chosen))

    def likelihood(beta: np.ndarray) -> tuple[float, np.ndarray]:
        utility = values @ beta
        utility -= utility.max(axis=1, keepdims=True)
        p = np.exp(utility) / np.exp(utility).sum(axis=1, keepdims=True)
        gradient = (values[rows, chosen] - np.einsum("sj,sjk->sk", p, values)).sum(axis=0)
        return -float(np.log(p[rows, chosen]).sum()), -gradient

    fit = optimize.minimize(likelihood, np.zeros(values.shape[-1]), jac=True, method="BFGS")
    return fit.x, np.sqrt(np.diag(fit.hess_inv))


def _coded(level: str, shown: list[str]) -> list[float]:
    return [1.0 if level == s else 0.0 for s in shown] if level in shown else [-1.0] * len(shown)
