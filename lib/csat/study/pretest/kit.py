"""Write the whole pretest kit of a study."""

from __future__ import annotations

from pathlib import Path

from csat.study.definition import Study
from csat.study.pretest.ballots import ballot_sheet, split_ballots
from csat.study.pretest.files import write_csv, write_html, write_xlsx
from csat.study.pretest.interview import interview_sheet
from csat.study.pretest.texts import page_title, texts, title
from csat.study.pretest.translation import back_translation_sheet
from csat.study.wording import check_wording


def write_kit(
    study: Study, folder: Path, lang: str = "", version: str = "", n: int | None = None, seed: int = 1
) -> tuple[Path, ...]:
    """Write the sheets of a pretest into a folder.

    Parameters
    ----------
    study : Study
        The study.
    folder : pathlib.Path
        Where the files go; it is made if need be.
    lang : str, optional
        Language of the pretest, by default the study's first.
    version : str, optional
        Version of the questionnaire; by default every question of every version.
    n : int, optional
        Respondents of split ballots, by default the planned sample.
    seed : int, optional
        Seed of the assignment to split ballots.

    Returns
    -------
    tuple of pathlib.Path
        The workbook with all sheets, the page to print with the interview, and each sheet as CSV.

    Examples
    --------
    >>> from csat.study import load_study
    >>> write_kit(load_study("mobile_ecsi"), Path("pretest"))[0].name  # doctest: +SKIP
    'mobile_ecsi_pretest_en.xlsx'
    """
    lang = study.require_language(lang or study.language)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    findings = check_wording(study)
    sheets = {"interview": interview_sheet(study, lang, version, findings)}
    if len(study.languages) > 1:
        source = next(name for name in study.languages if name != lang) if lang != study.language else lang
        sheets["translation"] = back_translation_sheet(study, source, version=version, findings=findings)
        sheets["blind"] = back_translation_sheet(
            study, source, version=version, blind=True, findings=findings
        )
    ballots = split_ballots(study, lang, version, seed=seed, findings=findings)
    sheets["ballots"] = ballot_sheet(study, ballots, n, lang)
    stem = "_".join(filter(None, (study.id, version, "pretest", lang)))
    named = {title(key, lang): frame for key, frame in sheets.items()}
    intro = {title(key, lang): str(text) for key, text in texts(lang)["intro"].items()}
    heading = page_title(study, "kit", lang)
    book = write_xlsx(named, folder / f"{stem}.xlsx", lang)
    page = write_html(named, folder / f"{stem}.html", heading, lang, intro)
    return (book, page, *(write_csv(f, folder / f"{stem}_{key}.csv", lang) for key, f in sheets.items()))
