"""Right answers to the questions of lesson 09, written otherwise than the solutions shown."""

import math

import numpy as np
import pandas as pd

# --- three things to remember ----------------------------------------------------------------


class scaled_row:
    by_hand = 5 / math.sqrt(5)
    text_book = (10 - (2 + 4 + 6 + 8) / 4) / np.sqrt(np.mean(np.array([-3, -1, 1, 3]) ** 2))
    rounded = 2.24


class half_the_error_bar:
    plain = 360
    as_float = 360.0
    by_four = 4 * 90


class updates_so_far:
    plain = 180
    by_division = -(-265 // 32) * 20
    array = np.array(9 * 20)


# --- read and look ---------------------------------------------------------------------------


class usable_rows:
    def by_mask(project):
        known = project.table[project.table[project.target].notna()]
        return int((~known.duplicated()).sum())

    def in_another_order(project):
        return project.table.drop_duplicates()[project.target].count()

    def by_set(project):
        rows = {tuple(map(str, row)) for row in project.table.to_numpy().tolist()}
        return sum(row[-1] != "nan" for row in rows)


# --- the split and the leak ------------------------------------------------------------------


class leaves_out:
    def one_name(project):
        return "visits"

    def a_tuple(project):
        return ("visits",)

    def one_more(project):
        return ["visits", "ward"]

    def a_reason(project):
        project.keeps["visits"] = "they are booked on the first day"
        return []


# --- the baseline and the first loss ---------------------------------------------------------


class baseline:
    def by_scikit_learn(project):
        data = project.prepared
        return math.sqrt(((data.in_units(data.y_val) - data.train[data.target].mean()) ** 2).mean())

    def by_the_project(project):
        return project.know_nothing()

    def by_the_table(project):
        guess = np.full(len(project.prepared.val), project.prepared.train[project.target].mean())
        return np.linalg.norm(project.prepared.val[project.target] - guess) / math.sqrt(len(guess))


class first_loss:
    def whole(project):
        return 1

    def measured(project):
        return np.mean(project.prepared.y_train**2)

    def rounded(project):
        return round(float(np.var(project.prepared.y_train)), 3)


# --- the network -----------------------------------------------------------------------------


class beat_baseline:
    def slowly(project):
        project.panel.trainer.learning_rate = 0.01
        project.panel.step(600)

    def with_adam(project):
        project.panel.trainer.optimizer = "adam"
        project.panel.trainer.learning_rate = 0.01
        project.panel.step(100)

    def in_pieces(project):
        for _ in range(10):
            project.panel.step(12)


class ceiling:
    def by_mask(project):
        rows = project.errors()
        off = rows["off"].to_numpy().copy()
        off[rows["group"].to_numpy() == project.worst_group] = 0
        return math.sqrt(np.mean(off**2))

    def from_the_groups(project):
        groups = project.by_group().drop(index=project.worst_group)
        squares = (groups["rows"] * groups["error"] ** 2).sum()
        return math.sqrt(squares / len(project.prepared.y_val))

    def rounded(project):
        return round(ceiling.by_mask(project), 1)


class test_error:
    def by_hand(project):
        X, y = project.open_test()
        answers = project.panel.trainer.predict(X).ravel()
        return math.sqrt(np.mean((answers - y) ** 2)) * project.prepared.unit

    def in_units(project):
        X, y = project.open_test()
        off = project.prepared.in_units(project.predict(X)) - project.prepared.in_units(y)
        return pd.Series(off).pow(2).mean() ** 0.5

    def noted(project):
        project.open_test()
        return project.openings[0].test_error
