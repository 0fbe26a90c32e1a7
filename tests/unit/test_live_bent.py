"""The space that the last layer reads, where a classifier's border is straight."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(80, 2)).astype("float32")
QUADRANT = (X[:, 0] * X[:, 1] > 0).astype("int32")
THIRDS = np.digitize(X.sum(axis=1), (-0.5, 0.5))


@pytest.fixture(autouse=True)
def same_weights_every_time():
    """Let layers draw the same weights, whichever test is run."""
    keras.utils.set_random_seed(0)


def trainer_of(*tail, y=QUADRANT, loss="binary_crossentropy", steps=40):
    """Return a trainer of a network that ends with these layers, after some steps."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(6, "tanh"), *tail])
    model.compile("adam", loss)
    trainer = live.LiveTrainer(model, X, y, batch_size=20, jit_compile=False)
    trainer.step(steps)
    return trainer


def logits():
    """Return the loss of a binary classifier without a last function."""
    return keras.losses.BinaryCrossentropy(from_logits=True)


TWO = {
    "sigmoid": lambda: trainer_of(layers.Dense(1, "sigmoid")),
    "sigmoid behind": lambda: trainer_of(layers.Dense(1), layers.Activation("sigmoid")),
    "no function": lambda: trainer_of(layers.Dense(1), loss=logits()),
    "no bias": lambda: trainer_of(layers.Dense(1, "sigmoid", use_bias=False)),
    "tanh": lambda: trainer_of(layers.Dense(1, "tanh"), y=2 * QUADRANT - 1, loss="hinge"),
    "another threshold": lambda: trainer_of(layers.Dense(1, "tanh"), loss="mse", steps=400),
    "normalised": lambda: trainer_of(
        layers.BatchNormalization(), layers.Dropout(0.2), layers.Dense(1, "sigmoid")
    ),
}


@pytest.mark.parametrize("kind", TWO)
def test_a_plane_tells_two_classes_apart(kind):
    """On its one side lies what is predicted as the second class, and nothing else."""
    trainer = TWO[kind]()
    points = rng.normal(size=(500, 2)).astype("float32")
    H, kernel, bias = trainer.bent(points)
    second = trainer.predict(points)[:, 0] > trainer.threshold
    assert 0 < second.mean() < 1
    np.testing.assert_array_equal((H @ kernel + bias)[:, 0] > 0, second)


@pytest.mark.parametrize("last", ["softmax", "Softmax"])
def test_the_largest_score_tells_several_classes_apart(last):
    """Softmax leaves the order of the scores as it is, be it a function or a layer."""
    tail = [layers.Dense(3, last)] if last == "softmax" else [layers.Dense(3), layers.Softmax()]
    trainer = trainer_of(*tail, y=THIRDS, loss="sparse_categorical_crossentropy")
    H, kernel, bias = trainer.bent(X)
    assert kernel.shape == (6, 3)
    chosen = np.argmax(trainer.predict(X), axis=1)
    assert len(np.unique(chosen)) > 1
    np.testing.assert_array_equal(np.argmax(H @ kernel + bias, axis=1), chosen)


def test_units_out_of_use_are_left_out():
    """The space has as many dimensions as units are in use, normalised or not."""
    for kind in ("sigmoid", "normalised"):
        trainer = TWO[kind]()
        trainer.width = 4
        trainer.step(5)
        H, kernel, bias = trainer.bent(X)
        assert H.shape == (80, 4)
        second = trainer.predict(X)[:, 0] > 0.5
        np.testing.assert_array_equal((H @ kernel + bias)[:, 0] > 0, second)


def test_asking_changes_nothing():
    """The run goes on as without it, and no loop is traced for it."""
    trainer = TWO["sigmoid"]()
    before = trainer.history
    trainer.reset()
    trainer.step(15)
    trainer.bent(X)
    trainer.step(25)
    assert trainer.history == before
    assert trainer.trace_count == 1


NONE = {
    "no hidden layer": lambda: trainer_of_rows(layers.Dense(1, "sigmoid")),
    "a regression": lambda: trainer_of(layers.Dense(1), loss="mse"),
    "a last function that bends": lambda: trainer_of(layers.Dense(1, "softplus"), loss=logits()),
}


def trainer_of_rows(*stack):
    """Return a trainer of a network of these layers alone."""
    model = keras.Sequential([keras.Input((2,)), *stack])
    model.compile("sgd", "binary_crossentropy")
    return live.LiveTrainer(model, X, QUADRANT, jit_compile=False)


@pytest.mark.parametrize("kind", NONE)
def test_where_no_space_is_bent_a_sentence_says_what_it_takes(kind):
    """Whoever asks first is told no; who asks nevertheless is told what to change."""
    trainer = NONE[kind]()
    assert not trainer.can_bend
    with pytest.raises(ValueError, match="hidden layer before a last Dense"):
        trainer.bent(X)
