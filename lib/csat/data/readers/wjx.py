"""Read files of 问卷星 (wjx.cn): answers as texts or as numbers of options, .xls, .xlsx, CSV or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csat.data.problems import DataError
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.texts import plain_text
from csat.data.readers.wjx_questions import describe_questions
from csat.data.table import RawTable, Variable
from csat.study.definition import DataSource

FORMAT = "wjx"
ID, SUBMITTED, TAKEN = "序号", "提交答卷时间", "所用时间"
_OWN = (SUBMITTED, TAKEN, "来源", "来源详情", "来自IP", "总分", "提交时间", "开始答卷时间", "开始时间")
_META = {ID, *_OWN, "答题时长", "渠道", "得分", "状态", "标签", "备注", "省份", "城市", "国家", "地区"}
_PERSONAL = {
    "来自IP",
    "IP",
    "IP地址",
    "ip",
    "来自ip",
    "微信昵称",
    "昵称",
    "头像",
    "微信头像",
    "用户名",
    "用户ID",
}
_PERSONAL |= {
    "openid",
    "OpenID",
    "微信OpenID",
    "微信openid",
    "答题者",
    "联系人",
    "姓名",
    "手机",
    "手机号",
    "邮箱",
    "Email",
}
_PERSONAL |= {"来源IP", "地理位置", "提交人", "填写人", "学号", "工号", "自定义参数"}
_STARTED = ("开始答卷时间", "开始时间")
_SUBMITTED = (SUBMITTED, "提交时间")
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?"
)
_TOOK = re.compile(r"(?:(\d+)天)?(?:(\d+)(?:小时|时))?(?:(\d+)(?:分钟|分))?(?:(\d+(?:\.\d+)?)秒?)?")
_HEADER_WITHIN = 4
_NUMBERED = re.compile(r"(\d+)、")
_NUMBERED_SHARE = 0.8
_SIGNS = ("┋", "〖")


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first rows are of a file of 问卷星.

    Parameters
    ----------
    name : str
        Name of the file.
    grid : sequence of sequences of str
        First rows.

    Returns
    -------
    bool
        Whether the headings hold at least two of the columns that 问卷星 adds, one of them its own. Where
        these were deleted: whether the headings are numbered as 问卷星 does (``1、…``) and there is another
        sign of it, 序号, several columns of one number, or lists joined by ``┋``.
    """
    return _header_row(grid) is not None


def read(
    grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str] = ()
) -> RawTable:
    """Read a file of 问卷星.

    Parameters
    ----------
    grid : list of list of str
        All rows.
    name, sha256 : str
        Name of the file and hash of its bytes.
    told : DataSource
        What the study says of its data.
    notes : sequence of str
        What is known of the file already.

    Returns
    -------
    RawTable
        Columns as named in the file. Lists of options (``运动┋阅读``) and rankings (``质量→价格``) get a
        column an option, ``第6题(运动)``, as the file of numbers has them; what was written beside an option
        (``其他〖…〗``) gets one too. The time taken is in seconds.

    Raises
    ------
    DataError
        When there are no answers, or a number of an answer comes twice.
    """
    place = _header_row(grid)
    if place is None and not grid:
        raise DataError("the file is empty", name)
    start = place or 0
    sheet = sheet_of(grid, start + 1, [plain_text(cell) for cell in grid[start]], name, notes)
    _describe_own(sheet)
    describe_questions(sheet)
    sheet.check_ids(told)
    return sheet.table(FORMAT, sha256)


def _header_row(grid: Sequence[Sequence[str]]) -> int | None:
    """Find the row of headings: a title may stand above it."""
    for place, row in enumerate(grid[:_HEADER_WITHIN]):
        cells = {cell.strip() for cell in row}
        own = cells & set(_OWN)
        several = len(own) > 1 and bool(cells & {ID, TAKEN, "来自IP", "来源详情"})
        if several or (ID in cells and own & {SUBMITTED, TAKEN}):
            return place
    return 0 if grid and _is_numbered(grid) else None


def _is_numbered(grid: Sequence[Sequence[str]]) -> bool:
    """Whether the headings are numbered as those of 问卷星, and there is another sign of it."""
    filled = [cell.strip() for cell in grid[0] if cell.strip()]
    titles = [cell for cell in filled if cell not in _META]
    found = [match[1] for match in map(_NUMBERED.match, titles) if match]
    if len(found) < 3 or len(found) < _NUMBERED_SHARE * len(titles) or found != sorted(found, key=int):
        return False
    joined = any(sign in cell for row in grid[1:] for cell in row for sign in _SIGNS)
    return ID in filled or len(set(found)) < len(found) or joined


def _describe_own(sheet: Sheet) -> None:
    """Say what the columns of 问卷星 itself are."""
    for column in list(sheet.cells):
        if column in _PERSONAL:
            sheet.hide(column)
        elif column in _META:
            sheet.describe(column, kind="meta")
    if ID in sheet.cells:
        sheet.play("respondent", ID)
    for role, names in (("started", _STARTED), ("completed", _SUBMITTED)):
        for column in names:
            if column in sheet.cells:
                sheet.cells[column] = [iso_time(cell) for cell in sheet.cells[column]]
                sheet.describe(column, kind="date")
                sheet.play(role, column)
    if TAKEN in sheet.cells and any(sheet.cells[TAKEN]):
        taken = [seconds(cell) for cell in sheet.cells[TAKEN]]
        if taken == sheet.cells[TAKEN]:
            sheet.play("duration", TAKEN)
        else:
            about = Variable(TAKEN, label=f"{TAKEN}(秒)", kind="number")
            sheet.play("duration", sheet.add(f"{TAKEN}(秒)", taken, about))


def iso_time(cell: str) -> str:
    """Write a time as ``2026-10-01 09:30:00``; anything else stays as it is.

    Parameters
    ----------
    cell : str
        A time as 问卷星 or a spreadsheet in China writes it.

    Returns
    -------
    str

    Examples
    --------
    >>> iso_time("2026/10/1 9:30:05"), iso_time("2026年10月1日")
    ('2026-10-01 09:30:05', '2026-10-01')
    """
    found = _TIME.fullmatch(cell)
    if not found:
        return cell
    year, month, day, hour, minute, second = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return date if hour is None else f"{date} {int(hour):02}:{int(minute):02}:{int(second or 0):02}"


def seconds(cell: str) -> str:
    """Seconds that an answer took; empty where the cell tells none.

    Parameters
    ----------
    cell : str
        ``123秒``, ``2分3秒``, ``1小时2分``, ``0:02:03`` or a plain number of seconds.

    Returns
    -------
    str

    Examples
    --------
    >>> seconds("123秒"), seconds("2分3秒"), seconds("1时2分3秒"), seconds("?")
    ('123', '123', '3723', '')
    """
    clock = re.fullmatch(r"(\d+):(\d\d):(\d\d)", cell)
    found = clock or _TOOK.fullmatch(cell.replace(" ", ""))
    if not cell or not found:
        return ""
    if clock:
        hours, minutes, rest = (float(part) for part in clock.groups())
        return f"{hours * 3600 + minutes * 60 + rest:.10g}"
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    return f"{days * 86400 + hours * 3600 + minutes * 60 + rest:.10g}"
