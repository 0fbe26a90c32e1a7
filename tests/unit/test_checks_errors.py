"""What is said of an exception: for each kind of error the cause that it has here."""

import linecache
import math

import numpy as np
import pytest

from lessons_lib.checks._errors import mishap
from lessons_lib.lessons.activations import exercises as activations
from lessons_lib.lessons.neuron import exercises as neuron


def advice_on(code):
    """The advice on what happens when this code is run as a learner's function."""
    source = "def learners():\n" + "".join(f"    {line}\n" for line in code.splitlines())
    name = f"<cell {hash(code)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace = {"np": np, "math": math, "Z": np.ones((2, 3)), "z": np.ones(3)}
    exec(compile(source, name, "exec"), namespace)
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        namespace["learners"]()
    return mishap(caught.value).advice


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return max(0, Z)", "np.maximum(a, b)"),
        ("return [max(\n  0, row) for row in Z]", "np.maximum(a, b)"),
        ("return min(z, 1 + z)", "np.minimum(a, b)"),
        ("return sorted([z, z])", "np.sort"),
        ("return any(Z)", "np.any"),
        ("if Z > 0:\n  return 1", "`if` needs one True or False"),
        ("return 1 if z > 0 else 0", "`if` needs one True or False"),
        ("return [row for row in Z if row > 0]", "`if` needs one True or False"),
        ("while z:\n  z", "`while` needs one True or False"),
        ("if len(z) and z > 0:\n  return 1", "`and` needs one"),
        ("return z > 0 or z < 9", "it is `|`"),
        ("return not z", "it is `~`"),
        ("return 0 < z < 9", "`(a < x) & (x < b)`"),
        ("return z == 1 & (z == 0) == 1", "`&` and `|` come before `==`"),
        ("return z in [Z, Z]", "To find one thing among others"),
        ("if len(z):\n  return [z, z + 1].index(z + 1)", "To find one thing among others"),
    ],
)
def test_ambiguous_truth_names_what_was_written(code, words):
    """NumPy says the same of all of them; the learner wrote one of them."""
    said = advice_on(code)
    assert words in said
    others = {"np.maximum", "np.minimum", "np.sort", "`if` needs", "`and` needs", "it is `~`"}
    assert not [other for other in others if other in said and other not in words]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return z[:, 0]", "hold 2 indices, but on this input the array's number of axes is 1"),
        ("return z[7]", "there are 3 elements, counted from 0, so 7 is outside"),
        ("return z.sum(axis=1)", "number of axes is 1: none is 1"),
        ("return np.float64(1)[0]", "a single number"),
        ("return z[np.array([True, False])]", "mask of True and False has another length"),
        ("return z[1.5]", "`//` divides to a whole number"),
        ("return [1][1]", "points past the end"),
        ("return z + np.ones(4)", "added or multiplied with `*`"),
        ("return Z @ np.ones(2)", "inner lengths must be equal"),
        ("return Z.dot(np.ones(2))", "inner lengths must be equal"),
        ("return z @ 2.0", "single number"),
        ("return Z.reshape(4)", "here 6, so"),
        ("return np.array([[1], [1, 2]])", "rows of equal length"),
        ("a, b = 1, 2, 3", "2 names on the left, and more"),
        ("a, b, c = 1, 2", "3 names on the left, but 2"),
        ("a, b = 1.0", "one single thing"),
        ("return math.log(0)", "0 or negative"),
        ("return math.exp(z)", "`np.exp` takes a whole array"),
        ("return None + 1", "Something is None"),
        ("return [].append(1).shape", "`list.append`"),
        ("return [1] - [2]", "np.array(...)"),
        ("x = [[1, 2]]\nreturn x[:, 0]", "x[i][j]"),
        ("return range(6 / 2)", "`//` divides to one"),
        ("return 2.0 ^ 2", "`^` is no power"),
        ("return z ^ 2", "`^` is no power"),
        ("return {z}", "tuple(row)"),
        ("return math.exp + 1", "call it, with brackets"),
        ("return max[0]", "called with `(...)`"),
        ("def g(a, b): return a\nreturn g(1)", "too few arguments"),
        ("def g(a): return a\nreturn g(1, 2)", "more arguments than it takes"),
        ("return np.sum(z, axes=1)", "spelt as there"),
        ("return [1].shape", "A list has no `.shape`"),
        ("return z.append(1)", "does not grow"),
        ("return z.count(1)", "`np.sum(a == x)` counts"),
        ("x = [1]\nreturn x['a']", "keys of a dict"),
        ("return z.at[0]", "JAX"),
        ("return np.maxmum(0, z)", "Is `maximum` meant?"),
        ("return np.relu(z)", "belong to another library"),
        ("y_pred = 1\nreturn y_perd", "Is `y_pred` meant?"),
        ("return tf.exp(z)", "import tensorflow as tf"),
        ("total += 1", "begin with `total = ...`"),
        ("return 1 // 0", "divides by zero"),
        ("return 0.0 ** -1", "0 to a negative power"),
        ("return {'dW': 1}['dw']", "no key `'dw'`"),
        ("def g(): return g()\nreturn g()", "calls itself without end"),
        ("x = np.arange(3)\nx += 0.5", "keeps whole numbers"),
        ("return np.zeros(3, 4)", "np.zeros((3, 4))"),
    ],
)
def test_each_kind_of_error_has_its_own_advice(code, words):
    """One class of errors has many causes; the message tells which it was."""
    assert words in advice_on(code)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda keras: keras.layers.Dense(-1), "a value that it cannot take"),
        (lambda keras: keras.layers.Dense(1, activaton="relu"), "spelt as there"),
        (lambda keras: keras.layers.Dense(1, activation="rulu"), "Keras does not know a name"),
        (lambda keras: keras.layers.Dens(1), "Is `Dense` meant?"),
        (lambda keras: keras.layer.Dense(1), "Is `layers` meant?"),
        (lambda keras: keras.Input(2), "A shape is a tuple"),
        (lambda keras: keras.Sequential(keras.Input((2,)), keras.layers.Dense(1)), "one list"),
        (lambda keras: keras.layers.Dense(1)(3), "called with the output of a layer"),
        (lambda keras: np.exp(keras.Input((2,))), "symbolic tensor"),
        (lambda keras: compiled(keras).fit(np.ones((3, 2)), np.ones(4)), "different numbers of"),
        (lambda keras: compiled(keras).fit(np.ones((3, 4)), np.ones(3)), "another number of inp"),
        (lambda keras: compiled(keras, None).fit(np.ones((3, 2)), np.ones(3)), "comes first"),
    ],
)
def test_errors_of_keras(make, words):
    """What is wrong with a model is said in the course's words."""
    keras = pytest.importorskip("keras")
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        make(keras)
    found = mishap(caught.value)
    assert words in found.advice
    assert "\x1b" not in found.message


def compiled(keras, loss="mse"):
    """A small model."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    if loss:
        model.compile(loss=loss)
    return model


def test_errors_in_an_exercise():
    """The commonest ReLU mistake, and a second index where there is one axis."""
    relu = activations.relu_layer.judge(lambda X, W, b: max(0, X @ W + b)).text
    assert "np.maximum" in relu
    assert "`if`" not in relu
    rmse = neuron.rmse.judge(lambda t, p: np.sqrt(np.mean((t - p[:, 0]) ** 2))).text
    assert "points past the end" not in rmse
    assert "hold 2 indices" in " ".join(rmse.split())
