"""A table made ready for a network: sets, features, target, and the sealed test."""

import numpy as np
import pandas as pd

from lessons_lib import datasets


def people(n=200, seed=0):
    """Return an invented table with all that a table can have."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "age": rng.normal(40, 10, n),
            "colour": rng.choice(["red", "green", "blue"], n),
            "smoker": rng.random(n) < 0.5,
            "price": rng.normal(100, 20, n),
        }
    )
    table.loc[3:9, "age"] = np.nan
    table.loc[5, "colour"] = "violet"
    table.loc[20:24, "colour"] = None
    return table


def test_three_parts_are_ready_for_a_network():
    """Types, shapes and scales; the rows of the table beside them."""
    table = people()
    prepared = datasets.prepare(table, "price")
    assert prepared.X_train.dtype == prepared.y_train.dtype == np.float32
    assert prepared.X_train.shape == (120, len(prepared.feature_names))
    assert abs(prepared.y_train.mean()) < 1e-5
    assert abs(prepared.y_train.std() - 1) < 1e-5
    assert prepared.train.equals(table.loc[prepared.train.index])
    np.testing.assert_allclose(prepared.in_units(prepared.y_val), prepared.val.price, rtol=1e-5)
    np.testing.assert_array_equal(prepared.transform(prepared.val), prepared.X_val)


def test_openings_of_the_test_part_are_counted(capsys):
    """The first says nothing, the second what it costs."""
    prepared = datasets.prepare(people(), "price")
    assert prepared.times_opened == 0
    X_test, y_test = prepared.open_test()
    assert len(X_test) == len(y_test) == prepared.n_test
    assert capsys.readouterr().out == ""
    prepared.open_test()
    assert prepared.times_opened == 2
    assert "second time" in capsys.readouterr().out
