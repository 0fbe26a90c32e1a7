"""A chain of Dense layers gives its units, its edges and what flows along them."""

import numpy as np
import pytest

from lessons_lib import live

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).astype("float32")
y = (X[:, 0] > 0).astype("float32")


def trainer_of(*stack, data=X):
    """Return a trainer that runs as a plain graph: these tests are not about XLA."""
    model = keras.Sequential([keras.Input(data.shape[1:]), *stack])
    model.compile("sgd", "binary_crossentropy")
    return live.LiveTrainer(model, data, y, batch_size=10, jit_compile=False)


def output():
    """Return the output layer of a binary classifier."""
    return layers.Dense(1, activation="sigmoid")


def test_a_chain_has_all_weights_and_says_which_units_take_part():
    """Also those of units that width leaves out."""
    trainer = trainer_of(layers.Dense(4, "tanh"), layers.Dense(3, "relu"), output())
    trainer.width = 2
    trainer.step(3)
    chain = trainer.chain()
    assert [kernel.shape for kernel in chain.kernels] == [(2, 4), (4, 3), (3, 1)]
    assert [on.tolist() for on in chain.on] == [[True, True, False, False], [True, True, False]]
    assert (chain.inputs, chain.inputs_on.tolist()) == (["x₁", "x₂"], [True, True])
    plain = trainer.to_keras().get_weights()
    np.testing.assert_array_equal(chain.kernels[0][:, :2], plain[0])
    np.testing.assert_array_equal(chain.kernels[1][:2, :2], plain[2])
    np.testing.assert_array_equal(chain.biases[1][:2], plain[3])
    assert [bias.shape for bias in chain.biases] == [(4,), (3,), (1,)]


@pytest.mark.parametrize("n_points", [1, 7])
def test_what_flows_along_a_chain_is_what_its_layers_compute(n_points):
    """From the inputs to the output, for any number of points."""
    trainer = trainer_of(layers.Dense(4, "tanh"), layers.Dropout(0.5), layers.Dense(3), output())
    trainer.step(3)
    chain, points = trainer.chain(), X[:n_points]
    inputs, first, second, outputs = chain.ask(points)
    np.testing.assert_array_equal(inputs, points)
    np.testing.assert_allclose(np.column_stack(trainer.hidden(points)), np.c_[first, second])
    np.testing.assert_allclose(outputs, trainer.predict(points), atol=1e-6)


def test_units_out_of_use_put_out_nothing():
    """Though a sigmoid behind a normalization would make something of their 0."""
    hidden = layers.Dense(4), layers.BatchNormalization(), layers.Activation("sigmoid")
    trainer = trainer_of(*hidden, output())
    trainer.width = 2
    trainer.step(3)
    _, units, _ = trainer.chain().ask(X)
    assert np.all(units[:, :2] != 0)
    assert np.all(units[:, 2:] == 0)


def test_a_single_neuron_is_a_chain():
    """Without a hidden layer."""
    chain = trainer_of(output()).chain()
    assert ([kernel.shape for kernel in chain.kernels], chain.on) == ([(2, 1)], [])


def test_scaled_inputs_are_shown_as_they_come_to_the_first_layer():
    """Behind a layer that treats each number by itself."""
    inputs, _ = trainer_of(layers.Rescaling(2.0), output()).chain().ask(X)
    np.testing.assert_allclose(inputs, 2 * X)


def residual():
    """Return a model with a way around its hidden layer."""
    inputs = keras.Input((2,))
    hidden = layers.Dense(2, "tanh")(inputs)
    model = keras.Model(inputs, output()(layers.Add()([inputs, hidden])))
    model.compile("sgd", "binary_crossentropy")
    return live.LiveTrainer(model, X, y, jit_compile=False)


@pytest.mark.parametrize(
    "make",
    [
        residual,
        lambda: trainer_of(layers.Reshape((2, 1)), layers.Conv1D(2, 1), layers.Flatten(), output()),
        lambda: trainer_of(layers.Dense(3, "softmax"), output()),
        lambda: trainer_of(layers.Flatten(), output(), data=X.reshape(-1, 2, 1)),
    ],
)
def test_anything_else_is_no_chain(make):
    """A way around a layer, a convolution, units that are mixed, images."""
    assert make().chain() is None
