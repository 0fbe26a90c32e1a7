"""What can stand in a learner's table: a right result, or a sentence that says where it is."""

import datetime
import decimal
import fractions

import numpy as np
import pandas as pd
import pytest

from lessons_lib import datasets, live, panels

import keras  # isort: skip - after live, which imports TensorFlow quietly

ROWS, PLACE = 12, 7
NUMBERS = [float(row) for row in range(ROWS)]
TEXTS = [str(row) for row in range(ROWS)]


def column(values, dtype=None):
    """A table with numbers, and with these values in its column 'price'."""
    return pd.DataFrame({"id": NUMBERS, "price": pd.Series(values, dtype=dtype)})


def with_one(value, others=NUMBERS, dtype=object):
    """A table in which one value of the column 'price' is this."""
    return column([*others[:PLACE], value, *others[PLACE + 1 :]], dtype)


ARE_NUMBERS = {
    "booleans": column([True, False] * 6),
    "booleans as objects": column([True, False] * 6, object),
    "boolean": column([True, False] * 6, "boolean"),
    "Int64": column(range(ROWS), "Int64"),
    "UInt8": column(range(ROWS), "UInt8"),
    "categories of numbers": column([1, 2, 3] * 4, "category"),
    "numbers as text": column([f"{row}.5" for row in range(ROWS)]),
    "Decimal": column([decimal.Decimal(row) for row in range(ROWS)]),
    "Fraction": column([fractions.Fraction(row, 3) for row in range(ROWS)]),
    "larger than int64": with_one(2**64, list(range(ROWS))),
    "sparse": pd.DataFrame({"id": NUMBERS, "price": pd.arrays.SparseArray(NUMBERS)}),
    "names twice": pd.DataFrame(np.arange(24.0).reshape(12, 2), columns=["price", "price"]),
    "names in levels": pd.DataFrame(
        np.arange(24.0).reshape(12, 2), columns=pd.MultiIndex.from_product([["price"], ["a", "b"]])
    ),
    "rows in levels": column(NUMBERS).set_index(pd.MultiIndex.from_product([range(3), range(4)])),
    "half as precise": column(NUMBERS).astype("float16"),
}
# In row 7: the cells, and how a message shows the value there.
NO_NUMBERS = {
    "decimal comma": (with_one("7,5", TEXTS), "'7,5'"),
    "gap in booleans": (with_one(None, [True, False] * 6), "None"),
    "gap in boolean": (with_one(pd.NA, [True, False] * 6, "boolean"), "<NA>"),
    "gap in Int64": (with_one(pd.NA, range(ROWS), "Int64"), "<NA>"),
    "gap in categories": (with_one(None, [1, 2, 3] * 4, "category"), "nan"),
    "NaN": (with_one(np.nan, dtype=float), "nan"),
    "None": (with_one(None), "None"),
    "NaT": (with_one(pd.NaT), "NaT"),
    "NaN of Decimal": (with_one(decimal.Decimal("sNaN")), r"Decimal\('sNaN'\)"),
    "infinite": (with_one(np.inf, dtype=float), "inf"),
    "infinite text": (with_one("-inf", TEXTS), "'-inf'"),
    "too large in a text": (with_one("1e400", TEXTS), "'1e400'"),
    "too large a Decimal": (with_one(decimal.Decimal("1e400")), r"Decimal\('1E\+400'\)"),
    "too large an int": (with_one(10**400), r"1000+\.\.\.0+"),
    "a mark": (with_one("?", TEXTS), r"'\?'"),
    "no text": (with_one("", TEXTS), "''"),
    "text": (with_one("dear"), "'dear'"),
    "a unit": (with_one("7 EUR", TEXTS), "'7 EUR'"),
    "a list": (with_one([1, 2]), r"\[1, 2\]"),
    "a dict": (with_one({"a": 1}), r"\{'a': 1\}"),
    "complex": (with_one(1 + 2j), r"\(1\+2j\)"),
    "a date": (with_one(datetime.date(2024, 1, 1)), r"datetime.date\(2024, 1, 1\)"),
    "a time": (with_one(datetime.time(1, 1)), r"datetime.time\(1, 1\)"),
    "a duration": (with_one(pd.Timedelta("1D")), r"Timedelta\('1 days 00:00:00'\)"),
}
# In all rows, so that the first is named.
NO_COLUMNS = {
    "text": (column(list("abc") * 4, "string"), "'a'"),
    "categories": (column(list("abc") * 4, "category"), "'a'"),
    "dates": (column(pd.date_range("2024-01-01", periods=ROWS)), r"Timestamp\('2024-01-01 00:0.*"),
    "months": (column(pd.period_range("2024-01", periods=ROWS, freq="M")), r"Period\('2024-01'.*"),
}
FOUND = [
    *(pytest.param(frame, PLACE, shown, id=name) for name, (frame, shown) in NO_NUMBERS.items()),
    *(pytest.param(frame, 0, shown, id=f"all {k}") for k, (frame, shown) in NO_COLUMNS.items()),
]


@pytest.fixture(scope="module")
def model():
    """A compiled model of two measurements."""
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse")
    return network


SCALERS = [datasets.standardize, datasets.min_max]


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize("name", ARE_NUMBERS)
def test_numbers_are_scaled_however_they_are_kept(fit, name):
    """As the same numbers are in a plain array."""
    frame = ARE_NUMBERS[name]
    plain = np.array([[float(value) for value in row] for row in frame.to_numpy(dtype=object)])
    np.testing.assert_allclose(fit(frame)(frame), fit(plain)(plain), rtol=1e-3)


@pytest.mark.parametrize("name", ARE_NUMBERS)
def test_numbers_are_trained_on_however_they_are_kept(model, name):
    """As measurements and as the target."""
    frame = ARE_NUMBERS[name]
    trainer = live.LiveTrainer(model, frame, frame.iloc[:, 1], jit_compile=False)
    plain = np.array([[float(value) for value in row] for row in frame.to_numpy(dtype=object)])
    np.testing.assert_allclose(trainer.X, plain, rtol=1e-6)
    np.testing.assert_allclose(trainer.y, plain[:, 1], rtol=1e-6)


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize(("frame", "row", "shown"), FOUND)
def test_what_cannot_be_scaled_is_found(fit, frame, row, shown):
    """Column, row and value, in one line."""
    with pytest.raises(
        (TypeError, ValueError), match=f"row {row}, column 'price': {shown}"
    ) as caught:
        fit(frame)
    assert "\n" not in str(caught.value)


def said_of(name, place, shown):
    """A pattern for both forms of the sentence."""
    return rf"^{name} .*(like {shown} in {place}:|in {place} \({shown}\))"


@pytest.mark.parametrize(("frame", "row", "shown"), FOUND)
def test_what_cannot_be_trained_on_is_found(model, frame, row, shown):
    """The value, and where it stands; in a column that is the target, the row alone."""
    place = f"row {row}, column 'price'"
    with pytest.raises(ValueError, match=said_of("X", place, shown)) as caught:
        live.LiveTrainer(model, frame, NUMBERS, jit_compile=False)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=said_of("y", f"row {row}", shown)):
        live.LiveTrainer(model, column(NUMBERS), frame["price"], jit_compile=False)


def test_a_panel_says_the_same(model):
    """It hands its data on."""
    with pytest.raises(ValueError, match="like '7,5' in row 7, column 'price': "):
        panels.live(model, NO_NUMBERS["decimal comma"][0], NUMBERS)


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("frame", [frame for frame, *_ in (p.values for p in FOUND)])
def test_any_column_can_be_split(frame, stratify):
    """Nothing is asked of it but rows; what mixes words and numbers is no column of classes."""
    twice = pd.concat([frame, frame], ignore_index=True)
    try:
        parts = datasets.train_val_split(twice, twice["price"], stratify=stratify)
    except TypeError as refused:
        assert "of one kind" in str(refused) or "numbers or text" in str(refused)  # noqa: PT017
        return
    assert len(parts[0]) + len(parts[1]) == len(twice)
    assert (parts[0].index == parts[2].index).all()


def test_a_column_whose_name_stands_twice_is_told_apart():
    """By its number."""
    frame = pd.DataFrame([[1.0, "x"]] * 3, columns=["a", "a"])
    with pytest.raises(
        TypeError, match=r"in row 0, column 1 \('a', as others are called too\): 'x'"
    ):
        datasets.standardize(frame)


def test_what_float32_cannot_hold_is_found(model):
    """It is a number, but not for a network."""
    frame = with_one(1e300, dtype=float)
    np.testing.assert_array_less(datasets.standardize(frame)(frame), 4)
    with pytest.raises(ValueError, match=r"X holds 1e\+300 in row 7, column 'price', more than"):
        live.LiveTrainer(model, frame, NUMBERS, jit_compile=False)


def test_a_row_is_named_by_its_index_too():
    """Where that is another number: after a split, for example."""
    frame = with_one("7,5", TEXTS).set_index(np.arange(100, 112))
    with pytest.raises(TypeError, match=r"row 7 \(index 107\), column 'price': '7,5'"):
        datasets.standardize(frame)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pd.DataFrame, "an array or a DataFrame .*received <class"),
        ({"a": NUMBERS}, r"of type dict. Give pd.DataFrame\(X_train\)"),
        ("my.csv", "received 'my.csv' of type str"),
        ((row for row in NUMBERS), "of type generator"),
    ],
    ids=["class", "dict", "path", "generator"],
)
def test_what_is_no_table_is_said(values, words):
    """The class itself, a file's name, and what has no rows yet."""
    with pytest.raises(TypeError, match=words):
        datasets.standardize(values)


def test_types_of_arrow_are_read_like_others(model):
    """Where that is installed."""
    arrow = pytest.importorskip("pyarrow")
    whole = column(range(ROWS), pd.ArrowDtype(arrow.int64()))
    np.testing.assert_allclose(datasets.standardize(whole)(whole)[:, 1].mean(), 0, atol=1e-6)
    live.LiveTrainer(model, whole, whole["price"], jit_compile=False)
    gap = with_one(None, list(range(ROWS)), pd.ArrowDtype(arrow.int64()))
    comma = with_one("7,5", TEXTS, pd.ArrowDtype(arrow.string()))
    for frame, words in [(gap, "<NA>"), (comma, "'7,5'")]:
        with pytest.raises((TypeError, ValueError), match=f"row 7, column 'price': {words}"):
            datasets.standardize(frame)
