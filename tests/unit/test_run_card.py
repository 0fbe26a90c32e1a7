"""The run card keeps what it takes to get a result again, and knows other data."""

import datetime
import json

import numpy as np
import pytest

from lessons_lib import run_card

RNG = np.random.default_rng(0)


def test_a_fingerprint_knows_each_number_and_its_kind():
    """It changes with one number, the shape, the kind, the order; never with how it lies."""
    X, y = RNG.normal(size=(4, 3)), np.arange(4.0)
    same = run_card.fingerprint(X, y)
    assert run_card.fingerprint(np.asfortranarray(X), y.copy()) == same
    nudged = X.copy()
    nudged[3, 2] = np.nextafter(X[3, 2], 9)
    others = [(nudged, y), (X.reshape(3, 4), y), (X.astype(np.float32), y), (y, X), (X,)]
    assert same not in {run_card.fingerprint(*arrays) for arrays in others}


def test_objects_have_no_fingerprint():
    """Their bytes differ from run to run; one sentence says so and what to do."""
    with pytest.raises(TypeError, match=r"arrays of numbers.*such as 'red'.*to_numpy"):
        run_card.fingerprint(np.array(["red", 3], dtype=object))


@pytest.fixture
def card():
    """A card with NumPy's numbers in it."""
    return run_card.make(
        (np.zeros((5, 2)), np.ones(5)),
        seeds={"split": np.int64(3)},
        settings={"learning_rate": np.float32(0.5), "units": np.array([8, 8])},
        scores={"validation": np.float64(0.25)},
        note="1 of 3 tried",
    )


def test_a_card_comes_back_as_it_was(card, tmp_path, monkeypatch):
    """Written into the learner's folder, made where it is not there yet, and read by JSON."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path / "own"))
    path = run_card.keep(card, "card.json")
    assert path == tmp_path / "own" / "card.json"
    assert json.loads(path.read_text(encoding="utf-8")) == card
    assert card["settings"] == {"learning_rate": 0.5, "units": [8, 8]}
    assert card["data"]["shapes"] == [[5, 2], [5]]


def test_a_card_says_with_what_and_when(card):
    """Versions of Python and packages, the machine, the day."""
    assert card["versions"]["numpy"] == np.__version__
    assert {"python", "keras", "tensorflow"} <= set(card["versions"])
    assert datetime.date.fromisoformat(card["date"]) <= datetime.date.today()
    assert card["machine"].strip()


def test_what_cannot_be_written_is_named():
    """An object in the settings is refused in one sentence."""
    with pytest.raises(TypeError, match="numbers, texts, lists and dicts; received <object"):
        run_card.make((np.ones(2),), seeds={}, settings={"optimizer": object()}, scores={})
