"""What is read in the source of a learner's function: slips, and libraries that did the work."""

import functools

import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from sklearn.preprocessing import MinMaxScaler

from lessons_lib import nn
from lessons_lib.checks import Outcome
from lessons_lib.lessons.activations import exercises as activations
from lessons_lib.lessons.backprop import exercises as backprop
from lessons_lib.lessons.classification import exercises as classification
from lessons_lib.lessons.neuron import exercises as neuron
from lessons_lib.lessons.overfitting import exercises as overfitting


def text_of(feedback):
    """The feedback on one line."""
    return " ".join(feedback.text.split())


def scaled(X_train, X_val):
    """Scale with scikit-learn."""
    scaler = MinMaxScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_val)


def tf_softmax(Z):
    """Take TensorFlow's, imported inside."""
    import tensorflow as tf

    return tf.nn.softmax(Z)


def tf_formula(t, p):
    """Write the formula with the functions of another library, each of which is a tool."""
    import tensorflow as tf

    return tf.reduce_mean(tf.square(np.float64(t - p)))


class Errors:
    """Answers that are methods and objects."""

    def by_library(self, t, p):
        """Leave it to scikit-learn."""
        return sklearn.metrics.mean_squared_error(t, p)

    def __call__(self, t, p):
        """Write it out."""
        return np.mean((t - p) ** 2)


@pytest.mark.parametrize(
    ("question", "answer", "helper"),
    [
        (neuron.sigmoid, scipy.special.expit, "`expit` (SciPy)"),
        (neuron.sigmoid, lambda z: scipy.special.expit(z), "`scipy.special.expit` (SciPy)"),
        (
            activations.softmax,
            functools.partial(scipy.special.softmax, axis=1),
            "`softmax` (SciPy)",
        ),
        (neuron.mse, Errors().by_library, "mean_squared_error"),
        (neuron.mse, Errors(), ""),
        (neuron.sigmoid, np.vectorize(lambda z: (1 + np.tanh(z / 2)) / 2), ""),
        (neuron.mse, lambda t, p: sklearn.metrics.mean_squared_error(t, p), "mean_squared_error"),
        (neuron.mse, sklearn.metrics.mean_squared_error, "mean_squared_error"),
        (neuron.mae, lambda t, p: sklearn.metrics.mean_absolute_error(t, p), "scikit-learn"),
        (overfitting.scale_both, scaled, "`MinMaxScaler` (scikit-learn)"),
        (backprop.two_sided, lambda f, x, e: nn.numerical_gradient(f, x, e), "this course"),
        (neuron.sigmoid, lambda z: nn.sigmoid(z), "`nn.sigmoid` (this course)"),
        (neuron.mse, lambda t, p: np.average((t - p) ** 2), ""),
        (neuron.mse, tf_formula, ""),
        (activations.softmax, tf_softmax, "`tf.nn.softmax` (TensorFlow)"),
    ],
)
def test_a_library_that_did_the_work_is_named(question, answer, helper):
    """The answer is right, and what it saved from writing is shown."""
    feedback = question.judge(answer)
    assert feedback.outcome is Outcome.RIGHT, feedback
    assert helper in feedback.text
    assert ("did work for you" in feedback.text) is bool(helper)
    assert (question.solution_code.splitlines()[-1] in feedback.text) is bool(helper)


def collecting(X, parameters, cache=[]):  # noqa: B006
    """Forget that the default is made once."""
    A = X
    for number, (W, b) in enumerate(parameters, start=1):
        Z = A @ W + b
        cache.append((A, Z))
        A = nn.sigmoid(Z) if number == len(parameters) else np.tanh(Z)
    return A, cache


def unbracketed(y_true, y_said):
    """Forget the brackets of the comparisons."""
    found = np.sum(y_true == 1 & y_said == 1)
    return found, found, found


@pytest.mark.parametrize(
    ("question", "answer", "words"),
    [
        (neuron.rmse, lambda t, p: np.mean((t - p.ravel()) ** 2) ** 1 / 2, "takes no root"),
        (
            overfitting.batch_norm,
            lambda Z, g, b, e: g * (Z - Z.mean(0)) / (Z.var(0) + e) ** 1 / 2 + b,
            "takes no root",
        ),
        (neuron.mse, lambda t, p: np.mean((t - p) ^ 2), "`^` is no power"),
        (backprop.forward, collecting, "`cache=[]` is made once"),
        (classification.precision_recall_f1, unbracketed, "brackets around each comparison"),
        (neuron.mse, lambda t, p: f"{np.mean((t - p) ** 2):.3f}", 'without quotes, `f"..."`'),
    ],
)
def test_slips_are_named(question, answer, words):
    """What Python makes of it, beside what went wrong."""
    feedback = question.judge(answer)
    assert feedback.outcome is Outcome.NOT_YET
    assert words in text_of(feedback)


def test_a_right_answer_is_not_told_of_slips():
    """A default that is never changed does no harm."""
    feedback = neuron.mse.judge(lambda t, p, unused=[]: np.mean((t - p) ** 2))
    assert feedback.outcome is Outcome.RIGHT
    assert "made once" not in feedback.text


def test_objects_of_a_library_are_named():
    """A layer or a loss of Keras can be called, and so be an answer."""
    keras = pytest.importorskip("keras")
    told = neuron.mse.judge(keras.losses.MeanSquaredError()).text
    assert "`MeanSquaredError` (Keras) did work for you" in told
    assert "`Activation` (Keras)" in neuron.sigmoid.judge(keras.layers.Activation("sigmoid")).text
    told = text_of(neuron.mse.judge(keras.losses.MeanSquaredError))
    assert "`MeanSquaredError` is a class; a function is expected" in told
