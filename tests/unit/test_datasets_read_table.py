"""Learners' own files: read right and said how, or asked about with the argument that decides."""

import datetime
import re

import pandas as pd
import pytest
import tables
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons_lib import datasets

NAN = float("nan")


def read(name, **arguments):
    """Read one of the small files."""
    return datasets.read_table(tables.FOLDER / name, **arguments)


def same(found, expected):
    """Whether a DataFrame has these columns with these values; what is missing is None here."""
    if list(found.columns) != list(expected):
        return False
    held = {name: [None if pd.isna(v) else v for v in found[name]] for name in found}
    return held == {name: list(values) for name, values in expected.items()}


def test_the_folder_holds_the_files_byte_by_byte():
    """tests/tables.py says what is in them, and nothing else is there."""
    assert {path.name: path.read_bytes() for path in tables.FOLDER.iterdir()} == tables.TABLES


DAY = pd.Timestamp
CITIES = {"城市": ["北京", "上海"], "人口": [2154, 2487]}
BERLIN = {"city, district": ["Berlin, Mitte", "Berlin, Nord"], "n": [3, 4]}
FRENCH = {
    "ville": ["Nîmes", "Orléans"],
    "prix": [1234.5, None],
    "jour": [DAY("2024-12-31"), DAY("2024-02-01")],
}
READ = {
    "plain.csv": (
        {"a": [1, 2], "b": [2.5, 3.5], "c": ["x", "y"]},
        "Read 2 rows and 3 columns of plain.csv: UTF-8, separated by commas, decimal point.\n"
        "Numbers: `a` and `b`. Text: `c`.\n",
    ),
    "utf8_mark.csv": ({"å": [1], "b": ["ü"]}, "1 row .*UTF-8 with a byte order mark, .*semicolons"),
    "utf16.txt": ({"å": [1, 2], "b": ["ü", "v"]}, "UTF-16, separated by tabs"),
    "utf16_no_mark.txt": ({"å": [1, 2], "b": ["ü", "v"]}, "UTF-16, separated by tabs"),
    "cp1252.csv": (
        FRENCH,
        r"cp1252 \(as in 'Nîmes' of line 2; give encoding= if that is wrong\), separated by "
        r"semicolons, decimal comma, points between thousands\.\n"
        r"Numbers: `prix`. Dates: `jour`. Text: `ville`.\n"
        "Left out: columns without a name and without a value.\n"
        r"\? counts as missing: 1 in `prix`.\n"
        "In the dates of `jour` the day is first.\n",
    ),
    "degrees.csv": ({"town": ["Bonn", "Évry"], "temp (°C)": [20.5, 21.5]}, r"'temp \(°C\)'"),
    "excel.csv": ({"a": [1.5], "b": [2]}, "separated by semicolons, decimal comma"),
    "old_mac.csv": ({"a": [1, 3], "b": [2, 4]}, "2 rows and 2 columns"),
    "quoted.csv": (
        {"name": ['Ann "A"', "Bob"], "note": ["one, two", "two\nlines"]},
        "Text: `name`",
    ),
    "one_column.csv": ({"text": ["Hello, you", "well"]}, "1 column .*no sign separates columns"),
    "titles.csv": (
        {"day": [DAY("2024-01-01"), DAY("2024-01-02")], "t": [5, 7], "u": [6, 8]},
        "Left out above the table: 2 lines, beginning with 'Weather of station 5'",
    ),
    "comment_of_names.csv": ({"a": [1, 3], "b": [2, 4]}, "Numbers: `a` and `b`.\n"),
    "no_names.csv": (
        {"column_1": [5.1, 4.9], "column_2": [3.5, 3.0], "column_3": ["setosa"] * 2},
        "No line names the columns: they are called `column_1`, `column_2` and `column_3`",
    ),
    "names_twice.csv": (
        {"a": [1, 1], "a_3": [2, 2], "column_3": [3, 3], "a_2": [4, None]},
        "without a name are called `column_3`.\n.*twice are made different: `a_3`.\n.*1 in `a_2`",
    ),
    "thousands.csv": ({"a": [1234567, 12], "b": [1234.5, 0.5]}, "commas between thousands"),
    "spaced_thousands.csv": (
        {"a": [1234.0, 12345678.5, -2.5], "b": ["x", "y", "z"]},
        "decimal comma, spaces between thousands",
    ),
    "both_in_one.csv": (
        {"a": ["1,5", "2.5"], "b": [1, 2]},
        r"`a` stays text: .*differently, as '2.5' in line 3 and '1,5' in line 2",
    ),
    "codes.csv": (
        {
            "zip": ["01067", "99999"],
            "long": ["12345678901234567890", "1"],
            "price": ["12 EUR", "13 EUR"],
            "v": ["1.2.3", "1.2.4"],
        },
        "`zip` stays text: '01067' .* begins with 0.*\n`long` .* digits .*\n`price` .*EUR stands",
    ),
    "large.csv": (
        {"n": [9007199254740993, None], "x": [1, float("inf")]},
        "`x` holds '1e400' .* counts as infinite",
    ),
    "marks.csv": (
        {
            "land": ["DE", "NA", "FR"],
            "n": [1, None, None],
            "m": [-999, 2, 3],
            "s": ["a", None, None],
            "e": [None] * 3,
        },
        r"Only missing values: `e`.*\nNA counts as missing: 1 in `n`.\n- counts .*`n`.\n"
        r"\? counts .*`s`.\nAn empty cell counts as missing: 1 in `s` and 3 in `e`.\n"
        r"`land` is text, so 'NA' in line 3 stays .* give missing=\['NA'\]",
    ),
    "nearly_numbers.csv": (
        {"age": ["20", "30", "unknown"]},
        r"1 of its 3 values is no number, such as 'unknown' .*missing=\['unknown'\]",
    ),
    "empty_rows.csv": (
        {"a": [1, None], "b": [2, None]},
        r"1 row without any value, the first in line 3: table.dropna\(how='all'\)",
    ),
    "dates.csv": (
        {
            "iso": [DAY("2024-02-01"), DAY("2024-02-03 12:30:15")],
            "us": [DAY("2024-01-13 15:04"), DAY("2024-02-03")],
            "point": [DAY("2024-02-01"), DAY("2024-02-03")],
            "zone": [DAY("2024-01-31 23:30", tz="UTC"), DAY("2024-02-01 00:30", tz="UTC")],
            "short": [DAY("2024-01-02"), DAY("2024-03-04")],
        },
        "`us` the month is first.*\n.*`point` the day.*\n.*UTC.*\n.*`short`.* mean 1969 to 2068",
    ),
    "no_day.csv": (
        {"a": ["31.02.2024", "01.03.2024"], "b": ["2024-01-01", "02.01.2024"]},
        "`a` stays text: '31.02.2024' .*no date like the others.\n`b` .*'02.01.2024'",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_and_said(name, capsys):
    """Values, types and sentences; nothing on stderr, which a notebook shows in red."""
    expected, words = READ[name]
    assert same(read(name), expected)
    said = capsys.readouterr()
    assert re.search(words, said.out)
    assert said.err == ""


def test_types_are_those_that_calculate(capsys):
    """Whole numbers stay whole, exactly where float64 would round them."""
    kinds = {
        **read("plain.csv").dtypes,
        **read("large.csv").dtypes.add_prefix("large "),
        **read("dates.csv").dtypes,
    }
    held = {name: str(kind) for name, kind in kinds.items()}
    assert (held["a"], held["b"], held["large n"], held["large x"]) == (
        *("int64", "float64", "Int64", "float64"),
    )
    assert held["iso"].startswith("datetime64")
    assert held["zone"].endswith("UTC]")
    assert pd.api.types.is_string_dtype(read("plain.csv")["c"])


# File: what its question says, and for each answer what is then read.
ASKED = {
    "gb18030.csv": (
        r"line 1 has '城市' with encoding='gb18030', .*'³ÇÊÐ' with encoding='cp1252'",
        [({"encoding": "gb18030"}, CITIES)],
    ),
    "big5.csv": (
        "encoding='big5'",
        [({"encoding": "big5"}, {"城市": ["臺北", "高雄"], "人口": [2494, 2731]})],
    ),
    "shift_jis.csv": (
        "encoding='shift_jis'",
        [({"encoding": "shift_jis"}, {"都市": ["東京", "大阪"], "人口": [1404, 275]})],
    ),
    "cp1251.csv": (
        "'город' with encoding='cp1251'",
        [({"encoding": "cp1251"}, {"город": ["Тула", "Пермь"], "люди": [480, 1048]})],
    ),
    "cp1250.csv": (
        "'Łódź' with encoding='cp1250'",
        [({"encoding": "cp1250"}, {"miasto": ["Łódź", "Kraków"], "ludzie": [655, 804]})],
    ),
    "damaged_utf8.csv": (
        "UTF-8 but for 1 of its bytes, in line 3 first: '\ufffdx,2'.*encoding=",
        [({"encoding": "cp1252"}, {"a": ["Ã¼rÃ¼", "üx"], "b": [1, 2]})],
    ),
    "two_delimiters.csv": (
        r"line 3 is \['Berlin', 'Nord;4'\] with delimiter=',', .* with delimiter=';'",
        [({"delimiter": ";"}, BERLIN)],
    ),
    "spaces.txt": (
        r"one column or 2: line 3 has 2 values with delimiter=' ', \['3', '4'\]",
        [
            ({"delimiter": " "}, {"a": [1, 3], "b": [2, 4]}),
            ({"delimiter": ","}, {"a b": ["1  2", "3  4"]}),
        ],
    ),
    "years.csv": (
        r"Line 1 .* can name the columns or be a row: \['land', '2019', '2020'\].*header=True",
        [
            ({"header": True}, {"land": ["A"], "2019": [1], "2020": [2]}),
            (
                {"header": False},
                {"column_1": ["land", "A"], "column_2": [2019, 1], "column_3": [2020, 2]},
            ),
        ],
    ),
    "comma_of_what.csv": (
        r"`a` holds '1,234' in line 2, which can mean 1234 \(thousands=','\) or 1.234 "
        r"\(decimal=','\)",
        [
            ({"thousands": ","}, {"a": [1234, 5678], "b": [1, 2]}),
            ({"decimal": ","}, {"a": [1.234, 5.678], "b": [1, 2]}),
        ],
    ),
    "point_of_what.csv": (
        r"'1.234' .* mean 1.234 \(decimal='.'\) or 1234 \(thousands='.'\)",
        [
            ({"thousands": "."}, {"a": [1234, 5678], "b": [1, 2]}),
            ({"decimal": "."}, {"a": [1.234, 5.678], "b": [1, 2]}),
        ],
    ),
    "two_ways.csv": (
        r"two ways: `a` holds '1,5' in line 2, `b` '1.5' in line 2.*decimal=",
        [
            ({"decimal": ","}, {"a": [1.5, 2.5], "b": ["1.5", "2.5"]}),
            ({"decimal": "."}, {"a": ["1,5", "2,5"], "b": [1.5, 2.5]}),
        ],
    ),
    "letters.csv": (
        r"Line 1 .* can name the columns or be a row: \['p', 'x'\].*header=True",
        [
            ({"header": True}, {"p": ["e", "p"], "x": ["x", "b"]}),
            ({"header": False}, {"column_1": ["p", "e", "p"], "column_2": ["x", "x", "b"]}),
        ],
    ),
    "which_is_the_day.csv": (
        r"`day` holds '01/02/2024' .* 1 February \(dayfirst=True\) or 2 January \(dayfirst=False\)",
        [
            ({"dayfirst": True}, {"day": [DAY("2024-02-01"), DAY("2024-04-03")], "n": [1, 2]}),
            ({"dayfirst": False}, {"day": [DAY("2024-01-02"), DAY("2024-03-04")], "n": [1, 2]}),
        ],
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_a_file_leaves_open_is_asked_and_the_answer_decides(name):
    """Nothing is guessed; each argument that the question names ends in its own table."""
    words, answers = ASKED[name]
    with pytest.raises(ValueError, match=words) as caught:
        read(name)
    assert len(str(caught.value)) < 350
    for arguments, expected in answers:
        assert all(f"{argument}=" in str(caught.value) for argument in arguments)
        assert same(read(name, **arguments), expected)


REFUSED = {
    "ragged.csv": r"Line 4 of ragged.csv has 3 values where line 1 has 2, .*: '1,2,3'.*quotation",
    "unpaired.csv": r'quotation mark " in line 3 that does not pair',
    "empty.csv": "empty.csv is empty",
    "only_names.csv": "names of columns, but no row",
    "workbook.csv": r"an Excel file: save it as CSV there, or read it with pd\.read_excel",
    "page.csv": "a web page",
    "picture.csv": "no text",
}


def test_every_file_is_tried():
    """Each is read, asked about or refused."""
    assert {*READ, *ASKED, *REFUSED} == {*tables.TABLES}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused(name):
    """With the line, where there is one, and what to do."""
    with pytest.raises(ValueError, match=REFUSED[name]):
        read(name)


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        (5, TypeError, "path must be the name of a file; received 5 of type int"),
        (b"plain.csv", TypeError, "of type bytes"),
        ("https://example.org/a.csv", ValueError, "on this machine; .*pd.read_csv"),
        (tables.FOLDER, IsADirectoryError, "is a folder. Give .* such as big5.csv, b"),
        (tables.FOLDER / "plain", FileNotFoundError, "Did you mean plain.csv?"),
        (tables.FOLDER / "plane.CSV", FileNotFoundError, "Did you mean plain.csv?"),
        (tables.FOLDER / "elsewhere.json", FileNotFoundError, "no file elsewhere.json in .* Put"),
        (tables.FOLDER / "no" / "a.csv", FileNotFoundError, "no folder .*no, so no file a.csv"),
    ],
)
def test_a_file_that_is_not_there_is_explained(path, error, words):
    """With the name that may have been meant."""
    with pytest.raises(error, match=words):
        datasets.read_table(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"delimiter": ", "}, "delimiter must be the one sign .*received ', '"),
        ({"decimal": "komma"}, r"decimal must be one of '\.', ',', or left out.*'komma'"),
        ({"thousands": "_"}, "thousands must be one of '', ',', .*received '_'"),
        ({"decimal": ",", "thousands": ","}, "cannot both be ','"),
        ({"dayfirst": 1}, "dayfirst must be one of True, False, .*received 1"),
        ({"header": 0}, "header must be one of True, False, .*received 0"),
        ({"encoding": "utf-99"}, "encoding must be a name that Python knows.*'utf-99'"),
        ({"encoding": 8}, "encoding must be a name that Python knows.*received 8"),
        ({"encoding": "base64"}, "encoding must be a name that Python knows.*'base64'"),
    ],
)
def test_arguments_that_cannot_be_meant_are_explained(arguments, words):
    """What was expected, and what was received."""
    with pytest.raises(ValueError, match=words):
        read("plain.csv", **arguments)


def test_an_encoding_in_which_the_bytes_mean_nothing_is_refused():
    """With the line where that shows."""
    with pytest.raises(ValueError, match="encoding='utf-8', in which bytes in line 2 mean nothing"):
        read("cp1252.csv", encoding="utf-8")


@pytest.mark.parametrize("missing", [["unknown"], "unknown", ("x", "unknown")])
def test_what_is_named_as_missing_is_missing(missing):
    """So what is left are numbers."""
    assert same(read("nearly_numbers.csv", missing=missing), {"age": [20, 30, None]})


def test_a_number_is_named_as_missing_by_its_value(capsys):
    """-999.0 is -999."""
    found = read("marks.csv", missing=[-999.0, "NA"])
    assert same(found[["land", "m"]], {"land": ["DE", None, "FR"], "m": [None, 2, 3]})
    assert "-999 counts as missing: 1 in `m`" in capsys.readouterr().out


def test_an_encoding_that_is_given_is_used_with_its_mark():
    """A byte order mark is no part of the first name."""
    assert same(read("utf8_mark.csv", encoding="utf-8"), {"å": [1], "b": ["ü"]})
    assert same(read("utf16.txt", encoding="utf-16"), {"å": [1, 2], "b": ["ü", "v"]})


def test_remarks_about_very_many_columns_are_not_all_printed(tmp_path, capsys):
    """Some, and how many there are beside them."""
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{k}" for k in range(40)) + "\n" + ",".join(["01"] * 40) + "\n")
    datasets.read_table(path, header=True)
    said = capsys.readouterr().out
    assert said.count("begins with 0") == 10
    assert "30 more columns have" in said


# --- whatever is written comes back ----------------------------------------------------------

LETTERS = "abxyzäöéßÅ"


def words(others):
    """Texts with a letter in them, and no blank space or delimiter around them."""
    texts = st.text(LETTERS + others, min_size=1, max_size=12)
    return texts.filter(lambda text: set(text) & set(LETTERS) and text == text.strip(" \t\n,;"))


NAMES, WORDS = words(" '\"-.0123"), words(" ,;\t'\"\n-.0123")
GAPS = {"int": NAN, "float": NAN, "text": None, "date": pd.NaT}
CELLS = {
    "int": st.integers(-(2**53), 2**53),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "text": WORDS,
    "date": st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1)),
}
DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"]


@st.composite
def frames(draw):
    """Tables of numbers, texts and dates, with gaps.

    One column of texts full of commas can be two columns below a title, and is no case for this.
    """
    rows = draw(st.integers(1, 6))
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    frame = {}
    for name in names:
        kind = draw(st.sampled_from([*CELLS]))
        cell = NAMES if kind == "text" and len(names) == 1 else CELLS[kind]
        cell = cell | st.just(GAPS[kind]) if draw(st.booleans()) else cell
        values = draw(st.lists(cell, min_size=rows, max_size=rows))
        plain = {"int": None, "float": "float64", "text": object, "date": "datetime64[us]"}[kind]
        frame[name] = pd.Series(values, dtype=plain)
    return pd.DataFrame(frame)


def equal(found, expected):
    """Whether all values are the same, in columns of the same names."""
    assert list(found.columns) == list(expected.columns)
    for name in expected:
        ours, theirs = found[name], expected[name]
        assert ours.isna().tolist() == theirs.isna().tolist()
        held = ~theirs.isna()
        if theirs.dtype.kind in "if":
            ours = ours.astype("float64")
        assert ours[held].tolist() == theirs[held].tolist()


@given(
    frame=frames(),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    gap=st.sampled_from(["", "?"]),
    days=st.sampled_from([None, *DAYS]),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_comes_back_or_is_asked_about(
    tmp_path_factory, frame, delimiter, decimal, encoding, gap, days
):
    """In every form that pandas writes; answered, a question ends in the same table."""
    if days is not None:  # dates without a time
        for name in frame.select_dtypes("datetime"):
            frame[name] = frame[name].dt.normalize()
    path = tmp_path_factory.getbasetemp() / "written.csv"
    how = {"decimal": decimal, "encoding": encoding, "na_rep": gap, "date_format": days}
    frame.to_csv(path, sep=delimiter, index=False, **how)
    answers = {"delimiter": delimiter, "decimal": decimal, "encoding": encoding, "header": True}
    answers |= {"dayfirst": (days or "").startswith("%d")}
    try:
        found = datasets.read_table(path)
    except ValueError as question:
        assert any(f"{argument}=" in str(question) for argument in answers)  # noqa: PT017
        found = datasets.read_table(path, **answers)
    equal(found, frame)
