"""A class, or a value, for each step of a series and each pixel of an image."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers, losses = keras.layers, keras.losses
rng = np.random.default_rng(0)
words = rng.integers(1, 10, (30, 5))
words[:, 3:] *= rng.random((30, 2)) > 0.5  # 0 is padding
images = rng.normal(size=(30, 6, 6, 1)).astype("float32")


def series(units, activation, masked):
    """Return layers that label the steps of a series of words."""
    return [
        keras.Input((5,), dtype="int32"),
        layers.Embedding(10, 4, mask_zero=masked),
        layers.LSTM(4, return_sequences=True),
        layers.Dense(units, activation=activation),
    ]


def pixels(units, activation):
    """Return layers that label the pixels of an image."""
    return [
        keras.Input((6, 6, 1)),
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.Conv2D(units, 1, activation=activation),
    ]


def marked(y, number):
    """Return labels with a number where there is no class."""
    return np.where(rng.random(y.shape) < 0.4, number, y)


tags, regions = rng.integers(0, 3, (30, 5)), rng.integers(0, 3, (30, 6, 6))
SPARSE, CLASSES = "sparse_categorical_crossentropy", losses.SparseCategoricalCrossentropy
# layers, loss, targets; and for Keras's accuracy where the targets alone do not tell
LABELLED = {
    "tags": (lambda: series(3, "softmax", False), SPARSE, tags),
    "tags in a column": (lambda: series(3, "softmax", False), SPARSE, tags[..., None]),
    "masked tags": (lambda: series(3, "softmax", True), SPARSE, tags),
    "one-hot tags": (
        lambda: series(3, "softmax", True),
        "categorical_crossentropy",
        np.eye(3)[tags],
    ),
    "tags with gaps": (
        lambda: series(3, None, False),
        CLASSES(True, ignore_class=-1),
        marked(tags, -1),
    ),
    "yes or no": (lambda: series(1, "sigmoid", False), "binary_crossentropy", tags > 0),
    "yes or no, masked": (lambda: series(1, "sigmoid", True), "binary_crossentropy", tags > 0),
    "numbers": (lambda: series(1, None, False), "mse", tags / 2),
    "numbers compared as a whole": (
        lambda: series(1, None, False),
        "cosine_similarity",
        tags + 1.0,
    ),
    "regions": (lambda: pixels(3, "softmax"), SPARSE, regions),
    "regions with gaps": (
        lambda: pixels(3, "softmax"),
        CLASSES(ignore_class=255),
        marked(regions, 255),
    ),
    "a mask to find": (lambda: pixels(1, "sigmoid"), "binary_crossentropy", regions > 1),
}


@pytest.mark.parametrize("case", LABELLED)
def test_labelling_trains_as_in_keras(case):
    """Same weights after ten updates, same loss, and the accuracy of what counts."""
    make, loss, y = LABELLED[case]
    model = keras.Sequential(make())
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    X = words if model.inputs[0].dtype == "int32" else images
    trainer = live.LiveTrainer(
        model, X, y, validation_data=(X, y), batch_size=10, jit_compile=False
    )
    trainer.step(10)
    # With a mask Keras wants the outputs' own shape.
    theirs = y[..., None] if case == "yes or no, masked" else y
    for k in range(10):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], theirs[batch])
    for mine, own in zip(trainer.to_keras().get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, own, atol=1e-5)
    loss, accuracy = model.evaluate(X, theirs, batch_size=30, verbose=0)
    assert trainer.history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    if case.endswith("gaps"):  # Keras counts places without a class as mistakes
        known = np.isin(y, (0, 1, 2))
        accuracy = (model.predict(X, verbose=0).argmax(axis=-1) == y)[known].mean()
    if trainer.task != "regression":
        assert trainer.history["val_accuracy"][-1] == pytest.approx(accuracy, abs=1e-5)


def test_labelling_trains_under_xla():
    """Masks and ignored classes compile."""
    model = keras.Sequential(series(3, None, True))
    model.compile("adam", CLASSES(True, ignore_class=-1))
    trainer = live.LiveTrainer(model, words, marked(tags, -1), jit_compile=True)
    assert trainer.step(3) == 3
    assert trainer.jit_compile


@pytest.mark.parametrize(
    ("y", "loss", "says"),
    [
        (tags[:, :3], SPARSE, r"one class number per place, of shape \(n_samples, 5\)"),
        (tags[:, 0], SPARSE, r"of shape \(n_samples, 5\), but y has shape \(30,\)"),
        (np.eye(3)[tags], SPARSE, r'loss="categorical_crossentropy", or y.argmax\(axis=-1\)'),
        (tags - 1, SPARSE, "If -1 marks what has no class, give the loss ignore_class=-1"),
        (tags + 1, CLASSES(ignore_class=-1), "class numbers 0 to 2; received values from 1 to 3"),
        (0 * tags - 1, CLASSES(ignore_class=-1), "nothing but the class -1"),
    ],
)
def test_labels_that_do_not_fit_are_refused(y, loss, says):
    """One sentence with the cure."""
    model = keras.Sequential(series(3, "softmax", False))
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match=says) as error:
        live.LiveTrainer(model, words, y)
    assert "\n" not in str(error.value)


def test_outputs_inputs_and_losses_may_have_names():
    """As a functional model gives them: in its loss, its weights, its metrics and its data."""
    X, y = words[:, :2].astype("float32"), tags[:, 0] > 0
    inputs = keras.Input((2,), name="in")
    outputs = layers.Dense(1, activation="sigmoid")(layers.Dense(4)(inputs))
    model = keras.Model(inputs, {"out": outputs})
    model.compile(
        keras.optimizers.Adam(0.02),
        {"out": "binary_crossentropy"},
        loss_weights={"out": 2.0},
        metrics={"out": ["accuracy"]},
    )
    trainer = live.LiveTrainer(
        model, {"in": X}, {"out": y}, validation_data=(X, {"out": y}), batch_size=10,
        jit_compile=False,
    )  # fmt: skip
    trainer.step(10)
    for k in range(10):
        batch = trainer.batch_indices(k)
        model.train_on_batch(X[batch], {"out": y[batch]})
    back = trainer.to_keras()
    for mine, own in zip(back.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, own, atol=1e-5)
    measured = model.evaluate(X, {"out": y}, verbose=0)
    assert back.evaluate(X, y, verbose=0) == pytest.approx(measured, rel=1e-4)
    last = trainer.history["val_loss"][-1], trainer.history["val_accuracy"][-1]
    assert last == pytest.approx(tuple(measured), rel=1e-4)
