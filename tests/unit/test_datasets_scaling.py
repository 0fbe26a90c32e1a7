"""Scaling fitted on training rows, and splitting."""

import fractions
import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn.preprocessing
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lessons_lib import datasets

SCALERS = [datasets.standardize, datasets.min_max]
ORACLES = [
    (datasets.standardize, sklearn.preprocessing.StandardScaler),
    (datasets.min_max, sklearn.preprocessing.MinMaxScaler),
]
# Whole numbers over 8: no rounding, so that a difference is a mistake and not a last digit.
TABLES = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.integers(-8000, 8000).map(lambda n: n / 8),
)


@pytest.mark.parametrize(("fit", "oracle"), ORACLES)
@given(X=TABLES)
@settings(max_examples=40, deadline=None)
def test_scaling_equals_scikit_learns(fit, oracle, X):
    """Oracle: fitted on one table, applied to it and to others; constant columns included."""
    others = X[::-1] * 3 + 1
    scale, expected = fit(X), oracle().fit(X)
    np.testing.assert_allclose(scale(X), expected.transform(X), atol=1e-9)
    np.testing.assert_allclose(scale(others), expected.transform(others), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("fit", SCALERS)
@given(X=TABLES)
@settings(max_examples=40, deadline=None)
def test_inverse_undoes_the_scaling(fit, X):
    """The original units come back, for constant columns too."""
    scale = fit(X)
    np.testing.assert_allclose(scale.inverse(scale(X)), X, atol=1e-9)


@pytest.mark.parametrize("fit", SCALERS)
def test_validation_rows_do_not_change_the_scaling(fit):
    """Fitting sees the training rows alone: no leak."""
    X_train, X_val = np.array([[0.0], [2.0]]), np.array([[100.0]])
    scale = fit(X_train)
    before = scale(X_train)
    scale(X_val)
    np.testing.assert_array_equal(scale(X_train), before)


@pytest.mark.parametrize("fit", SCALERS)
def test_a_constant_column_becomes_zero(fit):
    """0.1 is not exact in binary: its mean over 10 rows differs from it in the last digit."""
    X = np.column_stack([np.full(10, 0.1), np.arange(10)])
    assert (fit(X)(X)[:, 0] == 0).all()


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize(
    ("given_type", "expected"),
    [("float32", "float32"), ("float64", "float64"), ("int64", "float64")],
)
def test_precision_is_kept(fit, given_type, expected):
    """float32 for Keras stays float32; whole numbers are not cut off."""
    X = np.array([[1, 2], [3, 5], [4, 4]], dtype=given_type)
    scale = fit(X)
    assert scale(X).dtype == expected
    assert scale.inverse(scale(X)).dtype == expected


@pytest.mark.parametrize("fit", SCALERS)
def test_a_vector_can_be_scaled(fit):
    """A target of shape (n_samples,) scales like one column."""
    y = np.array([3.0, 5.0, 7.0])
    np.testing.assert_allclose(fit(y)(y), fit(y[:, None])(y[:, None])[:, 0])


@pytest.mark.parametrize("fit", SCALERS)
def test_a_data_frame_can_be_scaled(fit):
    """The lessons fit on DataFrames too; arrays come out."""
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [0, 5, 5]})
    np.testing.assert_array_equal(fit(frame)(frame), fit(frame.to_numpy())(frame.to_numpy()))


@pytest.mark.parametrize("fit", SCALERS)
def test_other_columns_are_refused(fit):
    """Broadcasting would scale one column by another's numbers without a word."""
    scale = fit(np.ones((4, 3)))
    for method in (scale, scale.inverse):
        with pytest.raises(ValueError, match=r"shape \(n_samples, 3\); received shape \(4, 1\)"):
            method(np.ones((4, 1)))


@pytest.mark.parametrize("fit", SCALERS)
def test_a_single_row_is_refused_with_the_remedy(fit):
    """A row of shape (3,) is not a table of shape (1, 3)."""
    with pytest.raises(ValueError, match=r"a single row as X\[:1\]"):
        fit(np.ones((4, 3)))(np.ones(3))


FRAME = pd.DataFrame({"acid": [7.4, 7.8], "made in": [2001, 2002]}, index=[12, 40])


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.empty((0, 3)), r"a row and a column at least.*received shape \(0, 3\)"),
        (np.float64(3), "array or a DataFrame with one row a sample; received .*3"),
        (None, "received None of type NoneType"),
        ({"a": [1]}, "received .* of type dict"),
        ([[1.0, np.nan], [np.inf, 2.0]], "received 2 missing .* first in row 0, column 1: nan"),
        ([[1, 2], [3, None]], "1 missing .* in row 1, column 1"),
        (np.ma.masked_equal([[1, 2], [3, 9]], 9), "received 1 masked.* in row 1, column 1.*filled"),
        ([np.ma.masked_equal([1, 9], 9), [3, 4]], "received 1 masked.* in row 0, column 1"),
        (FRAME.assign(acid=[1, pd.NA]), r"in row 1 \(index 40\), column 'acid'"),
        ([[1, 2], [3]], r"as many values in every row; received \[\[1, 2\], \[3\]\]"),
        ([[1, 2], [3, "x"]], "text in row 1, column 1: 'x'"),
        (pd.Series(["a", "b"]), "text in row 0: 'a'"),
        (FRAME.assign(acid=["7.4", "7,8"]), "decimal comma in row 1 .*, column 'acid': '7,8'"),
        ([["1,234"]], "number with a comma .*decimal=','.*thousands=','"),
        ([["1.234,5"]], r"decimal=',', thousands='\.'"),
        ([["1,234,567.8"]], r"\(\.\.\., thousands=','\)"),
        ([[1], ["?"]], r"mark for what is missing in row 1, .*missing='\?'"),
        ([["31.12.2024"]], "a date in row 0, .*days since .*dayfirst=True"),
        ([["12:30"]], r"a time in row 0, .*hour \+ minute / 60"),
        ([["−3"]], "minus is another sign in row 0.*Put - in its place"),
        ([["12 €"]], "number with something around it .*Take out"),
        ([[b"ab"]], r"text in row 0, .*pd\.get_dummies"),
        (FRAME.astype({"made in": "datetime64[ns]"}), "date or time in row 0 .*column 'made in'"),
        (np.array([["2001-01-01"]], "datetime64[D]"), "date or time in .*: '2001-01-01'"),
        ([[1], [2 + 1j]], "complex number in row 0, column 0"),
        ([[1], [10**400]], "no float can hold in row 1, column 0: 1000"),
        (scipy.sparse.eye(3).tocsr(), r"sparse matrix of shape \(3, 3\).*X_train\.toarray\(\)"),
        ([[5e-324, 1], [0, 2]], "column 0 of X_train runs from 0 to 4.94066e-324.*too little"),
    ],
    ids=lambda value: re.sub(r"\W+", " ", str(value))[:30],
)
def test_unfit_training_rows_are_explained(fit, X, words):
    """One sentence with the column, the row and the value, whatever stands where numbers belong."""
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        fit(X)
    assert len(str(caught.value)) < 250


def test_a_range_that_no_float_can_hold_is_explained():
    """The standard deviation of such a column is a float, its range is not."""
    X = [[1.7e308], [-1.7e308]]
    np.testing.assert_allclose(datasets.standardize(X)(X), [[1], [-1]])
    with pytest.raises(ValueError, match=r"column 0 .*too much for float64"):
        datasets.min_max(X)


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize("size", [1e-310, 1e-200, 1e200, 1e300])
def test_the_size_of_the_numbers_does_not_matter(fit, size):
    """Squares of 1e200 overflow and those of 1e-200 vanish, on the way to ordinary results."""
    X = np.array([[-1.0], [0.5], [0.75]])
    np.testing.assert_allclose(fit(X * size)(X * size), fit(X)(X), rtol=1e-9)


@pytest.mark.parametrize("fit", SCALERS)
@given(
    X=hnp.arrays(st.sampled_from(["f4", "f8", "i8", "?"]), st.tuples(st.integers(1, 5), st.just(2)))
)
@settings(max_examples=200, deadline=None)
def test_scaled_rows_are_finite_and_come_back_or_are_refused(fit, X):
    """Whatever the numbers, nothing turns into NaN or infinity, or into other numbers, unsaid."""
    if X.dtype.kind == "f":
        X = np.where(np.abs(X) > np.finfo(X.dtype).max / 8, 0, X).astype(X.dtype)
    try:
        scale = fit(X)
    except ValueError as refused:
        assert re.search("NaN|too much|too little", str(refused))  # noqa: PT017
        return
    Z = scale(X)
    back = scale.inverse(Z)
    precision = 64 * np.finfo(Z.dtype).eps
    largest = np.abs(X.astype(float)).max(axis=0)
    assert (np.abs(back.astype(float) - X.astype(float)) <= precision * largest + 1e-300).all()
    spread = np.ptp(X.astype(float), axis=0)
    wide = spread > 1e3 * precision * largest
    if fit is datasets.standardize:
        assert np.abs(Z.std(axis=0)[wide] - 1).max(initial=0) < 0.01
    else:
        assert np.abs(np.ptp(Z, axis=0)[wide] - 1).max(initial=0) < 0.01


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_column_that_is_constant_but_for_rounding_becomes_zero(fit, dtype):
    """Shares that sum to 1 do so to the last digit or two; scaled to 1, that would be noise."""
    X = np.random.default_rng(0).random((50, 3)).astype(dtype)
    sums = (X / X.sum(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    assert np.abs(fit(sums)(sums)).max() < 1e-5


@pytest.mark.parametrize("fit", SCALERS)
def test_columns_of_other_names_or_in_another_order_are_refused(fit):
    """Scaling one column by another's numbers would go unseen."""
    scale = fit(FRAME)
    scale(FRAME.to_numpy())
    scale(FRAME[list(scale.columns)])
    with pytest.raises(ValueError, match=r"fitted on the columns \['acid', 'made in'\]; received"):
        scale(FRAME[["made in", "acid"]])


@pytest.mark.parametrize("method", ["__call__", "inverse"])
def test_unfit_rows_are_explained_after_the_fit_too(method):
    """Validation rows hold text and gaps as often as training rows."""
    apply = getattr(datasets.standardize([[0.0], [1.0]]), method)
    for rows, words in [
        ([["x"]], "text in row 0"),
        ([[0], [np.nan]], "missing .* row 1, column 0"),
        (np.ma.masked_equal([[0], [9]], 9), "masked.* row 1, column 0"),
    ]:
        with pytest.raises((TypeError, ValueError), match=words):
            apply(rows)


def test_a_row_that_scales_to_infinity_is_named():
    """A validation row in another unit."""
    with pytest.raises(ValueError, match=r"X holds 1e\+300 in row 1, column 0, .*float64 cannot"):
        datasets.standardize([[0], [1e-300]])([[0], [1e300]])


@given(
    n_samples=st.integers(2, 80),
    val_fraction=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_split_keeps_every_row_once_and_pairs_together(n_samples, val_fraction, seed):
    """Nothing lost, nothing twice, X and y still belong together, the sizes as asked for."""
    X = np.arange(n_samples)[:, None]
    X_train, X_val, y_train, y_val = datasets.train_val_split(X, 10 * X[:, 0], val_fraction, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate([X_train, X_val])[:, 0]), X[:, 0])
    np.testing.assert_array_equal(y_train, 10 * X_train[:, 0])
    np.testing.assert_array_equal(y_val, 10 * X_val[:, 0])
    assert len(X_train) >= 1
    assert len(X_val) >= 1
    if 1 <= n_samples * val_fraction <= n_samples - 1:
        assert abs(len(X_val) - n_samples * val_fraction) <= 0.5


@given(labels=st.lists(st.integers(0, 4), min_size=1, max_size=20), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_stratified_split_has_each_class_in_both_sets(labels, seed):
    """Every class twice at least, so that each set can have one; fractions within half a row."""
    y = np.array(labels + labels)
    X_train, X_val, y_train, y_val = datasets.train_val_split(
        np.arange(len(y)), y, 0.3, seed, stratify=True
    )
    assert set(y_train) == set(y_val) == set(y)
    for label in set(labels):
        expected = max(1, 0.3 * np.sum(y == label))
        assert abs(np.sum(y_val == label) - expected) <= 0.5
    np.testing.assert_array_equal(y[X_train], y_train)
    np.testing.assert_array_equal(y[X_val], y_val)


@pytest.mark.parametrize(
    "y",
    [
        np.array([0, 1, np.nan] * 4),
        ["a", "b", None] * 4,
        pd.Series([0, 1, None] * 4, dtype="Int64"),
        np.ma.masked_equal([0, 1, 9] * 4, 9),
    ],
)
def test_stratified_split_loses_no_row_without_a_label(y):
    """NaN equals nothing, itself included; such rows are a class of their own and stay."""
    X_train, X_val, _, y_val = datasets.train_val_split(np.arange(12), y, 0.25, stratify=True)
    assert sorted([*X_train, *X_val]) == list(range(12))
    assert pd.isna(y_val.tolist()).sum() == 1


ONE_OF_TEN = [0] * 9 + [1]


@pytest.mark.parametrize(
    ("y", "label"),
    [
        (ONE_OF_TEN, "1"),
        (np.array(ONE_OF_TEN, "float32"), "1.0"),
        (np.array(ONE_OF_TEN, bool), "True"),
        (list("aaaaaaaaab"), "'b'"),
        (pd.DataFrame({"label": ONE_OF_TEN}), "1"),
        (np.eye(2)[ONE_OF_TEN], "1"),
    ],
    ids=["whole", "float", "bool", "text", "frame", "one-hot"],
)
def test_split_tells_of_a_class_that_one_set_lacks(y, label, capsys):
    """Whatever the labels look like: a line on stdout, where a notebook shows it in black."""
    datasets.train_val_split(np.zeros((10, 2)), y)
    said = capsys.readouterr()
    assert f"no row of class {label} is among the 3 validation rows" in said.out
    assert said.err == ""


def test_split_tells_of_a_set_of_one_row(capsys):
    """One row is no "1 rows"."""
    datasets.train_val_split(np.zeros((4, 2)), [0, 1, 1, 1], 0.25)
    assert "no row of class 0 is in the validation set of one row." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("y", "stratify"),
    [
        (np.linspace(0, 1, 10), False),
        (np.arange(10), False),
        (np.random.default_rng(0).random((10, 2)), False),
        ([0, 1] * 5, True),
        ([0] * 5 + [1] * 5, False),
    ],
)
def test_split_says_nothing_of_measurements_and_of_classes_in_both_sets(y, stratify, capsys):
    """A measurement's values stand in one set alone as a rule."""
    datasets.train_val_split(np.zeros((10, 2)), y, stratify=stratify)
    assert capsys.readouterr().out == ""


def test_split_takes_any_fraction_and_any_labels(capsys):
    """A fraction of Python's own, and labels that have no order and so are no classes."""
    y = [{"box": row} for row in range(6)]
    parts = datasets.train_val_split(np.arange(6), y, fractions.Fraction(1, 3))
    assert [len(part) for part in parts] == [4, 2, 4, 2]
    assert capsys.readouterr().out == ""


def test_stratify_takes_a_column_of_labels():
    """Shape (n_samples, 1) is what a DataFrame with one column gives."""
    y = pd.DataFrame({"label": [0, 1] * 5})
    assert set(datasets.train_val_split(y, y, stratify=True)[3]["label"]) == {0, 1}


@pytest.mark.parametrize("stratify", [False, True])
def test_split_is_shuffled_and_repeats_with_the_seed(stratify):
    """The same seed gives the same split; another seed another; neither is in the old order."""
    X, y = np.arange(100), np.arange(100) // 50

    def train_rows(seed):
        return datasets.train_val_split(X, y, seed=seed, stratify=stratify)[0].tolist()

    assert train_rows(1) == train_rows(1)
    assert train_rows(1) != train_rows(2)
    assert train_rows(1) != sorted(train_rows(1))


def test_split_keeps_data_frames():
    """Column names survive, and the index tells which rows went where."""
    frame = pd.DataFrame({"a": range(10)}, index=range(100, 110))
    X_train, X_val, y_train, y_val = datasets.train_val_split(frame, frame["a"])
    assert list(X_train.columns) == ["a"]
    assert (X_train.index == y_train.index).all()
    assert (X_val.index == y_val.index).all()
    assert len(X_val) == 3


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"y": np.zeros(9)},
            ValueError,
            r"same number of rows; received shapes \(10, 2\) and \(9,\)",
        ),
        ({"X": np.zeros((1, 2)), "y": np.zeros(1)}, ValueError, "2 rows at least.*received 1"),
        ({"val_fraction": 0}, ValueError, "between 0 and 1.*received 0"),
        ({"val_fraction": 30}, ValueError, "between 0 and 1.*received 30"),
        ({"val_fraction": "0.3"}, TypeError, "val_fraction must be a number"),
        ({"seed": -1}, ValueError, "seed must be 0 or more"),
        ({"y": np.arange(10), "stratify": True}, ValueError, "two rows of each class"),
        ({"y": np.eye(10), "stratify": True}, ValueError, r"give y\.argmax\(axis=1\)"),
        ({"y": [1, "a"] * 5}, TypeError, "one kind.*received 1 in row 0 and 'a' in row 1"),
        ({"y": np.array([1, "1"] * 5, object), "stratify": True}, TypeError, "of one kind"),
        ({"y": pd.DataFrame({"a": ["x", 1] * 5})}, TypeError, "of one kind"),
        ({"X": scipy.sparse.eye(10)}, TypeError, r"X must be .*sparse matrix.*X\.toarray\(\)"),
        ({"X": [[1], [1, 2]] * 5}, ValueError, "X must have as many values in every row"),
        ({"y": None}, TypeError, "y must be an array .*received None"),
        ({"val_fraction": 10**400}, ValueError, "must be a finite number"),
        ({"stratify": np.arange(10) % 2}, TypeError, "True or False; .*ndarray.*stratify=True"),
        ({"stratify": "y"}, TypeError, "True or False; .*type str"),
        ({"y": [{"box": 1}] * 10, "stratify": True}, TypeError, "numbers or text; .*type dict"),
    ],
)
def test_unfit_splits_are_explained(arguments, error, words):
    """What is wrong, what was expected, what was received."""
    with pytest.raises(error, match=words):
        datasets.train_val_split(**{"X": np.zeros((10, 2)), "y": np.zeros(10), **arguments})
