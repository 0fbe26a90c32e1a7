"""Scaling fitted on training rows, and splitting."""

import numpy as np
import pandas as pd
import pytest
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


@pytest.mark.parametrize("fit", SCALERS)
@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.empty((0, 3)), r"one row at least.*received shape \(0, 3\)"),
        (np.float64(3), "one row at least"),
        ([[1.0, np.nan], [np.inf, 2.0]], "received 2 NaN or infinite"),
    ],
)
def test_unfit_training_rows_are_explained(fit, X, words):
    """No rows, no table, NaN."""
    with pytest.raises(ValueError, match=words):
        fit(X)


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
def test_stratified_split_has_each_class_in_both_parts(labels, seed):
    """Every class twice at least, so that each part can have one; shares within half a row."""
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


def test_stratified_split_loses_no_row_without_a_label():
    """NaN equals nothing, itself included; such rows are a class of their own and stay."""
    y = np.array([0, 1, np.nan] * 4)
    X_train, X_val, _, _ = datasets.train_val_split(np.arange(12), y, 0.25, stratify=True)
    assert sorted([*X_train, *X_val]) == list(range(12))


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
    ],
)
def test_unfit_splits_are_explained(arguments, error, words):
    """What is wrong, what was expected, what was received."""
    with pytest.raises(error, match=words):
        datasets.train_val_split(**{"X": np.zeros((10, 2)), "y": np.zeros(10), **arguments})
