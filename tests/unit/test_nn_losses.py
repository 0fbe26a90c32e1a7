"""Losses: values by hand, gradients by finite differences, shapes, extremes, errors."""

import numpy as np
import pytest

from lessons_lib import nn

rng = np.random.default_rng(0)
Y = rng.normal(size=(6, 3))
P = rng.uniform(0.1, 0.9, size=(6, 3))
BINARY = rng.integers(0, 2, size=(6, 3))
CLASSES = rng.integers(0, 3, size=6)
ONE_HOT = np.eye(3)[CLASSES]
SOFT = P / P.sum(axis=1, keepdims=True)

CASES = {
    "mean squared error": (nn.MeanSquaredError(), Y, P),
    "mean absolute error": (nn.MeanAbsoluteError(), Y, P),
    "binary": (nn.BinaryCrossentropy(), BINARY, P),
    "binary, soft labels": (nn.BinaryCrossentropy(), 1 - P, P),
    "binary from logits": (nn.BinaryCrossentropy(from_logits=True), BINARY, 3 * Y),
    "categorical": (nn.CategoricalCrossentropy(), ONE_HOT, SOFT),
    "categorical, class numbers": (nn.CategoricalCrossentropy(), CLASSES, SOFT),
    "categorical, soft labels": (nn.CategoricalCrossentropy(), SOFT[::-1], SOFT),
    "categorical from logits": (nn.CategoricalCrossentropy(from_logits=True), CLASSES, 3 * Y),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient_is_that_of_finite_differences(name):
    """dL/dy_pred agrees with nudging each prediction, to 1e-6."""
    loss, y_true, y_pred = CASES[name]
    y_pred = y_pred.copy()
    loss.forward(y_true, y_pred)
    analytic = loss.backward()
    numeric = nn.numerical_gradient(lambda p: loss.forward(y_true, p), y_pred)
    assert analytic.shape == y_pred.shape
    assert nn.relative_error(analytic, numeric) < 1e-6


@pytest.mark.parametrize(
    ("loss", "y_true", "y_pred", "value"),
    [
        (nn.MeanSquaredError(), [[1.0], [2.0]], [[2.0], [5.0]], 5.0),
        (nn.MeanAbsoluteError(), [[1.0], [2.0]], [[2.0], [5.0]], 2.0),
        (nn.BinaryCrossentropy(), [1, 0], [0.5, 0.75], (np.log(2) + np.log(4)) / 2),
        (nn.BinaryCrossentropy(from_logits=True), [1, 0], [0.0, 0.0], np.log(2)),
        (nn.CategoricalCrossentropy(), [0, 1], [[0.5, 0.5], [0.75, 0.25]], 1.5 * np.log(2)),
        (nn.CategoricalCrossentropy(from_logits=True), [1], [[3.0, 3.0]], np.log(2)),
    ],
)
def test_value_is_the_one_worked_out_by_hand(loss, y_true, y_pred, value):
    """Small examples of each formula."""
    assert np.isclose(loss(y_true, y_pred), value, rtol=1e-12)


def test_class_numbers_and_one_hot_rows_are_the_same_targets():
    """Both ways to write the labels give one loss and one gradient."""
    loss = nn.CategoricalCrossentropy()
    values, gradients = [], []
    for y_true in (CLASSES, CLASSES.reshape(-1, 1), CLASSES.astype(np.float32), ONE_HOT):
        values.append(loss(y_true, SOFT))
        gradients.append(loss.backward())
    assert values == pytest.approx([values[0]] * len(values))
    for gradient in gradients:
        np.testing.assert_allclose(gradient, gradients[0], rtol=1e-6)


@pytest.mark.parametrize("loss", [nn.MeanSquaredError(), nn.MeanAbsoluteError()])
def test_a_column_and_a_list_are_lined_up(loss):
    """(n,) against (n, 1) is no table of n × n differences: the loss of equal values is 0."""
    y = np.arange(4.0)
    assert loss(y, y.reshape(-1, 1)) == 0
    assert loss.backward().shape == (4, 1)
    assert loss(y.reshape(-1, 1), y) == 0
    assert loss.backward().shape == (4,)


@pytest.mark.parametrize("name", CASES)
def test_dtype_of_the_predictions_is_kept(name):
    """Float32 predictions have float32 gradients, whatever the labels are."""
    loss, y_true, y_pred = CASES[name]
    loss(y_true, y_pred.astype(np.float32))
    assert loss.backward().dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_confidently_wrong_probabilities_give_a_finite_loss(dtype):
    """No log of 0 is ever taken: p = 0 and p = 1 are kept away from the ends."""
    p = np.array([[0.0, 1.0], [1.0, 0.0]], dtype)
    for loss, y_true in [
        (nn.BinaryCrossentropy(), [[1, 0], [0, 1]]),
        (nn.CategoricalCrossentropy(), [0, 1]),
    ]:
        with np.errstate(all="raise", under="ignore"):
            value = loss(y_true, p)
            gradient = loss.backward()
        assert 5 < value < 20
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("z", [-1e4, 1e4])
def test_logits_of_any_size_give_the_exact_loss(z):
    """From logits the loss grows like |z| and its gradient stays 1, far beyond e^710."""
    with np.errstate(all="raise", under="ignore"):
        binary = nn.BinaryCrossentropy(from_logits=True)
        assert binary([float(z < 0)], [z]) == 1e4
        assert abs(binary.backward()[0]) == 1
        categorical = nn.CategoricalCrossentropy(from_logits=True)
        assert categorical([int(z > 0)], [[z, 0.0]]) == 1e4
        assert np.abs(categorical.backward()).max() == 1


def test_a_diverged_prediction_gives_nan_and_no_error():
    """A run that diverges shows nan in its history, like Keras's."""
    with np.errstate(invalid="ignore"):
        assert np.isnan(nn.BinaryCrossentropy()([1.0], [np.nan]))
        assert np.isnan(nn.CategoricalCrossentropy()([0], [[np.nan, np.nan]]))


def test_gradient_where_clipped_is_zero():
    """Where p is held at 1e-7 the loss no longer depends on it: the gradient says so too."""
    loss = nn.BinaryCrossentropy()
    loss([1, 1], [0.0, 0.5])
    np.testing.assert_allclose(loss.backward(), [0.0, -1.0], atol=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.MeanSquaredError()(np.ones(3), np.ones((3, 2))), ValueError, r"\(3,\).*3, 2"),
        (lambda: nn.MeanSquaredError()(np.ones((1, 3)), np.ones(3)), ValueError, r"\(1, 3\)"),
        (lambda: nn.MeanSquaredError()(1.0, np.ones(3)), ValueError, r"\(\).*\(3,\)"),
        (lambda: nn.MeanSquaredError()([], []), ValueError, "one row or more"),
        (lambda: nn.MeanSquaredError()(["a"], [1.0]), TypeError, "y_true must hold numbers"),
        (lambda: nn.MeanSquaredError().backward(), ValueError, "before forward"),
        (lambda: nn.MeanAbsoluteError().backward(), ValueError, "before forward"),
        (lambda: nn.BinaryCrossentropy().backward(), ValueError, "before forward"),
        (lambda: nn.CategoricalCrossentropy().backward(), ValueError, "before forward"),
        (lambda: nn.BinaryCrossentropy()([-1, 1], [0.5, 0.5]), ValueError, "0 and 1"),
        (lambda: nn.BinaryCrossentropy()([0, 1], [0.5, 3.0]), ValueError, "3.*Sigmoid.*from_log"),
        (lambda: nn.CategoricalCrossentropy()([0], [[2.0, -1.0]]), ValueError, "Softmax.*from_l"),
        (lambda: nn.CategoricalCrossentropy()([0], [[0.9, 0.9]]), ValueError, "sum to 1.*1.8"),
        (lambda: nn.CategoricalCrossentropy()([[1, 1]], [[0.5, 0.5]]), ValueError, "y_true.*2"),
        (lambda: nn.CategoricalCrossentropy()([2], [[0.5, 0.5]]), ValueError, "0 to 1.*2"),
        (lambda: nn.CategoricalCrossentropy()([0.5], [[0.5, 0.5]]), ValueError, "whole.*0.5"),
        (lambda: nn.CategoricalCrossentropy()([0, 1], [[0.5, 0.5]]), ValueError, r"\(2,\)"),
        (lambda: nn.CategoricalCrossentropy()([0], [[0.5]]), ValueError, "BinaryCrossentropy"),
        (lambda: nn.CategoricalCrossentropy()([0], [0.5]), ValueError, "n_classes"),
        (lambda: nn.Loss()([0], [0]), NotImplementedError, "forward"),
        (lambda: nn.Loss().backward(), NotImplementedError, "backward"),
    ],
)
def test_a_mistake_is_explained(call, error, words):
    """The error says what was expected and what was received."""
    with pytest.raises(error, match=words):
        call()
