"""Forms of personal data in text, Chinese and English: pure patterns, and the search for them.

Only what has a form is found: names of people and of streets have none. A pattern that needs a word before it
(an order number, a WeChat id) marks what follows the word, never the word itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from csat.data.privacy import proofs
from csat.data.privacy.folding import fold

KINDS = (
    "url",
    "email",
    "id",
    "card",
    "passport",
    "order",
    "wechat",
    "qq",
    "phone",
    "plate",
    "ip",
    "device",
)
"""Every kind, in the order in which patterns are tried."""


@dataclass(frozen=True)
class Hit:
    """Something personal in a text: its kind, and where in the original it begins and ends."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Pattern:
    """One form: what it looks like (group ``v``, or all of it), and what else must hold."""

    kind: str
    look: re.Pattern[str]
    holds: Callable[[str], bool] = bool


def _p(kind: str, look: str, holds: Callable[[str], bool] = bool) -> Pattern:
    """Pattern on folded text."""
    return Pattern(kind, re.compile(look, re.IGNORECASE | re.ASCII), holds)


_ALONE = r"(?<![\w.])(?<!\d[-+])(?<!\d )"
_END = r"(?![0-9a-z_]|\.\d|,\d{3}(?!\d)|-\d)"
_NO_AMOUNT = r"(?!\s*(?:元|块|万|亿|美元|人民币|人次|左右|rmb|cny|yuan|usd|dollars?|euros?|%))"
_NO_MONEY = r"(?<![¥$€£￥])(?<![¥$€£￥] )"
_IS = r"\s*(?:是|为|is|was)?\s*[::#]?\s*"
_NO = r"(?:\s*(?:编号|号码|帐号|账号|号|number|num\.?|no\.?|nr\.?|id|code|ref(?:erence)?\.?|#))"

_CARD = r"[3-69]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?"
_BANK = r"(?:银行卡|储蓄卡|信用卡|卡号|card number|card no\.?|account number)"
_PAPERS = r"(?:护照|通行证|台胞证|回乡证|军官证|passport)"
_TOKEN = r"(?P<v>[a-z0-9](?:[a-z0-9-]{3,38}[a-z0-9]))(?![a-z0-9])"
_THINGS = r"(?:订单|运单|快递|物流|工单|流水|发票|保单|合同|会员|客户|受理|预约|证件)?"
_NUMBERED = r"(?:编号|单号|订单号|流水号|保单号|合同号|会员号|客户号|受理号|卡号|订单|运单)"
_THINGS_EN = (
    r"\b(?:order|tracking|ticket|case|invoice|booking|reference|confirmation|policy|membership|member|"
    r"customer|account|reservation|parcel|shipment|serial|ref)"
)

_WECHAT = r"(?:微信|威信|薇信|wechat|weixin|(?<![a-z])[wv]x(?![a-z])|加v(?![a-z]))"
_MARK = r"(?:\s*(?:帐号|账号|号码|号|id|number|account))"
_SAID = r"\s*(?:是|为|is)?\s*[::]?\s*"
_NO_WORD = r"(?=[a-z_-]*\d|[a-z]+[_-])"
_LONE_WORD = r"(?=[a-z_-]*\d|[a-z]+[_-]|[a-z]+\b(?!\s*[a-z]))"
_QQ = r"(?:(?<![a-z])q ?q|扣扣|企鹅)(?:\s*(?:号码|号|群号|群|number))?"

_BEFORE = r"(?:(?<![a-z0-9_.])|(?<=tel)|(?<=phone)|(?<=mobile)|(?<=cell)|(?<=wx)|(?<=vx)|(?<=qq))(?<!\d[-+])"
_CHINA = r"(?:(?:\+|00)?86[ -]?|\(\+?86\) ?|0)?"
_MOBILE = (
    r"(?:1[3-9]\d([ .-]?)\d{4}\1\d{4}|1[3-9]\d ?\d{4}[ -]?\d{4}|1[3-9]\d[ -]\d{3}[ -]\d{5}|"
    r"1[3-9]\d{2}[ -]\d{3}[ -]\d{4}|1[3-9]\d{2}[ -]\d{4}[ -]\d{3}|1[3-9]\d{3}[ -]\d{6}|1[3-9]\d{4}[ -]\d{5})"
)
_LANDLINE = r"(?:\(0\d{2,3}\) ?|0\d{2,3}[ -])[2-8]\d{2,3}[ -]?\d{4}(?:[ -]?(?:转|ext\.? ?|-)\d{1,5})?"
_ABROAD = r"(?:\(0?\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}(?![\d%])"
_AMERICA = r"(?:\+?1[ .-])?(?:\((?!400|800)[2-9]\d{2}\) ?|(?!400|800)[2-9]\d{2}([.-]))[2-9]\d{2}[.-]\d{4}"
_CALL = (
    r"(?:电话|手机|座机|固话|致电|联系方式|telephone|tel|phone|mobile|cell|whatsapp|"
    r"call me (?:at|on)|text me at)"
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = r"(?:[a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学警港澳]|[a-hj-np-z][a-hj-np-z0-9]\d{4}|\d{5}[a-hj-np-z])"
_NO_VERSION = (
    r"(?<!v)(?<!v\s)(?<!version\s)(?<!版本)(?<!版本\s)(?<!版本号)(?<!firmware\s)(?<!固件)"
    r"(?<!ios\s)(?<!build\s)"
)
_URL = r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"<>]+(?::[^\s/@'\"<>]*)?@[^\s'\"<>,;\u0080-\uffff]+"
_EMAIL = r"[a-z0-9](?:[a-z0-9._%+-]*[a-z0-9_+-])?\s?@\s?(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z0-9])"
_EMAIL_SPELLED = (
    r"[a-z0-9][a-z0-9._%+-]*\s*(?:[\[(]\s*at\s*[\])]|\sat\s)\s*[a-z0-9-]+"
    r"\s*(?:[\[(]\s*dot\s*[\])]|\sdot\s|\.)\s*(?:com|cn|net|org|edu|gov|io|co)\b(?:\.[a-z]{2})?"
)
_ID = r"[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?[01]\d[ -]?[0-3]\d[ -]?\d{3} ?[\dx]"
_ID_WORD = r"(?:身份证|居民证|id card|identity card)"

PATTERNS = (
    _p("url", _URL),
    _p("email", r"(?<![a-z0-9._%+-])" + _EMAIL),
    _p("email", r"(?<![a-z0-9._%+-])" + _EMAIL_SPELLED),
    _p("id", rf"(?<![\w.]){_ID}(?![0-9a-z_])", proofs.is_id_number),
    _p("id", rf"{_ID_WORD}{_NO}?{_IS}(?P<v>[1-9]\d{{14}}(?:\d{{2}}[\dx])?)(?!\d)"),
    _p("card", rf"{_ALONE}{_NO_MONEY}{_CARD}{_END}{_NO_AMOUNT}", proofs.is_card),
    _p("card", rf"{_ALONE}3[47]\d{{2}}([ -]?)\d{{6}}\1\d{{5}}{_END}{_NO_AMOUNT}", proofs.is_card),
    _p("card", rf"{_BANK}{_NO}?{_IS}(?P<v>\d(?:[ -]?\d){{11,18}})(?![\d-])"),
    _p("passport", rf"{_PAPERS}{_NO}?{_IS}(?P<v>[a-z]{{0,2}}\d{{6,9}}[a-z]?)(?![a-z0-9])"),
    _p("order", rf"{_THINGS}{_NUMBERED}{_NO}?{_IS}{_TOKEN}", proofs.is_id_token),
    _p("order", rf"{_THINGS_EN}{_NO}{_IS}{_TOKEN}", proofs.is_id_token),
    _p("wechat", r"(?<![a-z0-9])wxid_[a-z0-9]{6,}"),
    _p("wechat", rf"{_WECHAT}{_MARK}{_SAID}(?P<v>[a-z][\w-]{{5,19}})(?!\w)"),
    _p("wechat", rf"(?:加我?|我的?|my ){_WECHAT}\s*[::]?\s*(?P<v>{_LONE_WORD}[a-z][\w-]{{5,19}})(?!\w)"),
    _p("wechat", rf"{_WECHAT}{_SAID}(?P<v>{_NO_WORD}[a-z][\w-]{{5,19}})(?!\w)"),
    _p("wechat", rf"{_WECHAT}\s*[::]\s*(?P<v>[a-z]{{6,20}})(?![\w-])(?!\s+[a-z])"),
    _p("wechat", rf"{_WECHAT}{_MARK}?\s*[::]\s*(?P<v>[1-9]\d{{5,11}})(?!\d)"),
    _p("qq", rf"{_QQ}{_SAID}(?P<v>[1-9]\d{{4,11}})(?!\d){_NO_AMOUNT}"),
    _p("phone", rf"{_BEFORE}{_NO_MONEY}{_CHINA}{_MOBILE}{_END}{_NO_AMOUNT}"),
    _p("phone", rf"(?<![\w.])\+[1-9]\d{{0,2}}[ .-]?{_ABROAD}", proofs.is_phone),
    _p("phone", rf"(?<![\w.])00[1-9]\d{{0,2}}[ -]{_ABROAD}", proofs.is_phone),
    _p("phone", rf"{_ALONE}(?<!-){_LANDLINE}{_END}"),
    _p("phone", r"(?<![\w.-])0\d{4} \d{3} ?\d{3}(?![\d.,])"),
    _p("phone", rf"(?<![\w.-]){_AMERICA}(?![\d-])"),
    _p(
        "phone",
        rf"{_CALL}{_NO}?{_IS}(?P<v>\(?\+?\d(?:[ -]?\(?\d\)?){{6,14}})(?![\d.-]*\d){_NO_AMOUNT}",
        proofs.is_phone,
    ),
    _p("plate", rf"[{_PROVINCES}][a-hj-np-z][·•. -]?{_PLATE}(?![a-z0-9])", proofs.is_plate),
    _p("ip", rf"(?<![\w.]){_NO_VERSION}(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![\w]|\.\d)", proofs.is_ip4),
    _p("ip", r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", proofs.is_ip6),
    _p("device", r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])"),
    _p("device", rf"(?:imei|meid){_NO}?{_IS}(?P<v>\d{{14,16}})(?!\d)"),
    _p("id", r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
    _p("id", r"(?<![\w.])[1-9]\d{14}(?![\w.])", proofs.is_old_id_number),
)

_MAY_HOLD = re.compile(r"\d|@|微信|威信|薇信|wechat|weixin|[wv]x|\bat\b|://", re.IGNORECASE)


def find(text: str) -> tuple[Hit, ...]:
    """Find personal data in a text.

    Parameters
    ----------
    text : str
        Anything: an answer, a cell, a page.

    Returns
    -------
    tuple of Hit
        In the order of the text, none overlapping another; of two patterns that claim the same stretch, the
        first in `PATTERNS` has it. Places are those of the text given, however it is typed (full width,
        Chinese digits, characters without width).

    Examples
    --------
    >>> [hit.kind for hit in find("打１３８ ００１３ ８０００ 或 a.b@example.org，满分 10 分，2026-10-14")]
    ['phone', 'email']
    """
    folded = fold(text)
    if not _MAY_HOLD.search(folded.text):
        return ()
    taken = bytearray(len(folded.text))
    found = []
    for kind, start, end in _claims(folded.text):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Hit(kind, *folded.span(start, end)))
    return tuple(sorted(found, key=lambda hit: hit.start))


def _claims(text: str) -> Iterator[tuple[str, int, int]]:
    """Stretches that patterns claim, pattern by pattern."""
    for pattern in PATTERNS:
        group = "v" if "v" in pattern.look.groupindex else 0
        for match in pattern.look.finditer(text):
            if pattern.holds(match[group]):
                yield pattern.kind, match.start(group), match.end(group)
