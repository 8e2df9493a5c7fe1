"""Files of 问卷星: texts and numbers of options, what was not asked, times."""

from __future__ import annotations

import csv
import io

import pytest
from csat.data.problems import DataError
from csat.data.readers import read_table
from csat.data.readers.wjx import iso_time, seconds
from csat.data.table import RawTable
from csat.study.definition import DataSource

OWN = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分"]


def own(n: int, taken: str = "123秒") -> list[str]:
    return [str(n), f"2026/10/{n} 9:30:05", taken, "微信", "N/A", "192.0.2.1(北京-北京)", "0"]


def grid_of(header: list[str], *rows: list[str]) -> list[list[str]]:
    return [[*OWN, *header], *([*own(i), *row] for i, row in enumerate(rows, start=1))]


def read(grid: list[list[str]], encoding: str = "utf-8-sig") -> RawTable:
    target = io.StringIO()
    csv.writer(target).writerows(grid)
    table = read_table(target.getvalue().encode(encoding), "1_1_0.csv", DataSource())
    assert table.format == "wjx"
    return table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    table = read(grid_of(["1、总体满意度"], ["满意┋很好"], ["满意"]), encoding)
    assert "第1题(很好)" in table.cells


def test_own_columns() -> None:
    grid = grid_of(["1、总体满意度"], ["5"], ["4"])
    grid[2][2] = "2分3秒"
    table = read(grid)
    assert table.roles == {"respondent": "序号", "completed": "提交答卷时间", "duration": "所用时间(秒)"}
    assert table.personal == ("来自IP",)
    assert table.cells["所用时间(秒)"].tolist() == ["123", "123"]
    assert table.cells["提交答卷时间"].tolist() == ["2026-10-01 09:30:05", "2026-10-02 09:30:05"]
    assert table.variables["1、总体满意度"].label == "总体满意度"


def test_file_of_texts() -> None:
    header = ["1、性别", "2、兴趣(可多选)", "3、排序", "4、意见", "第5题(外观)", "第5题(价格)"]
    table = read(
        grid_of(
            header,
            ["男", "运动┋其他〖下棋〗", "质量→价格", "交期太慢", "满意", "不满意"],
            ["女", "运动", "价格→质量", "都还可以", "满意", "满意"],
            ["男", "(跳过)", "(跳过)", "(空)", "满意", "(跳过)"],
        )
    )
    assert dict(table.variables["1、性别"].labels) == {"女": "女", "男": "男"}
    assert table.cells["第2题(运动)"].tolist() == ["1", "1", ""]
    assert table.cells["第2题(其他)"].tolist() == ["1", "0", ""]
    assert table.cells["2、兴趣(可多选)〖填空〗"].tolist() == ["下棋", "", ""]
    flag = table.variables["第2题(其他)"]
    assert (flag.kind, flag.group, flag.label, dict(flag.labels)) == (
        "multiple",
        "第2题",
        "兴趣(可多选)",
        {"1": "其他"},
    )
    assert table.cells["第3题(价格)"].tolist() == ["2", "1", ""]
    assert table.variables["4、意见"].kind == "text"
    assert table.variables["4、意见"].missing == ("(空)",)
    row = table.variables["第5题(价格)"]
    assert (row.kind, row.group, row.label, row.missing) == ("single", "第5题", "价格", ("(跳过)",))


def test_file_of_numbers() -> None:
    header = [
        "1、性别",
        "第2题(运动)",
        "第2题(阅读)",
        "3(质量)",
        "3(价格)",
        "4、评分:外观",
        "4、评分:价格",
        "5、温度",
    ]
    table = read(
        grid_of(
            header,
            ["1", "1", "0", "1", "2", "5", "4", "-2"],
            ["2", "0", "1", "2", "1", "3", "-2", "-7"],
            ["-3", "-3", "-3", "-2", "-2", "-3", "-3", "3"],
        )
    )
    assert table.cells["1、性别"].tolist() == ["1", "2", "-3"]
    assert table.variables["1、性别"].missing == ("-3",)
    assert table.variables["1、性别"].labels["-3"] == "跳过"
    assert table.cells["第2题(运动)"].tolist() == ["1", "0", ""]
    assert table.variables["第2题(阅读)"].group == "第2题"
    assert table.variables["3(质量)"].kind != "multiple"
    price = table.variables["4、评分:价格"]
    assert (price.label, price.group, price.missing) == ("评分: 价格", "第4题", ("-3", "-2"))
    assert table.variables["5、温度"].missing == ()


def test_pages_and_titles_above_the_headings() -> None:
    grid = [["客户满意度调查", *[""] * 7], *grid_of(["1、总体满意度"], ["5"], ["4"])]
    assert read(grid).cells.shape == (2, 9)
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in grid)
    page = f"<html><meta charset=gb2312><table>{cells}</table></html>".encode("gbk")
    assert read_table(page, "1_1_0.xls", DataSource()).format == "wjx"


def test_numbers_of_answers_that_come_twice() -> None:
    grid = grid_of(["1、总体满意度"], ["5"], ["4"])
    grid[2][0] = "1"
    with pytest.raises(DataError, match="come more than once in rows 1, 2"):
        read(grid)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("123秒", "123"),
        ("2分3秒", "123"),
        ("1小时2分3秒", "3723"),
        ("1时", "3600"),
        ("0:02:03", "123"),
        ("61", "61"),
        ("", ""),
        ("很快", ""),
    ],
)
def test_time_taken(text: str, wanted: str) -> None:
    assert seconds(text) == wanted


def test_times() -> None:
    assert iso_time("2026年10月1日 9:05") == "2026-10-01 09:05:00"
    assert iso_time("soon") == "soon"


def test_only_the_first_option_bears_the_question() -> None:
    header = ["1、性别", "2、您去过哪些门店(可多选)？(城东店(旗舰店))", "2、(城西店)", "2、(其他(请注明))"]
    table = read(grid_of(header, ["1", "1", "0", "0"], ["2", "0", "0", "1"], ["1", "-3", "-3", "-3"]))
    columns = header[1:]
    assert [table.variables[c].kind for c in columns] == ["multiple"] * 3
    assert {table.variables[c].label for c in columns} == {"您去过哪些门店(可多选)？"}
    assert [table.variables[c].labels["1"] for c in columns] == ["城东店(旗舰店)", "城西店", "其他(请注明)"]
    assert table.cells["2、(其他(请注明))"].tolist() == ["0", "1", ""]


def test_only_the_first_row_of_a_grid_bears_the_question() -> None:
    header = ["1、请评价门店：—环境整洁", "1、店员热情（1=很差，5=很好）", "1、排队时间短：高峰期"]
    table = read(grid_of(header, ["5", "4", "3"], ["4", "4", "1"]))
    assert [table.variables[c].label for c in header] == [
        "请评价门店: 环境整洁",
        "请评价门店: 店员热情（1=很差，5=很好）",
        "请评价门店: 排队时间短：高峰期",
    ]
    assert {table.variables[c].group for c in header} == {"第1题"}


def test_own_columns_deleted() -> None:
    numbered = [
        ["1、性别", "2、常去的门店", "3、满意度&lt;5分&gt;"],
        ["男", "城东┋城西", "5"],
        ["女", "城东", "4"],
    ]
    table = read(numbered)
    assert table.roles == {}
    assert table.cells["第2题(城西)"].tolist() == ["1", "0"]
    assert table.variables["3、满意度<5分>"].label == "满意度<5分>"
    assert read([["序号", *numbered[0]], ["1", "男", "城东", "5"], ["2", "女", "城西", "4"]]).roles


@pytest.mark.parametrize(
    "grid",
    [
        [["1、性别", "2、门店", "3、满意度"], ["男", "城东", "5"]],
        [["1、性别", "2、门店", "金额", "日期"], ["男", "城东┋城西", "5", "2026-10-01"]],
        [["3、性别", "2、门店", "1、满意度"], ["男", "城东┋城西", "5"]],
        [["序号", "性别", "满意度"], ["1", "男", "5"]],
    ],
)
def test_other_tables_with_numbers_are_plain(grid: list[list[str]]) -> None:
    target = io.StringIO()
    csv.writer(target).writerows(grid)
    assert read_table(target.getvalue().encode(), "a.csv", DataSource()).format == "csv"
