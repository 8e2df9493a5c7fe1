"""What a respondent can answer: the controls of each type of question, as HTML that takes no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from csat.report.language import Catalogue
from csat.report.tables import escape
from csat.study.questions import CONSENT_OPTIONS, Option, Question
from csat.study.scales import NPS_SCALE, Scale

_RADIO_POINTS = 11


def controls(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render what a respondent can answer.

    Parameters
    ----------
    number : str
        Number of the question; it keeps the names of its controls apart from those of others.
    question : Question
        Question of any type.
    lang : str
        Language of the questionnaire.
    words : Catalogue
        Sentences of that language, section ``design``.

    Returns
    -------
    str
        Fragment, all text of the study escaped; empty for a note.
    """
    return _CONTROLS[question.type](number, question, lang, words)


def _note(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render nothing: a note takes no answer."""
    return ""


def _scale(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render the points of a scale, and the way out."""
    scale = question.scale or NPS_SCALE
    labels = scale.labels_in(lang)
    if not scale.points or len(scale.points) > _RADIO_POINTS:
        shown = _number_field(scale, lang, words)
    elif len(labels) > 2:
        points = "".join(_point(number, p, labels.get(p, ""), spoken=False) for p in scale.points)
        shown = f'<div class="qf-list">{points}</div>'
    else:
        points = "".join(_point(number, p, labels.get(p, ""), spoken=True) for p in scale.points)
        low, high = (
            f'<span class="qf-end" aria-hidden="true">{escape(labels.get(int(end), ""))}</span>'
            for end in (scale.minimum, scale.maximum)
        )
        shown = f'<div class="qf-scale">{low}<div class="qf-points">{points}</div>{high}</div>'
    if not question.dont_know:
        return shown
    return shown + _choices(number, [("", scale.dont_know_label(lang))], more="qf-out")


def _point(number: str, point: int, label: str, spoken: bool) -> str:
    """Render one radio button; its label is shown, or only spoken where it stands below the scale."""
    hidden = ' class="qf-spoken"' if spoken else ' class="qf-label"'
    text = f"<span{hidden}> {escape(label)}</span>" if label else ""
    return (
        f'<label><input type="radio" name="q{number}" value="{point}">'
        f'<span class="qf-point">{point}</span>{text}</label>'
    )


def _number_field(scale: Scale, lang: str, words: Catalogue) -> str:
    """Render a field for a number, for scales without points or with too many."""
    labels = scale.labels_in(lang)
    low, high = (labels.get(int(end), "") for end in (scale.minimum, scale.maximum))
    ends = words.html("form.ends", low=low, high=high) if low and high else ""
    text = words.html("form.number", low=f"{scale.minimum:g}", high=f"{scale.maximum:g}")
    field = f'<input type="number" min="{scale.minimum:g}" max="{scale.maximum:g}">'
    return f'<label class="qf-field">{text} {ends} {field}</label>'


def _choices(number: str, options: Sequence[tuple[str, str]], kind: str = "radio", more: str = "") -> str:
    """Render options, each a code and its label, to choose one or several of."""
    shown = "".join(
        f'<label><input type="{kind}" name="q{number}" value="{escape(code)}">'
        f'<span class="qf-label">{escape(label)}</span></label>'
        for code, label in options
    )
    return f'<div class="qf-list {more}">{shown}</div>' if more else f'<div class="qf-list">{shown}</div>'


def _options(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a list to choose one or several options of, with a field where another answer is specified."""
    kind = "checkbox" if question.type == "multiple" else "radio"
    options = question.options or CONSENT_OPTIONS
    shown = _choices(number, [(o.code, option_words(o, lang, words)) for o in options], kind)
    for option in options:
        if option.other:
            text = words.html("form.specify", option=label_of(option, lang))
            shown += f'<label class="qf-field">{text} <input type="text"></label>'
    return shown


def option_words(option: Option, lang: str, words: Catalogue) -> str:
    """Label of an option; where others are ruled out by it, that is said."""
    text = label_of(option, lang)
    return words.t("form.exclusive", option=text) if option.exclusive else text


def label_of(option: Option, lang: str) -> str:
    """Label of an option, its code where it has none."""
    return option.label.get(lang) or option.code


def _number(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a field for a number with its unit and limits."""
    limits = [(question.minimum, "min"), (question.maximum, "max")]
    marks = "".join(f' {name}="{value:g}"' for value, name in limits if value is not None)
    unit = question.unit.get(lang, "")
    text = words.html("form.amount", unit=unit) if unit else words.html("form.amount_bare")
    shown = f'<label class="qf-field">{text} <input type="number"{marks}></label>'
    if question.dont_know:
        way_out = (question.scale or NPS_SCALE).dont_know_label(lang)
        shown += _choices(number, [("", way_out)], more="qf-out")
    return shown


def _parts(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a number field for each option: parts of a sum, or ranks."""
    top = question.total if question.type == "constant_sum" else question.maximum or len(question.options)
    rows = "".join(
        f'<label class="qf-part"><span>{escape(label_of(option, lang))}</span>'
        f'<input type="number" min="0" max="{top or 0:g}"></label>'
        for option in question.options
    )
    key = "form.total" if question.type == "constant_sum" else "form.ranks"
    told = words.html(key, top=f"{top or 0:g}", unit=question.unit.get(lang, ""))
    return f'<div class="qf-list">{rows}</div><p class="qf-told">{told}</p>'


def _text(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a field for the respondent's own words."""
    name = words.html("form.own_words")
    if question.maximum and question.maximum <= 100:
        return f'<label class="qf-field">{name} <input type="text" class="qf-wide"></label>'
    return f'<label class="qf-field">{name} <textarea rows="3"></textarea></label>'


def _date(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a field for a date."""
    return f'<label class="qf-field">{words.html("form.date")} <input type="date"></label>'


def _kano(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render the second half of a Kano pair after the answers to the first."""
    options = [(o.code, label_of(o, lang)) for o in question.options]
    other = escape(question.negative.get(lang, ""))
    first, second = _choices(f"{number}f", options), _choices(f"{number}d", options)
    name = f"qf-kano-{number}"
    return (
        f'{first}<div role="radiogroup" aria-labelledby="{name}">'
        f'<p class="qf-second" id="{name}">{other}</p>{second}</div>'
    )


def _best_worst(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render the first set of a best-worst question as a table with a column at either side."""
    members = question.sets[0] if question.sets else question.codes
    rows = []
    for code in members:
        label = label_of(question.option(code), lang)
        cells = [
            f'<td><input type="radio" name="q{number}{part}" value="{escape(code)}" '
            f'aria-label="{words.html(f"form.{part}")}: {escape(label)}"></td>'
            for part in ("best", "worst")
        ]
        rows.append(f'<tr>{cells[0]}<th scope="row">{escape(label)}</th>{cells[1]}</tr>')
    heads = [words.html(f"form.{name}") for name in ("best", "aspect", "worst")]
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    caption = words.html("form.set", sets=max(len(question.sets), 1))
    return (
        f'<table class="qf-sets"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _choice(number: str, question: Question, lang: str, words: Catalogue) -> str:
    """Render a choice: the facts of each alternative side by side, and a button for each."""
    task = question.task
    if task is None:
        return ""
    shown = task.shown(question.stage)
    if task.designed:  # a card as it may be drawn: alternative i shows the i-th level of each attribute
        names = [words.t("form.alternative", n=i + 1) for i in range(task.size)]
        cells = [
            [list(a.levels.values())[i % len(a.levels)].label.get(lang, "") for i in range(task.size)]
            for a in shown
        ]
        caption = words.html("form.card", sets=task.sets)
    else:
        names = [a.label.get(lang, a.id) for a in task.alternatives.values()]
        cells = [
            [a.levels[one.levels[a.id]].label.get(lang, "") for one in task.alternatives.values()]
            for a in shown
        ]
        caption = words.html("form.case")
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(a.label.get(lang, a.id))}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in row)
        + "</tr>"
        for a, row in zip(shown, cells, strict=True)
    )
    answers = [*names, task.none_label.get(lang, "")] if task.none_label else names
    return (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{number}. {caption}">'
        f'<table class="qf-sets"><caption>{caption}</caption><thead><tr>'
        f'<th scope="col">{words.html("form.fact")}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        + _choices(number, [(str(i), text) for i, text in enumerate(answers)])
    )


_CONTROLS: Mapping[str, Callable[[str, Question, str, Catalogue], str]] = {
    "single": _options,
    "multiple": _options,
    "consent": _options,
    "rating": _scale,
    "nps": _scale,
    "number": _number,
    "constant_sum": _parts,
    "ranking": _parts,
    "text": _text,
    "kano": _kano,
    "best_worst": _best_worst,
    "choice": _choice,
    "note": _note,
    "date": _date,
}
