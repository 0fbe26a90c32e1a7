"""Right answers to the questions of lesson 06, written otherwise than the solutions shown."""

import math

import numpy as np

from lessons_lib.lessons.classification import patients
from lessons_lib.lessons.classification.exercises import _compiled

# --- three things to remember ----------------------------------------------------------------


class four_to_one:
    fraction = 1 / 5
    by_sigmoid = 1 / (1 + np.exp(np.log(4)))
    as_array = np.array([0.2])


class sure_slopes:
    as_tuple = (0.25, 0.09, 0.0099)
    by_products = tuple(p - p * p for p in (0.5, 0.9, 0.99))
    column = np.array([0.25, 0.09, 0.0099])


class new_row_scaled:
    rounded = 1.5
    fraction = 3 / 2
    as_array = np.array(1.5)


# --- from likelihood to loss -----------------------------------------------------------------


class binary_crossentropy:
    def by_where(y_true, p):
        return np.mean(-np.log(np.where(y_true == 1, p, 1 - p)))

    def looped(y_true, p):
        total = 0.0
        for y, q in zip(y_true, p, strict=True):
            total -= math.log(q) if y else math.log(1 - q)
        return total / len(p)

    def by_likelihood(y_true, p):
        likelihood = np.prod(np.abs(1 - y_true - p).astype(float))
        return -np.log(likelihood) / len(p)

    def with_clipping(y_true, p):
        p = np.clip(p, 1e-7, 1 - 1e-7)
        return np.mean(-y_true * np.log(p) - (1 - y_true) * np.log(1 - p))


class loss_slopes:
    def by_cases(z, y):
        p = 1 / (1 + np.exp(-z))
        return np.where(y == 1, -(1 - p), p), np.where(
            y == 1, -2 * p * (1 - p) ** 2, 2 * p**2 * (1 - p)
        )

    def with_tanh(z, y):
        p = (1 + np.tanh(z / 2)) / 2
        slope = (1 - np.tanh(z / 2) ** 2) / 4
        return p - y, 2 * (p - y) * slope

    def measured(z, y):
        def losses(z):
            p = 1 / (1 + np.exp(-z))
            return -y * np.log(p) - (1 - y) * np.log(1 - p), (p - y) ** 2

        step = 1e-5
        above, below = losses(z + step), losses(z - step)
        return tuple((a - b) / (2 * step) for a, b in zip(above, below, strict=True))


class loss_from_logits:
    def by_logaddexp(z, y):
        return np.mean(np.logaddexp(0, z) - y * z)

    def by_cases(z, y):
        e = np.exp(-np.abs(z))
        return np.mean(np.where(z > 0, z + np.log(1 + e), np.log(1 + e)) - y * z)

    def looped(z, y):
        total = 0.0
        for one, truth in zip(z, y, strict=True):
            against = -one if truth else one  # large where the sign is wrong
            total += max(against, 0) + math.log1p(math.exp(-abs(against)))
        return total / len(z)


class tumour_model:
    def with_objects(keras):
        model = _compiled(keras)
        model.compile(
            optimizer=keras.optimizers.Adam(0.001), loss=keras.losses.BinaryCrossentropy()
        )
        return model

    def layer_by_layer(keras):
        model = keras.Sequential()
        model.add(keras.Input(shape=(30,)))
        model.add(keras.layers.Dense(16))
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dense(1))
        model.add(keras.layers.Activation("sigmoid"))
        model.compile("adam", "binary_crossentropy")
        return model

    def functional(keras):
        inputs = keras.Input((30,))
        hidden = keras.layers.Dense(16, activation="relu")(inputs)
        outputs = keras.layers.Dense(1, activation="sigmoid")(hidden)
        model = keras.Model(inputs, outputs)
        model.compile(optimizer="adam", loss="binary_crossentropy")
        return model


class precision_recall_f1:
    def by_products(y_true, y_said):
        tp = (y_true * y_said).sum()
        fp = ((1 - y_true) * y_said).sum()
        fn = (y_true * (1 - y_said)).sum()
        p = tp / max(tp + fp, 1)
        r = tp / max(tp + fn, 1)
        return p, r, 2 * p * r / (p + r) if p + r > 0 else 0

    def looped(y_true, y_said):
        tp = fp = fn = 0
        for truth, said in zip(y_true, y_said, strict=True):
            tp += truth == 1 and said == 1
            fp += truth == 0 and said == 1
            fn += truth == 1 and said == 0
        p = tp / (tp + fp) if tp + fp else 0.0
        r = tp / (tp + fn) if tp + fn else 0.0
        return p, r, 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0

    def from_sklearn(y_true, y_said):
        from sklearn.metrics import precision_recall_fscore_support as scores

        return scores(y_true, y_said, average="binary", zero_division=0)[:3]


class calling_threshold:
    written_out = 0.0909
    as_fraction = 1 / 11

    def by_search():
        p = np.linspace(0, 1, 100_001)
        return p[np.argmax(1 - p <= 10 * p)]


class class_weights:
    def looped(y):
        weights = {}
        kinds = set(y.tolist())
        for kind in kinds:
            weights[kind] = len(y) / len(kinds) / np.sum(y == kind)
        return weights

    def by_shares(y):
        classes, counts = np.unique(y, return_counts=True)
        return {
            int(c): 1 / (share * len(classes))
            for c, share in zip(classes, counts / len(y), strict=True)
        }

    def from_sklearn(y):
        from sklearn.utils.class_weight import compute_class_weight

        classes = np.unique(y)
        values = compute_class_weight("balanced", classes=classes, y=y)
        return dict(zip(classes.tolist(), values.tolist(), strict=True))


class softmax_gradients:
    def looped(X, Y, P):
        dW, db = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1])
        for x, y, p in zip(X, Y, P, strict=True):
            dW += np.outer(x, p - y) / len(X)
            db += (p - y) / len(X)
        return dW, db

    def by_einsum(X, Y, P):
        return np.einsum("ni,nk->ik", X, P - Y) / len(X), np.mean(P - Y, axis=0)

    def transposed(X, Y, P):
        return ((P - Y).T @ X).T / len(X), np.ones(len(X)) @ (P - Y) / len(X)


class fix_ceilings:
    def looped(kinds, n_images):
        ceilings = {}
        for kind in kinds:
            left = len([other for other in kinds if other != kind])
            ceilings[kind] = 1 - left / n_images
        return ceilings

    def with_counter(kinds, n_images):
        from collections import Counter

        now = 1 - len(kinds) / n_images
        return {kind: now + count / n_images for kind, count in Counter(kinds).items()}

    def with_numpy(kinds, n_images):
        names, counts = np.unique(kinds, return_counts=True)
        ceilings = (n_images - len(kinds) + counts) / n_images
        return dict(zip(names.tolist(), ceilings.tolist(), strict=True))


class quiz_likelihood:
    def by_logarithm():
        return math.log(0.01) / (math.log(0.9) + math.log(0.8) + math.log(0.01))

    written_out = 0.9334
    as_array = np.array([np.log(0.01) / np.log(0.9 * 0.8 * 0.01)])


class quiz_unbalanced:
    in_products = 90 / (90 + 499)
    rounded = 0.153

    def by_bayes():
        return 1 / (1 + 0.01 * 499 / 0.9)


class quiz_ceiling:
    written_out = 0.908
    by_mistakes = 1 - 0.1 * 0.92
    in_images = (900 + 8) / 1000


# --- the clinic ------------------------------------------------------------------------------


class patient_9:
    def in_the_middle_of_a_run(case_9):
        case_9.step(300)
        case_9.trainer.weight_rare = 1.0
        case_9.step(600)

    def all_count_less(case_9):
        case_9.trainer.weight_rare = 0.1
        case_9.trainer.weight_all = 0.1
        case_9.step(600)

    def by_the_control(case_9):
        case_9.controls["weight_rare"].value = 0.5
        case_9.step(900)


class patient_10:
    def in_the_middle_of_a_run(case_10):
        case_10.step(300)
        case_10.trainer.data = patients.FILE
        case_10.step(700)

    def with_other_knobs(case_10):
        case_10.trainer.data = patients.FILE
        case_10.trainer.width = 16
        case_10.trainer.learning_rate = 0.02
        case_10.step(600)

    def by_the_control(case_10):
        case_10.controls["data"].value = patients.FILE
        case_10.step(600)
