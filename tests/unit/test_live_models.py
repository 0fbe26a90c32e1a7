"""Models of many kinds train live, with the knobs that fit them."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
points = rng.normal(size=(40, 2)).astype("float32")
images = rng.normal(size=(40, 8, 8, 1)).astype("float32")
series = rng.normal(size=(40, 6, 3)).astype("float32")
words = rng.integers(0, 10, (40, 4))
number, classes = points[:, 0] * points[:, 1], np.arange(40) % 3


def convolutional():
    """Return images and the hidden layers of a small image classifier."""
    return images, [
        layers.Conv2D(4, 3, activation="relu"),
        layers.SpatialDropout2D(0.2),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(8, activation="relu"),
        layers.Dropout(0.3),
    ]


def recurrent():
    """Return sequences and an LSTM layer with dropout of its own."""
    return series, [layers.LSTM(5, dropout=0.2)]


def embedded():
    """Return word numbers and layers that embed them."""
    return words, [layers.Embedding(10, 4), layers.Flatten(), layers.Dense(8, "relu")]


def noisy():
    """Return points and layers whose noise is not Dropout's."""
    return points, [layers.GaussianNoise(0.1), layers.Dense(5, "relu"), layers.GaussianDropout(0.1)]


def layer_normalized():
    """Return points and a layer that mixes units before the activation."""
    return points, [layers.Dense(5), layers.LayerNormalization(), layers.Activation("relu")]


def half_precision():
    """Return points and layers that compute in float16."""
    return points, [
        layers.Dense(8, "relu", dtype="mixed_float16"),
        layers.Dropout(0.2, dtype="mixed_float16"),
        layers.Dense(8, "relu", dtype="mixed_float16"),
    ]


def double_precision():
    """Return points and layers that compute in float64."""
    return points, [
        layers.Dense(8, "relu", dtype="float64"),
        layers.Dropout(0.2, dtype="float64"),
        layers.Dense(8, "relu", dtype="float64"),
    ]


def nested():
    """Return points and a model used as a layer."""
    encoder = [keras.Input((2,)), layers.Dense(5, "relu"), layers.Dropout(0.1)]
    return points, [keras.Sequential(encoder, name="encoder")]


# which knobs a model has: width, dropout, activation
KINDS = {
    convolutional: (True, True, True),
    recurrent: (False, False, False),
    embedded: (True, False, True),
    noisy: (True, False, True),
    layer_normalized: (False, False, True),
    half_precision: (True, True, True),
    double_precision: (True, True, True),
    nested: (False, True, False),
}


def sequential(kind, output):
    """Return samples and a Sequential model of a kind, not yet compiled."""
    X, hidden = kind()
    dtype = "int32" if X.dtype.kind == "i" else None
    return X, keras.Sequential([keras.Input(X.shape[1:], dtype=dtype), *hidden, output])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_model_trains_and_says_which_knobs_it_has(kind):
    """The weights move, the loss is finite, and what cannot be turned is known before."""
    X, model = sequential(kind, layers.Dense(1))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    trainer = live.LiveTrainer(model, X, number, validation_data=(X, number), jit_compile=False)
    before = trainer.predict(X)
    assert trainer.step(5) == 5
    assert np.isfinite(trainer.history["val_loss"]).all()
    assert np.abs(trainer.predict(X) - before).max() > 1e-5
    knobs = trainer.can_change_width, trainer.can_change_dropout, trainer.can_change_activation
    assert knobs == KINDS[kind]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_model_comes_back_as_keras_with_the_same_predictions(kind):
    """With fewer units in use where the width can be turned."""
    X, model = sequential(kind, layers.Dense(1))
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, number, jit_compile=False)
    trainer.step(3)
    if trainer.can_change_width:
        trainer.width = 3
        trainer.step(3)
    plain = trainer.to_keras()
    tolerance = 2e-3 if kind is half_precision else 1e-5
    np.testing.assert_allclose(plain(X, training=False), trainer.predict(X), atol=tolerance)


def test_a_convolutional_network_trains_under_xla_with_live_knobs():
    """Learning rate and dropout of a convolutional classifier turn without a new trace."""
    X, model = sequential(convolutional, layers.Dense(3, activation="softmax"))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    trainer = live.LiveTrainer(model, X, classes, batch_size=10)
    trainer.step(3)
    trainer.learning_rate, trainer.dropout = 0.02, 0.0
    trainer.step(60)
    assert trainer.jit_compile
    assert trainer.trace_count == 1
    assert trainer.history["accuracy"][-1] > 0.5
    assert [h.shape for h in trainer.hidden(X)] == [(40, 6, 6, 4), (40, 8)]


def trainer_on(images, *parts):
    """Return a trainer of a network of such layers whose targets say nothing."""
    model = keras.Sequential([keras.Input(images.shape[1:]), *parts])
    model.compile("sgd", "mse")
    return live.LiveTrainer(model, images, np.zeros(len(images)), jit_compile=False)


def image_of(shape):
    """Return images of different brightness in each place."""
    return np.random.default_rng(0).uniform(size=(8, *shape)).astype("float32")


class TestFirstKernels:
    """`LiveTrainer.first_kernels`: the first layer's weights in the shape of images."""

    @pytest.mark.parametrize(
        ("shape", "channels", "before"),
        [
            ((5, 4), 1, [layers.Flatten]),
            ((5, 4, 3), 3, [layers.Flatten]),
            (
                (5, 4, 3),
                3,
                [lambda: layers.Rescaling(2.0), layers.Flatten, layers.BatchNormalization],
            ),
            ((5, 4), 1, [lambda: layers.Reshape((20,)), lambda: layers.Dropout(0.2)]),
            ((60,), 3, [lambda: layers.Reshape((5, 4, 3)), layers.Flatten]),
            ((10, 8, 3), 3, [layers.MaxPooling2D, layers.Flatten]),
        ],
    )
    def test_a_unit_of_a_dense_layer_weighs_each_place_of_the_image_that_it_reads(
        self, shape, channels, before
    ):
        """The sum of image times weights is what the unit puts out."""
        images = image_of(shape)
        before = [make() for make in before]
        trainer = trainer_on(images, *before, layers.Dense(7), layers.Dense(1))
        kernels = trainer.first_kernels()
        assert kernels.shape == (5, 4, channels, 7)
        copy = trainer.to_keras()
        flatten = next(i for i, one in enumerate(copy.layers)
                       if one.output.shape[1:] == (kernels[..., 0].size,))  # fmt: skip
        dense = next(one for one in copy.layers if isinstance(one, layers.Dense))
        read = keras.Model(copy.inputs[0], [copy.layers[flatten].input, dense.output])
        seen, outputs = (tensor.numpy() for tensor in read(images))
        norm = [one for one in before if isinstance(one, layers.BatchNormalization)]
        scale = np.sqrt(1 + norm[0].epsilon) if norm else 1
        seen = seen.reshape(len(seen), *kernels.shape[:3]) / scale
        np.testing.assert_allclose(np.tensordot(seen, kernels, 3), outputs, rtol=1e-3, atol=1e-4)

    def test_a_convolution_has_images_already(self):
        """Of Conv2D its kernel; of DepthwiseConv2D and SeparableConv2D one a channel."""
        images = image_of((6, 6, 2))
        trainer = trainer_on(images, layers.Conv2D(4, (3, 2)), layers.Flatten(), layers.Dense(1))
        (kernel, _) = trainer.kernels().values()
        np.testing.assert_array_equal(trainer.first_kernels(), kernel)
        for kind in (layers.DepthwiseConv2D(3, depth_multiplier=2),
                     layers.SeparableConv2D(4, 3, depth_multiplier=2)):  # fmt: skip
            trainer = trainer_on(images, kind, layers.Flatten(), layers.Dense(1))
            first = trainer.to_keras().layers[0]
            weights = first.weights[0].numpy()
            kernels = trainer.first_kernels()
            assert kernels.shape == (3, 3, 1, 4)
            np.testing.assert_array_equal(kernels[:, :, 0, 2], weights[:, :, 1, 0])

    def test_those_of_units_not_in_use_are_nan(self):
        """The array keeps its shape while the width turns."""
        trainer = trainer_on(image_of((3, 3)), layers.Flatten(), layers.Dense(5), layers.Dense(1))
        trainer.width = 2
        kernels = trainer.first_kernels()
        assert np.isfinite(kernels[..., :2]).all()
        assert np.isnan(kernels[..., 2:]).all()
        assert kernels.shape == (3, 3, 1, 5)

    def test_a_model_inside_the_model_is_looked_into(self):
        """As a part that was trained before and stays as it is."""
        images = image_of((6, 6, 1))
        body = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(3, 3), layers.Flatten()])
        trainer = trainer_on(images, body, layers.Dense(1))
        np.testing.assert_array_equal(trainer.first_kernels(), body.layers[0].kernel.numpy())

    @pytest.mark.parametrize("kind", ["masking", "operation"])
    def test_an_operation_that_is_no_layer_stands_in_nobodys_way(self, kind):
        """A Masking layer's graph holds one, and so does a functional model with keras.ops."""
        inputs = keras.Input((6, 5))
        masked = layers.SimpleRNN(3)(layers.Masking()(inputs))
        moved = layers.Dense(3)(layers.Flatten()(keras.ops.sin(inputs)))
        model = keras.Model(inputs, layers.Dense(1)(masked if kind == "masking" else moved))
        model.compile("sgd", "mse")
        trainer = live.LiveTrainer(model, image_of((6, 5)), np.zeros(8), jit_compile=False)
        kernels = trainer.first_kernels()
        assert kernels is None if kind == "masking" else kernels.shape == (6, 5, 1, 3)

    @pytest.mark.parametrize(
        ("shape", "make"),
        [
            ((64,), lambda: [layers.Dense(4)]),
            ((8, 8), lambda: [layers.Dense(4), layers.Flatten()]),
            ((8, 8), lambda: [layers.LSTM(4)]),
            ((8, 8), lambda: [layers.Conv1D(4, 3), layers.Flatten()]),
            ((8, 8), lambda: [layers.Flatten(), layers.Lambda(lambda x: x[:, ::-1]),
                              layers.Dense(4)]),
        ],
    )  # fmt: skip
    def test_what_reads_no_image_has_none(self, shape, make):
        """Rows of numbers, series, and pixels that a function has moved."""
        assert trainer_on(image_of(shape), *make(), layers.Dense(1)).first_kernels() is None


@pytest.fixture(scope="module")
def branched():
    """Return a trainer of a functional model: two branches join, and one is skipped around."""
    inputs = keras.Input((2,))
    left = layers.Dense(8, "tanh", name="left")(inputs)
    right = layers.Dense(6, "relu", name="right")(inputs)
    joined = layers.Concatenate()([left, right])
    narrow = layers.Dense(5, name="narrow")(joined)
    active = layers.Activation("sigmoid")(layers.BatchNormalization()(narrow))
    last = layers.Dense(4, "relu", name="last")(active)
    model = keras.Model(inputs, layers.Dense(1, name="out")(last))
    model.compile("sgd", "mse")
    return live.LiveTrainer(model, points, number, jit_compile=False)


def test_a_functional_model_turns_the_layers_that_dense_layers_read(branched):
    """Where units are concatenated the width stays, and the notice names the layers."""
    assert branched.max_width == 5
    assert "'left', 'right'" in branched.notice
    branched.width = 3
    shapes = {name: kernel.shape for name, kernel in branched.kernels().items()}
    assert shapes == {
        "left": (2, 8),
        "right": (2, 6),
        "narrow": (14, 3),
        "last": (3, 3),
        "out": (3, 1),
    }


def test_hidden_shows_what_the_next_layer_reads(branched):
    """After normalization and activation: a sigmoid's outputs lie between 0 and 1."""
    branched.width = 5
    hidden = dict(zip(branched.kernels(), branched.hidden(points), strict=False))
    assert hidden["narrow"].shape == (40, 5)
    assert hidden["narrow"].min() > 0
    assert hidden["narrow"].max() < 1


def test_gradient_norms_are_those_of_a_finite_difference():
    """One weight of one linear unit: the norm is the slope of the loss."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False, name="unit")])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, points, number, jit_compile=False)
    w = model.get_weights()[0]
    slope = 2 * points.T @ (points @ w - number[:, None]) / 40
    assert trainer.gradient_norms() == {"unit": pytest.approx(np.linalg.norm(slope), rel=1e-4)}


def test_looking_does_not_change_the_run():
    """Predictions, hidden units, weights and gradients leave all state as it was."""
    X, model = sequential(convolutional, layers.Dense(1))
    model.compile("adam", "mse")
    trainer = live.LiveTrainer(model, X, number, jit_compile=False)
    trainer.step(2)
    before = [v.numpy() for v in trainer._network.state]
    trainer.predict(X)
    trainer.hidden(X)
    trainer.kernels()
    trainer.gradient_norms()
    for a, b in zip(before, trainer._network.state, strict=True):
        np.testing.assert_array_equal(a, b.numpy())


def test_a_loss_of_the_learners_own_is_used():
    """A plain function, not registered anywhere, trains without a warning."""

    def cubic(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 3)

    X, model = sequential(noisy, layers.Dense(1))
    model.compile("sgd", cubic)
    trainer = live.LiveTrainer(model, X, number, validation_data=(X, number), jit_compile=False)
    trainer.step(2)
    expected = np.mean(np.abs(number - trainer.predict(X)[:, 0]) ** 3)
    assert trainer.history["val_loss"][-1] == pytest.approx(expected, rel=1e-4)


def test_gradient_norms_of_float64_layers_include_the_penalty():
    """The penalty of layers of two precisions adds up."""
    X, model = sequential(double_precision, layers.Dense(1))
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, X, number, jit_compile=False)
    without = trainer.gradient_norms()
    trainer.l2 = 10.0
    for path, norm in trainer.gradient_norms().items():
        assert norm > without[path]


def sine(Z):
    """Return sin(Z): an activation that Keras does not have."""
    return keras.ops.sin(Z)


def tenths(shape, dtype=None):
    """Return weights of 0.1, -0.1, ...: an initializer that Keras does not have."""
    signs = np.resize([0.1, -0.1, 0.2], int(np.prod(shape)))
    return keras.ops.reshape(keras.ops.cast(signs, dtype or "float32"), shape)


@pytest.mark.parametrize(
    "hidden",
    [
        lambda: [layers.Dense(6, sine, kernel_initializer=tenths)],
        lambda: [layers.Dense(6, lambda Z: keras.ops.sin(Z))],
        lambda: [layers.Dense(6), layers.Activation(sine)],
        lambda: [layers.Dense(6), layers.Lambda(lambda Z: Z**2)],
    ],
    ids=["functions", "lambda", "Activation", "Lambda"],
)
@pytest.mark.filterwarnings("error")
def test_functions_of_the_learners_own_train_live_and_come_back(hidden):
    """In the trainer, in the model given back, and in the code; no warning about saving."""
    model = keras.Sequential([keras.Input((2,)), *hidden(), layers.Dense(1)])
    model.compile("sgd", "mse")
    trainer = live.LiveTrainer(model, points, number, batch_size=10, jit_compile=False)
    if trainer.can_change_width:
        trainer.width = 3
    trainer.reset(seed=1)
    trainer.step(5)
    plain = trainer.to_keras()
    predictions = plain(points, training=False)
    np.testing.assert_allclose(predictions, trainer.predict(points), atol=1e-5)
    names = {"X": points, "y": number, "model": model, "sine": sine, "tenths": tenths}
    exec(trainer.code(), names)
    names["model"].set_weights(plain.get_weights())
    np.testing.assert_allclose(names["model"](points), predictions, atol=1e-5)
