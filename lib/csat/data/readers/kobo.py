"""Read tables of answers from KoboToolbox and ODK: Kobo, Ona, ODK Central and Briefcase."""

from __future__ import annotations

from collections.abc import Sequence

from csat.data.problems import DataError
from csat.data.readers.building import Sheet, sheet_of
from csat.data.readers.kobo_headings import headings_of
from csat.data.readers.kobo_several import describe_several
from csat.data.table import RawTable
from csat.study.definition import DataSource
from csat.study.problems import listing

FORMAT = "kobo"
_SURE = {"_submission_time", "_validation_status", "meta/instanceid", "meta-instanceid", "meta:instanceid"}
_SURE |= {"formhub/uuid", "_submission__uuid", "set-of", "submissiondate"}
_MARKS = {"_uuid", "_id", "_index", "_status", "_submitted_by", "__version__", "_version_", "_tags", "_notes"}
_MARKS |= {
    "_parent_index",
    "_parent_table_name",
    "key",
    "parent_key",
    "instanceid",
    "start",
    "end",
    "deviceid",
}
_META = {"today", "_attachments", "_geolocation", "_xform_id", "_xform_id_string", "_bamboo_dataset_id"}
_META |= {
    "_media_count",
    "_total_media",
    "_media_all_received",
    "_date_modified",
    "_edited",
    "_review_status",
}
_META |= {"attachmentspresent", "attachmentsexpected", "reviewstate", "formversion", "audit"}
_META |= {"_review_comment", "_version", "_duration", "_formhub_uuid", "rootuuid", "meta/rootuuid"}
_META |= {"meta/deprecatedid", "meta/instancename", "meta-instancename", "_supplemental_details"}
_PERSONAL = {
    "username",
    "email",
    "phonenumber",
    "subscriberid",
    "simserial",
    "simid",
    "deviceid",
    "uid:deviceid",
    "imei",
}
_PERSONAL |= {
    "_submitted_by",
    "submittername",
    "submitterid",
    "_geolocation",
    "start-geopoint",
    "background-audio",
}
_PERSONAL |= {"_attachments", "_last_edited_by", "devicephonenum"}
_TIMES = ("start", "end", "today", "_submission_time", "submissiondate", "_date_modified", "updatedat")
_ROLES = (
    (
        "respondent",
        ("_uuid", "key", "meta/instanceid", "meta-instanceid", "meta:instanceid", "instanceid", "_id"),
    ),
    ("started", ("start",)),
    ("completed", ("end", "_submission_time", "submissiondate")),
    ("duration", ("_duration",)),
)
_GPS = ("latitude", "longitude", "altitude", "precision", "accuracy")
_CENTRAL = {"Status", "Edits"}
_PARENTS = ("parent_key", "_parent_index", "_parent_table_name")
_NO_PARENT = {"", "-1"}  # older servers give the main table these columns too
_MEDIA = (
    ".jpg",
    ".jpeg",
    ".png",
    ".heic",
    ".m4a",
    ".amr",
    ".mp3",
    ".wav",
    ".3gp",
    ".mp4",
    ".mov",
    ".pdf",
    ".aac",
)


def recognise(name: str, grid: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first rows are of a table of KoboToolbox or ODK.

    Parameters
    ----------
    name : str
        Name of the file.
    grid : sequence of sequences of str
        First rows.

    Returns
    -------
    bool
        Whether the headings hold a column that only these servers add, or two that they do.
    """
    header = {cell.strip().lower() for cell in grid[0]} if grid else set()
    sure = {"set-of" if cell.startswith("set-of-") else cell for cell in header} & _SURE
    several = len(header & _MARKS) > 1 and bool(header & {"_uuid", "_id", "_index", "key", "instanceid"})
    return bool(sure) or several


def read(
    grid: list[list[str]], name: str, sha256: str, told: DataSource, notes: Sequence[str] = ()
) -> RawTable:
    """Read a table of KoboToolbox or ODK.

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
        Groups are taken off the headings where the names stay apart. Columns of options (``question/option``)
        hold ``1``, ``0`` or nothing; the list of chosen options beside them stays, as no answer of its own.

    Raises
    ------
    DataError
        When there are no answers, or the id of an answer comes twice.
    """
    if not grid:
        raise DataError("the file is empty", name)
    header, merged = _merge_versions([list(row) for row in grid])
    found = headings_of(header, merged)
    sheet = sheet_of(merged, 0, [h.column for h in found], name, notes)
    if [h.column for h in found] != [h.written for h in found]:
        changed = sum(h.column != h.written for h in found)
        sheet.notes.append(f"names of groups are taken off {changed} headings")
    _clear_blanks(sheet)
    _describe_own(sheet)
    describe_several(sheet, found)
    _note_repeats(sheet)
    sheet.check_ids(told)
    return sheet.table(FORMAT, sha256)


def _merge_versions(grid: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Join columns with the same heading that come from versions of a form, where never two are filled in."""
    header, rows = grid[0], grid[1:]
    width = len(header)
    first: dict[str, int] = {}
    gone: set[int] = set()
    for place, title in enumerate(header):
        start = first.setdefault(title, place)
        if start == place or not title:
            continue
        if any(row[start] and row[place] for row in rows if len(row) >= width):
            continue
        gone.add(place)
        for row in rows:
            if len(row) >= width:
                row[start] = row[start] or row[place]
    kept = [place for place in range(width) if place not in gone]
    extra = [[row[p] for p in kept if p < len(row)] + row[width:] for row in rows]
    return [header[p] for p in kept], extra


def _clear_blanks(sheet: Sheet) -> None:
    """Empty the cells in which older servers write that there is no answer."""
    if not any("n/a" in cells for cells in sheet.cells.values()):
        return
    count = 0
    for column, cells in sheet.cells.items():
        count += cells.count("n/a")
        sheet.cells[column] = ["" if cell == "n/a" else cell for cell in cells]
    sheet.notes.append(f'"n/a" is no answer in {count} cells')


def _describe_own(sheet: Sheet) -> None:
    """Say which columns the server added, which parts they play and which hold personal data."""
    by_name: dict[str, str] = {}
    for column in sheet.cells:
        by_name.setdefault(column.lower(), column)
    places = _places(sheet, by_name)
    for key, column in by_name.items():
        media = _is_media(sheet.cells[column])
        if key in _PERSONAL or column in places or media:
            sheet.hide(column)
        elif _is_own(key) or (column in _CENTRAL and "KEY" in sheet.cells):
            sheet.describe(column, kind="meta")
        if key in _TIMES:
            sheet.set_times(column)
    for role, keys in _ROLES:
        for key in keys:
            if key in by_name:
                sheet.play(role, by_name[key])


def _is_own(key: str) -> bool:
    """Whether the server adds a column of this name."""
    return key in _META | _MARKS | _SURE | {"parent_key"} or key.startswith(("set-of-", "_submission_"))


def _places(sheet: Sheet, by_name: dict[str, str]) -> set[str]:
    """Columns that tell where on earth a respondent was: coordinates, and the points that they are from."""
    found = set()
    for key, column in by_name.items():
        for part in _GPS:
            for start, end in (("_", f"_{part}"), ("", f"-{part}"), ("", f":{part}")):
                if key.endswith(end) and key.startswith(start):
                    point = key.removeprefix(start).removesuffix(end)
                    beside = any(other in by_name for other in (f"{start}{point}{end[0]}longitude", point))
                    if beside:
                        found |= {column} | ({by_name[point]} if point in by_name else set())
    return found


def _is_media(cells: Sequence[str]) -> bool:
    """Whether a column names photos, sounds or films."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(cell.lower().endswith(_MEDIA) for cell in filled)


def _note_repeats(sheet: Sheet) -> None:
    """Say when answers of repeated groups are in other files, or this file is one of those."""
    lower = {column.lower(): column for column in sheet.cells}
    other = [column for key, column in lower.items() if key.startswith("set-of-")]
    if other:
        sheet.notes.append(f"repeated questions are in files of their own: {listing(other)}")
    parents = [cell for key in _PARENTS if key in lower for cell in sheet.cells[lower[key]]]
    if any(cell not in _NO_PARENT for cell in parents) or "_submission__id" in lower:
        if sheet.roles.get("respondent", "").lower() in ("_uuid", "_id"):
            del sheet.roles["respondent"]
        sheet.notes.append("the file is of a repeated group: several rows may be of one respondent")
