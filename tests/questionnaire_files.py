# ruff: noqa: E501
"""A little study with questions of every type, modules and versions, for tests."""

from __future__ import annotations

from pathlib import Path

from study_files import ITEMS, TOML, write_study

PARTS = """
[modules.start]
label = { en = "Start", zh = "开始" }
[modules.rating]
label = { en = "Ratings", zh = "评分" }
relevant = "agree_to_start = yes and role != nobody"
required = true
randomise = "items"
[modules.trouble]
label = { en = "Trouble", zh = "问题" }
relevant = "agree_to_start = yes and role != nobody"
questions = ["trouble", "kinds", "days", "story"]
[modules.more]
label = { en = "More", zh = "更多" }
on = false

[versions.short]
label = { en = "Short", zh = "短版" }
modules = ["start", "rating", "trouble"]
without = ["story"]
[versions.long]
label = { en = "Long", zh = "长版" }
modules = ["start", "rating", "trouble", "more"]
minutes = 15

[options.role]
buyer = { en = "I buy", zh = "购买者" }
user = { en = "I use", zh = "使用者" }
nobody = { en = "Neither", zh = "都不是" }
[options.yesno]
yes = { en = "Yes", zh = "是" }
no = { en = "No", zh = "否" }
[options.kinds]
late = { en = "Late", zh = "迟到" }
rude = { en = "Rude", zh = "态度差" }
bill = { en = "Wrong bill", zh = "账单错误", relevant = "role = buyer" }
other = { en = "Something else", zh = "其他", other = true }
none = { en = "None of these", zh = "都没有", exclusive = true }
[options.parts]
price = { en = "Price", zh = "价格" }
delivery = { en = "Delivery", zh = "交期" }
quality = { en = "Quality", zh = "品质" }
service = { en = "Service", zh = "服务" }
[options.kano]
1 = { en = "I like it", zh = "喜欢" }
2 = { en = "I expect it", zh = "理应如此" }
3 = { en = "I do not mind", zh = "无所谓" }
4 = { en = "I can live with it", zh = "勉强接受" }
5 = { en = "I dislike it", zh = "不喜欢" }

[choices.fridge]
label = { en = "Two refrigerators", zh = "两台冰箱" }
stages = ["product", "service"]
[choices.fridge.attributes.price]
label = { en = "Price", zh = "价格" }
price = true
[choices.fridge.attributes.price.levels]
low = { en = "3,860 yuan", zh = "3860元", value = 3860 }
high = { en = "4,500 yuan", zh = "4500元", value = 4500 }
[choices.fridge.attributes.warranty]
label = { en = "Warranty", zh = "保修" }
stage = "service"
[choices.fridge.attributes.warranty.levels]
one = { en = "One year", zh = "一年" }
two = { en = "Two years", zh = "两年" }
[choices.fridge.alternatives.first]
label = { en = "Refrigerator 1", zh = "冰箱1" }
levels = { price = "low", warranty = "two" }
[choices.fridge.alternatives.second]
label = { en = "Refrigerator 2", zh = "冰箱2" }
levels = { price = "high", warranty = "one" }

[choices.plan]
label = { en = "Service plans", zh = "服务方案" }
none = { en = "Neither", zh = "都不选" }
sets = 6
size = 2
blocks = 2
[choices.plan.attributes.price]
label = { en = "Price a month", zh = "月费" }
price = true
[choices.plan.attributes.price.levels]
p20 = { en = "20 yuan", zh = "20元", value = 20 }
p40 = { en = "40 yuan", zh = "40元", value = 40 }
[choices.plan.attributes.reply]
label = { en = "Reply within", zh = "响应时间" }
[choices.plan.attributes.reply.levels]
hour = { en = "One hour", zh = "一小时" }
day = { en = "One day", zh = "一天" }

[tables.quality]
label = { en = "Quality records", zh = "质量记录" }
kind = "operational"
month = "month"
unit = "unit"
[tables.quality.columns]
month = { en = "Month", zh = "月份" }
unit = { en = "Unit", zh = "单位" }
defects = { en = "Defective pieces", zh = "不良品数" }
pieces = { en = "Pieces inspected", zh = "检验数" }
[tables.quality.measures.defect_rate]
label = { en = "Defect rate", zh = "不良率" }
numerator = "defects"
denominator = "pieces"
per = 100
better = "lower"
concept = ["R20.defect"]
"""

QUESTIONS = """id,type,module,options,scale,choice,stage,required,relevant,maximum,minimum,decimals,total,sets,size,dont_know,pii,concept,statistic,text_en,text_zh,negative_en,negative_zh
hello,note,start,,,,,,,,,,,,,,,,,Welcome.,欢迎。,,
agree_to_start,consent,start,,,,,yes,,,,,,,,,,,,May we ask?,可以开始吗？,,
role,single,start,role,,,,yes,agree_to_start = yes,,,,,,,,,R39.user,filter,What are you?,您是？,,
trouble,single,trouble,yesno,,,,yes,,,,,,,,,,R04.problem,funnel,Any trouble in the last 12 months?,过去12个月内是否遇到问题？,,
kinds,multiple,trouble,kinds,,,,,trouble = yes,2,,,,,,,,R04,funnel,What was it?,是什么问题？,,
days,number,trouble,,,,,,selected(kinds; late),365,0,0,,,,yes,,R25.time,,How many days late?,迟了多少天？,,
story,text,trouble,,,,,,trouble = yes and (s1 <= 3 or s2 <= 3),500,,,,,,,,,comments,What happened?,发生了什么？,,
weights,constant_sum,more,parts,,,,,,,,,100,,,,,R17.importance,stated_importance,Share 100 points.,请分配100分。,,
ranks,ranking,more,parts,,,,,,3,,,,,,,,,,Rank the first three.,请排出前三位。,,
pair,kano,more,kano,,,,,,,,,,,,,,R13,kano,If it works?,如果能用？,If it does not work?,如果不能用？
best,best_worst,more,parts,,,,,,,,,,4,3,,,,best_worst,Most and least important?,最重要和最不重要的？,,
fridge1,choice,more,,,fridge,product,,,,,,,,,,,R31.fridge,switch_rate,Which one?,选哪一台？,,
fridge2,choice,more,,,fridge,service,,,,,,,,,,,R31.fridge,switch_rate,And now?,现在选哪一台？,,
plans,choice,more,,,plan,,,,,,,,,,,,R31,part_worths,Which plan?,选哪个方案？,,
again,nps,more,,,,,,,,,,,,,yes,,,nps,How likely are you to recommend us?,您有多大可能推荐我们？,,
since,date,more,,,,,,,,,,,,,,,,,Customer since?,何时成为顾客？,,
mail,text,more,,,,,,,,,,,,,,yes,,follow_up,Your e-mail?,您的电子邮箱？,,
""".replace("selected(kinds; late)", '"selected(kinds, late)"')


def full_toml() -> str:
    """study.toml of the study of every type."""
    toml = TOML.replace('[[waves]]\nid = "2026-09"', '[[waves]]\nid = "2026-09"\nversion = "long"', 1)
    for name in ("Sat", "Loy"):
        toml = toml.replace(f"[constructs.{name}]", f'[constructs.{name}]\nmodule = "rating"')
    return toml + PARTS


def write_full_study(folder: Path, toml: str = "", items: str = ITEMS, questions: str = QUESTIONS) -> Path:
    """Write the three files of the study of every type."""
    write_study(folder, toml or full_toml(), items)
    (folder / "questions.csv").write_text(questions, encoding="utf-8")
    return folder
