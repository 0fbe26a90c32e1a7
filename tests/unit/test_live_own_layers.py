"""Layers of a learner's own: copied as they are, or one sentence on what to change."""
# ruff: noqa: D101, D102 - the classes stand here for their __init__, and their names say it

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
points = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
number = points[:, 0] * points[:, 1]


class Own(layers.Layer):
    """What the layers below have in common: they multiply by a factor."""

    def call(self, inputs):
        return inputs * self.factor


class Swallowing(Own):
    def __init__(self, factor, **kw):
        super().__init__()
        self.factor = factor


class PassingOn(Own):
    def __init__(self, factor=2.0, **kw):
        super().__init__(**kw)
        self.factor = factor


class Plain(Own):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor


class Nameless(Own):
    """Its get_config() says less than Keras asks for."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def get_config(self):
        return {"factor": self.factor}


class OfAnArray(Own):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor


class OfALayer(layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


class Gained(layers.Dense):
    """A Dense layer with one argument more, which Keras's get_config() does not know."""

    def __init__(self, units, gain=1.0, **kwargs):
        super().__init__(units, **kwargs)
        self.gain = gain

    def call(self, inputs):
        return super().call(inputs) * self.gain


class Short(layers.Dense):
    def __init__(self, n):
        super().__init__(n, activation="relu")
        self.n = n


class ShortOpen(layers.Dense):
    def __init__(self, n, **kwargs):
        super().__init__(n, activation="relu", **kwargs)
        self.n = n


class Forgetful(layers.Layer):
    """It keeps nothing under the name that it came with."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by = factor

    def call(self, inputs):
        return inputs * self.by

    def get_config(self):
        return super().get_config()


class Starred(Own):
    def __init__(self, *factors):
        super().__init__()
        self.factor = factors[0]


class ForgetfulDense(layers.Dense):
    def __init__(self, n):
        super().__init__(n)


def of_one_layer(layer):
    """Return a trainer of a model with `layer` in it, and the model."""
    model = keras.Sequential([keras.Input((2,)), layer, layers.Dense(4), layers.Dense(1)])
    model.compile("sgd", "mse")
    return live.LiveTrainer(model, points, number, batch_size=10, jit_compile=False), model


@pytest.mark.parametrize(
    "make",
    [
        lambda: Swallowing(3.0, name="c1"),
        lambda: PassingOn(3.0, name="c1"),
        lambda: Plain(3.0),
        lambda: Nameless(3.0, name="c1"),
        lambda: OfAnArray(np.array([2.0, 3.0], "float32")),
        lambda: OfALayer(layers.Dense(3, "tanh")),
        lambda: Gained(4, gain=2.0, kernel_regularizer=keras.regularizers.L2(0.1)),
        lambda: Short(4),
        lambda: ShortOpen(4),
    ],
    ids=["swallowing", "**kw", "plain", "nameless", "array", "layer", "gained", "n", "n, **kwargs"],
)
def test_layers_of_the_learners_own_need_not_describe_themselves(make):
    """Without get_config(): the same predictions before, while, and after training."""
    trainer, model = of_one_layer(make())
    before = model(points).numpy()
    np.testing.assert_allclose(trainer.predict(points), before, atol=1e-5)
    trainer.step(3)
    trainer.reset(seed=1)
    trainer.step(2)
    plain = trainer.to_keras()
    np.testing.assert_allclose(plain(points), trainer.predict(points), atol=1e-5)
    np.testing.assert_allclose(model(points), before)  # nothing is shared with it
    penalties = [type(layer.kernel_regularizer) for layer in model.layers[:1] if layer.weights
                 and hasattr(layer, "kernel_regularizer")]  # fmt: skip
    kept = [type(getattr(plain.layers[0], "kernel_regularizer", None)) for _ in penalties]
    assert penalties == kept


@pytest.mark.parametrize(
    ("make", "name", "cure"),
    [
        (lambda: Forgetful(3.0), "'forgetful'", r"in Forgetful.__init__ .* self.factor = factor"),
        (lambda: Starred(3.0), "'starred'", r"in place of \*factors"),
        (lambda: ForgetfulDense(3), "'forgetful_dense'", "self.n = n"),
    ],
    ids=["another model", "stars", "short"],
)
def test_a_layer_that_cannot_be_copied_says_what_to_change(make, name, cure):
    """A copy with other settings would train another model without a word."""
    with pytest.raises(ValueError, match=f"{name}.*{cure}") as error:
        of_one_layer(make())
    assert "\n" not in str(error.value)


def test_what_that_sentence_advises_helps():
    """Each class, changed as its sentence says and in nothing else."""

    class ForgetfulToo(Forgetful):
        def __init__(self, factor=1.0, **kwargs):
            super().__init__(factor, **kwargs)
            self.factor = factor

    class Unstarred(Own):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

    for layer in (ForgetfulToo(3.0), Unstarred(3.0), Short(3)):
        trainer, model = of_one_layer(layer)
        np.testing.assert_allclose(trainer.predict(points), model(points), atol=1e-5)


def test_a_layer_with_noise_in_its_predictions_is_compared_with_nothing():
    """Dropout that stays on when predicting is a known way to estimate doubt."""

    class Doubting(layers.Dropout):
        def call(self, inputs):
            return super().call(inputs, training=True)

    trainer, _ = of_one_layer(Doubting(0.5))
    assert trainer.step(2) == 2
