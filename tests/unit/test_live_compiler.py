"""Which models are compiled with XLA: decided by layers, shapes and batch size alone."""

import numpy as np
import pytest

from lessons_lib import live
from lessons_lib.live._compiler import suits_xla

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers


def network(shape, *hidden):
    """Return a built model of these layers with one output."""
    flat = [layers.Flatten()] if len(shape) > 1 else []
    return keras.Sequential([keras.Input(shape), *hidden, *flat, layers.Dense(1)])


@pytest.mark.parametrize(
    ("shape", "hidden", "batch_size", "xla"),
    [
        ((784,), lambda: [layers.Dense(500), layers.Dense(500)], 100, True),
        ((30, 4), lambda: [layers.LSTM(16, return_sequences=True)], 32, True),
        ((8, 8, 1), lambda: [layers.Conv2D(8, 3)], 32, True),
        ((8, 8, 1), lambda: [layers.Conv2D(8, 3), layers.Conv2D(8, 3)], 32, True),
        ((8, 8, 1), lambda: [layers.Conv2D(24, 5, padding="same")], 8, True),
        ((8, 8, 1), lambda: [layers.Conv2D(8, 3)], 256, False),
        ((28, 28, 1), lambda: [layers.Conv2D(16, 3), layers.MaxPooling2D()], 32, False),
        ((128, 4), lambda: [layers.Conv1D(16, 5), layers.Conv1D(16, 5)], 32, False),
        ((16, 4), lambda: [layers.Conv1D(8, 5)], 32, True),
        ((16, 16, 4), lambda: [layers.DepthwiseConv2D(3)], 32, False),
        ((6, 6, 4), lambda: [layers.DepthwiseConv2D(3)], 8, True),
        ((5, 28, 28, 1), lambda: [layers.TimeDistributed(layers.Conv2D(4, 3))], 32, False),
    ],
    ids=[
        *("dense", "lstm", "small", "two", "wide", "batch"),
        *("large", "series", "short", "depth", "few", "in time"),
    ],
)
def test_large_convolutions_run_without_xla(shape, hidden, batch_size, xla):
    """XLA on a processor computes them as plain loops; everything else is its strength."""
    assert suits_xla(network(shape, *hidden()), (batch_size, *shape)) is xla


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ((2,), lambda: layers.CategoryEncoding(num_tokens=5)),
        ((4, 4, 1), lambda: layers.UpSampling2D(interpolation="bicubic")),
        ((4, 4, 3), lambda: layers.CutMix()),
        ((4, 4, 1), lambda: layers.Resizing(3, 3, interpolation="lanczos3")),
    ],
    ids=["encoding", "bicubic", "augmented", "lanczos"],
)
def test_what_xla_cannot_compile_is_not_given_to_it(shape, layer):
    """TensorFlow would write the failure to descriptor 2, where notebooks show it in red."""
    model = network(shape, layer())
    model.compile(loss="mse")
    X = np.arange(6 * np.prod(shape)).reshape(6, *shape) % 5
    trainer = live.LiveTrainer(model, X, X.reshape(6, -1)[:, 0], batch_size=3)
    assert not trainer.jit_compile
    trainer.step(1)
    assert not trainer.notice


def test_convolutions_inside_a_model_of_any_size_are_measured_on_the_data():
    """Neither nesting nor an open size hides them."""
    open_size = (None, None, 1)
    inner = keras.Sequential([keras.Input(open_size), layers.Conv2D(8, 3)])
    outer = [keras.Input(open_size), inner, layers.GlobalAveragePooling2D(), layers.Dense(1)]
    model = keras.Sequential(outer)
    assert suits_xla(model, (8, 6, 6, 1))
    assert not suits_xla(model, (32, 28, 28, 1))


def test_the_choice_follows_the_batch_size_unless_it_was_made():
    """A turned batch size may suit the other compiler; jit_compile= is obeyed."""
    X = np.zeros((300, 8, 8, 1), "float32")

    def made(**settings):
        model = network((8, 8, 1), layers.Conv2D(8, 3))
        model.compile(loss="mse")
        return live.LiveTrainer(model, X, X[:, 0, 0], batch_size=32, **settings)

    trainer, told = made(), made(jit_compile=True)
    assert trainer.jit_compile
    for each in (trainer, told):
        each.batch_size = 256
    assert not trainer.jit_compile
    assert told.jit_compile
