"""Pictures of memory, lesson 08, are judged by their marks' data."""

import numpy as np
import pytest

from lessons_lib.lessons.beyond import memory, memory_pictures


@pytest.fixture(scope="module")
def lstm():
    """An LSTM as it begins."""
    return memory.Recurrent.start("LSTM", [0])


def test_what_keeps_and_what_grows_is_seen(scene):
    """A larger scale lifts the plain network's curve, a larger forget bias the LSTM's."""

    def ends(**settings):
        items = memory_pictures.gradient_through_time(scene, gap=30, **settings).scene.items
        return [items[name].data["y"][-1] for name in ("plain RNN", "LSTM")]

    plain, cell = ends(scale=1, forget_bias=1)
    grown, kept = ends(scale=2, forget_bias=3)
    assert plain < 0.1 < grown
    assert cell < 0.1 < kept


def test_a_gap_of_one_step_is_drawn(scene):
    """The slider's lower end: from the last toss to the one before."""
    picture = memory_pictures.gradient_through_time(scene, gap=1, scale=3, forget_bias=-2)
    assert len(picture.scene.items["LSTM"].data["x"]) == 2
    assert "1 step back" in picture.sentence


def test_next_to_nothing_is_said_in_words(scene):
    """And what explodes in whole numbers."""
    faded = memory_pictures.gradient_through_time(scene, gap=40, scale=0.2, forget_bias=-2)
    assert faded.sentence.endswith("plain RNN less than 0.001, LSTM less than 0.001.")
    grown = memory_pictures.gradient_through_time(scene, gap=40, scale=3, forget_bias=1)
    assert "e+" not in grown.sentence


def test_networks_count_that_recall_nearly_all(scene):
    """Half of two networks recall where one of them does; the last gap is told."""
    fractions = {"plain": np.array([[1.0, 0.98], [0.99, 0.5]])}
    picture = memory_pictures.recall_by_gap(scene, fractions, (10, 40), trained=10)
    assert picture.scene.items["plain"].data["y"].tolist() == [1, 0.5]
    assert picture.sentence == "At a gap of 40 there still recall: plain 1 of 2."


@pytest.mark.parametrize("gap", [0, 7, 40])
@pytest.mark.parametrize("shown", memory_pictures.GATES)
def test_the_map_shows_what_the_gates_do(scene, lstm, gap, shown):
    """One row a unit, one column a toss, and the tosses above."""
    told = {"first": "heads", "gap": gap, "coins": 2}
    items = memory_pictures.gate_map(scene, lstm, **told, shown=shown).scene.items
    X = memory_pictures.one_sequence(**told)
    values = getattr(lstm.gates(X), shown)[0, :, 0]
    np.testing.assert_array_equal(items[shown].data["values"], values.T)
    np.testing.assert_array_equal(items["tosses"].data["values"][0], X[0, :, 0])
    low, high = scene.frame["xlim"]  # with room for two whole numbers
    assert high - low >= 2


def test_only_the_first_toss_is_exchanged():
    """Heads or tails at first: the other tosses stay as they are."""
    heads, tails = (memory_pictures.one_sequence(first, 9, 1) for first in ("heads", "tails"))
    assert (heads[0, 0, 0], tails[0, 0, 0]) == (1, -1)
    np.testing.assert_array_equal(heads[0, 1:], tails[0, 1:])


def test_what_is_said_at_the_end_is_the_networks_answer(scene, lstm):
    """The last dot stands at the probability of the whole sequence, and is judged."""
    for first in ("heads", "tails"):
        told = {"first": first, "gap": 12, "coins": 0}
        picture = memory_pictures.said_so_far(scene, lstm, **told)
        (said,) = lstm.forward(memory_pictures.one_sequence(**told))[0]
        assert picture.scene.items["here"].data["y"][0] == pytest.approx(said)
        right = (said > 0.5) == (first == "heads")
        assert picture.sentence.endswith("right." if right else "wrong.")


def test_recall_now_is_that_of_the_networks_as_they_are(scene):
    """Each curve is what `reach` says, and the gap of training is marked."""
    network = memory.Recurrent.start("random", [3])
    items = memory_pictures.recall_now(scene, {"plain": network}, gap=20).scene.items
    gaps = items["plain"].data["x"]
    np.testing.assert_array_equal(items["plain"].data["y"], memory.reach(network, gaps, 100)[0])
    assert items["trained"].data["x"][0] == 20


@pytest.mark.parametrize(
    ("wrong", "words"), [({"first": "head"}, "head"), ({"shown": "gate"}, "gate")]
)
def test_what_cannot_be_shown_is_told(scene, lstm, wrong, words):
    """A sentence instead of another picture."""
    told = {"first": "heads", "gap": 5, "coins": 0, "shown": "cell"} | wrong
    with pytest.raises(ValueError, match=f"received '{words}'"):
        memory_pictures.gate_map(scene, lstm, **told)
