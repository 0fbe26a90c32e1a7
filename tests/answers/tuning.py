"""Right answers to the questions of lesson 07, written otherwise than the solutions shown."""

import math

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

from lessons_lib import datasets
from lessons_lib.lessons.tuning import curse
from lessons_lib.lessons.tuning.wine import open_test

# --- three things to remember ----------------------------------------------------------------


class last_stable_rate:
    fraction = 1 / 4
    text_book = 2 / max(8, 0.4)
    integer_array = np.array(0.25)


class remembered_steps:
    by_hand = (10, 100, 1000)
    column = np.array([10.0, 100.0, 1000.0])
    powers = 10.0 ** np.arange(1, 4)


class baseline_rmse:
    def looped(y_train, y_val):
        answer = sum(y_train) / len(y_train)
        total = 0.0
        for y in y_val:
            total += (y - answer) ** 2
        return math.sqrt(total / len(y_val))

    def by_norm(y_train, y_val):
        return np.linalg.norm(y_val - y_train.mean()) / np.sqrt(y_val.size)

    def in_pieces(y_train, y_val):
        return np.sqrt(np.var(y_val) + (np.mean(y_val) - np.mean(y_train)) ** 2)


# --- how sure is a score? --------------------------------------------------------------------


class k_fold_scores:
    def by_parts(X, y, k, score):
        X_parts, y_parts = np.array_split(X, k), np.array_split(y, k)
        scores = []
        for i in range(k):
            X_train = np.concatenate([part for j, part in enumerate(X_parts) if j != i])
            y_train = np.concatenate([part for j, part in enumerate(y_parts) if j != i])
            scores.append(score(X_train, y_train, X_parts[i], y_parts[i]))
        return np.mean(scores), np.std(scores)

    def by_mask(X, y, k, score):
        number = np.concatenate(
            [np.full(len(part), i) for i, part in enumerate(np.array_split(np.arange(len(X)), k))]
        )
        scores = np.array(
            [
                score(X[number != i], y[number != i], X[number == i], y[number == i])
                for i in range(k)
            ]
        )
        return scores.mean(), np.sqrt(np.mean((scores - scores.mean()) ** 2))

    def with_scikit_learn(X, y, k, score):
        folds = KFold(k).split(X)
        scores = [score(X[a], y[a], X[b], y[b]) for a, b in folds]
        return [sum(scores) / k, float(np.std(scores))]


class chronological_split:
    def by_sorted(times, n_val):
        order = sorted(range(len(times)), key=lambda i: times[i])
        n_train = len(times) - n_val
        return order[:n_train], order[n_train:]

    def by_pandas(times, n_val):
        order = pd.Series(times).sort_values().index.to_numpy()
        return order[:-n_val], order[-n_val:]

    def by_threshold(times, n_val):
        latest = np.sort(times)[-n_val]
        rows = np.arange(len(times))
        train, val = rows[times < latest], rows[times >= latest]
        return train[np.argsort(times[train])], val[np.argsort(times[val])]


# --- whose error? ----------------------------------------------------------------------------


class seven_diagnoses:
    def by_argmax(human, training, training_dev, dev, test):
        steps = np.diff([human, training, training_dev, dev, test])
        names = ("bias", "variance", "mismatch", "overfit")
        return names[np.argmax(steps)] if steps.max() > 0.01 else "none"

    def with_loop(human, training, training_dev, dev, test):
        errors = [human, training, training_dev, dev, test]
        answer, most = "none", 0.01
        for number, name in enumerate(["bias", "variance", "mismatch", "overfit"]):
            step = errors[number + 1] - errors[number]
            if step > most:
                answer, most = name, step
        return answer

    def with_ifs(human, training, training_dev, dev, test):
        bias, variance = training - human, training_dev - training
        mismatch, overfit = dev - training_dev, test - dev
        if max(bias, variance, mismatch, overfit) <= 0.01:
            return "none"
        if bias >= max(variance, mismatch, overfit):
            return "bias"
        if variance >= max(mismatch, overfit):
            return "variance"
        return "mismatch" if mismatch >= overfit else "overfit"

    def sorted_pairs(human, training, training_dev, dev, test):
        gaps = [
            (training - human, "bias"),
            (training_dev - training, "variance"),
            (dev - training_dev, "mismatch"),
            (test - dev, "overfit"),
            (0.01, "none"),
        ]
        return sorted(gaps, key=lambda pair: -pair[0])[0][1]


# --- grow the map ----------------------------------------------------------------------------


class log_uniform:
    def natural(low, high, n, rng):
        return np.exp(rng.uniform(np.log(low), np.log(high), size=n))

    def by_ratio(low, high, n, rng):
        return low * (high / low) ** rng.random(n)

    def looped(low, high, n, rng):
        numbers = []
        for _ in range(n):
            place = rng.random()
            exponent = math.log2(low) + place * (math.log2(high) - math.log2(low))
            numbers.append(2**exponent)
        return numbers

    def scaled_normal_style(low, high, n, rng):
        width = np.log10(high / low)
        return np.power(10, np.log10(low) + width * rng.random((n, 1)))

    def sorted_by_size(low, high, n, rng):
        return np.sort(high * np.exp(-rng.uniform(0, np.log(high / low), n)))


class sample_beta:
    def natural(low, high, n, rng):
        return 1 - np.exp(rng.uniform(np.log(1 - high), np.log(1 - low), size=n))

    def by_ratio(low, high, n, rng):
        shrink = (1 - high) / (1 - low)
        return 1 - (1 - low) * shrink ** rng.random(n)

    def by_memory(low, high, n, rng):
        shortest, longest = 1 / (1 - low), 1 / (1 - high)
        memory = shortest * (longest / shortest) ** rng.random(n)
        return 1 - 1 / memory

    def looped(low, high, n, rng):
        betas = []
        while len(betas) < n:
            betas.append(1 - 10 ** rng.uniform(math.log10(1 - high), math.log10(1 - low)))
        return np.array(betas)


# --- five searchers, one budget --------------------------------------------------------------

# --- panda and caviar ------------------------------------------------------------------------


class halving:
    def by_lists(losses, updates):
        alive, cost = list(range(len(losses))), 0
        for round_ in range(losses.shape[1]):
            cost += updates * len(alive)
            alive.sort(key=lambda model: losses[model, round_])
            del alive[(len(alive) + 1) // 2 :]
        return alive[0], cost

    def by_masks(losses, updates):
        lasted = np.zeros(len(losses), dtype=int)
        trains = np.ones(len(losses), dtype=bool)
        for column in losses.T:
            lasted[trains] += updates
            seen = np.where(trains, column, np.nan)
            worst_first = np.argsort(-np.where(trains, column, -np.inf))
            trains[worst_first[: trains.sum() // 2]] = False
        return np.nanargmin(np.where(trains, seen, np.nan)), lasted.sum()

    def recursive(losses, updates):
        def go_on(models, round_, cost):
            if round_ == losses.shape[1]:
                return models[0], cost
            order = sorted(models, key=lambda model: losses[model][round_])
            cost += len(models) * updates
            return go_on(order[: math.ceil(len(order) / 2)], round_ + 1, cost)

        return list(go_on(range(len(losses)), 0, 0))


# --- the winner's curse ----------------------------------------------------------------------


class luck_on_test:
    fraction = 1 / 2
    counted = 500 / 1000
    simulated = np.mean(np.random.default_rng(0).random(10_000) < 0.5)


class repaired_search:
    def by_lists(X, y, train, val, test, penalties):
        Z = datasets.standardize(X[train])(X)
        units = [curse.ridge(Z[train], y[train], penalty) for penalty in penalties]
        errors = [np.mean((unit(Z[val]) - y[val]) ** 2) for unit in units]
        place = int(np.argmin(errors))
        return penalties[place], np.mean((units[place](Z[test]) - y[test]) ** 2)

    def by_hand(X, y, train, val, test, penalties):
        mean, spread = X[train].mean(axis=0), X[train].std(axis=0)
        Z = (X - mean) / spread

        def error(penalty, rows):
            return ((curse.ridge(Z[train], y[train], penalty)(Z[rows]) - y[rows]) ** 2).mean()

        best = min(penalties, key=lambda penalty: error(penalty, val))
        return best, error(best, test)

    def from_sklearn(X, y, train, val, test, penalties):
        from sklearn.linear_model import Ridge
        from sklearn.metrics import mean_squared_error
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        found = []
        for penalty in penalties:
            line = make_pipeline(StandardScaler(), Ridge(alpha=penalty))
            line.fit(X[train], y[train])
            found.append((mean_squared_error(y[val], line.predict(X[val])), penalty, line))
        _, penalty, line = min(found, key=lambda one: one[0])
        return penalty, mean_squared_error(y[test], line.predict(X[test]))


# --- twenty vote -----------------------------------------------------------------------------


class majority_vote:
    def by_bincount(labels):
        return np.array([np.bincount(column).argmax() for column in labels.T])

    def by_dictionaries(labels):
        winners = []
        for sample in range(labels.shape[1]):
            votes = {}
            for label in labels[:, sample]:
                votes[label] = votes.get(label, 0) + 1
            winners.append(min(votes, key=lambda label: (-votes[label], label)))
        return winners

    def by_comparison(labels):
        counts = (labels[:, None, :] == np.arange(10)[None, :, None]).sum(axis=0)
        return counts.argmax(axis=0)

    def by_unique(labels):
        def winner(column):
            values, counts = np.unique(column, return_counts=True)
            return values[np.argmax(counts)]

        return np.apply_along_axis(winner, 0, labels)


# --- rules of thumb, tested ------------------------------------------------------------------

# --- the run card ----------------------------------------------------------------------------

# --- beat the forest -------------------------------------------------------------------------


class steer_wine:
    def penalty_and_dropout(wine_panel):
        for name, value in {"learning_rate": 0.03, "l2": 0.03, "dropout": 0.2}.items():
            wine_panel.trainer.turn(name, value)
        wine_panel.step(2600)
        open_test(wine_panel)

    def with_the_sliders(wine_panel):
        wine_panel.controls["l2"].value = 0.03
        wine_panel.controls["width"].value = 32
        for _ in range(6):
            wine_panel.step(100)
        wine_panel.controls["learning_rate"].value = 0.01
        wine_panel.step(900)
        open_test(wine_panel)
        open_test(wine_panel)  # the same network: the same answer, and no second look

    def after_a_failed_run(wine_panel):
        wine_panel.step(3000)
        wine_panel.trainer.learning_rate, wine_panel.trainer.l2 = 0.03, 0.03
        wine_panel.reset()
        wine_panel.step(2000)
        open_test(wine_panel)


# --- quiz ------------------------------------------------------------------------------------


class quiz_error_bar:
    rounded = 0.015
    in_steps = 0.3 / 20
    by_spread = np.std([1] * 9 + [0]) / np.sqrt(400)


class quiz_halving:
    by_formula = 100 * (2**7 - 1)
    by_sum = 100 * sum(64 // 2**k for k in range(7))
    added = 6400 + 3200 + 1600 + 800 + 400 + 200 + 100


class quiz_majority:
    rounded = 0.896
    counted = 1 - 3 * 0.8 * 0.2**2 - 0.2**3
    by_hand = 0.512 + 0.384


class quiz_order:
    listed = (2, 3, 1, 2, 3)
    column = np.array([[2.0], [3.0], [1.0], [2.0], [3.0]])[:, 0]
    floats = np.array([2.0, 3.0, 1.0, 2.0, 3.0])
