"""Real exports of KoboToolbox, 问卷星, REDCap and SPSS in ../shared, against what stands in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from csat.data.problems import DataError
from csat.data.table import RawTable

Reader = Callable[..., RawTable]


def kinds(table: RawTable, kind: str) -> list[str]:
    return [c for c in table.cells if c in table.variables and table.variables[c].kind == kind]


@pytest.mark.parametrize("headings", ["names", "labels"])
def test_kobo_plain_form(sample: Reader, headings: str) -> None:
    table = sample(f"odk_kobo/kobo_customer_satisfaction_{headings}.csv")
    assert (table.format, table.cells.shape) == ("kobo", (3, 4))
    assert table.roles == {"respondent": "_uuid", "completed": "_submission_time"}
    assert table.cells.iloc[:, 0].tolist() == ["Felipes", "Dunkin Donuts", "McDonalds"]
    wanted = ["yes", "no", "no"] if headings == "names" else ["Yes", "No", "No"]
    assert table.cells.iloc[:, 1].tolist() == wanted
    assert any('separated by ";"' in note for note in table.notes)


@pytest.mark.parametrize("headings", ["names", "labels"])
def test_kobo_several_answers(sample: Reader, headings: str) -> None:
    table = sample(f"odk_kobo/kobo_grouped_translated_{headings}.csv")
    question = "What_kind_of_symmetry_do_you_have"
    options = [f"{question}/{o}" for o in ("spherical", "radial", "bilateral")]
    assert kinds(table, "multiple") == options
    assert {table.variables[c].group for c in options} == {question}
    assert table.cells[options].to_numpy().tolist() == [["1", "1", "1"], ["0", "0", "1"], ["", "", ""]]
    assert table.roles == {"respondent": "_uuid", "started": "start", "completed": "end"}
    assert table.cells["How_many_segments_does_your_body_have"].tolist() == ["7", "1", ""]


@pytest.mark.parametrize("headings", ["names", "labels"])
def test_kobo_other(sample: Reader, headings: str) -> None:
    table = sample(f"odk_kobo/kobo_or_other_{headings}.csv")
    assert kinds(table, "multiple") == [
        f"fav_emperors/{o}" for o in ("julius", "augustus", "tiberius", "caligula", "other")
    ]
    assert table.cells["fav_emperors/other"].tolist() == ["1", "0", "0"]
    assert table.cells["fav_emperor_other"].tolist() == ["Nero", "", "Marcus Aurelius"]
    assert table.roles == {}


@pytest.mark.parametrize("headings", ["names", "labels"])
def test_kobo_versions_and_places(sample: Reader, headings: str) -> None:
    table = sample(f"odk_kobo/kobo_restaurant_profile_{headings}.csv")
    assert table.cells.shape == (8, 11)
    place = {f"_location_{part}" for part in ("latitude", "longitude", "altitude", "precision")}
    assert set(table.personal) == {"location", *place}
    assert table.cells["eatery_type/takeaway"].tolist() == ["", "", "", "", "1", "0", "0", ""]
    assert any('"eatery_type" is answered but its options are empty in rows 3, 4' in n for n in table.notes)


def test_wjx_old_workbook(sample: Reader) -> None:
    table = sample("wjx/wjx_800_800_0.xls")
    assert (table.format, len(table.cells)) == ("wjx", 800)
    assert (table.roles, table.personal) == ({"respondent": "序号"}, ("来自IP",))
    assert table.cells["序号"].iloc[[0, 799]].tolist() == ["1", "800"]
    assert table.cells["1、手机部数"].iloc[:3].tolist() == ["1部", "1部", "2部"]
    assert set(table.variables["3、性别"].labels) == {"男", "女"}
    hobbies = [c for c in kinds(table, "multiple") if table.variables[c].group == "第6题"]
    news = [c for c in kinds(table, "multiple") if table.variables[c].group == "第8题"]
    assert (len(hobbies), len(news)) == (14, 10)
    for column, title in (("6、兴趣爱好", hobbies), ("8、关注资讯", news)):
        chosen = table.cells[title].eq("1").sum(axis=1)
        listed = table.cells[column].str.count("┋") + table.cells[column].ne("")
        assert (chosen == listed).all()
    assert table.cells["第6题(运动)"].iloc[:3].tolist() == ["1", "1", "0"]
    assert not table.cells["2、手机价格"].str.contains("〖").any()
    assert table.variables["8、关注资讯"].label == "关注资讯"


def test_redcap_checkboxes(sample: Reader) -> None:
    table = sample("redcap/checkboxes_data.csv", "redcap/checkboxes_dictionary.csv")
    assert (table.format, table.cells.shape, table.roles) == ("redcap", (4, 13), {"respondent": "record_id"})
    assert table.variables["check_two___c"].labels == {"1": "C"}
    assert table.variables["check_one___4"].labels == {"1": "four"}
    assert {table.variables[c].group for c in kinds(table, "multiple")} == {"check_one", "check_two"}
    assert table.cells["check_two___c"].tolist() == ["1", "0", "0", "0"]
    assert table.variables["desired_result"].label == "What should happen for this participant"
    assert sample("redcap/checkboxes_data.csv").format == "redcap"


def test_redcap_dictionary_is_no_data(sample: Reader) -> None:
    for name in ("longitudinal", "checkboxes"):
        with pytest.raises(DataError, match="the file is the data dictionary, not the answers"):
            sample(f"redcap/{name}_dictionary.csv")


def test_spss_values_and_dates(sample: Reader) -> None:
    table = sample("spss/sample.sav")
    assert (table.format, table.cells.shape) == ("spss", (5, 7))
    assert table.cells["mynum"].tolist() == ["1.1", "1.2", "-1000.3", "-1.4", "1000.3"]
    assert table.cells["mydate"].tolist() == ["2018-05-06", "1880-05-06", "1960-01-01", "1583-01-01", ""]
    assert table.cells["dtime"].iloc[0] == "2018-05-06 10:10:10"
    assert table.cells["mytime"].tolist() == ["10:10:10", "23:10:10", "00:00:00", "16:10:10", ""]
    assert table.variables["mylabl"].labels == {"1": "Male", "2": "Female"}
    assert sample("spss/sample_large.sav").cells.shape == (485, 7)
    assert sample("spss/ordered_category.sav").variables["Col1"].labels["2"] == "low"


def test_spss_missing_codes(sample: Reader) -> None:
    told = sample("spss/sample_missing.sav").variables
    assert told["mynum"].missing == ("-1", "2500")
    assert told["mylabl"].missing == ("-1",)
    assert set(told["myord"].missing) == {"-1", "-2", "-3"}
    assert sample("spss/missing_test.sav").variables["var1"].missing == ("1",)


def test_spss_sets_of_several_answers(sample: Reader) -> None:
    table = sample("spss/simple_alltypes.sav")
    assert kinds(table, "multiple") == ["bool1", "bool2", "bool3"]
    told = table.variables["bool2"]
    assert (told.group, told.label, dict(told.labels)) == (
        "mymrset",
        "My multiple response set",
        {"1": "Response #2"},
    )
    assert table.cells["bool1"].tolist() == ["1", "1", "0", "0", "", "1"]
    assert table.variables["ca_subvar_1"].group == "categorical_array"
    assert set(table.variables["z"].missing) == {"999", "-9"}
    assert set(table.variables["x"].missing) == {"7", "8", "99"}
    assert table.cells["quarter"].tolist() == ["2014-10-01"] * 4 + ["2015-01-01"] * 2


def test_spss_in_chinese(sample: Reader) -> None:
    table = sample("spss/zh_labels_written_by_pyreadstat.sav")
    osat = table.variables["osat"]
    assert (osat.label, osat.missing, osat.labels["99"]) == ("总体满意度", ("99",), "不适用")
    assert table.cells["seg"].tolist() == ["华南", "华北", "海外"]
    assert table.cells["comment"].iloc[0] == "交期太慢了，希望改进"
