"""Numbers without a row in an Embedding are refused, wherever the Embedding stands."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
words = np.random.default_rng(0).integers(0, 6, (40, 3))
y = words[:, 0] > 2


class Positioned(layers.Layer):
    """Words and their places, as a transformer reads them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.word = layers.Embedding(6, 2, name="word")
        self.place = layers.Embedding(3, 2, name="place")

    def call(self, inputs):
        """Add both."""
        return self.word(inputs) + self.place(keras.ops.arange(3))


def embedding():
    """Return a layer for the numbers 0 to 5."""
    return layers.Embedding(6, 2, name="word")


def sliced(inputs):
    """Return the embedding of the first two columns."""
    return embedding()(inputs[:, :2])


def operated(inputs):
    """Return an embedding of what an operation makes."""
    return embedding()(keras.ops.maximum(inputs, 0))


def nested(inputs):
    """Return an embedding inside a model inside a model."""
    inner = keras.Sequential([keras.Input((3,), dtype="int32"), embedding()])
    return keras.Sequential([keras.Input((3,), dtype="int32"), inner])(inputs)


WAYS = {
    "at once": lambda inputs: embedding()(inputs),
    "behind a slice": sliced,
    "behind a Lambda": lambda inputs: embedding()(layers.Lambda(lambda x: x[:, ::-1])(inputs)),
    "behind an operation": operated,
    "nested": nested,
    "in an own layer": lambda inputs: Positioned()(inputs),
    "in a wrapper": lambda inputs: layers.TimeDistributed(embedding())(
        layers.Reshape((3, 1))(inputs)
    ),
}


def compiled(way):
    """Return a model with an Embedding for the numbers 0 to 5."""
    inputs = keras.Input((3,), dtype="int32")
    hidden = layers.Flatten()(WAYS[way](inputs))
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))
    model.compile("sgd", "binary_crossentropy")
    return model


@pytest.fixture(params=WAYS)
def model(request):
    """Return a model whose Embedding stands somewhere else each time."""
    return compiled(request.param)


def with_one(number):
    """Return the words with another number in one of the last rows."""
    changed = words.copy()
    changed[-2, 1] = number
    return changed


REFUSED = r"'word' embeds the numbers 0 to 5, but {}X brings it values from 0 to 6: .*input_dim"


def test_numbers_beyond_the_rows_are_refused(model):
    """In one sentence, before an update is made: in X, validation data and what is predicted."""
    data = with_one(6)
    with pytest.raises(ValueError, match=REFUSED.format("")) as error:
        live.LiveTrainer(model, data, y)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=REFUSED.format("validation ")):
        live.LiveTrainer(model, words, y, validation_data=(data, y))
    trainer = live.LiveTrainer(model, words, y, jit_compile=False)
    for look in (trainer.predict, trainer.hidden):
        with pytest.raises(ValueError, match=REFUSED.format("")):
            look(data)


def test_numbers_that_have_a_row_are_trained(model):
    """The look changes nothing."""
    trainer = live.LiveTrainer(model, words, y, batch_size=10, jit_compile=False)
    trainer.step(5)
    for k in range(5):
        batch = trainer.batch_indices(k)
        model.train_on_batch(words[batch], y[batch])
    np.testing.assert_allclose(model(words, training=False), trainer.predict(words), atol=1e-5)


def test_an_operation_may_bring_numbers_into_range():
    """What counts is what the Embedding reads, not what X holds."""
    with pytest.raises(ValueError, match="values from -1 to 5"):
        live.LiveTrainer(compiled("behind a slice"), with_one(-1), y)
    trainer = live.LiveTrainer(compiled("behind an operation"), with_one(-1), y, jit_compile=False)
    assert trainer.step(2) == 2
