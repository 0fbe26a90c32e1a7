"""Right answers to the questions of lesson 05, written otherwise than the solutions shown."""

import numpy as np

from lessons_lib.lessons.overfitting import patients
from lessons_lib.lessons.overfitting.exercises import _net


class median_error:
    fraction = 6 / 5
    by_hand = (1 + 1 + 0 + 1 + 3) / 5
    by_search = min(
        np.mean(np.abs(np.array([5, 5, 6, 7, 9]) - said)) for said in np.linspace(5, 9, 401)
    )


class two_pulls:
    whole = -11
    added = -12 + 1
    measured = ((3 * 1.001 - 5) ** 2 + 1.001**2 / 2 - (3 * 0.999 - 5) ** 2 - 0.999**2 / 2) / 0.002


class half_way_there:
    whole = 69
    by_logarithm = np.ceil(np.log(0.5) / np.log(0.99))
    by_search = next(n for n in range(1000) if 0.99**n <= 0.5)


class leaked_rows:
    def broadcast(X_train, X_val):
        equal = (X_val[:, None, :] == X_train[None, :, :]).all(axis=2)
        return int(equal.any(axis=1).sum())

    def looped(X_train, X_val):
        count = 0
        for row in X_val:
            for other in X_train:
                if np.array_equal(row, other):
                    count += 1
                    break
        return count

    def as_lists(X_train, X_val):
        known = X_train.tolist()
        return len([row for row in X_val.tolist() if row in known])


class scale_both:
    def by_range(X_train, X_val):
        scale = np.ptp(X_train, axis=0)
        return tuple((X - X_train.min(axis=0)) / scale for X in (X_train, X_val))

    def column_by_column(X_train, X_val):
        train, val = X_train.copy(), X_val.copy()
        for j in range(X_train.shape[1]):
            low, high = min(X_train[:, j]), max(X_train[:, j])
            train[:, j] = (X_train[:, j] - low) / (high - low)
            val[:, j] = (X_val[:, j] - low) / (high - low)
        return [train, val]

    def multiplied_out(X_train, X_val):
        low = np.min(X_train, 0, keepdims=True)
        factor = 1 / (np.max(X_train, 0, keepdims=True) - low)
        return (X_train - low) * factor, (X_val - low) * factor


class bias_or_variance:
    def named_gaps(achievable, train, val):
        avoidable_bias = train - achievable
        variance = val - train
        if variance > avoidable_bias:
            return "variance"
        return "bias"

    def by_dictionary(achievable, train, val):
        gaps = {"bias": train - achievable, "variance": val - train}
        return max(gaps, key=gaps.get)

    def halfway(achievable, train, val):
        return ["variance", "bias"][int(train - achievable >= val - train)]


class squared_bias_and_variance:
    def by_var(predictions, truth):
        return ((predictions.mean(0) - truth) ** 2).mean(), predictions.var(axis=0).mean()

    def looped(predictions, truth):
        bias, variance = 0.0, 0.0
        for j in range(len(truth)):
            mean = sum(predictions[:, j]) / len(predictions)
            bias += (mean - truth[j]) ** 2 / len(truth)
            variance += sum((p - mean) ** 2 for p in predictions[:, j]) / predictions.size
        return bias, variance

    def by_difference(predictions, truth):
        total = np.mean((predictions - truth) ** 2)
        bias = np.mean((predictions.mean(axis=0) - truth) ** 2)
        return bias, total - bias


class stop_early:
    def by_index(val_losses, patience, min_delta):
        best = 0
        for epoch in range(1, len(val_losses)):
            if val_losses[best] - val_losses[epoch] > min_delta:
                best = epoch
            if epoch - best >= patience:
                return epoch + 1, best + 1
        return len(val_losses), best + 1

    def with_while(val_losses, patience, min_delta):
        epoch, best, waited = 0, 0, 0
        while epoch < len(val_losses) and waited < patience:
            epoch += 1
            if epoch == 1 or val_losses[epoch - 1] < val_losses[best - 1] - min_delta:
                best, waited = epoch, 0
            else:
                waited += 1
        return [epoch, best]

    def as_floats(val_losses, patience, min_delta):
        low, where, last = np.inf, 0, 0
        for loss in val_losses:
            last += 1
            if loss < low - min_delta:
                low, where = loss, last
            elif last - where >= patience:
                break
        return float(last), float(where)


class penalised_gradient:
    def by_where(W, dW, l1, l2):
        slope = np.where(W > 0, 1.0, np.where(W < 0, -1.0, 0.0))
        return l2 * W + l2 * W + l1 * slope + dW

    def looped(W, dW, l1, l2):
        result = np.zeros(W.shape)
        for place, w in np.ndenumerate(W):
            sign = 0 if w == 0 else w / abs(w)
            result[place] = dW[place] + l1 * sign + l2 * 2 * w
        return result

    def by_comparison(W, dW, l1, l2):
        return dW + 2 * (l2 * W) + l1 * ((W > 0).astype(float) - (W < 0))


class inverted_dropout:
    def by_where(a, rate, noise):
        return np.where(noise < rate, 0.0, a / (1 - rate))

    def copied(a, rate, noise):
        result = np.array(a, dtype=float)
        result[noise < rate] = 0
        return result / (1.0 - rate)

    def mask_first(a, rate, noise):
        keep = 1 - rate
        mask = (noise >= rate).astype(float) / keep
        return mask * a


class ensemble_size:
    as_float = 1024.0
    as_array = np.array([1024])
    as_product = int(np.prod([2] * 10))


class batch_of_four:
    rounded = (-0.577, -0.577, -0.577, 1.732)
    roots = np.array([-1, -1, -1, 3]) / np.sqrt(3)
    column = np.array([[-2.0], [-2.0], [-2.0], [6.0]])[:, 0] / 12**0.5


class batch_norm:
    def by_std(Z, gamma, beta, epsilon):
        centred = Z - np.mean(Z, 0, keepdims=True)
        return centred * (gamma / np.sqrt(np.mean(centred**2, 0) + epsilon)) + beta

    def unit_by_unit(Z, gamma, beta, epsilon):
        columns = []
        for j in range(Z.shape[1]):
            z = Z[:, j]
            columns.append(gamma[j] * (z - z.mean()) / (z.var() + epsilon) ** 0.5 + beta[j])
        return np.stack(columns, axis=1)

    def as_affine(Z, gamma, beta, epsilon):
        scale = gamma / np.sqrt(Z.var(axis=0) + epsilon)
        return (Z - Z.mean(axis=0)) * scale + beta


class six_diagnoses:
    def by_name():
        return dict(
            A="overfits",
            B="underfits",
            C="steps too large",
            D="steps too small",
            E="well",
            F="unlike",
        )

    def zipped():
        slow, fast = "steps too small", "steps too large"
        words = ["overfits", "underfits", fast, slow, "well", "unlike"]
        return dict(zip("ABCDEF", words, strict=True))

    def step_by_step():
        found = {"E": "well", "F": "unlike"}
        found["A"], found["B"] = "overfits", "underfits"
        return found | {"C": "steps too large", "D": "steps too small"}


class quiz_pull:
    as_float = 12.5
    as_ratio = 0.3 / (2 * 0.3 * 0.04)
    as_array = np.array([12.5])


class quiz_single_wine:
    whole = 10
    as_array = np.array([10.0])
    as_formula = 3 * (9 - 3) / 4**0.5 + 1


class treated:
    def in_a_loop(keras):
        return _net(keras, (64, 64), 0.3, 1e-3)

    def functional(keras):
        inputs = keras.Input((11,))
        x = inputs
        for _ in range(2):
            x = keras.layers.Dense(64, "relu", kernel_regularizer=keras.regularizers.L2(0.001))(x)
            x = keras.layers.Dropout(0.3)(x)
        return keras.Model(inputs, keras.layers.Dense(1)(x))

    def both_penalties(keras):
        model = keras.Sequential([keras.Input((11,))])
        for _ in range(2):
            penalty = keras.regularizers.L1L2(l1=0.0, l2=1e-3)
            model.add(keras.layers.Dense(64, activation="relu", kernel_regularizer=penalty))
            model.add(keras.layers.Dropout(rate=0.3))
        model.add(keras.layers.Dense(1))
        return model


class find_leaks:
    as_array = np.array([2, 5, 8])
    as_tuple = (2, 5, 8)
    as_floats = np.array([2.0, 5.0, 8.0])


class patient_7:
    def while_it_trains(case_7):
        case_7.step(200)
        case_7.trainer.dropout = 0.0
        case_7.step(100)
        case_7.trainer.l2 = 0.0
        case_7.step(500)

    def a_little_of_one(case_7):
        case_7.controls["l2"].value = 0.003
        case_7.controls["dropout"].value = 0.0
        case_7.controls["learning_rate"].value = 0.005
        case_7.step(900)

    def with_other_units(case_7):
        case_7.step(100)
        for name, value in {"l2": 0.0, "dropout": 0.0, "width": 16, "activation": "relu"}.items():
            case_7.trainer.turn(name, value)
        case_7.reset()
        case_7.step(700)


class patient_8:
    def while_it_trains(case_8):
        case_8.step(500)
        case_8.controls["use_deposit"].value = False
        for _ in range(3):
            case_8.step(100)

    def one_column_at_a_time(case_8):
        for name in patients.COLUMNS:
            case_8.trainer.turn(f"use_{name}", False)
            case_8.step(50)
            if name != "deposit":
                case_8.trainer.turn(f"use_{name}", True)
        case_8.step(400)

    def with_a_price(case_8):
        case_8.trainer.use_deposit = False
        case_8.trainer.l2 = 0.01
        case_8.reset()
        case_8.step(1200)
