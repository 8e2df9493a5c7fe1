"""Files larger than memory: the same numbers as in memory, the same buckets always, and clear refusals."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from csat import stats
from csat.data import Coding, DataError, LargeAnswers, load_answers, stream_answers, stream_study
from csat.data.large import scanning
from csat.data.large.buckets import random_buckets
from csat.study import load_study

ITEMS = ["q1", "q2", "q 3", "总体"]


def table(n: int = 3000, seed: int = 0) -> pd.DataFrame:
    """Answers from 1 to 10 with missing ones, weights (some zero), and households."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 6, (n, 1))
    answers = (1 + base + rng.integers(0, 5, (n, len(ITEMS)))).astype(float)
    answers[rng.random(answers.shape) < 0.08] = np.nan
    weights = np.where(rng.random(n) < 0.05, 0.0, np.round(rng.uniform(0.3, 3, n), 3))
    return pd.DataFrame(answers, columns=ITEMS).assign(w=weights, home=rng.integers(0, 400, n))


def as_parquet(frame: pd.DataFrame, path: Path, kind: str = "DOUBLE", group: int = 122_880) -> Path:
    """Write Parquet with NULL where answers are missing; `kind` is the type of answers in the file."""
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        casts = ", ".join(
            f'CAST(CASE WHEN isnan("{c}") THEN NULL ELSE "{c}" END AS {kind}) AS "{c}"' if c in ITEMS else c
            for c in frame.columns
        )
        connection.execute(
            f"COPY (SELECT {casts} FROM frame) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE {group})"
        )
    return path


def summed(answers: LargeAnswers, missing: str = "pairwise") -> stats.GroupedSums:
    return stats.sum_chunks(answers.items, answers, answers.buckets, missing)


def same(ours: stats.GroupedSums, theirs: stats.GroupedSums) -> None:
    a, b = ours.moments(), theirs.moments()
    np.testing.assert_array_equal(a.n, b.n)
    np.testing.assert_allclose(a.mean, b.mean, rtol=1e-9)
    np.testing.assert_allclose(a.cov, b.cov, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.without(0, 5).cov, theirs.without(0, 5).cov, rtol=1e-9, atol=1e-9)


def in_memory(frame: pd.DataFrame, buckets: int, seed: int, missing: str = "pairwise") -> stats.GroupedSums:
    groups = random_buckets(np.arange(len(frame)), buckets, seed)
    return stats.GroupedSums.from_frame(frame[ITEMS], frame["w"], groups, missing)


@pytest.mark.parametrize("missing", ["pairwise", "listwise", "em"])
@pytest.mark.parametrize("kind", ["DOUBLE", "TINYINT", "DECIMAL(4,1)"])
def test_parquet_gives_what_memory_gives(tmp_path: Path, kind: str, missing: str) -> None:
    frame = table()
    answers = stream_answers(as_parquet(frame, tmp_path / "a.parquet", kind), ITEMS, "w", buckets=50, seed=3)
    same(summed(answers, missing), in_memory(frame, 50, 3, missing))


@pytest.mark.parametrize("how", ["plain", "semicolon", "tab", "mark", "gzip"])
def test_csv_gives_what_memory_gives(tmp_path: Path, how: str) -> None:
    frame = table()
    name = {"tab": "a.tsv", "gzip": "a.csv.gz"}.get(how, "a.csv")
    options: dict[str, Any] = {"semicolon": {"sep": ";", "decimal": ","}, "tab": {"sep": "\t"}}.get(how, {})
    encoding = "utf-8-sig" if how == "mark" else "utf-8"
    frame.to_csv(tmp_path / name, index=False, encoding=encoding, na_rep="NA", **options)
    decimal = "," if how == "semicolon" else "."
    answers = stream_answers(tmp_path / name, ITEMS, "w", buckets=50, decimal=decimal)
    same(summed(answers), in_memory(frame, 50, 1))


def test_several_files_are_one(tmp_path: Path) -> None:
    frame = table()
    as_parquet(frame[:1000], tmp_path / "a1.parquet")
    as_parquet(frame[1000:2500], tmp_path / "a2.parquet", "SMALLINT")
    frame[2500:].to_csv(tmp_path / "a3.csv", index=False)
    answers = stream_answers([tmp_path / "a*.parquet", tmp_path / "a3.csv"], ITEMS, "w", buckets=50)
    assert [file.path.name for file in answers.files] == ["a1.parquet", "a2.parquet", "a3.csv"]
    same(summed(answers), in_memory(frame, 50, 1))
    same(summed(answers), in_memory(frame, 50, 1))  # and they can be read again


@pytest.mark.parametrize("threads", [1, 4])
def test_buckets_and_order_do_not_depend_on_chunks_or_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    frame = pd.DataFrame({"q1": np.arange(300_000.0)})
    with duckdb.connect() as connection:
        path = tmp_path / "a.parquet"
        connection.execute(f"COPY frame TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 4096)")
    frame.to_csv(tmp_path / "a.csv", index=False)
    usual = scanning.connect

    def connect() -> duckdb.DuckDBPyConnection:
        connection = usual()
        connection.execute(f"SET threads = {threads}")
        return connection

    monkeypatch.setattr(scanning, "connect", connect)
    for rows, file in ((2048, "a.parquet"), (100_000, "a.parquet"), (20_000, "a.csv")):
        monkeypatch.setattr(scanning, "CHUNK_ROWS", rows)
        chunks = list(stream_answers(tmp_path / file, ["q1"], buckets=100, seed=5))
        assert len(chunks) > 2
        np.testing.assert_array_equal(np.concatenate([c.values[:, 0] for c in chunks]), frame["q1"])
        buckets = np.concatenate([c.buckets for c in chunks])
        np.testing.assert_array_equal(buckets, random_buckets(np.arange(300_000), 100, 5))


def test_buckets_are_random() -> None:
    rows = np.arange(200_000)
    first, second = random_buckets(rows, 100, 1), random_buckets(rows, 100, 2)
    for buckets in (first, second):
        counts = np.bincount(buckets, minlength=100)
        assert len(counts) == 100
        chi2 = ((counts - 2000) ** 2 / 2000).sum()
        assert 50 < chi2 < 160  # 99 degrees of freedom
    assert abs((first == second).mean() - 0.01) < 0.002
    assert abs((first[1:] == first[:-1]).mean() - 0.01) < 0.002
    assert random_buckets(rows[:5], 10, -1).max() < 10


def test_rows_of_a_key_stay_together(tmp_path: Path) -> None:
    frame = table()
    as_parquet(frame, tmp_path / "a.parquet")
    frame.to_csv(tmp_path / "a.csv", index=False)
    found = []
    for file in ("a.parquet", "a.csv"):
        answers = stream_answers(tmp_path / file, ITEMS, "w", key="home", buckets=30)
        found.append(np.concatenate([chunk.buckets for chunk in answers]))
    np.testing.assert_array_equal(*found)
    hashes = [int(hashlib.md5(f"1:{home}".encode()).hexdigest()[:12], 16) for home in frame["home"]]
    np.testing.assert_array_equal(found[0], np.array(hashes) % 30)
    of_home = pd.Series(found[0]).groupby(frame["home"].to_numpy()).nunique()
    assert of_home.eq(1).all() and len(set(found[0])) == 30
    other = stream_answers(tmp_path / "a.csv", ITEMS, key="home", buckets=30, seed=2)
    assert (np.concatenate([chunk.buckets for chunk in other]) != found[0]).mean() > 0.9


def test_codes_are_undone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,v2\n1,5\n99,4\n7,refused\n3,-1\n5,2.5\n,3\n", encoding="utf-8")
    codings = {"a": Coding("x", 1, 5, (99,), whole=True, reversed=True), "b": Coding("v2")}
    (chunk,) = stream_answers(path, codings, missing=[-1, "refused"], off_scale="missing", buckets=2)
    expected = [[5, 5], [np.nan, 4], [np.nan, np.nan], [3, np.nan], [1, 2.5], [np.nan, 3]]
    np.testing.assert_array_equal(chunk.values, expected)
    with pytest.raises(DataError, match=r"a\.csv: item a: answers off the scale 1 to 5 \(7\) in row 3"):
        list(stream_answers(path, codings, missing=[-1, "refused"]))


def test_a_study_is_read_as_in_memory(tmp_path: Path) -> None:
    study = load_study("mobile_ecsi")
    answers = load_answers(study)
    columns = {item.id: item.column for item in study.items.values()}
    answers.raw.rename(columns=columns).to_csv(tmp_path / "a.csv", index=False)
    large = stream_study(study, tmp_path / "a.csv", buckets=20)
    assert large.items == tuple(study.items)
    np.testing.assert_array_equal(
        np.concatenate([chunk.values for chunk in large]), answers.scored[list(study.items)]
    )


def test_from_a_file_to_alpha_with_an_interval(tmp_path: Path) -> None:
    as_parquet(table(20_000), tmp_path / "a.parquet", "TINYINT")
    sums = summed(stream_answers(tmp_path / "a.parquet", ITEMS, weight="w", buckets=200))
    found = stats.resample(sums, 500).interval(lambda m: stats.alpha(m, ITEMS))
    assert 0.5 < found.low < found.estimate < found.high < 0.9


def refused(paths: Any, items: Any = ("q1", "q2"), **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        list(stream_answers(paths, items, **options))
    return str(caught.value)


def test_columns_and_options_are_checked_before_a_row_is_read(tmp_path: Path) -> None:
    path = as_parquet(table(10).assign(name="x"), tmp_path / "a.parquet")
    told = refused(path, ["q1", "Q_2", "name"], weight="wt", key="hom")
    assert 'file "a.parquet": 4 problems' in told
    assert 'there is no column "Q_2" (did you mean "q2"?)' in told
    assert 'there is no column "hom" (did you mean "home"?)' in told
    assert 'column "name" does not hold numbers but VARCHAR' in told
    assert "each item once" in refused(path, ["q1", "q1"])
    assert "each item once" in refused(path, [])
    assert "buckets=0" in refused(path, buckets=0)
    assert 'off_scale="keep" is unknown' in refused(path, off_scale="keep")
    assert "no file is named" in refused([])


def test_files_that_are_not_there_or_not_right(tmp_path: Path) -> None:
    as_parquet(table(10), tmp_path / "answers.parquet")
    assert "no data file" in refused(tmp_path / "answer.parquet")
    assert '(did you mean "answers.parquet"?)' in refused(tmp_path / "answer.parquet")
    assert "there is no data file" in refused(tmp_path / "*.csv")
    broken = {
        "empty.csv": b"",
        "empty.parquet": b"",
        "blank.csv": b"\n\n",
        "bad.parquet": b"PAR1 this is none PAR1",
        "half.parquet": (tmp_path / "answers.parquet").read_bytes()[:-100],
        "half.csv.gz": gzip.compress(b"q1,q2\n" + b"1,2\n" * 9)[:-9],
        "none.csv.gz": b"q1,q2\n1,2\n",
        "gb.csv": "q1,q2,评价\n1,2,好\n".encode("gb18030"),
        "twice.csv": b"q1,q1,q2\n1,2,3\n",
        "text.csv": b"q1,q2\n1,2\n1,often\n",
        "wide.csv": b"q1,q2\n1,2\n1,2,3\n",
        "short.csv": b"q1,q2,q3\n1,2,3\n1,2\n",
        "head.csv": b"q1,q2\n",
        "a.sav": b"$FL2",
        "a.parquet.gz": b"x",
    }
    messages = {
        "empty.csv": "the file is empty",
        "empty.parquet": "the file is empty",
        "blank.csv": "the file is empty",
        "bad.parquet": "cannot be read",
        "half.parquet": "cannot be read",
        "half.csv.gz": "cannot be read",
        "none.csv.gz": "cannot be read",
        "gb.csv": "save it as UTF-8",
        "twice.csv": "without a name of their own: q1",
        "text.csv": 'the answers to q2 are not numbers: "often" in line 3',
        "wide.csv": "a row has 3 cells in line 3, but the header has 2",
        "short.csv": "a row has 2 cells in line 3, but the header has 3",
        "head.csv": "there are no rows",
        "a.sav": "use .parquet, .csv",
        "a.parquet.gz": "use .parquet, .csv",
    }
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        told = refused(tmp_path / name)
        assert name in told and messages[name] in told, told


def test_damage_inside_a_parquet_file_is_told(tmp_path: Path) -> None:
    path = as_parquet(table(20_000), tmp_path / "a.parquet")
    content = bytearray(path.read_bytes())
    content[100 : len(content) // 2] = bytes(len(content) // 2 - 100)
    path.write_bytes(content)
    assert "a.parquet: the file cannot be read" in refused(path)


def test_weights_and_keys_that_are_missing_are_told_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("q1,q2,w,k\n1,2,1,a\n1,2,,b\n1,3,-1,\n", encoding="utf-8")
    assert 'the weight "w" is missing, infinite or negative in rows 2, 3;' in refused(path, weight="w")
    assert '"k" is missing in row 3' in refused(path, key="k")
    path.write_text("q1,q2,w\n" + "1,2,-1\n" * 50, encoding="utf-8")
    assert "in rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 40 more;" in refused(path, weight="w")


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    path = tmp_path / "it's [1] *.csv"
    path.write_text('"a""b",\'; DROP\n1,2\n3,5\n', encoding="utf-8")
    (chunk,) = stream_answers(path, ['a"b', "'; DROP"], buckets=3)
    np.testing.assert_array_equal(chunk.values, [[1, 2], [3, 5]])


def test_the_example_of_the_documentation_runs(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (root / "docs" / "large-data.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    frame = table(5000).rename(columns={"q 3": "q3", "w": "weight"})[["q1", "q2", "q3", "weight"]]
    (tmp_path / "answers").mkdir()
    frame.fillna(99).to_csv(tmp_path / "a.csv", index=False)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM '{tmp_path}/a.csv') TO '{tmp_path}/answers/a.parquet' (FORMAT parquet)"
        )
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "large-data.md", "exec"), {})
    assert capsys.readouterr().out.startswith("alpha 0.")


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    (tmp_path / "case.csv").write_text("a,A,b\n1,2,3\n4,5,7\n7,9,1\n", encoding="utf-8")
    answers = stream_answers(tmp_path / "case.csv", ["A", "b"], key="a", buckets=3)
    assert next(iter(answers)).values.tolist() == [[2, 3], [5, 7], [9, 1]]
    (tmp_path / "text.csv").write_text("a,A\n1,x\n", encoding="utf-8")
    with pytest.raises(DataError, match='the answers to A are not numbers: "x" in line 2'):
        list(stream_answers(tmp_path / "text.csv", ["A"]))


def test_an_item_without_answers_is_named_alone(tmp_path: Path) -> None:
    (tmp_path / "gap.csv").write_text("a,b,c\n,1,2\n,3,4\n,5,6\n", encoding="utf-8")
    answers = stream_answers(tmp_path / "gap.csv", ["a", "b", "c"], buckets=2)
    with pytest.raises(stats.MomentsError, match="too few respondents answered a; drop the item"):
        stats.sum_chunks(answers.items, answers, answers.buckets).moments()
