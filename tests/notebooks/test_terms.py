"""The lessons' Chinese terms: those of docs/CURRICULUM.md, and each the same in all lessons."""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

REPOSITORY = Path(__file__).parents[2]
CURRICULUM = (REPOSITORY / "docs" / "CURRICULUM.md").read_text(encoding="utf-8")
LESSONS = sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))
HAN = "[\u4e00-\u9fff]"
BRACKETS = re.compile(rf" ?(?:\$[^$]*\$ )?\(([^()]*{HAN}[^()]*)\)")


class Term(NamedTuple):
    """A row of the list: its Chinese, empty where it has none, and what else it is called."""

    english: str
    chinese: str
    also: str


class Use(NamedTuple):
    """A place at which a lesson gives a term's Chinese, or writes the term bold without any."""

    lesson: str
    english: str
    chinese: str
    also: str = ""
    bold: bool = False


def plain(english):
    """Return a term as it is compared: small letters, one of several, no remark in brackets."""
    words = re.sub(r" *\(.*?\)", "", english).strip().lower()
    words = re.sub(r"(?<=[^aisu])s$", "", re.sub(r"(?<=s)es$", "", words))
    return " ".join(words.split())


def listed(text):
    """Return the terms of the curriculum's list."""
    (line,) = [line for line in text.splitlines() if line.count(" · ") > 20]
    terms = []
    for entry in re.split(r" · |; ", line):
        english, chinese, also = re.fullmatch(
            rf"([^\u4e00-\u9fff]+?) (?:({HAN}+)|\(no translation\))(?: \(also (.*)\))?", entry
        ).groups(default="")
        terms.append(Term(plain(english), chinese, also))
    return terms


def still_to_come(text, numbers):
    """Return a test for terms: does the first row that speaks of it belong to no lesson yet?"""
    sections = re.findall(r"^## (\d\d) (.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)

    def to_come(english):
        speaks = [
            n for n, rows in sections if re.search(rf"\b{re.escape(english)}s?\b", rows.lower())
        ]
        return bool(speaks) and speaks[0] not in numbers

    return to_come


def in_table(lesson, row):
    """Return the uses in a row of the table "Words of this lesson"."""
    head, _, several = row[0].rpartition(": ")
    english = [f"{word} {head}".strip() for word in several.split(", ")]
    chinese = row[1].split("、")
    if len(english) == len(chinese):
        return [Use(lesson, plain(e), c) for e, c in zip(english, chinese, strict=True)]
    return [Use(lesson, plain(word), row[1]) for word in english]


def in_text(lesson, text, known):
    """Return the uses in a lesson's sentences: bold words, and words before Chinese in brackets."""
    text, found = " ".join(text.split()), []
    for bold in re.finditer(r"\*\*([^*]+)\*\*", text):
        brackets = BRACKETS.match(text, bold.end())
        found.append((bold.start(), bold[1], brackets and brackets[1], True))
    for brackets in BRACKETS.finditer(text):
        before = text[: brackets.start()]
        if not before.endswith("**"):
            words = re.sub(r"[*`]", "", before[-60:]).split(" ")
            phrases = [" ".join(words[n:]) for n in range(len(words))]
            if term := next((p for p in phrases if plain(p) in known), None):
                found.append((brackets.start(), term, brackets[1], False))
    uses = []
    for _, english, inside, bold in sorted(found):
        parts = re.split(r"[;,:] ", inside or "")
        chinese = [part for part in parts if re.search(HAN, part)] or [""]
        also = "".join(part.removeprefix("also ") for part in chinese[1:])
        uses.append(Use(lesson, plain(english), chinese[0], also, bold))
    return uses


def uses_in(lessons, terms):
    """Return all uses in the order of the course."""
    rows, prose = {}, {}
    for lesson in lessons:
        cells = nbformat.read(lesson, as_version=4).cells
        texts = [
            cell.source
            for cell in cells
            if cell.cell_type == "markdown"
            and cell.metadata.get("slideshow", {}).get("slide_type") != "notes"
        ]
        tables = [text for text in texts if "| English | 中文 |" in text]
        lines = re.findall(r"^\| (.*?) \| (.*?) \|", "\n".join(tables), re.MULTILINE)
        rows[lesson] = [use for row in lines[1:] for use in in_table(lesson.stem, row)]
        prose[lesson] = "\n".join(text for text in texts if text not in tables)
    known = {term.english for term in terms} | {use.english for r in rows.values() for use in r}
    return [
        use
        for lesson in lessons
        for use in in_text(lesson.stem, prose[lesson], known) + rows[lesson]
    ]


def problems(terms, uses, to_come):
    """Return a sentence for each term that has another Chinese than it should have."""
    said = []
    for term in terms:
        bold = [use for use in uses if use.bold and use.english == term.english]
        same = [t.chinese for t in terms if t.english == term.english]
        if len(same) > 1:  # one English word for two things: each has its own first use
            bold = [use for use in bold if use.chinese == term.chinese]
        if not term.chinese or (not bold and to_come(term.english)):
            continue
        due = f"{term.chinese}, also {term.also}" if term.also else term.chinese
        if not bold:
            said.append(f"nowhere: **{term.english}** ({due}) stands in no lesson")
        elif (bold[0].chinese, bold[0].also) != (term.chinese, term.also):
            has = ", also ".join(filter(None, bold[0][2:4]))
            said.append(f"{bold[0].lesson}: first use is **{term.english}** ({has}), not ({due})")
    chinese = {}
    for use in uses:
        if not use.chinese:
            continue
        right = [t.chinese for t in terms if t.english == use.english]
        other = [t for t in terms if t.also and use.chinese == t.also]
        if right and use.chinese.split(" ")[-1] not in right:  # as in "L1、L2 正則化"
            due = " or ".join(filter(None, right)) or "no Chinese"
            said.append(f"{use.lesson}: {use.english} is {use.chinese}, not {due}")
        elif other:
            said.append(f"{use.lesson}: {use.english} is {use.chinese}, not {other[0].chinese}")
        elif not right:
            first = chinese.setdefault(use.english, use)
            if first.chinese != use.chinese:
                elsewhere = f"{first.chinese} in {first.lesson}"
                said.append(f"{use.lesson}: {use.english} is {use.chinese}, and {elsewhere}")
    return said


def test_terms_are_those_of_the_curriculum_and_the_same_in_all_lessons():
    """First uses give what the list gives, all others its main form, softmax none."""
    terms = listed(CURRICULUM)
    to_come = still_to_come(CURRICULUM, {lesson.stem[:2] for lesson in LESSONS})
    assert problems(terms, uses_in(LESSONS, terms), to_come) == []


LIST = " · ".join(
    ["node 甲 (also 乙)", "bias (of x) 丙", "bias (of y) 丁", "soft (no translation)"]
    + ["z 戊"] * 20
)
TERMS = listed(LIST)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "**nodes** (甲, also 乙), **bias** $b$ (丙), node (甲), **Bias** (丁; I, 1), **soft**",
            [],
        ),
        ("**node** (甲)", ["01: first use is **node** (甲), not (甲, also 乙)"]),
        (
            "**node** then **node** (甲, also 乙)",
            ["01: first use is **node** (), not (甲, also 乙)"],
        ),
        ("**node** (甲, also 乙), node (乙)", ["01: node is 乙, not 甲"]),
        ("**node** (甲, also 乙), some **c** (乙)", ["01: c is 乙, not 甲"]),
        ("**node** (甲, also 乙), **soft** (己)", ["01: soft is 己, not no Chinese"]),
        ("**node** (甲, also 乙), **c** (己), **c** (庚)", ["01: c is 庚, and 己 in 01"]),
        ("a node (甲)", ["nowhere: **node** (甲, also 乙) stands in no lesson"]),
    ],
)
def test_each_kind_of_other_chinese_is_found(text, said):
    """What the search says of a sentence; the list's other terms are still to come."""
    uses = in_text("01", text, {"node", "bias", "soft"})
    assert problems(TERMS, uses, lambda english: english != "node") == said


def test_a_row_of_the_table_may_name_several_words():
    """Words and their Chinese go together where there are as many of each."""
    assert [use[1:3] for use in in_table("01", ("layer", "層"))] == [("layer", "層")]
    assert [use[1:3] for use in in_table("01", ("c, d", "甲、乙"))] == [("c", "甲"), ("d", "乙")]
    assert [use[1:3] for use in in_table("01", ("c, d", "甲"))] == [("c", "甲"), ("d", "甲")]
    assert [use[1] for use in in_table("01", ("layer: c, d", "甲、乙"))] == ["c layer", "d layer"]


def test_a_term_is_still_to_come_with_the_first_row_that_speaks_of_it():
    """A lesson without a notebook takes its terms with it; a term of no row does not wait."""
    to_come = still_to_come(
        "## 01 one\n| N1 | an a | ex |\n## 08 more\n| X1 | an a and bs | ex |\n", {"01"}
    )
    assert [to_come(word) for word in ("a", "b", "c")] == [False, True, False]
