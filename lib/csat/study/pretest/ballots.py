"""Split ballots: two ways to ask the same, given to random halves of the respondents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from csat.study import power, sampling
from csat.study.definition import Study
from csat.study.pretest.texts import asked, part
from csat.study.problems import StudyError, listing
from csat.study.questions import Question
from csat.study.wording import WordingFinding, check_wording

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["wording", "scale", "options", "direction", "order"]

_REWRITTEN = ("leading", "negated", "vague", "reference_period", "absolute", "pronouns")
_KINDS: tuple[Kind, ...] = ("wording", "scale", "direction", "options", "order")
COLUMNS = ("ballot", "kind", "question", "arm", "lang", "text", "n", "detectable", "rule")


@dataclass(frozen=True)
class Arm:
    """One way to ask: A is what the study asks now."""

    name: str
    text: str


@dataclass(frozen=True)
class SplitBallot:
    """An experiment on one question (or the order of some): its arms, and the seed of the assignment."""

    id: str
    question: str
    kind: Kind
    lang: str
    arms: tuple[Arm, ...]
    seed: int = 1

    def rule(self, lang: str = "en") -> str:
        """Rule of assignment in words."""
        names = "/".join(arm.name for arm in self.arms)
        return part("rule", lang, seed=self.seed, ballot=self.id, count=len(self.arms), arms=names)


def split_ballots(
    study: Study,
    lang: str = "",
    version: str = "",
    kinds: Sequence[Kind] = ("wording", "scale", "options", "direction"),
    seed: int = 1,
    findings: Iterable[WordingFinding] | None = None,
) -> tuple[SplitBallot, ...]:
    """Propose split ballots for a study; the same study and seed always give the same ones.

    Parameters
    ----------
    study : Study
        The study.
    lang : str, optional
        Language, by default the study's first.
    version : str, optional
        Version of the questionnaire; by default every question of every version.
    kinds : sequence of str, optional
        What may differ: ``wording`` and ``scale`` where the checks of wording found a better way to say it,
        ``options`` (turned round, with "other" and the like left in place), ``direction`` of rating scales.
    seed : int, optional
        Seed of the assignment.
    findings : iterable of WordingFinding, optional
        What `check_wording` found, by default found here.

    Returns
    -------
    tuple of SplitBallot
        What the checks of wording found comes first. Arm A is the questionnaire as it is. There are more
        proposals than one study should run: choose.
    """
    lang = study.require_language(lang or study.language)
    known = list(check_wording(study) if findings is None else findings)
    found: dict[str, SplitBallot] = {}
    for question in asked(study, version):
        for kind, name, texts in _variants(question, lang, known):
            if kind in kinds and len(set(texts)) == len(texts):
                key = f"{kind}_{name}_{lang}"
                arms = tuple(Arm(chr(ord("A") + i), text) for i, text in enumerate(texts))
                found.setdefault(key, SplitBallot(key, name, kind, lang, arms, seed))
    return tuple(sorted(found.values(), key=lambda ballot: _KINDS.index(ballot.kind)))


def order_ballot(study: Study, questions: Sequence[str], lang: str = "", seed: int = 1) -> SplitBallot:
    """Ballot on the order of questions: as given, and turned round.

    Parameters
    ----------
    study : Study
        The study.
    questions : sequence of str
        Ids of two questions or more, such as an overall rating and the ratings of its parts.
    lang : str, optional
        Language, by default the study's first.
    seed : int, optional
        Seed of the assignment.

    Returns
    -------
    SplitBallot
        Its arms list the questions in their order.

    Raises
    ------
    StudyError
        When a question is not in the study, or there are fewer than two.
    """
    lang = study.require_language(lang or study.language)
    every = {q.id: q for q in asked(study)}
    unknown = [name for name in questions if name not in every]
    if unknown or len(set(questions)) < 2:
        wrong = f"{listing(unknown)} is not asked" if unknown else "an order needs two questions"
        raise StudyError.single("", "split ballot", "questions", wrong, listing(every))
    lines = [f"{name}: {every[name].wording.get(lang, '')}" for name in questions]
    arms = (Arm("A", " → ".join(lines)), Arm("B", " → ".join(reversed(lines))))
    return SplitBallot(f"order_{'_'.join(questions)}_{lang}", ", ".join(questions), "order", lang, arms, seed)


def _variants(
    question: Question, lang: str, findings: list[WordingFinding]
) -> Iterator[tuple[Kind, str, tuple[str, ...]]]:
    """Ways to ask a question: kind, the question or the scale or list that it shares, texts of the arms."""
    mine = [f for f in findings if f.lang == lang and f.rewrites]
    for finding in mine:
        if finding.where == question.id and finding.rule in _REWRITTEN:
            yield "wording", question.id, (question.wording.get(lang, ""), finding.rewrites[0])
            break
    answers = _answers(question, lang)
    shared = question.scale.id if question.scale else question.option_list or question.id
    for finding in mine:
        if finding.where == shared and finding.rule in ("unbalanced_scale", "mixed_scale"):
            yield "scale", shared, (" / ".join(answers), finding.rewrites[0])
    if question.scale and len(answers) > 1:
        yield "direction", shared, (" → ".join(answers), " → ".join(reversed(answers)))
    elif question.type in ("single", "multiple") and len(answers) > 2:
        yield "options", shared, (" / ".join(answers), " / ".join(_turned(question, lang)))


def _answers(question: Question, lang: str) -> list[str]:
    """Labels of scale points or options, in order."""
    if question.scale:
        return list(question.scale.labels_in(lang).values())
    return [o.label.get(lang, o.code) for o in question.options]


def _turned(question: Question, lang: str) -> list[str]:
    """Options turned round; those with a fixed place keep it."""
    free = iter([o for o in reversed(question.options) if not o.fixed])
    return [(o if o.fixed else next(free)).label.get(lang, o.code) for o in question.options]


def assign(respondents: Iterable[object], ballot: SplitBallot) -> tuple[str, ...]:
    """Assign respondents to arms, each by its own id: the same person always gets the same arm.

    Parameters
    ----------
    respondents : iterable
        Ids of respondents.
    ballot : SplitBallot
        The ballot; different ballots are assigned independently of each other.

    Returns
    -------
    tuple of str
        Name of the arm of each respondent.

    Notes
    -----
    The arm is ``SHA-256("seed:ballot:respondent") mod number of arms``: any tool that can make the hash can
    assign while the survey runs, and anybody can check the assignment later.

    Examples
    --------
    >>> ballot = SplitBallot("wording_q1_en", "q1", "wording", "en", (Arm("A", "Old?"), Arm("B", "New?")))
    >>> assign(["r1", "r2", "r3", "r4"], ballot)
    ('A', 'A', 'B', 'B')
    """
    names = [arm.name for arm in ballot.arms]
    return tuple(names[_number(f"{ballot.seed}:{ballot.id}:{who}") % len(names)] for who in respondents)


def _number(text: str) -> int:
    """SHA-256 of a text as a number."""
    return int(hashlib.sha256(text.encode("utf-8")).hexdigest(), 16)


def assign_frame(respondents: Sequence[object], ballots: Iterable[SplitBallot]) -> pd.DataFrame:
    """Assign respondents to the arms of several ballots.

    Parameters
    ----------
    respondents : sequence
        Ids of respondents.
    ballots : iterable of SplitBallot
        The ballots.

    Returns
    -------
    pandas.DataFrame
        One row a respondent: `respondent`, then one column a ballot.
    """
    import pandas as pd

    columns: dict[str, Sequence[object]] = {"respondent": list(respondents)}
    columns |= {ballot.id: assign(respondents, ballot) for ballot in ballots}
    return pd.DataFrame(columns)


def ballot_sheet(
    study: Study, ballots: Iterable[SplitBallot], n: int | None = None, lang: str = ""
) -> pd.DataFrame:
    """List split ballots with their arms and what they can find.

    Parameters
    ----------
    study : Study
        The study.
    ballots : iterable of SplitBallot
        The ballots.
    n : int, optional
        Respondents of the experiment, by default the planned sample of the study.
    lang : str, optional
        Language of the sheet's own words, by default that of each ballot.

    Returns
    -------
    pandas.DataFrame
        One row an arm: `ballot`, `kind`, `question`, `arm`, `lang`, `text`, `n` (expected respondents of the
        arm), `detectable` (smallest difference of means between two arms that is found with 80 % power, in
        points of the scale; share for other questions), `rule` of assignment.
    """
    import pandas as pd

    size = n or study.planned_n or 0
    known = {q.id: q for q in asked(study)}
    scales = {q.scale.id: q for q in known.values() if q.scale}
    rows = []
    for ballot in ballots:
        each = size // len(ballot.arms)
        question = known.get(ballot.question) or scales.get(ballot.question)
        shared = {
            "ballot": ballot.id,
            "kind": part(ballot.kind, lang or ballot.lang),
            "question": ballot.question,
            "lang": ballot.lang,
            "n": each or None,
            "detectable": _detectable(question, each),
            "rule": ballot.rule(lang or ballot.lang),
        }
        rows += [{**shared, "arm": arm.name, "text": arm.text} for arm in ballot.arms]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _detectable(question: Question | None, n: int) -> float | None:
    """Smallest difference between two arms of n respondents each that is found with 80 % power."""
    if n < 2 or question is None:
        return None
    if question.scale:
        scale = question.scale
        sd = sampling.planning_sd(scale.minimum, scale.maximum, scale.kind == "rating")
        return power.minimum_detectable_change(n, sd)
    return power.minimum_detectable_change_proportion(n)
