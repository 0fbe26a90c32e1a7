"""Right answers to the questions of lesson 01, written otherwise than the solutions shown."""

import math

import numpy as np


class by_hand:
    as_array = np.array([1.0, 3.0, 5.0])
    as_column = np.array([[1], [3], [5]], dtype="float32")
    as_tuple = (1, 3, 5)


class linear_unit:
    def looped(X, w, b):
        answers = []
        for row in X:
            total = b
            for x_j, w_j in zip(row, w, strict=True):
                total = total + x_j * w_j
            answers.append(total)
        return answers

    def broadcast(X, w, b):
        return (X * w).sum(axis=1) + b

    def as_column(X, w, b):
        return np.dot(X, np.reshape(w, (-1, 1))) + b

    def einsum(X, w, b):
        return np.einsum("ij,j->i", X, w) + b


class mse:
    def looped(y_true, y_pred):
        total = 0.0
        for truth, prediction in zip(y_true, y_pred, strict=True):
            total += float(truth - prediction) ** 2
        return total / len(y_true)

    def dot_product(y_true, y_pred):
        error = y_pred - y_true
        return error @ error / error.size

    def as_array(y_true, y_pred):
        return np.array([np.square(np.subtract(y_true, y_pred)).mean()])


class mae:
    def looped(y_true, y_pred):
        distances = [abs(float(t) - float(p)) for t, p in zip(y_true, y_pred, strict=True)]
        return sum(distances) / len(distances)

    def by_maximum(y_true, y_pred):
        return (np.maximum(y_true, y_pred) - np.minimum(y_true, y_pred)).mean()

    def root_of_square(y_true, y_pred):
        return np.mean(np.sqrt((y_pred - y_true) ** 2.0))


class rmse:
    def looped(y_true, y_pred):
        total = 0.0
        for truth, prediction in zip(y_true, y_pred, strict=True):
            total += float(np.squeeze(truth - prediction)) ** 2
        return (total / len(y_true)) ** 0.5

    def by_norm(y_true, y_pred):
        error = np.asarray(y_pred).reshape(-1) - y_true
        return np.linalg.norm(error) / np.sqrt(len(error))

    def by_columns(y_true, y_pred):
        error = y_true.reshape(-1, 1) - y_pred.reshape(-1, 1)
        return np.sqrt((error**2).mean(axis=0))


class sigmoid:
    def other_fraction(z):
        return np.exp(z) / (np.exp(z) + 1)

    def power(z):
        return (1 + np.e ** (-z)) ** -1.0

    def in_two_halves(z):
        e = np.exp(-np.abs(z))
        return np.where(z >= 0, 1 / (1 + e), e / (1 + e))

    def by_tanh(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    def looped(z):
        def one(value):
            if value >= 0:
                return 1 / (1 + math.exp(-value))
            return math.exp(value) / (1 + math.exp(value))

        return np.array([one(float(value)) for value in z.ravel()]).reshape(z.shape)

    def by_logaddexp(z):
        return np.exp(-np.logaddexp(0, -z))


class undecided:
    as_float = 3.0
    as_array = np.array([3], dtype="int32")
    as_scalar = np.float32(3)


class millimetres:
    as_float = 2500.0
    as_array = np.array([2500])
    as_scalar = np.int32(2500)


class before_training:
    def by_numpy(y):
        return np.mean(y), np.var(y)

    def mean_of_squares(y):
        bias = np.sum(y) / len(y)
        return [bias, np.sum(np.square(y - bias)) / y.size]

    def looped(y):
        bias = sum(float(value) for value in y) / len(y)
        return bias, sum((float(value) - bias) ** 2 for value in y) / len(y)

    def baseline(y):
        guesses = np.full(y.shape, y.mean())
        return guesses[0], ((guesses - y) ** 2).mean()


class ten_digits:
    two_decimals = 2.30
    more_decimals = np.float32(2.303)
    computed = np.array([math.log(10)])


class rare_class:
    two_decimals = -1.39
    more_decimals = -1.3863
    computed = -math.log(4)


class count_updates:
    def integers(n_samples, batch_size, epochs):
        return epochs * ((n_samples + batch_size - 1) // batch_size)

    def counted(n_samples, batch_size, epochs):
        updates = 0
        for _ in range(epochs):
            for _ in range(0, n_samples, batch_size):
                updates += 1
        return updates

    def floor_and_rest(n_samples, batch_size, epochs):
        full, rest = divmod(n_samples, batch_size)
        return float(epochs) * (full + (rest > 0))


class three_input_unit:
    def added_layer_by_layer(keras):
        model = keras.Sequential()
        model.add(keras.Input(shape=(3,)))
        model.add(keras.layers.Dense(units=1, activation="linear"))
        return model

    def functional(keras):
        inputs = keras.Input((3,))
        return keras.Model(inputs, keras.layers.Dense(1)(inputs))

    def built_later(keras):
        model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
        model.build((None, 3))
        return model
