"""A notebook that shows every kind of output, about a study with texts that try to break a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

NASTY = "<script>alert('x')</script> & \"quotes\" {brace} $5"

STUDY = """\
title.en = "Sample study <b>&</b> {brace}"
title.zh = "示例研究 <b>&</b> {brace}"
languages = ["en", "zh"]
population.en = "Everybody"
population.zh = "所有人"
planned_n = 120
frame_size = 1000
simulated = true
source.en = "Made up for tests; see https://example.org/made-up"
source.zh = "为测试而编造；见 https://example.org/made-up"
[[waves]]
id = "2026-10"
[data]
path = "answers.csv"
[scales.five]
minimum = 1
maximum = 5
[constructs.Quality]
label = { en = "Quality <script>alert('x')</script>", zh = "质量 <script>alert('x')</script>" }
role = "quality"
[constructs.Satisfaction]
label = { en = "Satisfaction", zh = "满意度" }
role = "satisfaction"
[constructs.Loyalty]
label = { en = "Loyalty & trust", zh = "忠诚与信任" }
role = "loyalty"
[segments.plan]
column = "plan"
label = { en = "Plan", zh = "套餐" }
[segments.plan.values]
a = { en = "None <i>at all</i>", zh = "无 <i>套餐</i>" }
b = { en = "Some", zh = "有" }
[model]
paths = ["Quality -> Satisfaction", "Satisfaction -> Loyalty", "Quality -> Loyalty"]
"""

ITEMS = """\
item,construct,scale,label_en,label_zh,text_en,text_zh
q1,Quality,five,First <script>,第一题 <script>,How good is it?,有多好？
q2,Quality,five,Second,第二题,How often does it work as promised?,多常如承诺般运行？
s1,Satisfaction,five,Overall,总体,How satisfied are you?,您有多满意？
s2,Satisfaction,five,Ideal,理想,How close to ideal?,离理想有多近？
l1,Loyalty,five,Again,再选,Would you choose it again?,您会再次选择吗？
l2,Loyalty,five,Recommend,推荐,Would you recommend it?,您会推荐吗？
"""

WORDS = {
    "en": {
        "caption": "Reliability of each scale, with a caption that is long enough to need a second line",
        "note": "Made-up numbers, {worst}.",
        "headline": "Quality {worst} is the weakest scale, and this says so in a whole sentence",
        "alt": "One row for each scale with its estimate and interval; the weakest is {worst}.",
        "subtitle": "Cronbach’s α with 95% bootstrap interval, n = 120",
        "sentence": "The scale **{worst}** reaches 0.71 (0.65–0.77), which is enough for comparing groups.",
        "warning": "The scale {worst} is weak.",
    },
    "zh": {
        "caption": "各量表的信度，这一标题足够长，在手机上需要换行显示",
        "note": "示例数字，{worst}。",
        "headline": "{worst} 是最弱的量表，这里用完整的一句话说明",
        "alt": "每个量表一行，给出估计值和区间；最弱的是 {worst}。",
        "subtitle": "克朗巴哈 α 与 95% 自助法区间，n = 120",
        "sentence": "量表 **{worst}** 达到 0.71（0.65–0.77），足以用于群体比较。",
        "warning": "量表 {worst} 较弱。",
    },
}

SETUP = """\
import sys, warnings
import numpy as np, pandas as pd
from csat.report import open_page
from csat.report.language import Catalogue
from csat.study import load_study
from report_sample import NASTY, WORDS

class Words(Catalogue):
    def find(self, key):
        found = super().find(key)
        return WORDS[self.lang].get(key.rpartition(".")[2]) if found is None else found

page = open_page("02_measurement", study=load_study(study), lang=lang, out=out, n=120, replicates=500, seed=1,
                 interval="percentile", missing="pairwise")
page.words = Words(lang, "measurement")
ids = ["Quality", "Satisfaction", "Loyalty"]
labels = [page.label(i) for i in ids]
print("a warning to nobody", file=sys.stderr)
warnings.warn("careful")
"""

TABLES = """\
page.say("x.sentence", worst=NASTY)
page.warn("x.warning", worst=NASTY)
tidy = pd.DataFrame([(m, s, .7 + i / 20, .6 + i / 20, .8 + i / 20, 120, "bootstrap") for m in
                     ("alpha", "omega", "composite_reliability", "ave") for i, s in enumerate(ids)],
                    columns="metric subject estimate ci_low ci_high n method".split())
page.record(tidy)
verdict = dict.fromkeys(ids, "good enough for comparing groups / 可用于群体比较")
page.metrics("x", tidy, worst="α", extra={"verdict": verdict})
wide = pd.DataFrame({"item": ["q1", "q2"], "mean": [3.2, -.001], "missing_share": [.02, 0], "n": [1200, 118]})
page.table("x", wide, formats={"missing_share": "pct1"}, worst="α")
page.matrix("x", pd.DataFrame(np.eye(3), index=ids, columns=ids).mask(lambda m: m == 0), worst="α")
page.table("x", None)
"""

FIGURES = """\
from csat.report.figures.common import *
frame = pd.DataFrame({"label": labels, "estimate": [.5, .7, .9]})
frame = frame.assign(ci_low=frame.estimate - .1, ci_high=frame.estimate + .1)
rng = np.random.default_rng(1)
page.figure("f1", interval_plot(frame, lang=lang, xlabel="α", references=[(.7, "0.70")]), worst=NASTY)
page.figure("f2", interval_bars(frame, lang=lang), worst="α")
shares = pd.DataFrame(rng.dirichlet(np.ones(5), 3), index=labels, columns=range(1, 6))
page.figure("f3", diverging_bars(shares, lang=lang), worst="α")
matrix = pd.DataFrame(rng.uniform(0, 1, (3, 3)), index=labels, columns=labels)
page.figure("f4", heat_map(matrix, lang=lang, marked=lambda v: v > .8), worst="α")
paths = pd.DataFrame({"source": ["Quality", "Satisfaction", "Quality"],
                      "target": ["Satisfaction", "Loyalty", "Loyalty"],
                      "estimate": [.5, .6, 0], "ci_low": [.4, .5, -.1], "ci_high": [.6, .7, .1]})
page.figure("f5", path_diagram(dict(zip(ids, labels)), paths, lang=lang), worst="α")
x, y = rng.uniform(0, 100, (2, 500))
corners = [*labels, NASTY]
page.figure("f6", quadrant_bubbles(x, y, split=(50, 50), corners=corners, lang=lang), worst="α")
page.figure("f7", None)
"""

PAGE_ONE = """\
from csat.report.executive import Action, Driver, ExecutivePage, KeyFigure, Quality
text = {"en": "Customers are satisfied (72 of 100) but not yet loyal: half would switch. " + NASTY,
        "zh": "客户满意（72 分，满分 100），但尚未忠诚：半数会考虑更换。" + NASTY}[lang]
page.executive(ExecutivePage(
    verdict=text,
    figures=(KeyFigure(labels[1], 72.4, 70.1, 74.6, 120, target="75", badge="signal", note=text[:20]),
             KeyFigure(labels[2], 55.2, 51.0, 59.3, 120, badge="noise"),
             KeyFigure("NPS", float("nan"))),
    drivers=tuple(Driver(one, "31% (24–38)", "68 (66–70)", note=text[:30]) for one in labels),
    action=Action(text, gain=text, disproof=text),
    quality=(Quality("n", "120", "good"), Quality("α", "0.44–0.86", "poor"), Quality(labels[0], "0", "fair")),
    caveats=(text,)))
"""

PICTURES = """\
import base64
from IPython.display import display
dot = base64.b64encode(bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060606000000005000165f645400000000049454e44ae426082")).decode()
display({"image/png": dot}, raw=True, metadata={"image/png": {"alt": "a dot / 一个点"}})
svg = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'><circle cx='10' cy='10' r='9'/></svg>"
display({"image/svg+xml": svg}, raw=True, metadata={"image/svg+xml": {"alt": "a circle / 一个圆"}})
print("plain <output> & more")
"""

MARKDOWN = (
    ("# Measurement of the sample", "# 示例的测量质量", ()),
    (
        "## What came in\n\nA paragraph with **bold** and a [link](#page-one).",
        "## 收回情况\n\n一段文字，**粗体**。",
        (TABLES,),
    ),
    ("## Figures\n\n### Of every form", "## 图\n\n### 各种形式", (FIGURES,)),
    ("## Figures", "## 图", (PICTURES, "'<plain> result'", "page.finish()")),
)


def write_study(folder: Path) -> Path:
    """Write the study's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "items.csv").write_text(ITEMS, encoding="utf-8")
    (folder / "answers.csv").write_text("q1,q2,s1,s2,l1,l2,plan\n1,2,3,4,5,1,a\n", encoding="utf-8")
    return folder


def notebook(study: Path, lang: str, out: Path) -> Any:
    """Make the notebook, not yet executed."""
    from nbformat import v4

    parameters = f"study = {str(study)!r}\nlang = {lang!r}\nout = {str(out)!r}"
    cells = [v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}), v4.new_code_cell(SETUP)]
    for number, (en, zh, codes) in enumerate(MARKDOWN):
        cells += [
            v4.new_markdown_cell(en, metadata={"lang": "en"}),
            v4.new_markdown_cell(zh, metadata={"lang": "zh"}),
        ]
        if number == 0:
            cells.append(v4.new_code_cell(PAGE_ONE))
        cells += [v4.new_code_cell(code) for code in codes]
    cells.append(v4.new_code_cell("print('key numbers')", metadata={"tags": ["key-numbers"]}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def publish(folder: Path) -> Path:
    """Execute the notebook in both languages and build a wave's folder, as a run does."""
    import shutil

    import nbformat
    from csat.report.archive import build_reports_index, build_wave_index
    from csat.report.frame import published_name
    from csat.report.html import export_html
    from csat.study import load_study
    from nbclient import NotebookClient

    study_folder = write_study(folder / "sample")
    study = load_study(study_folder)
    wave = folder / "reports" / "sample" / "2026-10"
    wave.mkdir(parents=True)
    work = {}
    shutil.copy(__file__, folder / "report_sample.py")
    for lang in study.languages:
        work[lang] = folder / "work" / lang
        nb = notebook(study_folder, lang, work[lang])
        NotebookClient(nb, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
        executed = folder / "work" / f"02_measurement.{lang}.ipynb"
        nbformat.write(nb, executed)
        results = work[lang] / "02_measurement.results.json"
        page = export_html(executed, study, lang, results, notebooks=("02_measurement",))
        (wave / published_name("02_measurement", lang, study.languages)).write_text(page, encoding="utf-8")
    shutil.copy(work["en"] / "02_measurement.metrics.csv", wave / "metrics.csv")
    (wave / "metrics.parquet").write_bytes(b"")
    build_wave_index(wave, study, work, notebooks=("02_measurement",))
    build_reports_index(folder / "reports")
    return folder / "reports"
