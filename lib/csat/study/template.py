# ruff: noqa: E501
"""A study to begin with: small, commented, in two languages, and right as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from csat.errors import CsatError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")

_TOML = """\
# What this study asks, and of whom. Every key is explained in docs/study-format.md.
# 本文件说明调查什么、调查谁。各键的含义见 docs/study-format.md。
# Check after every change / 每次修改后检查:  csat check {name}

title = {{ en = "Customer satisfaction", zh = "顾客满意度调查" }}
languages = ["en", "zh"]          # the first is the study's own / 第一个为本研究的主要语言
wave_naming = "month"             # waves are called 2026-10, 2026-11, … / 每月一期
planned_n = 400                   # respondents a wave / 每期计划样本量
population = {{ en = "Customers who bought within the past 12 months", zh = "过去12个月内购买过的顾客" }}
introduction.en = "These questions are about your experience with us over the past 12 months. It takes about 3 minutes."
introduction.zh = "以下问题想了解您在过去12个月里与我们打交道的体验，大约需要3分钟。"

# Answers, one file a month; leave the table out while there are none.
# 数据文件，每月一个；还没有数据时不写这张表。
# [data]
# path = "data/{{wave}}.csv"

# ---- parts of the questionnaire / 问卷的各部分 ----
[modules.start]
label = {{ en = "Start", zh = "开始" }}
[modules.rating]
label = {{ en = "Your experience", zh = "您的体验" }}
relevant = "agree = yes"          # asked only of those who agreed / 只问同意参加的人
required = true
[modules.trouble]
label = {{ en = "Problems", zh = "遇到的问题" }}
relevant = "agree = yes"
[modules.close]
label = {{ en = "About you", zh = "您的情况" }}
relevant = "agree = yes"

# ---- the answer scale / 量表 ----
[scales.satisfied]
minimum = 1
maximum = 10
[scales.satisfied.labels]
en = {{ 1 = "Not at all satisfied", 10 = "Fully satisfied" }}
zh = {{ 1 = "完全不满意", 10 = "完全满意" }}

[scales.likely]
minimum = 0
maximum = 10
[scales.likely.labels]
en = {{ 0 = "Not at all likely", 10 = "Extremely likely" }}
zh = {{ 0 = "完全不可能", 10 = "非常可能" }}

# ---- constructs: what groups of items in items.csv measure / 构念：items.csv 中各组题目测量的内容 ----
[constructs.Quality]
label = {{ en = "Quality", zh = "品质" }}
role = "quality"
module = "rating"
[constructs.Quality.question]
en = "How satisfied are you with each of these?"
zh = "您对以下各项的满意程度如何？"

[constructs.Satisfaction]
label = {{ en = "Satisfaction", zh = "满意" }}
role = "satisfaction"
module = "rating"

[constructs.Loyalty]
label = {{ en = "Loyalty", zh = "忠诚" }}
role = "loyalty"
module = "rating"

# ---- what leads to what / 因果关系 ----
[model]
paths = ["Quality -> Satisfaction", "Satisfaction -> Loyalty"]

[thresholds]
nps_item = "recommend"            # the item on a scale from 0 to 10 / 0到10分的推荐题

# ---- options of questions.csv / questions.csv 用到的选项 ----
[options.kind]
private = {{ en = "A private customer", zh = "个人顾客" }}
company = {{ en = "A company", zh = "单位顾客" }}

[options.yesno]
yes = {{ en = "Yes", zh = "是" }}
no = {{ en = "No", zh = "否" }}

[options.problem]
late = {{ en = "Late delivery", zh = "交货延迟" }}
defect = {{ en = "Defective product", zh = "产品有缺陷" }}
bill = {{ en = "Wrong bill", zh = "账单有误" }}
other = {{ en = "Something else", zh = "其他", other = true }}

# Groups to compare / 用于比较的分组
[segments.kind]
label = {{ en = "Kind of customer", zh = "顾客类型" }}
"""

_ITEMS = """\
item,construct,scale,label_en,label_zh,text_en,text_zh
quality_product,Quality,satisfied,Product,产品,Our products,我们的产品
quality_delivery,Quality,satisfied,Delivery,交货,Our deliveries,我们的交货
quality_service,Quality,satisfied,Service,服务,Our service,我们的服务
sat_overall,Satisfaction,satisfied,Overall,总体满意,How satisfied are you with us as a whole over the past 12 months?,过去12个月里，您对我们的总体满意程度如何？
sat_expected,Satisfaction,satisfied,Against expectations,与期望相比,How satisfied are you with us compared with what you expected?,与您原先的期望相比，您对我们的满意程度如何？
sat_ideal,Satisfaction,satisfied,Against the ideal,与理想相比,How satisfied are you with us compared with an ideal company?,与理想的企业相比，您对我们的满意程度如何？
again,Loyalty,likely,Buy again,再次购买,How likely are you to buy from us again within the next 12 months?,未来12个月内，您再次向我们购买的可能性有多大？
first_choice,Loyalty,likely,First choice,首选,How likely are you to think of us first the next time?,下一次购买时，您首先考虑我们的可能性有多大？
recommend,Loyalty,likely,Recommend,推荐,How likely are you to recommend us to people you know?,您向熟人推荐我们的可能性有多大？
"""

_QUESTIONS = """\
id,type,module,options,required,relevant,maximum,statistic,label_en,label_zh,text_en,text_zh
agree,consent,start,,yes,,,filter,Consent,知情同意,Do you agree to take part? You may stop at any time.,您同意参加这次调查吗？您可以随时退出。
problem,single,trouble,yesno,yes,,,filter,Had a problem,遇到问题,Did you have a problem with us over the past 12 months?,过去12个月里，您在与我们打交道时是否遇到过问题？
problem_kind,multiple,trouble,problem,,problem = yes,,share,Kind of problem,问题类型,What was the problem about?,问题涉及哪些方面？
why,text,trouble,,,sat_overall <= 6,500,comments,Reason,原因,What is the main reason for your rating?,您这样评分的主要原因是什么？
kind,single,close,kind,yes,,,segment,Kind of customer,顾客类型,Are you a private customer or a company?,您是个人顾客还是单位顾客？
"""


def write_template(name: str, studies: Path) -> Path:
    """Write a study to begin with.

    Parameters
    ----------
    name : str
        Name of the study: letters, digits, ``_`` and ``-``.
    studies : pathlib.Path
        Folder that the study's own folder is made in.

    Returns
    -------
    pathlib.Path
        The study's folder, with study.toml, items.csv and questions.csv.

    Raises
    ------
    CsatError
        When the name cannot be one, or there is already something of that name.
    """
    if not _NAME.match(name):
        raise CsatError(f'a study cannot be called "{name}"; use letters, digits, _ and -, a letter first')
    folder = studies / name
    if folder.exists():
        raise CsatError(f"{folder} exists already; choose another name")
    folder.mkdir(parents=True)
    files = {"study.toml": _TOML.format(name=name), "items.csv": _ITEMS, "questions.csv": _QUESTIONS}
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder
