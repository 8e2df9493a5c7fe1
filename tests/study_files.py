"""Write little studies for tests."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

DOC = Path(__file__).resolve().parents[1] / "docs" / "study-format.md"

TOML = """
title = { en = "Guests", zh = "顾客" }
languages = ["en", "zh"]
frame_size = 5000
planned_n = 120

[[waves]]
id = "2026-09"
[[waves]]
id = "2026-10"

[data]
path = "answers.csv"
wave_column = "month"
respondent_column = "guest"

[scales.agree]
minimum = 1
maximum = 7
missing = [-99]
[scales.agree.labels]
en = { 1 = "No", 7 = "Yes" }
zh = { 1 = "否", 7 = "是" }

[constructs.Sat]
label = { en = "Satisfaction", zh = "满意" }
role = "satisfaction"

[constructs.Loy]
label = { en = "Loyalty", zh = "忠诚" }
role = "loyalty"

[segments.site]
label = { en = "Site", zh = "门店" }
[segments.site.values]
1 = { en = "North", zh = "北" }
2 = { en = "South", zh = "南" }

[model]
paths = ["Sat -> Loy"]
"""

ITEMS = """item,construct,reversed,label_en,label_zh,text_en,text_zh
s1,Sat,,S one,满一,I am satisfied.,我满意。
s2,Sat,,S two,满二,It was good.,很好。
s3,Sat,yes,S three,满三,It was bad.,很差。
l1,Loy,,L one,忠一,I will return.,我会再来。
l2,Loy,,L two,忠二,I recommend it.,我会推荐。
l3,Loy,,L three,忠三,It is my choice.,我的首选。
"""

COLUMNS = ("s1", "s2", "s3", "l1", "l2", "l3")


def write_study(folder: Path, toml: str = TOML, items: str = ITEMS) -> Path:
    """Write the two files of a study."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    (folder / "items.csv").write_text(items, encoding="utf-8")
    return folder


def answers_frame(n: int = 60, seed: int = 3) -> pd.DataFrame:
    """Answers that fit the study: two months, two sites, one factor."""
    draw = np.random.default_rng(seed)
    factor = draw.normal(size=n)
    loadings = np.array([1.0, 1.0, -1.0, 1.0, 1.0, 1.0])
    points = 4 + loadings * factor[:, None] + draw.normal(size=(n, 6))
    frame = pd.DataFrame(np.clip(np.rint(points), 1, 7).astype(int), columns=list(COLUMNS))
    frame.insert(0, "guest", [f"g{i:03d}" for i in range(n)])
    frame.insert(1, "month", ["2026-09" if i < n // 3 else "2026-10" for i in range(n)])
    return frame.assign(site=[1 + i % 2 for i in range(n)])


def write_answers(folder: Path, frame: pd.DataFrame | None = None, name: str = "answers.csv") -> Path:
    """Write answers beside a study."""
    path = folder / name
    (answers_frame() if frame is None else frame).to_csv(path, index=False)
    return path


def minimal_study_of_the_doc() -> tuple[str, str]:
    """Both files of the minimal study as docs/study-format.md prints them."""
    section = DOC.read_text(encoding="utf-8").split("## A minimal study", 1)[1].split("\n## ", 1)[0]
    blocks = dict(re.findall(r"```(toml|csv)\n(.*?)```", section, flags=re.DOTALL))
    return blocks["toml"], blocks["csv"]
