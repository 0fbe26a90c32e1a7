"""Layers of every kind that the lessons use train as Keras's own loop trains them."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
SIZE = {"images": (6, 6, 2), "series": (7, 2), "rows": (5,)}


def flat(x):
    """Return the places of images in a row."""
    return layers.Flatten()(x)


def _skipping(x):
    inner = layers.Conv2D(2, 3, padding="same", activation="relu")(x)
    return flat(layers.Add()([x, inner]))


def _frozen(x):
    x = layers.Dense(6, "tanh", trainable=False)(x)
    return layers.BatchNormalization(trainable=False)(layers.Dense(4)(x))


KINDS = {
    "convolution": ("images", lambda x: flat(layers.Conv2D(3, 3, activation="relu")(x))),
    "pooled": ("images", lambda x: flat(layers.MaxPooling2D()(layers.Conv2D(3, 3)(x)))),
    "averaged": ("images", lambda x: layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3)(x))),
    "separable": ("images", lambda x: flat(layers.SeparableConv2D(3, 3)(x))),
    "depthwise": ("images", lambda x: flat(layers.DepthwiseConv2D(3)(x))),
    "a sum": ("images", _skipping),
    "simple recurrent": ("series", lambda x: layers.SimpleRNN(4)(x)),
    "LSTM": ("series", lambda x: layers.LSTM(4)(x)),
    "GRU": ("series", lambda x: layers.GRU(4)(x)),
    "stacked": ("series", lambda x: layers.GRU(3)(layers.LSTM(4, return_sequences=True)(x))),
    "frozen": ("rows", _frozen),
}


def model_of(kind):
    """Return a compiled model of layers of this kind, and data for it."""
    data, body = KINDS[kind]
    X = np.random.default_rng(0).normal(size=(24, *SIZE[data])).astype("float32")
    y = (X.reshape(24, -1)[:, :3].sum(axis=1) > 0).astype("float32")
    inputs = keras.Input(SIZE[data])
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(body(inputs)))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    return model, X, y


@pytest.mark.parametrize("jit_compile", [True, False], ids=["xla", "graph"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_weights_are_those_of_train_on_batch(kind, jit_compile):
    """On the same batches, update by update."""
    model, X, y = model_of(kind)
    trainer = live.LiveTrainer(model, X, y, batch_size=8, jit_compile=jit_compile)
    trainer.step(12)
    for k in range(12):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], y[batch])
    pairs = zip(model.get_weights(), trainer.to_keras().get_weights(), strict=True)
    assert max(np.abs(a - b).max() for a, b in pairs) < 2e-5


def test_frozen_layers_stay_and_the_others_move():
    """Kernels, biases, and the moving statistics of a frozen BatchNormalization too."""
    model, X, y = model_of("frozen")
    trainer = live.LiveTrainer(model, X, y, batch_size=8, jit_compile=False)
    trainer.step(12)
    for theirs, ours in zip(model.layers, trainer.to_keras().layers, strict=True):
        for before, after in zip(theirs.get_weights(), ours.get_weights(), strict=True):
            assert np.array_equal(before, after) is not theirs.trainable


def test_a_frozen_body_stays():
    """A model inside the model, frozen as a whole, as in transfer learning."""
    body = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.BatchNormalization()])
    body.trainable = False
    model = keras.Sequential([keras.Input((5,)), body, layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    _, X, y = model_of("frozen")
    trainer = live.LiveTrainer(model, X, y, batch_size=8, jit_compile=False)
    trainer.step(12)
    for k in range(12):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], y[batch])
    ours = trainer.to_keras()
    assert all(map(np.array_equal, body.get_weights(), ours.layers[0].get_weights()))
    np.testing.assert_allclose(ours.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5)
