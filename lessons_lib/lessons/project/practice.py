"""The table with which the scaffold runs as it stands: real patients, and what tables suffer from.

The patients are the 442 of B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least Angle
Regression" (2004), as they ship with scikit-learn: ten measurements, and how far their diabetes
had progressed a year later. What we have added is invented, and `practice_table` says what.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lessons_lib import run_card

if TYPE_CHECKING:
    import pandas as pd

FILE = "patients.csv"
TARGET = "progression"
LEAK = "visits"
_NAMES = {
    "sex": "sex",
    "bmi": "bmi",
    "bp": "pressure",
    "s1": "cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "ratio",
    "s5": "fats",
    "s6": "glucose",
    "target": TARGET,
}
_WARDS = ("north", "south", "east", "night")


def practice_table() -> pd.DataFrame:
    """Return the patients with five things added, as tables of one's own have them.

    - ``sex`` in letters: the publisher has 1 and 2, and does not say which is which;
    - ``ward``, drawn by chance, so that it tells nothing; one of them is rare;
    - ``visits``, counted in the year *after* the measurements: nobody knows them in time;
    - 23 cells of ``glucose`` and 5 of the target are missing;
    - 8 rows stand there twice.

    Returns
    -------
    DataFrame of shape (450, 13)
        The target is the last column, ``progression``.
    """
    from sklearn.datasets import load_diabetes

    table = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=_NAMES)
    rng = np.random.default_rng(9)
    n, target = len(table), table[TARGET].to_numpy()
    table["sex"] = np.where(table["sex"] == 1, "a", "b")
    table.insert(2, "ward", rng.choice(_WARDS, n, p=[0.4, 0.35, 0.24, 0.01]))
    visits = np.rint(target / 8 + 0.5 * rng.normal(size=n)).astype(int)
    table.insert(table.columns.get_loc(TARGET), LEAK, visits)
    table.loc[rng.choice(n, 23, replace=False), "glucose"] = np.nan
    table.loc[rng.choice(n, 5, replace=False), TARGET] = np.nan
    twins = table.dropna().sample(8, random_state=0).index
    rows = np.insert(np.arange(n), np.sort(rng.choice(n, len(twins), replace=False)), twins)
    return table.iloc[rows].reset_index(drop=True)


def practice_file() -> Path:
    """Write the practice table into the learner's folder, as a spreadsheet of Europe saves it.

    Returns
    -------
    pathlib.Path
        Of a file with ; between the columns, decimal commas, and ? where nothing is known.
    """
    path = run_card.place(FILE)
    practice_table().to_csv(path, sep=";", decimal=",", na_rep="?", index=False)
    return path


def leak_experiment() -> dict[str, dict[str, float]]:
    """Measure what a column from the future does, on the practice table in a split of its own.

    A linear model learns once with ``visits`` and once without. "in use" is the test set again,
    where the visits are not known yet, so that their mean stands in their place.

    Returns
    -------
    dict
        ``{"kept": {"validation": ..., "test": ..., "in use": ...}, "left out": {...}}``, root mean
        squared errors in the target's unit.
    """
    from sklearn.linear_model import LinearRegression

    from lessons_lib import datasets

    found = {}
    for name, drop in (("kept", ()), ("left out", (LEAK,))):
        data = datasets.prepare(practice_table(), TARGET, drop=drop, seed=1)
        model = LinearRegression().fit(data.X_train, data.y_train)
        X_test, y_test = data.open_test()
        in_use = X_test.copy()
        if LEAK in data.feature_names:
            in_use[:, data.feature_names.index(LEAK)] = 0  # the mean, standardised
        sets = {
            "validation": (data.X_val, data.y_val),
            "test": (X_test, y_test),
            "in use": (in_use, y_test),
        }
        found[name] = {
            part: data.unit * float(np.sqrt(np.mean((model.predict(X) - y) ** 2)))
            for part, (X, y) in sets.items()
        }
    return found
