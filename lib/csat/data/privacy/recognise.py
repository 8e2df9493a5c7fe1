"""Which columns hold personal data: by their name, the text of their question, and what stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from csat.data.privacy.patterns import find

SHARE = 0.5
"""Share of non-empty cells from which on the content of a column is personal."""

_COVERED = 0.8
_LOOKED_AT = 5_000
_SHORTEST_NUMBER = 7  # no pattern takes a number of fewer digits without a word before it

NAMES: Mapping[str, str] = {
    "ip": "ip ipaddress ipaddr ipv4 ipv6 clientip remoteip userip remoteaddr useripaddress 来自ip ip地址 "
    "来源ip 答题ip 提交ip",
    "email": "email emailaddress mail mailaddress recipientemail useremail contactemail respondentemail "
    "youremail workemail 邮箱 电子邮箱 电子邮件 邮件地址 电子邮箱地址 邮箱地址 电邮",
    "name": "name fullname firstname lastname surname middlename givenname familyname realname nickname "
    "username recipientfirstname recipientlastname respondentname customername contactname contactperson "
    "contact yourname submittedby submittername displayname screenname 姓名 名字 真实姓名 客户姓名 "
    "顾客姓名 用户姓名 联系人 联系人姓名 昵称 微信昵称 用户名 填写人 提交人 答题者 尊姓大名 称呼 头像 "
    "微信头像",
    "phone": "phone phonenumber phoneno telephone telephonenumber tel mobile mobilephone mobilenumber "
    "mobileno cell cellphone fax devicephonenum contactnumber contactphone yourphone whatsapp 手机 手机号 "
    "手机号码 电话 电话号码 联系电话 联系方式 联系手机 固定电话 座机 传真 移动电话",
    "device": "deviceid imei imsi meid idfa idfv oaid gaid androidid simserial simid subscriberid "
    "macaddress mac openid unionid cookieid advertisingid devicetoken fingerprint browserfingerprint "
    "微信openid 设备号 设备id 设备标识",
    "gps": "latitude longitude locationlatitude locationlongitude lat lng lon gps gpscoordinates "
    "geolocation geopoint startgeopoint latlong coordinates 经度 纬度 经纬度 地理位置 定位 坐标",
    "address": "address streetaddress street address1 address2 homeaddress mailingaddress postaladdress "
    "deliveryaddress housenumber 地址 家庭地址 家庭住址 住址 联系地址 详细地址 通讯地址 收货地址 邮寄地址 "
    "门牌号",
    "id": "idnumber idcard idcardnumber identitycard nationalid ssn socialsecuritynumber passport "
    "passportno passportnumber drivinglicence driverslicense taxid 身份证 身份证号 身份证号码 证件号 "
    "证件号码 护照 护照号 护照号码 学号 工号",
    "wechat": "wechat wechatid weixin weixinid wxid 微信 微信号 微信账号",
    "qq": "qq qq号 qq号码 qqnumber",
    "plate": "licenseplate licenceplate numberplate plateno platenumber 车牌 车牌号 车牌号码",
    "card": "bankcard cardnumber creditcard bankaccount iban accountnumber 银行卡 银行卡号 卡号 银行账号",
}
"""Names that a column of personal data has, in full, without blanks, marks and capitals."""

QUASI = (
    "birthday dateofbirth birthdate dob yearofbirth postcode postalcode zip zipcode employer company "
    "companyname jobtitle occupation 出生日期 生日 出生年月 邮编 邮政编码 单位 公司 公司名称 工作单位 "
    "职务 学校"
)
"""Names of columns that do not name a person but, together, may tell who it is."""

_VAGUE = ("name", "address")
"""Kinds that within a group (``product/name``) may be those of a thing."""

_BY_NAME = {name: kind for kind, names in NAMES.items() for name in names.split()}
_QUASI = frozenset(QUASI.split())

_NUMBERED = re.compile(r"^(?:q?\d+(?:[._]\d+)?|第\d+题)[\s、.．:：)）_-]+", re.IGNORECASE)
_ASKED_ZH = re.compile(
    r"^(?:(?:请|烦请|麻烦)(?:您|你)?(?:填写|输入|留下|提供|告诉我们|写下)(?:一下)?)?(?:您|你)?(?:本人)?的?"
)
_ASKED_EN = re.compile(
    r"^(?:please )?(?:(?:enter|provide|give(?: us)?|leave(?: us)?|type|tell us|what is|what's) )?"
    r"(?:(?:your|the respondent's|respondent's?|customer's?|recipient's?) )?",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[(（\[【].*?[)）\]】]")


def _plain(text: str) -> str:
    """Letters and digits of a name, without capitals."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def kind_of_name(name: str) -> str:
    """Kind of personal data that a column's name, or the text of a question, asks for.

    Parameters
    ----------
    name : str
        ``IPAddress``, ``Q7_first_name``, ``3、您的手机号码：``, ``What is your e-mail address?``

    Returns
    -------
    str
        One of `NAMES`; empty where the name *as a whole* says none. ``brand_name``, ``店名``, ``name of the
        product`` and ``address of the problem`` say none.

    Examples
    --------
    >>> [kind_of_name(n) for n in ("IPAddress", "3、您的手机号码：", "What is your e-mail address?")]
    ['ip', 'phone', 'email']
    >>> [kind_of_name(n) for n in ("brand_name", "店名", "Was the address easy?", "email_rating")]
    ['', '', '', '']
    """
    return _BY_NAME.get(_core(name), "")


def is_quasi_identifier(name: str) -> bool:
    """Whether a column may help to tell who somebody is, without naming the person."""
    return _core(name) in _QUASI


def _core(name: str) -> str:
    """Name without number, politeness and notes."""
    text = unicodedata.normalize("NFKC", name).strip().split("\n")[0]
    text = _NOTE.sub("", text).strip().rstrip("?？:：。.* ")
    last = text.rsplit("/", 1)[-1]  # groups of a form
    for candidate in (text, last):
        bare = _NUMBERED.sub("", candidate)
        asked = (bare, _ASKED_ZH.sub("", bare), _ASKED_EN.sub("", bare))
        for core in map(_plain, asked):
            vague = candidate != text and _BY_NAME.get(core) in _VAGUE
            if core in _BY_NAME or core in _QUASI:
                return "" if vague else core
    return ""


def kind_of_content(cells: pd.Series) -> str:
    """Kind of personal data that at least half of the non-empty cells consist of.

    Parameters
    ----------
    cells : pandas.Series of str
        One column; the first 5,000 answers are looked at.

    Returns
    -------
    str
        One of `csat.data.privacy.patterns.KINDS`, empty when there is none. A cell counts when what is found
        makes up most of it: an open answer that mentions a phone number does not.
    """
    given = cells[cells != ""].head(_LOOKED_AT)
    if given.empty:
        return ""
    counts = given.value_counts()
    votes: dict[str, int] = {}
    for text, count in counts.items():
        kind = _kind_of_cell(str(text))
        if kind:
            votes[kind] = votes.get(kind, 0) + int(count)
    best = max(votes, key=lambda kind: votes[kind], default="")
    return best if sum(votes.values()) >= SHARE * len(given) else ""


def _kind_of_cell(text: str) -> str:
    """Kind of what makes up most of a cell."""
    if text.isdecimal() and len(text) < _SHORTEST_NUMBER:  # codes, which most cells are
        return ""
    for hit in find(text):
        if hit.end - hit.start >= _COVERED * len(text.strip()):
            return hit.kind
    return ""
