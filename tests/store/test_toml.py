"""TOML by hand: a syntax error alone with its column, every other error at once, each with its line."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from reviewkit.errors import InputError
from reviewkit.store.toml import parse, validate

TEXT = '''top = 1
[table]
list = [
    "a # not a comment",
    "b",
]
text = """
[not.a.table]
key = 1
"""
[[item]]
name = "one"
[[item.part]]
size = 1
[[item.part]]
size = 2
[[item]]
name = "two"
[[item.part]]
size = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1), (("table",), 2), (("table", "list"), 3), (("table", "list", 1), 3), (("table", "text"), 7),
        (("item", 0), 11), (("item", 0, "part", 1, "size"), 16), (("item", 1, "name"), 18),
        (("item", 1, "part", 0, "size"), 20), (("item", 1, "missing"), 17),
    ],
    ids=str,
)  # fmt: skip
def test_each_key_knows_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert parse(TEXT, "f.toml").line(path) == line


def test_a_syntax_error_comes_alone_with_line_and_column() -> None:
    with pytest.raises(InputError) as caught:
        parse("a = 1\nb = = 2\nc = nothing\n", "f.toml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column, problem.code) == ("f.toml", 2, 5, "syntax")


class Part(BaseModel):
    size: int


class Item(BaseModel):
    model_config = {"extra": "forbid"}
    name: str
    part: list[Part] = []


class Whole(BaseModel):
    item: list[Item]


def test_all_other_errors_come_at_once_each_in_its_place() -> None:
    text = '[[item]]\nnmae = "x"\n[[item.part]]\nsize = "big"\n'
    with pytest.raises(InputError) as caught:
        validate(parse(text, "f.toml"), Whole)
    found = [(problem.line, problem.message) for problem in caught.value.problems]
    assert [line for line, _ in found] == [1, 2, 4]
    assert "item[1].name: is missing" in found[0][1]
    assert "item[1].nmae: is no key" in found[1][1]
    assert "item[1].part[1].size: found 'big'" in found[2][1]
