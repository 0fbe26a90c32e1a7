"""The course's words: what it calls a thing, it calls it everywhere."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
TEXTS = (
    *("*.md", "data/*.md", "docs/*.md", "notebooks/*.md", "notebooks/src/*.py"),
    *("lessons_lib/**/*.py", "lessons_lib/**/*.js", "lessons_lib/**/*.j2"),
)
QUOTES = "CHANGELOG.md"  # what once was
COUNTED = (
    "data|points|samples|pairs|wines|images|answers|labels|mistakes|errors|weights|units|"
    "velocity|averages?|alarms|benign|malignant|rows"
)
# What is not said -> what the course says.
NOT_USED = {
    r"\b(training|validation|test|exam) parts?\b(?! of)": "set",
    rf"\b(part|share) of ((the|all|its|wrong|right|false) )*({COUNTED})\b": "fraction",
    r"\bat test\b(?! time)": "at test time",
    r"\bwhat can be reached\b": "achievable",
    r"\bon (two|both) ways\b": "by two paths",
    r"\b(which|what) shape has\b|\bhow many (parameters|weights) has\b|\bhas it\?": "does it have",
    r"\bdear(er|est)? (miss|mistake|error|step|to)": "costly",
    r"\breins?\b|\breined\b|\billness(es)?\b|\bmedicines?\b": "diagnosis and remedy",
}


def plain(text):
    """Return a text on one line, comments and long sentences joined."""
    text = re.sub(r"\n *# ?", " ", text)
    text = re.sub(r"\" *\n *f?\"", "", text)
    return " ".join(text.split())


def found(text):
    """Return what is in a text of all that is not said, with what to say instead."""
    return [
        f"{match[0]}: {instead}"
        for pattern, instead in NOT_USED.items()
        for match in re.finditer(pattern, plain(text), re.IGNORECASE)
    ]


def test_a_thing_has_one_name():
    """Lessons, library and documents have none of the words that the course does not use."""
    paths = [path for pattern in TEXTS for path in sorted(REPOSITORY.glob(pattern))]
    said = {p.relative_to(REPOSITORY).as_posix(): found(p.read_text("utf-8")) for p in paths}
    assert {name: words for name, words in said.items() if words and name != QUOTES} == {}


def test_words_are_found_across_lines():
    """In comments, in sentences over several strings, and not in what only looks like them."""
    assert found("# the training\n# part alone") == ["training part: set"]
    assert found('"how many weights "\n f"has it?"') == ["how many weights has: does it have"]
    assert found("at test time the training takes part") == []
