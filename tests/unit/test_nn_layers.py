"""Layers: their gradients against finite differences in float64, their dtype, their errors."""

import subprocess
import sys

import numpy as np
import pytest

from lessons_lib import nn

rng = np.random.default_rng(0)
X34 = rng.normal(size=(5, 3))


def loss_through(layer, X, R, training):
    """L = Σ R · forward(X): a loss whose dL/dA is R, from the same random masks every time."""
    if hasattr(layer, "reset"):
        layer.reset()
    return float(np.sum(R * layer.forward(X, training)))


LAYERS = {
    "dense": lambda: nn.Dense(3, 4, seed=1),
    "relu": nn.ReLU,
    "leaky relu": lambda: nn.LeakyReLU(0.1),
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softmax": nn.Softmax,
    "dropout": lambda: nn.Dropout(0.4, seed=3),
    "batch normalization": lambda: nn.BatchNormalization(3),
}


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_gradients_are_those_of_finite_differences(name, training):
    """dL/dX and every dL/dparameter of every layer agree with nudging, to 1e-6."""
    layer = LAYERS[name]()
    for parameter in layer.parameters:  # away from special values such as gamma = 1
        parameter += rng.normal(scale=0.3, size=parameter.shape)
    X = X34.copy()
    R = rng.normal(size=layer.forward(X, training).shape)

    loss_through(layer, X, R, training)
    dX = layer.backward(R)
    analytic = [dX, *layer.gradients]
    for x, a in zip([X, *layer.parameters], analytic, strict=True):
        numeric = nn.numerical_gradient(lambda _: loss_through(layer, X, R, training), x)
        assert nn.relative_error(a, numeric) < 1e-6


def test_penalty_gradient_is_that_of_finite_differences():
    """With nothing but the L1 and L2 penalties as the loss, dW is d(penalty)/dW."""
    layer = nn.Dense(3, 4, l1=0.2, l2=0.3)
    layer.backward(np.zeros_like(layer.forward(X34)))
    numeric = nn.numerical_gradient(lambda _: layer.penalty(), layer.W)
    assert nn.relative_error(layer.dW, numeric) < 1e-6
    assert not layer.db.any()


def test_penalty_is_the_sum_in_the_docstring():
    """l1 · Σ|W| + l2 · ΣW², without the factor ½ that some texts use."""
    layer = nn.Dense(1, 2, l1=0.5, l2=0.25)
    layer.W[:] = [[-2.0, 1.0]]
    assert layer.penalty() == 0.5 * 3 + 0.25 * 5


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
def test_dtype_is_kept_forward_and_backward(name, dtype):
    """A float32 network stays float32 in outputs, gradients and parameters."""
    layer = {
        "dense": lambda: nn.Dense(3, 4, l1=0.1, l2=0.1, dtype=dtype),
        "batch normalization": lambda: nn.BatchNormalization(3, dtype=dtype),
    }.get(name, LAYERS[name])()
    A = layer.forward(X34.astype(dtype), training=True)
    dX = layer.backward(np.ones_like(A))
    arrays = [A, dX, *layer.parameters, *layer.gradients]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_layers_with_parameters_convert_their_input():
    """Float64 data in a float32 network gives float32, as in Keras."""
    assert nn.Dense(3, 4, dtype=np.float32).forward(X34).dtype == np.float32
    assert nn.BatchNormalization(3, dtype=np.float32).forward(X34).dtype == np.float32


def test_integers_become_float64():
    """An activation of whole numbers is not rounded to whole numbers."""
    assert np.allclose(nn.LeakyReLU(0.5).forward([[-1, 2]]), [[-0.5, 2.0]])


@pytest.mark.parametrize("z", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
def test_sigmoid_neither_overflows_nor_loses_small_probabilities(z):
    """σ(z) of extreme z is right to the last digits and warns of nothing."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = nn.sigmoid(z)
    expected = np.exp(z) / (1 + np.exp(z)) if z < 100 else 1.0
    assert np.isclose(a, expected, rtol=1e-14, atol=0)


def test_softmax_neither_overflows_nor_depends_on_a_shift():
    """Rows of extreme numbers still sum to 1, and adding a constant changes nothing."""
    Z = np.array([[1000.0, 1001.0], [-1000.0, -1001.0]])
    with np.errstate(over="raise", invalid="raise"):
        A = nn.softmax(Z)
    assert np.allclose(A.sum(axis=1), 1)
    assert np.allclose(A, nn.softmax(Z - Z[:, :1]))


def test_dropout_does_nothing_outside_training():
    """Outside training the very numbers of X come out, and gradients pass unchanged."""
    layer = nn.Dropout(0.5)
    assert np.array_equal(layer.forward(X34), X34)
    assert np.array_equal(layer.backward(X34), X34)


def test_dropout_keeps_the_expected_output():
    """Inverted dropout: the mean of many ones stays 1, the share of zeros is the rate."""
    A = nn.Dropout(0.3, seed=0).forward(np.ones((400, 500)), training=True)
    assert abs(A.mean() - 1) < 0.01
    assert abs((A == 0).mean() - 0.3) < 0.01
    assert np.allclose(np.unique(A), [0, 1 / 0.7])


def test_dropout_draws_anew_each_time_until_reset():
    """Two forwards use different masks; reset repeats the first."""
    layer = nn.Dropout(0.5, seed=1)
    first, second = layer.forward(X34, True), layer.forward(X34, True)
    layer.reset()
    assert not np.array_equal(first, second)
    assert np.array_equal(first, layer.forward(X34, True))


def test_dropout_rate_takes_effect_at_the_next_forward():
    """A control may turn the rate while a network trains."""
    layer = nn.Dropout(0.0)
    assert np.array_equal(layer.forward(X34, True), X34)
    layer.rate = 0.9
    assert (layer.forward(np.ones((50, 50)), True) == 0).mean() > 0.8


def test_batch_normalization_standardizes_each_column_in_training():
    """Columns leave with mean 0 and (but for ε) standard deviation 1, whatever they had."""
    A = nn.BatchNormalization(3, epsilon=1e-12).forward(5 + 9 * X34, training=True)
    assert np.allclose(A.mean(axis=0), 0)
    assert np.allclose(A.std(axis=0), 1)


def test_batch_normalization_moves_its_averages_only_in_training():
    """Prediction must not learn: moving averages change in training alone."""
    layer = nn.BatchNormalization(3, momentum=0.9)
    layer.forward(X34)
    assert not layer.moving_mean.any()
    layer.forward(X34, training=True)
    assert np.allclose(layer.moving_mean, 0.1 * X34.mean(axis=0))
    assert np.allclose(layer.moving_variance, 0.9 + 0.1 * X34.var(axis=0))


@pytest.mark.parametrize(
    ("name", "stddev"),
    [
        ("zeros", 0.0),
        ("normal", 0.05),
        (nn.normal(0.7), 0.7),
        ("glorot_uniform", np.sqrt(2 / 500)),
        ("glorot_normal", np.sqrt(2 / 500)),
        ("he_uniform", np.sqrt(2 / 300)),
        ("he_normal", np.sqrt(2 / 300)),
    ],
)
def test_initializers_have_the_spread_of_their_papers(name, stddev):
    """Standard deviation of 300 × 200 weights: √(2/(n_in + units)) Glorot, √(2/n_in) He."""
    W = nn.Dense(300, 200, initializer=name).W
    assert abs(W.std() - stddev) <= 0.02 * stddev
    assert abs(W.mean()) <= 0.02 * stddev


@pytest.mark.parametrize(
    ("name", "limit"), [("glorot_uniform", np.sqrt(6 / 500)), ("he_uniform", np.sqrt(6 / 300))]
)
def test_uniform_initializers_stay_within_their_limit(name, limit):
    """The uniform ones fill ±limit and never leave it; a normal distribution would."""
    W = nn.Dense(300, 200, initializer=name).W
    assert 0.99 * limit < np.abs(W).max() <= limit


def test_weights_depend_on_the_seed_alone():
    """The same seed gives the same weights, another gives others, bias begins at 0."""
    assert np.array_equal(nn.Dense(3, 4, seed=5).W, nn.Dense(3, 4, seed=5).W)
    assert not np.array_equal(nn.Dense(3, 4, seed=5).W, nn.Dense(3, 4, seed=6).W)
    assert not nn.Dense(3, 4).b.any()


def test_layers_of_different_shape_are_independent_with_the_same_seed():
    """W of Dense(8, 1) must not be a multiple of a row of W of Dense(2, 8)."""
    row, column = nn.Dense(2, 8, seed=0).W[0], nn.Dense(8, 1, seed=0).W[:, 0]
    assert abs(np.corrcoef(row, column)[0, 1]) < 0.95


def test_an_initializer_may_be_a_function():
    """A learner's own initializer receives the shape and a generator."""
    layer = nn.Dense(2, 3, initializer=lambda n_in, units, rng: np.full((n_in, units), 0.5))
    assert np.array_equal(layer.W, np.full((2, 3), 0.5))


def test_own_layer_needs_only_forward_backward_and_names():
    """A subclass with parameter_names gets parameters and gradients from its attributes."""

    class Scale(nn.Layer):
        parameter_names = ("s",)
        s = np.array([2.0])

        def forward(self, X, training=False):
            self.X = np.asarray(X)
            return self.X * self.s

        def backward(self, dA):
            self.ds = np.array([np.sum(dA * self.X)])
            return dA * self.s

    layer = Scale()
    layer.backward(layer.forward(X34))
    assert layer.parameters[0] is layer.s
    assert np.isclose(layer.gradients[0][0], 2 * np.sum(X34**2))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.Dense(4, 2).forward(X34), ValueError, r"\(n_samples, 4\).*\(5, 3\).*columns"),
        (lambda: nn.Dense(3, 2).forward(X34[0]), ValueError, r"reshape\(1, -1\)"),
        (lambda: nn.BatchNormalization(4).forward(X34), ValueError, r"BatchNormalization\(4\)"),
        (lambda: nn.Dense(3, 2).forward([["a", "b", "c"]]), TypeError, "hold numbers"),
        (lambda: nn.Dense(3, 2).backward(X34), ValueError, "before forward"),
        (lambda: nn.ReLU().backward(X34), ValueError, "before forward"),
        (lambda: nn.Sigmoid().backward(X34), ValueError, "before forward"),
        (lambda: nn.Dropout(0.1).backward(X34), ValueError, "before forward"),
        (lambda: nn.BatchNormalization(3).backward(X34), ValueError, "before forward"),
        (lambda: _after_forward(nn.Dense(3, 2), X34), ValueError, r"\(5, 2\).*\(5, 3\)"),
        (lambda: _after_forward(nn.ReLU(), X34[:1]), ValueError, r"\(5, 3\).*\(1, 3\)"),
        (lambda: nn.Dense(3, 2).gradients, ValueError, "no gradients yet"),
        (lambda: nn.Dense(0, 2), ValueError, "n_in.*1 or more.*0"),
        (lambda: nn.Dense(3, 2.5), TypeError, "units.*2.5"),
        (lambda: nn.Dense(3, 2, l2=-1), ValueError, "l2.*-1"),
        (lambda: nn.Dense(3, 2, seed=None), TypeError, "seed.*None"),
        (lambda: nn.Dense(3, 2, dtype=int), TypeError, "float32.*int"),
        (lambda: nn.Dense(3, 2, initializer="xavier"), ValueError, "glorot_uniform.*'xavier'"),
        (lambda: nn.Dense(3, 2, initializer=1), TypeError, "glorot_uniform.*1"),
        (
            lambda: nn.Dense(3, 2, initializer=lambda n_in, units, rng: np.zeros((units, n_in))),
            ValueError,
            r"\(3, 2\).*\(2, 3\)",
        ),
        (lambda: nn.normal(stddev=-1), ValueError, "stddev.*-1"),
        (lambda: nn.Dropout(1.0), ValueError, "rate.*below 1.*1.0"),
        (lambda: nn.Dropout("half"), TypeError, "rate.*'half'"),
        (lambda: nn.LeakyReLU(-0.1), ValueError, "negative_slope.*-0.1"),
        (lambda: nn.BatchNormalization(3, momentum=2), ValueError, "momentum.*2"),
        (lambda: nn.Layer().forward(X34), NotImplementedError, "forward"),
        (lambda: nn.Layer().backward(X34), NotImplementedError, "backward"),
    ],
)
def test_a_mistake_is_explained(call, error, words):
    """The error says what was expected and what was received."""
    with pytest.raises(error, match=words):
        call()


def _after_forward(layer, dA):
    layer.forward(X34)
    layer.backward(dA)


def test_importing_nn_and_optimizers_loads_numpy_alone():
    """Lessons that use no Keras must not wait for it."""
    code = (
        "import sys, numpy.random; before = set(sys.modules); "
        "from lessons_lib import nn, optimizers; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() in ("['lessons_lib']", "['lessons_lib', 'numpy']")
