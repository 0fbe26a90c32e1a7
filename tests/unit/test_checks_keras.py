# ruff: noqa: D102 - a question's functions are shown to learners as they stand
"""A Keras model is judged through Keras's public interface."""

import subprocess
import sys

import numpy as np
import pytest

from lessons_lib.checks import (
    KerasModel,
    Learns,
    Lesson,
    Outcome,
    is_linear,
    is_probability,
    share_right,
    wrong,
)
from lessons_lib.checks._models import in_words, looks_of

keras = pytest.importorskip("keras")


def declare(cls):
    """Make a question of a class outside of any lesson."""
    return Lesson("99", "test").question(cls)


def stack(*layers, inputs=2):
    """A Sequential model."""
    return keras.Sequential([keras.Input((inputs,)), *layers])


def rings(rng):
    """Two rings that no line separates."""
    angle = rng.uniform(0, 2 * np.pi, 200)
    y = rng.integers(0, 2, 200)
    radius = 0.4 + 0.8 * y
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return X.astype("float32"), y.astype("float32")


@declare
class small(KerasModel):
    """The smallest network that tells the rings apart."""

    same_function = False
    input_shape = (2,)
    output_shape = (1,)
    learns = Learns(
        rings, target=0.06, optimizer=lambda keras: keras.optimizers.Adam(0.03), steps=600
    )

    def solution(keras):
        return stack(
            keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")
        )

    linear = wrong(
        lambda keras: stack(keras.layers.Dense(4), keras.layers.Dense(1, activation="sigmoid")),
        "All of it is one line.",
        when=is_linear,
    )


class TestOpenTask:
    """Any model that does it is right."""

    def test_another_architecture_is_right(self):
        """Other widths and activations, and the learner's weights are left as they were."""
        model = stack(
            keras.layers.Dense(7, activation="swish"),
            keras.layers.Dense(3, activation="swish"),
            keras.layers.Dense(1, activation="sigmoid"),
        )
        before = [w.copy() for w in model.get_weights()]
        assert small.judge(model).outcome is Outcome.RIGHT
        assert all(map(np.array_equal, before, model.get_weights()))
        assert not model.compiled

    def test_model_that_cannot_learn(self):
        """What it reaches is told with what is expected; the family of the mistake is named."""
        model = stack(keras.layers.Dense(9), keras.layers.Dense(1, activation="sigmoid"))
        feedback = small.judge(model)
        assert feedback.outcome is Outcome.NOT_YET
        assert feedback.wrong == "linear"

    def test_effort_is_bounded(self):
        """A model that never gets there is given up after the steps, with its loss."""
        model = stack(
            keras.layers.Dense(1, activation="relu"), keras.layers.Dense(1, activation="sigmoid")
        )
        text = " ".join(small.judge(model).text.split())
        assert "after 600 steps its loss is" in text
        assert "at most 0.06 is expected" in text

    def test_built_alike_is_not_trained_alike(self):
        """A mistake in the training is recognised by what `when` says, not by the layers."""

        @declare
        class trained(KerasModel):
            """Train it until its bias is 3."""

            same_function = False

            def accept(model):
                bias = model.get_weights()[1][0]
                return "" if bias == 3 else f"The bias is {bias:g}."

            def solution(keras):
                raise AssertionError("nothing is compared with it")

            untrained = wrong(
                lambda keras: stack(keras.layers.Dense(1)),
                "Not trained.",
                when=lambda model: model.get_weights()[1][0] == 0,
            )

        def with_bias(bias):
            return stack(keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(bias)))

        assert trained.judge(with_bias(3)).outcome is Outcome.RIGHT
        assert trained.judge(with_bias(0)).wrong == "untrained"
        feedback = trained.judge(with_bias(2))
        assert feedback.wrong is None
        assert "The bias is 2." in feedback.text

    def test_condition_that_does_not_fit_the_model(self):
        """A `when` that assumes another form of model does not hold, and nothing is raised."""
        x = keras.Input((2,))
        model = keras.Model(x, [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)])
        text = " ".join(one_unit.judge(model).text.split())
        assert "outputs of shape (1,)" in text
        assert "it has several" in text

    @pytest.mark.parametrize(
        ("inputs", "outputs", "words"),
        [
            (
                3,
                1,
                "takes three numbers instead of two numbers: inputs of shape (3,), expected (2,)",
            ),
            (2, 2, "gives two numbers instead of one number: outputs of shape (2,)"),
        ],
    )
    def test_wrong_shapes(self, inputs, outputs, words):
        """Input and output shapes are told without the batch."""
        model = stack(
            keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(outputs), inputs=inputs
        )
        assert words in " ".join(small.judge(model).text.split())


def test_number_of_parameters():
    """A question may ask for it alone."""

    @declare
    class counted(KerasModel):
        """Nine parameters."""

        same_function = False
        parameters = 9

        def solution(keras):
            return stack(keras.layers.Dense(3))

    assert counted.judge(counted.solution(keras)).outcome is Outcome.RIGHT
    assert "12 parameters, expected 9." in counted.judge(stack(keras.layers.Dense(4))).text


@declare
class two_layers(KerasModel):
    """Two layers."""

    def solution(keras):
        return stack(keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1))


@declare
class one_unit(KerasModel):
    """One unit."""

    input_shape = (2,)
    output_shape = (1,)

    def solution(keras):
        return stack(keras.layers.Dense(1))

    dropped = wrong(
        lambda keras: stack(keras.layers.Dropout(0.9), keras.layers.Dense(1)),
        "Too much dropout.",
        when=lambda model: model.layers[0].rate > 0.5,
    )


class TestSameFunction:
    """Two models are the same when the same weights give the same outputs."""

    def test_written_otherwise(self):
        """A separate activation layer and a nested model compute the same."""
        model = stack(
            keras.Sequential(
                [keras.Input((2,)), keras.layers.Dense(3), keras.layers.Activation("tanh")]
            ),
            keras.layers.Dense(1),
        )
        assert two_layers.judge(model).outcome is Outcome.RIGHT

    def test_zero_weights_hide_nothing(self):
        """A wrong activation shows even where the learner's weights are all zero."""
        model = stack(
            keras.layers.Dense(3, activation="relu", kernel_initializer="zeros"),
            keras.layers.Dense(1, kernel_initializer="zeros"),
        )
        assert "Look at the activations" in two_layers.judge(model).text

    def test_other_shapes_are_listed(self):
        """Weights of other shapes are told with ours."""
        model = stack(keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1))
        assert "(2, 4), (4,), (4, 1), (1,)" in " ".join(two_layers.judge(model).text.split())

    def test_functions_that_return_models(self):
        """A function may be given for the model; what goes wrong in it is told."""

        def broken():
            return keras.layers.Dense("many")

        assert two_layers.judge(lambda: two_layers.solution(keras)).outcome is Outcome.RIGHT
        assert two_layers.judge(lambda: ...).outcome is Outcome.NOT_ATTEMPTED
        assert "keras.layers.Dense(" in two_layers.judge(broken).text
        assert "A Keras model is expected" in two_layers.judge(lambda: 3).text

    def test_hostile_model(self):
        """A model whose methods raise is told, not raised."""

        class Trap(keras.Model):
            def __init__(self):
                super().__init__()
                self.built = True

            def call(self, x):
                raise SystemExit

            def count_params(self):
                raise KeyboardInterrupt

        feedback = two_layers.judge(Trap())
        assert feedback.outcome is Outcome.NOT_YET
        assert "Using this model ended in" in feedback.text

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: None, "this is nothing but None"),
            (lambda: keras.layers.Dense(1), "this is a layer"),
            (lambda: keras.Sequential, "this is a class"),
            (lambda: keras.layers.Dense(1)(keras.Input((2,))), "this is the output of a layer"),
            (lambda: [keras.layers.Dense(1)], "this is a list"),
            (lambda: "model", "this is text"),
        ],
        ids=["None", "layer", "class", "symbol", "list", "text"],
    )
    def test_what_is_no_model(self, make, words):
        """Its kind is told, given by itself or returned by a function."""
        if make() is not keras.Sequential:
            assert words in two_layers.judge(make).text
        assert words in two_layers.judge(make()).text

    def test_function_that_wants_arguments(self):
        """It is told how it is called, and not that its code stopped."""
        text = two_layers.judge(lambda units: stack(keras.layers.Dense(units))).text
        assert "called without arguments; yours takes (units)." in text

    @pytest.mark.parametrize("layers", [[], [keras.Input((2,))]], ids=["nothing", "inputs only"])
    def test_no_layers(self, layers):
        """An empty model does not lack an Input, it lacks layers."""
        assert "has no layers yet" in two_layers.judge(keras.Sequential(layers)).text

    def test_no_inputs(self):
        """Layers without an Input have no weights yet."""
        model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(1)])
        assert "`keras.Input((...,))` before the first layer" in two_layers.judge(model).text

    def test_class_of_the_learners_own(self):
        """A built subclass works, but does not tell its shapes: that is said."""

        class Own(keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = keras.layers.Dense(1)

            def call(self, x):
                return self.dense(x)

        model = Own()
        model(np.zeros((1, 2), "float32"))
        text = " ".join(one_unit.judge(model).text.split())
        assert "inputs of shape (2,) (without the batch)" in text
        assert "a class of its own" in text

    def test_diverged_model(self):
        """Weights that are nan are named, whatever else is wrong with the model."""
        model = stack(keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1))
        model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
        assert "no numbers any more (nan or inf)" in " ".join(two_layers.judge(model).text.split())

    def test_lambda_layer_is_a_layer_like_others(self):
        """It computes, and where a copy is to learn, it is copied with its function."""
        bend = keras.layers.Lambda(lambda x: keras.ops.tanh(x))
        model = stack(keras.layers.Dense(3), bend, keras.layers.Dense(1))
        assert two_layers.judge(model).outcome is Outcome.RIGHT
        square = keras.layers.Lambda(lambda x, power: x**power, arguments={"power": 2})
        model = stack(square, keras.layers.Dense(1, "sigmoid"))
        assert small.judge(model).outcome is Outcome.RIGHT

    def test_layer_for_categories(self):
        """What looks up whole numbers cannot take measured ones, and that is said."""
        layers = keras.layers.Embedding(10, 4), keras.layers.Flatten(), keras.layers.Dense(1)
        assert "`Embedding` is for categories" in small.judge(stack(*layers)).text

    def test_layer_that_cannot_be_copied(self):
        """Where a copy is to learn, and the copy fails, that is said."""

        class Bend(keras.layers.Layer):
            def __init__(self, power):
                super().__init__()
                self.power = power

            def call(self, inputs):
                return inputs**self.power

        model = stack(Bend(2), keras.layers.Dense(1, "sigmoid"))
        assert "`keras.models.clone_model(model)`?" in small.judge(model).text


def nested(*layers, inputs=2):
    """A model in a model."""
    return stack(stack(*layers[:-1], inputs=inputs), layers[-1], inputs=inputs)


def operations(bend, squash, inputs=2):
    """A functional model whose activations are no layers."""
    x = keras.Input((inputs,))
    return keras.Model(x, squash(keras.layers.Dense(1)(bend(keras.layers.Dense(3)(x)))))


def nearly_one(z):
    """A softmax over one output, as it comes out on some processors."""
    return 0 * z + 0.99999994


layers = keras.layers


@pytest.mark.parametrize(
    ("model", "linear"),
    [
        (stack(layers.Dense(3), layers.Dense(1, "sigmoid")), True),
        (stack(layers.Dense(3), layers.Dense(1), layers.Activation("sigmoid")), True),
        (stack(layers.Dense(3), layers.BatchNormalization(), layers.Dense(1)), True),
        (nested(layers.Dense(3), layers.Dense(3), layers.Dense(1)), True),
        (operations(lambda x: x + 1, keras.ops.sigmoid), True),
        (stack(layers.Dense(3, "relu"), layers.Dense(1)), False),
        (stack(layers.Dense(3), layers.PReLU(), layers.Dense(1)), False),
        (stack(layers.Dense(3), layers.Lambda(keras.ops.sin), layers.Dense(1)), False),
        (nested(layers.Dense(3), layers.Activation("tanh"), layers.Dense(1)), False),
        (operations(keras.ops.tanh, keras.ops.sigmoid), False),
    ],
)
def test_whether_a_model_draws_one_line(model, linear):
    """It is asked of all leaves, in models in models too, by what they compute."""
    assert is_linear(model) is linear


@pytest.mark.parametrize(
    ("model", "probability"),
    [
        (stack(layers.Dense(1, "sigmoid")), True),
        (stack(layers.Dense(1), layers.Activation("sigmoid")), True),
        (nested(layers.Dense(3, "relu"), layers.Dense(1, "sigmoid")), True),
        (operations(keras.ops.relu, keras.activations.sigmoid), True),
        (stack(layers.Dense(1, lambda z: 1 / (1 + keras.ops.exp(-z)))), True),
        (stack(layers.Dense(1, nearly_one)), True),
        (stack(layers.Dense(1, lambda z: 1.0000001 * keras.ops.sigmoid(z))), True),
        (stack(layers.Dense(1, kernel_initializer="zeros")), False),
        (stack(layers.Dense(3, "sigmoid"), layers.Dense(1)), False),
        (stack(layers.Dense(3, "tanh"), layers.Dense(1, "relu")), False),
        (stack(layers.Dense(1, "tanh")), False),
        (operations(keras.ops.tanh, keras.ops.tanh), False),
    ],
)
def test_whether_outputs_are_probabilities(model, probability):
    """It is asked of the output's function at its limits, not of the weights that it has."""
    assert is_probability(model) is probability


def test_scores_and_probabilities_have_their_own_thresholds():
    """Either is right; outputs of two columns are compared with each other."""
    truth = np.array([0, 1, 1, 0])
    probabilities = np.array([[0.3], [0.6], [0.9], [0.4]])
    for outputs in (
        probabilities,
        probabilities - 0.5,
        np.hstack([1 - probabilities, probabilities]),
    ):
        assert share_right(outputs, truth) == 1
    assert share_right(1 - probabilities, truth) == 0.5
    assert share_right(-probabilities, truth) == 0.5


def test_random_numbers_of_the_notebook_are_left_alone():
    """Judging draws nothing from the generators that seed a learner's next layers."""

    def kernel():
        return stack(keras.layers.Dense(3)).get_weights()[0]

    keras.utils.set_random_seed(0)
    expected = kernel()
    keras.utils.set_random_seed(0)
    two_layers.judge(stack(keras.layers.Dense(3, kernel_initializer="zeros")))
    assert np.array_equal(kernel(), expected)


def test_tensorflow_is_not_imported_by_a_check():
    """Neither importing a lesson's questions nor checking something that is no model loads it."""
    code = (
        "import sys\n"
        "from lessons_lib.lessons.neuron import exercises as neuron\n"
        "neuron.three_input_unit.judge(...)\n"
        "neuron.three_input_unit.judge(3)\n"
        "neuron.three_input_unit.judge(neuron.linear_unit.solution)\n"
        "neuron.three_input_unit.ask(); neuron.three_input_unit.explain().text\n"
        "bad = {'tensorflow', 'keras', 'IPython'} & set(sys.modules)\n"
        "sys.exit(f'{bad} loaded' if bad else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_function_may_be_the_first_to_import_keras():
    """A model's function that imports Keras inside is called before it is asked for Keras."""
    code = (
        "from lessons_lib.lessons.neuron.exercises import three_input_unit as question\n"
        "print(question.judge(lambda: question.handed_in(question.solution)).outcome.value)\n"
        "print('a function' in question.judge(lambda: 3).text)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["right", "False"], done.stderr


@pytest.mark.parametrize("form", [list, tuple], ids=["list", "tuple"])
def test_several_outputs_are_told_one_by_one(form):
    """In what is said of a model; what it computes is not compared then."""
    inputs = keras.Input((4,))
    heads = [keras.layers.Dense(units)(inputs) for units in (3, 2)]
    looks = looks_of(keras.Model(inputs, form(heads)))
    assert looks.output_shape is looks.outputs is None
    assert "outputs (3,) and (2,), 25 parameters" in in_words(looks)
