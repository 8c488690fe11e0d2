"""CSV: formulas defused and restored, text left as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.errors import InputError
from reviewkit.store.files import read_text
from reviewkit.tables import csv_text, read_csv


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r'\",\n")), min_size=1))
def test_text_comes_back(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(csv_text(["id", "v"], [{"id": "k", "v": v} for v in values]).encode())
    assert [row["v"] for row in read_csv(path, ["id", "v"])] == [v.strip() for v in values]


def test_bom_and_na(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\nNA,00999\n")
    assert dict(read_csv(path, ["a", "b"])[0].cells) == {"a": "NA", "b": "00999"}
    assert not read_text(path).startswith("\ufeff")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"a\n1\n", "missing-column"), (b"a,b,c\n", "unknown-column"), (b"a,b,b\n", "double-column"),
     (b"a,b\n1\n", "row-length"), (b"a,b\n1,2,3\n", "row-length"), (b"a,b\n1,\xff\n", "encoding"),
     (b"a,b\n1\r2,3\n", "syntax")],
)
def test_bad_table(tmp_path, content, code):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_csv(path, ["a", "b"])
    assert code in {problem.code for problem in error.value.problems}
