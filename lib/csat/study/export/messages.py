"""What forms say when an answer cannot be right."""

from __future__ import annotations

from collections.abc import Mapping

from csat.study.export.fields import say
from csat.study.scales import Text

_MESSAGES: Mapping[str, Text] = {
    "range": {
        "en": "A number from {low:g} to {high:g}, please.",
        "zh": "请填写{low:g}到{high:g}之间的数字。",
    },
    "least": {"en": "A number of at least {low:g}, please.", "zh": "请填写不小于{low:g}的数字。"},
    "most_number": {"en": "A number of at most {high:g}, please.", "zh": "请填写不大于{high:g}的数字。"},
    "most": {"en": "At most {high:g}, please.", "zh": "最多选{high:g}项。"},
    "alone": {"en": "This answer rules out the others.", "zh": "该选项不能与其他选项同时选择。"},
    "length": {"en": "At most {high:g} characters, please.", "zh": "最多{high:g}个字。"},
    "total": {"en": "The numbers must add up to {high:g}.", "zh": "各项之和须等于{high:g}。"},
    "differs": {"en": "Please choose another one than before.", "zh": "请选择与前面不同的选项。"},
}


def message(key: str, langs: tuple[str, ...], **values: float | None) -> dict[str, str]:
    """Say what a constraint wants, in some languages."""
    return {lang: say(_MESSAGES[key], lang).format(**values) for lang in langs}
