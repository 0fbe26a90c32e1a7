"""Sequential: the training loop, the checks before it, and gradients of whole networks."""

import copy

import numpy as np
import pytest

from lessons_lib import nn, optimizers

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2))
XOR = (X[:, 0] * X[:, 1] > 0).astype(float)


def whole_network():
    """One of every layer that has something to go wrong."""
    return nn.Sequential(
        [
            nn.Dense(2, 6, l2=0.05, seed=1),
            nn.BatchNormalization(6),
            nn.Tanh(),
            nn.Dropout(0.3, seed=2),
            nn.Dense(6, 5, initializer="he_normal", l1=0.02, l2=0.01),
            nn.LeakyReLU(),
            nn.Dense(5, 3),
            nn.Softmax(),
        ]
    )


def small_network():
    """Return a network that can learn XOR."""
    return nn.Sequential([nn.Dense(2, 8), nn.Tanh(), nn.Dense(8, 1), nn.Sigmoid()])


# --- numerical_gradient -----------------------------------------------------------------------


def test_numerical_gradient_of_a_parabola():
    """The slope of 5x² − 2x + 4 is 10x − 2; a plain number in gives a plain number out."""
    slope = nn.numerical_gradient(lambda x: 5 * x**2 - 2 * x + 4, 3.0)
    assert isinstance(slope, float)
    assert np.isclose(slope, 28, rtol=1e-9)


def test_numerical_gradient_of_an_array_has_its_shape():
    """Every entry is nudged alone: the gradient of ΣX³ is 3X²."""
    A = rng.normal(size=(2, 3, 4))
    gradient = nn.numerical_gradient(lambda a: np.sum(a**3), A)
    assert gradient.shape == A.shape
    assert nn.relative_error(gradient, 3 * A**2) < 1e-8


def test_two_sided_error_falls_with_the_square_of_epsilon():
    """Ten times smaller ε: a hundred times less error two-sided, ten times less one-sided."""

    def error(epsilon, two_sided):
        return abs(nn.numerical_gradient(np.exp, 0.0, epsilon, two_sided) - 1)

    assert 90 < error(1e-2, True) / error(1e-3, True) < 110
    assert 9 < error(1e-2, False) / error(1e-3, False) < 11


@pytest.mark.parametrize("two_sided", [True, False])
def test_numerical_gradient_leaves_x_as_it_was_even_after_an_error(two_sided):
    """A failing f must not leave a nudged weight behind."""
    A = np.array([0.1, 0.2, 0.3])
    before = A.copy()

    def fails_late(a):
        if a[2] != 0.3:
            raise RuntimeError("late")
        return a.sum()

    with pytest.raises(RuntimeError, match="late"):
        nn.numerical_gradient(fails_late, A, two_sided=two_sided)
    assert np.array_equal(A, before)


def test_relative_error_tells_kinds_of_mistakes_apart():
    """0 for equal, 1 for a sign flip or a missing gradient, 1/3 for a factor of 2, nan is kept."""
    g = np.array([1.0, -2.0])
    assert nn.relative_error(g, g) == 0
    assert nn.relative_error(np.zeros(2), np.zeros(2)) == 0
    assert np.isclose(nn.relative_error(-g, g), 1)
    assert np.isclose(nn.relative_error(0 * g, g), 1)
    assert np.isclose(nn.relative_error(2 * g, g), 1 / 3)
    assert np.isnan(nn.relative_error(g * np.nan, g))


# --- gradient_check ---------------------------------------------------------------------------


@pytest.mark.parametrize("training", [False, True])
def test_whole_network_passes_the_gradient_check(training):
    """Dense with L1 and L2, BatchNormalization, Dropout with one mask, Softmax: all below 1e-6."""
    classes = rng.integers(0, 3, size=8)
    model = whole_network()
    check = nn.gradient_check(
        model, nn.CategoricalCrossentropy(), X[:8], classes, training=training
    )
    assert check.passed, str(check)
    assert check.worst.relative_error < 1e-6
    assert [row.name for row in check.rows] == [
        "0 Dense W",
        "0 Dense b",
        "1 BatchNormalization gamma",
        "1 BatchNormalization beta",
        "4 Dense W",
        "4 Dense b",
        "6 Dense W",
        "6 Dense b",
        "X",
    ]


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        (nn.MeanSquaredError(), nn.Tanh()),
        (nn.MeanAbsoluteError(), nn.Tanh()),
        (nn.BinaryCrossentropy(), nn.Sigmoid()),
        (nn.BinaryCrossentropy(from_logits=True), nn.LeakyReLU()),
    ],
)
def test_networks_pass_the_gradient_check_under_every_loss(loss, last):
    """Column losses through two layers; the categorical one is in the test above."""
    model = nn.Sequential([nn.Dense(2, 4, seed=3), nn.ReLU(), nn.Dense(4, 1, seed=3), last])
    check = nn.gradient_check(model, loss, X[:10], XOR[:10])
    assert check.passed, str(check)


def test_gradient_check_fails_with_new_dropout_masks():
    """Each pass a mask of its own: the measured slope is that of no function."""
    check = nn.gradient_check(
        whole_network(),
        nn.CategoricalCrossentropy(),
        X[:8],
        np.arange(8) % 3,
        training=True,
        same_masks=False,
    )
    assert not check.passed


def test_gradient_check_fails_at_a_kink():
    """Inputs closer to the kink of ReLU than ε: the measured gradient is the wrong one."""
    model = nn.Sequential([nn.ReLU()])
    check = nn.gradient_check(model, nn.MeanSquaredError(), np.full((2, 1), -1e-6), [1.0, 1.0])
    assert check["X"].verdict == "wrong"
    assert not check["X"].analytic.any()


class _SignFlipped(nn.Dense):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.dW = -self.dW
        return dX


class _ForgotTheBias(nn.Dense):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.db = np.zeros_like(self.db)
        return dX


class _ForgotThePenalty(nn.Dense):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.dW = self.X.T @ dZ
        return dX


class _MeanTwice(nn.Dense):
    def backward(self, dZ):
        return super().backward(np.asarray(dZ) / len(dZ))


class _SquareIsNotTanh(nn.Tanh):
    def backward(self, dA):
        return dA * (1 - self.A)


@pytest.mark.parametrize(
    ("first", "activation", "wrong"),
    [
        (_SignFlipped(2, 4), nn.Tanh(), {"0 _SignFlipped W"}),
        (_ForgotTheBias(2, 4), nn.Tanh(), {"0 _ForgotTheBias b"}),
        (_ForgotThePenalty(2, 4, l2=0.1), nn.Tanh(), {"0 _ForgotThePenalty W"}),
        (_MeanTwice(2, 4), nn.Tanh(), {"0 _MeanTwice W", "0 _MeanTwice b", "X"}),
        (nn.Dense(2, 4), _SquareIsNotTanh(), {"0 Dense W", "0 Dense b", "X"}),
    ],
)
def test_gradient_check_names_the_broken_gradient(first, activation, wrong):
    """A broken backward is found, and only what it spoils is called wrong."""
    model = nn.Sequential([first, activation, nn.Dense(4, 1)])
    check = nn.gradient_check(model, nn.MeanSquaredError(), X[:6], XOR[:6])
    assert {row.name for row in check.rows if row.verdict == "wrong"} == wrong
    assert not check.passed


def test_gradient_check_counts_a_gradient_of_zero_as_right():
    """A bias before BatchNormalization has the gradient 0, though rounding makes it 1e-17."""
    model = nn.Sequential([nn.Dense(2, 3), nn.BatchNormalization(3), nn.Dense(3, 1)])
    check = nn.gradient_check(model, nn.MeanSquaredError(), X[:6], XOR[:6], training=True)
    assert check["0 Dense b"].verdict == "right"


def test_gradient_check_calls_nan_wrong():
    """A gradient that is not a number must not slip through a comparison."""

    class NotANumber(nn.Dense):
        def backward(self, dZ):
            dX = super().backward(dZ)
            self.dW = self.dW * np.nan
            return dX

    check = nn.gradient_check(
        nn.Sequential([NotANumber(2, 1)]), nn.MeanSquaredError(), X[:4], XOR[:4]
    )
    assert check.worst.name == "0 NotANumber W"
    assert check.worst.verdict == "wrong"


def test_gradient_check_changes_nothing():
    """Weights, moving averages and random masks are as they were."""
    model = whole_network()
    before = copy.deepcopy(model)
    data = X[:4].copy()
    nn.gradient_check(model, nn.CategoricalCrossentropy(), data, [0, 1, 2, 0], training=True)
    assert np.array_equal(data, X[:4])
    for p, q in zip(model.parameters, before.parameters, strict=True):
        assert np.array_equal(p, q)
    assert np.array_equal(model.layers[1].moving_mean, before.layers[1].moving_mean)
    assert np.array_equal(model.forward(X, training=True), before.forward(X, training=True))


def test_gradient_check_prints_no_rounding_noise():
    """The table is the same on every machine: digits only where something is wrong."""
    model = nn.Sequential([_SignFlipped(2, 1)])
    assert str(nn.gradient_check(model, nn.MeanSquaredError(), X[:4], XOR[:4])).splitlines() == [
        "gradient of       shape       relative error  verdict",
        "0 _SignFlipped W  (2, 1)      1               wrong",
        "0 _SignFlipped b  (1,)        below 1e-06     right",
        "X                 (4, 2)      below 1e-06     right",
    ]


def test_gradient_check_lines_up_short_names_and_long_shapes():
    """Every column begins at the same place in each line, whatever stands in it."""
    rows = [
        nn.ParameterCheck("X", np.zeros(shape), np.zeros(shape), 0.0)
        for shape in [(2, 2), (1000, 10, 10)]
    ]
    assert str(nn.GradientCheck(tuple(rows))).splitlines() == [
        "gradient of  shape           relative error  verdict",
        "X            (2, 2)          below 1e-06     right",
        "X            (1000, 10, 10)  below 1e-06     right",
    ]


# --- the network ------------------------------------------------------------------------------


def test_parameters_are_the_arrays_themselves():
    """An optimizer changes them in place, so they must not be copies."""
    model = small_network()
    assert model.parameters[0] is model.layers[0].W
    assert model.parameters[3] is model.layers[2].b
    assert model.parameter_count == 2 * 8 + 8 + 8 + 1


def test_stacked_linear_layers_are_one():
    """Two Dense layers without activation equal one with W₁W₂ and b₁W₂ + b₂."""
    model = nn.Sequential([nn.Dense(2, 5), nn.Dense(5, 3)])
    first, second = model.layers
    first.b += 0.5
    one = nn.Dense(2, 3)
    one.W, one.b = first.W @ second.W, first.b @ second.W + second.b
    assert np.allclose(model.predict(X), one.forward(X), atol=1e-14)


def test_fit_learns_xor():
    """A network with one hidden layer separates what no line can."""
    model = small_network()
    history = model.fit(
        X, XOR, nn.BinaryCrossentropy(), optimizers.Adam(0.05), batch_size=10, epochs=100
    )
    assert history["loss"][-1] < 0.2 < history["loss"][0]
    assert np.mean((model.predict(X)[:, 0] > 0.5) == XOR) > 0.95


def test_fit_makes_one_update_for_each_batch():
    """40 samples in batches of 16 are 3 updates an epoch, the last with 8 samples."""
    optimizer = optimizers.SGD()
    small_network().fit(X, XOR, nn.BinaryCrossentropy(), optimizer, batch_size=16, epochs=4)
    assert optimizer.iterations == 12


def test_history_is_the_mean_over_samples_and_includes_the_penalty():
    """With a learning rate of 0 nothing moves: training and validation loss are the same number."""
    model = nn.Sequential([nn.Dense(2, 1, l2=0.5)])
    history = model.fit(
        X,
        XOR,
        nn.MeanSquaredError(),
        optimizers.SGD(0.0),
        batch_size=16,
        epochs=2,
        validation_data=(X, XOR),
    )
    expected = np.mean((model.predict(X)[:, 0] - XOR) ** 2) + 0.5 * np.sum(model.layers[0].W ** 2)
    assert np.allclose(history["loss"] + history["val_loss"], expected, rtol=1e-12)
    assert len(history["loss"]) == len(history["val_loss"]) == 2


def test_fit_is_repeatable_and_the_seed_changes_the_order():
    """The same seed gives the same weights; another order of samples gives others."""

    def weights(seed):
        model = small_network()
        model.fit(X, XOR, nn.BinaryCrossentropy(), optimizers.SGD(0.5), 8, 3, seed)
        return model.parameters[0]

    assert np.array_equal(weights(0), weights(0))
    assert not np.array_equal(weights(0), weights(1))


def test_fit_does_not_change_the_data():
    """Shuffling is done on indices: X and y stay in order."""
    data, target = X.copy(), XOR.copy()
    small_network().fit(data, target, nn.BinaryCrossentropy(), optimizers.SGD())
    assert np.array_equal(data, X)
    assert np.array_equal(target, XOR)


def test_a_float32_network_stays_float32_through_training():
    """Parameters and outputs keep their dtype after updates from float64 data."""
    model = nn.Sequential(
        [
            nn.Dense(2, 4, dtype=np.float32),
            nn.BatchNormalization(4, dtype=np.float32),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Dense(4, 1, dtype=np.float32),
        ]
    )
    model.fit(X, XOR, nn.MeanSquaredError(), optimizers.AdamW(0.01), epochs=2)
    assert {p.dtype for p in [*model.parameters, model.predict(X)]} == {np.dtype(np.float32)}


def test_zero_weights_stay_alike():
    """Units that start alike receive the same gradient: all columns of W stay the same."""
    model = nn.Sequential(
        [nn.Dense(2, 4, "zeros"), nn.Sigmoid(), nn.Dense(4, 4, "zeros"), nn.Dense(4, 1, "zeros")]
    )
    model.fit(X, XOR, nn.MeanSquaredError(), optimizers.SGD(0.5), epochs=5)
    assert np.ptp(model.layers[0].W, axis=1).max() < 1e-9


def test_summary_counts_by_hand():
    """The table names each layer, its output shape and its parameters."""
    lines = [line.split() for line in small_network().summary().splitlines()]
    assert lines[1] == ["Dense(2,", "8)", "(n,", "8)", "24"]
    assert lines[2] == ["Tanh()", "(n,", "8)", "0"]
    assert lines[-1] == ["total", "33"]


def test_repr_is_code():
    """A network is shown as it was written."""
    layers = [nn.Dense(2, 3), nn.LeakyReLU(0.2), nn.Dropout(0.25), nn.BatchNormalization(3)]
    assert repr(nn.Sequential(layers)) == (
        "Sequential([Dense(2, 3), LeakyReLU(0.2), Dropout(0.25), BatchNormalization(3)])"
    )
    assert repr(nn.BinaryCrossentropy(from_logits=True)) == "BinaryCrossentropy(from_logits=True)"


SHARED = nn.Tanh()
MSE, SGD = nn.MeanSquaredError(), optimizers.SGD()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.Sequential([]), ValueError, "needs a layer"),
        (lambda: nn.Sequential([nn.Dense(2, 1), nn.ReLU]), TypeError, r"layers\[1\].*ReLU\("),
        (lambda: nn.Sequential([np.tanh]), TypeError, "nn.Layer"),
        (
            lambda: nn.Sequential([nn.Dense(2, 3), nn.Tanh(), nn.Dense(4, 1)]),
            ValueError,
            r"layers\[2\].*3 inputs.*Dense\(4, 1\)",
        ),
        (
            lambda: nn.Sequential([nn.Dense(2, 3), nn.BatchNormalization(4)]),
            ValueError,
            r"BatchNormalization\(4\)",
        ),
        (lambda: nn.Sequential([SHARED, SHARED]), ValueError, "same object"),
        (
            lambda: nn.Sequential([nn.Dense(3, 3), nn.Dense(3, 3)]),
            ValueError,
            "same random weights.*seed=1",
        ),
        (
            lambda: nn.Sequential([nn.Dropout(0.1), nn.Dropout(0.2)]),
            ValueError,
            "same units.*seed=1",
        ),
        (
            lambda: small_network().fit(X, XOR[:3], MSE, optimizers.SGD()),
            ValueError,
            r"\(40, 2\) and \(3,\)",
        ),
        (
            lambda: small_network().fit(X, XOR, MSE, optimizers.SGD(), batch_size=0),
            ValueError,
            "batch_size.*0",
        ),
        (
            lambda: small_network().fit(X, XOR, MSE, optimizers.SGD(), epochs=1.5),
            TypeError,
            "epochs.*1.5",
        ),
        (
            lambda: small_network().fit(
                X, XOR, MSE, optimizers.SGD(), validation_data=(X[:2], XOR)
            ),
            ValueError,
            "X_val and y_val",
        ),
        (lambda: nn.Sequential(nn.Dense(2, 1)), TypeError, r"list of layers.*Dense\(2, 1\)"),
        (lambda: small_network().fit(X, XOR, "mse", SGD), TypeError, "no loss.*'mse'"),
        (lambda: small_network().fit(X, XOR, nn.MeanSquaredError, SGD), TypeError, "no loss"),
        (lambda: small_network().evaluate(X, XOR, "mse"), TypeError, "no loss.*'mse'"),
        (lambda: small_network().fit(X, XOR, MSE, "sgd"), TypeError, "no optimizer.*'sgd'"),
        (lambda: small_network().fit(X, XOR, MSE, optimizers.SGD), TypeError, "no optimizer"),
        (
            lambda: small_network().fit(X, XOR, MSE, SGD, validation_data=X),
            TypeError,
            r"\(X_val, y_val\); received a ndarray",
        ),
        (lambda: small_network().fit(X, XOR, MSE, SGD, seed=-1), ValueError, "seed.*-1"),
        (
            lambda: small_network().fit(np.where(np.isclose(X, X.max()), np.nan, X), XOR, MSE, SGD),
            ValueError,
            f"X holds missing.* 1 others, the first in row {X.argmax() // 2}",
        ),
        (
            lambda: small_network().fit(np.ma.masked_equal(X, X.max()), XOR, MSE, SGD),
            ValueError,
            f"X holds missing.* 1 others, the first in row {X.argmax() // 2}",
        ),
        (
            lambda: small_network().fit(X, np.full(40, np.inf), MSE, SGD),
            ValueError,
            "y holds missing.* 40 others",
        ),
        (
            lambda: small_network().fit([[1, 2], [3]], [0, 1], MSE, SGD),
            ValueError,
            "X is no table.*different lengths",
        ),
        (lambda: small_network().gradients, ValueError, "no gradients yet"),
        (lambda: nn.numerical_gradient(np.sum, np.arange(3)), TypeError, r"astype\(float\)"),
        (lambda: nn.numerical_gradient(np.sin, np.ones(3)), ValueError, r"one number.*\(3,\)"),
        (lambda: nn.numerical_gradient(np.sin, 1.0, epsilon=0), ValueError, "above 0"),
        (lambda: nn.numerical_gradient(np.sin, 1.0, epsilon=-1), ValueError, "epsilon.*-1"),
        (lambda: nn.relative_error(np.ones(2), np.ones((2, 1))), ValueError, r"\(2,\) and \(2, 1"),
        (
            lambda: nn.gradient_check(
                nn.Sequential([nn.Dense(2, 1, dtype=np.float32)]), MSE, X[:2], XOR[:2]
            ),
            TypeError,
            "0 Dense W.*float64.*float32",
        ),
        (
            lambda: nn.gradient_check(nn.Sequential([_Transposed(2, 1)]), MSE, X[:2], XOR[:2]),
            ValueError,
            r"0 _Transposed W.*\(2, 1\).*\(1, 2\)",
        ),
        (
            lambda: nn.gradient_check(nn.Sequential([nn.Tanh()]), MSE, X[:2], X[:2])["W"],
            KeyError,
            "expected one of 'X'",
        ),
    ],
)
def test_a_mistake_is_explained(call, error, words):
    """The error says what was expected and what was received."""
    with pytest.raises(error, match=words):
        call()


class _Transposed(nn.Dense):
    def backward(self, dZ):
        dX = super().backward(dZ)
        self.dW = self.dW.T
        return dX
