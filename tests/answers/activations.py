"""Right answers to the questions of lesson 02, written otherwise than the solutions shown."""

import itertools

import numpy as np

from lessons_lib.lessons.activations.exercises import _on_the_spirals, _sigmoid


class which_side:
    listed = (1, 0, 0, 1)
    floats = np.array([1.0, 0.0, 0.0, 1.0])
    by_comparison = np.array([2 * x1 - x2 > 1 for x1, x2 in [(1, 0), (1, 2.5), (0, -0.5), (2, 2)]])


class opposite_sum:
    by_hand = 1 - 0.8
    fraction = 1 / 5
    by_tanh = 0.5 - 0.5 * np.tanh(0.5 * np.log(4))


class one_step_on:
    by_hand = 2.4
    in_steps = 2 + 0.1 * 4
    fraction = 12 / 5


class collapse:
    def by_trying(W1, b1, W2, b2):
        n_in = len(W1)
        b = (np.zeros((1, n_in)) @ W1 + b1) @ W2 + b2
        W = (np.eye(n_in) @ W1 + b1) @ W2 + b2 - b
        return W, b[0]

    def with_dot(W1, b1, W2, b2):
        return np.dot(W1, W2), np.dot(W2.T, b1) + b2

    def with_einsum(W1, b1, W2, b2):
        return np.einsum("ij,jk->ik", W1, W2), np.einsum("j,jk->k", b1, W2) + b2


class relu_layer:
    def by_mask(X, W, b):
        Z = X @ W + b
        return Z * (Z > 0)

    def by_where(X, W, b):
        Z = np.dot(X, W) + b
        return np.where(Z < 0, 0, Z)

    def by_absolute_value(X, W, b):
        Z = X @ W + b
        return (Z + np.abs(Z)) / 2


class thin_network:
    def by_chosen_columns(W1, b1, W2, b2, x):
        on = np.flatnonzero(x @ W1 + b1 > 0)
        return W1[:, on] @ W2[on], b1[on] @ W2[on] + b2

    def unit_by_unit(W1, b1, W2, b2, x):
        w, b = np.zeros((len(W1), len(b2))), np.array(b2)
        for unit in range(len(b1)):
            if x @ W1[:, unit] + b1[unit] > 0:
                w = w + np.outer(W1[:, unit], W2[unit])
                b = b + b1[unit] * W2[unit]
        return w, b

    def by_the_output(W1, b1, W2, b2, x):
        H = np.maximum(0, x @ W1 + b1)
        w = W1 @ np.diag(np.sign(H)) @ W2
        return w, H @ W2 + b2 - x @ w


class most_pieces:
    by_formula = 1 + 3 + 3 * 2 // 2
    by_counting = len(
        {
            (a > 0, b > 0, 2 * a + 2 * b > 3)
            for a, b in itertools.product(np.linspace(-3, 3, 20), repeat=2)
        }
    )
    as_float = 7.0


class sigmoid_slope:
    def quotient(z):
        return np.exp(-z) / (1 + np.exp(-z)) ** 2

    def by_tanh(z):
        return (1 - np.tanh(z / 2) ** 2) / 4

    def even(z):
        e = np.exp(-np.abs(z))
        return e / (1 + e) ** 2

    def measured(z):
        return (_sigmoid(z + 1e-4) - _sigmoid(z - 1e-4)) / 2e-4


class softmax:
    def row_by_row(Z):
        rows = []
        for z in Z:
            e = np.exp(z - max(z))
            rows.append(e / sum(e))
        return np.array(rows)

    def transposed(Z):
        E = np.exp(Z.T - Z.max(axis=1))
        return (E / E.sum(axis=0)).T

    def by_logarithm(Z):
        shifted = Z - np.max(Z, axis=-1)[:, None]
        return np.exp(shifted - np.log(np.sum(np.exp(shifted), axis=-1))[:, None])


class count_parameters:
    layer_by_layer = 2 * 8 + 8 + 8 * 8 + 8 + 8 * 1 + 1

    def looped():
        sizes = [2, 8, 8, 1]
        return sum(a * b + b for a, b in itertools.pairwise(sizes))

    as_float = np.array([105.0])


class quiz_chain:
    by_hand = 4
    by_slope = 1 / (_sigmoid(0) * (1 - _sigmoid(0)))
    as_array = np.array([4.0])


class quiz_temperature:
    by_hand = 4.48

    def of_two_probabilities():
        a, b = np.exp(np.array([5, 2]) / 2) / np.exp(np.array([5, 2]) / 2).sum()
        return a / b

    by_root = np.sqrt(np.exp(3))


class quiz_he:
    by_hand = 0.2
    as_power = (2 / 50) ** 0.5
    by_fan_in = np.sqrt(1 / 25)


class two_hidden_layers:
    def layer_by_layer(keras):
        model = keras.Sequential()
        model.add(keras.Input((2,)))
        for _ in range(2):
            model.add(keras.layers.Dense(8, activation=keras.activations.tanh))
        model.add(keras.layers.Dense(1, activation="sigmoid"))
        return model

    def activations_as_layers(keras):
        layers = keras.layers
        model = keras.Sequential([keras.Input((2,))])
        for _ in range(2):
            model.add(layers.Dense(8))
            model.add(layers.Activation("tanh"))
        model.add(layers.Dense(1))
        model.add(layers.Activation("sigmoid"))
        return model

    def functional(keras):
        inputs = keras.Input((2,))
        hidden = keras.layers.Dense(8, activation="tanh")(inputs)
        hidden = keras.layers.Dense(8, activation="tanh")(hidden)
        return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))


class dead_units:
    def by_maximum(A):
        return np.max(A, axis=0) <= 0

    def by_sum(A):
        return A.sum(axis=0) == 0

    def not_any(A):
        return ~np.any(A > 0, axis=0)

    def looped(A):
        return [all(a == 0 for a in column) for column in A.T]


class smallest_network:
    def found_with_numpy(keras):
        return _on_the_spirals(keras, (8, 8), seed=0)

    def with_one_hidden_layer(keras):
        return _on_the_spirals(keras, (26,), seed=10)

    def without_the_sigmoid(keras):
        model = _on_the_spirals(keras, (8, 8), seed=0)
        bare = keras.models.clone_model(model)
        bare.set_weights(model.get_weights())
        bare.layers[-1].activation = keras.activations.linear
        return bare


class patient_1:
    def smooth(case_1):
        case_1.controls["activation"].value = "tanh"
        case_1.step(900)

    def after_a_while(case_1):
        case_1.step(500)
        case_1.trainer.activation = "gelu"
        case_1.step(600)

    def by_hand(case_1):
        case_1.trainer.edge = (1, 1, 1, 8.0)
        case_1.step(10)
        case_1.trainer.edge = (1, 2, 3, 8.0)
        case_1.step(990)

    def after_a_failed_run(case_1):
        case_1.trainer.width = 16
        case_1.step(500)
        case_1.reset()
        case_1.trainer.activation = "elu"
        case_1.step(700)


class patient_2:
    def with_the_slider(case_2):
        case_2.controls["width"].value = 16
        case_2.step(700)

    def while_it_trains(case_2):
        case_2.step(600)
        case_2.trainer.width = 16
        case_2.step(1_000)

    def of_another_kind(case_2):
        case_2.trainer.activation = "tanh"
        case_2.trainer.width = 8
        case_2.step(1_500)
