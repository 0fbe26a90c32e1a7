"""The NumPy layers, losses and networks against Keras, all in float64."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import tensorflow as tf

from lessons_lib import nn, optimizers

# Both compute in float64; what is left is the order of additions. Keras rounds some hyperparameters
# to float32 even so; those below are sums of powers of 2, which that does not change.
CLOSE = {"rtol": 1e-10, "atol": 1e-12}

rng = np.random.default_rng(0)
X = rng.normal(size=(7, 3))
R = rng.normal(size=(7, 3))


@pytest.fixture
def float64():
    """Let Keras compute in float64, learning rates included."""
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    # Whoever made a layer before has fixed the policy, which set_floatx then does not change.
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (nn.ReLU(), keras.layers.ReLU),
        (nn.LeakyReLU(0.25), lambda: keras.layers.LeakyReLU(0.25)),
        (nn.Sigmoid(), lambda: keras.layers.Activation("sigmoid")),
        (nn.Tanh(), lambda: keras.layers.Activation("tanh")),
        (nn.Softmax(), keras.layers.Softmax),
        (nn.Dropout(0.0), lambda: keras.layers.Dropout(0.0)),
    ],
)
def test_activations_equal_keras_forward_and_backward(float64, ours, theirs, training):
    """The same outputs and the same dL/dZ, with one Z exactly on the kink."""
    Z = X.copy()
    Z[0, 0] = 0
    tensor = tf.constant(Z)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        A = theirs()(tensor, training=training)
        L = tf.reduce_sum(A * R)
    assert np.allclose(ours.forward(Z, training), A, **CLOSE)
    assert np.allclose(ours.backward(R), tape.gradient(L, tensor), **CLOSE)


def test_dense_equals_keras_with_its_weights_copied_across(float64):
    """W and b have Keras's shapes; outputs, penalty and all gradients are the same."""
    ours = nn.Dense(3, 4, l1=0.125, l2=0.25, seed=4)
    ours.b += 0.3
    theirs = keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L1L2(0.125, 0.25))
    theirs.build((None, 3))
    theirs.set_weights([ours.W, ours.b])
    dZ = rng.normal(size=(7, 4))
    tensor = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        Z = theirs(tensor)
        L = tf.reduce_sum(Z * dZ) + sum(theirs.losses)
    dX, dW, db = tape.gradient(L, [tensor, theirs.kernel.value, theirs.bias.value])
    assert np.allclose(ours.forward(X), Z, **CLOSE)
    assert np.isclose(ours.penalty(), float(sum(theirs.losses)), **CLOSE)
    assert np.allclose(ours.backward(dZ), dX, **CLOSE)
    assert np.allclose(ours.dW, dW, **CLOSE)
    assert np.allclose(ours.db, db, **CLOSE)


def test_batch_normalization_equals_keras_over_several_batches(float64):
    """Outputs, gradients and moving averages through three batches, then outside training."""
    ours, theirs = nn.BatchNormalization(3), keras.layers.BatchNormalization()
    theirs.build((None, 3))
    ours.gamma += 0.5
    ours.beta -= 0.25
    theirs.gamma.assign(ours.gamma)
    theirs.beta.assign(ours.beta)
    for training in (True, True, True, False):
        batch = rng.normal(loc=2, scale=3, size=(7, 3))
        tensor = tf.constant(batch)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            A = theirs(tensor, training=training)
            L = tf.reduce_sum(A * R)
        dX, dgamma, dbeta = tape.gradient(L, [tensor, theirs.gamma.value, theirs.beta.value])
        assert np.allclose(ours.forward(batch, training), A, **CLOSE)
        assert np.allclose(ours.backward(R), dX, **CLOSE)
        assert np.allclose(ours.dgamma, dgamma, **CLOSE)
        assert np.allclose(ours.dbeta, dbeta, **CLOSE)
    assert np.allclose(ours.moving_mean, theirs.moving_mean, **CLOSE)
    assert np.allclose(ours.moving_variance, theirs.moving_variance, **CLOSE)


def test_dropout_scales_as_keras():
    """The masks are other ones, but kept values are multiplied by the same 1 / (1 − rate)."""
    theirs = np.unique(keras.layers.Dropout(0.25)(np.ones((100, 100)), training=True))
    ours = np.unique(nn.Dropout(0.25).forward(np.ones((100, 100)), training=True))
    assert np.allclose(ours, theirs, rtol=1e-6)


P = rng.uniform(0.01, 0.99, size=(7, 3))
P[0, 0], P[1, 1] = 0.0, 1.0
SOFT = P / P.sum(axis=1, keepdims=True)
CLASSES = rng.integers(0, 3, size=7)
ONE_HOT = np.eye(3)[CLASSES]
BINARY = rng.integers(0, 2, size=(7, 3)).astype(float)
Z = 5 * X


@pytest.mark.parametrize(
    ("ours", "theirs", "y_true", "y_pred"),
    [
        (nn.MeanSquaredError(), keras.losses.MeanSquaredError, R, X),
        (nn.MeanAbsoluteError(), keras.losses.MeanAbsoluteError, R, X),
        (nn.BinaryCrossentropy(), keras.losses.BinaryCrossentropy, BINARY, P),
        (nn.BinaryCrossentropy(True), keras.losses.BinaryCrossentropy, BINARY, Z),
        (nn.CategoricalCrossentropy(True), keras.losses.CategoricalCrossentropy, ONE_HOT, Z),
        (nn.CategoricalCrossentropy(True), keras.losses.SparseCategoricalCrossentropy, CLASSES, Z),
    ],
)
def test_losses_equal_keras_forward_and_backward(float64, ours, theirs, y_true, y_pred):
    """The same value and the same dL/dy_pred, with probabilities of exactly 0 and 1."""
    options = {"from_logits": True} if getattr(ours, "from_logits", False) else {}
    tensor = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        L = theirs(dtype="float64", **options)(y_true, tensor)
    assert np.isclose(ours.forward(y_true, y_pred), float(L), **CLOSE)
    assert np.allclose(ours.backward(), tape.gradient(L, tensor), **CLOSE)


def test_softmax_and_cross_entropy_equal_keras_together(float64):
    """dL/dz is Keras's. dL/dp alone is not, as Keras divides p by its sum first."""
    tensor = tf.constant(Z)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        p = keras.layers.Softmax()(tensor)
        L = keras.losses.CategoricalCrossentropy(dtype="float64")(ONE_HOT, p)
    softmax, loss = nn.Softmax(), nn.CategoricalCrossentropy()
    assert np.isclose(loss.forward(CLASSES, softmax.forward(Z)), float(L), rtol=1e-7)
    assert np.allclose(softmax.backward(loss.backward()), tape.gradient(L, tensor), atol=1e-7)


def test_cross_entropy_of_probabilities_equals_keras(float64):
    """Class 0 has a probability of exactly 0 in the first row: both keep 1e-7 away from it."""
    classes = np.array([0, 1, 2, 0, 1, 2, 0])
    theirs = keras.losses.CategoricalCrossentropy(dtype="float64")(np.eye(3)[classes], SOFT)
    assert np.isclose(nn.CategoricalCrossentropy()(classes, SOFT), float(theirs), **CLOSE)


def networks():
    """Return the same network twice, ours and Keras's, with the same first weights."""
    ours = nn.Sequential(
        [
            nn.Dense(3, 8, "he_normal", l2=2**-6),
            nn.BatchNormalization(8),
            nn.ReLU(),
            nn.Dense(8, 5, l1=2**-6),
            nn.Tanh(),
            nn.Dense(5, 1),
            nn.Sigmoid(),
        ]
    )
    layers = keras.layers
    theirs = keras.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(8, kernel_regularizer=keras.regularizers.L2(2**-6)),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(5, activation="tanh", kernel_regularizer=keras.regularizers.L1(2**-6)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    for variable, parameter in zip(theirs.trainable_variables, ours.parameters, strict=True):
        variable.assign(parameter)
    return ours, theirs


def test_gradients_of_a_network_equal_gradient_tape(float64):
    """Every parameter's gradient in training agrees with TensorFlow's."""
    ours, theirs = networks()
    y = BINARY[:, :1]
    loss = nn.BinaryCrossentropy()
    value = loss.forward(y, ours.forward(X, training=True)) + ours.penalty()
    ours.backward(loss.backward())
    with tf.GradientTape() as tape:
        L = keras.losses.BinaryCrossentropy(dtype="float64")(y, theirs(X, training=True))
        L += sum(theirs.losses)
    theirs_gradients = tape.gradient(L, [v.value for v in theirs.trainable_variables])
    assert np.isclose(value, float(L), **CLOSE)
    for ours_gradient, gradient in zip(ours.gradients, theirs_gradients, strict=True):
        assert np.allclose(ours_gradient, gradient, **CLOSE)


def test_fit_equals_keras_fit(float64):
    """20 epochs of full batches with Adam: the same history, penalties and validation included."""
    ours, theirs = networks()
    y = BINARY[:, :1]
    history = ours.fit(
        X,
        y,
        nn.BinaryCrossentropy(),
        optimizers.Adam(2**-6, 0.875, 0.75),
        batch_size=7,
        epochs=20,
        validation_data=(R, y),
    )
    theirs.compile(
        keras.optimizers.Adam(2**-6, 0.875, 0.75), keras.losses.BinaryCrossentropy(dtype="float64")
    )
    expected = theirs.fit(
        X, y, batch_size=7, epochs=20, shuffle=False, validation_data=(R, y), verbose=0
    ).history
    assert history.keys() == expected.keys()
    # Keras keeps its running means of the loss in float32 or float64, by version.
    assert np.allclose(history["loss"], expected["loss"], rtol=1e-6)
    assert np.allclose(history["val_loss"], expected["val_loss"], rtol=1e-6)
    assert np.allclose(ours.predict(X), theirs.predict(X, verbose=0), rtol=1e-8)


def test_initializers_have_the_variance_of_keras():
    """Keras's weights of the same name have the same spread, to 2 %."""
    for name in ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal"):
        theirs = np.asarray(keras.initializers.get(name)((300, 200)))
        ours = nn.Dense(300, 200, initializer=name).W
        assert abs(ours.std() / theirs.std() - 1) < 0.02
