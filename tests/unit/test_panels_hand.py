"""Painting on the map of a live panel: a hand adds points, moves and wipes them while it trains."""

import numpy as np
import pytest

from lessons_lib import datasets, panels

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(n_samples=80, noise=0.1, seed=1)
X_VAL, Y_VAL = datasets.make_circles(n_samples=40, noise=0.1, seed=2)


def network(outputs=1, loss="binary_crossentropy", last="sigmoid"):
    """Return a small compiled model of the plane, always with the same weights."""
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(6, activation="tanh")
    last = keras.layers.Dense(outputs, activation=last)
    model = keras.Sequential([keras.Input((2,)), hidden, last])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    return model


def panel_of(model=None, y=Y, **others):
    """Return a panel with the map alone."""
    return panels.live(model or network(), X, y, views=["boundary"], **others)


@pytest.fixture
def panel():
    """A panel of two classes, with the map alone."""
    return panel_of(validation_data=(X_VAL, Y_VAL))


def press(panel, item, index, x, y, phase="end"):
    """Press on something in the map, as a page tells it."""
    kind = panel.scenes[0].items[item].kind
    told = {"view": 0, "item": item, "kind": kind, "index": index, "x": x, "y": y, "phase": phase}
    panel.page._hear(panel.page, {"pick": told}, [])


def add(panel, *places, item="probability"):
    """Add points with one drag over the map."""
    for number, (x, y) in enumerate([*places, places[-1]]):
        phase = "start" if number == 0 else "end" if number == len(places) else "move"
        press(panel, item, [0, 0], x, y, phase)


def shown(panel, prefix="class "):
    """Return how many points of the data the map shows."""
    items = panel.scenes[0].items
    return sum(len(one.data["xy"]) for name, one in items.items() if name.startswith(prefix))


def test_nothing_can_be_pressed_before_a_hand_is_chosen(panel):
    """Then the map tells what is there, as it always has."""
    assert panel.controls["hand"].value == ""
    looks = [item.look for item in panel.scenes[0].items.values()]
    assert not any(look.get("picks") or look.get("moves") for look in looks)
    press(panel, "probability", [0, 0], 0.1, 0.1, "start")
    assert panel.trainer.painted == ()


@pytest.mark.parametrize(
    ("model", "y", "words"),
    [
        (network, Y, ["add class 0", "add class 1"]),
        (network, 2 * Y - 1, ["add class 0", "add class 1"]),
        (lambda: network(3, "sparse_categorical_crossentropy", "softmax"), np.arange(80) % 3,
         ["add class 0", "add class 1", "add class 2"]),
        (lambda: network(1, "mse", None), np.linspace(1, 3, 80),
         ["add value 1", "add value 2", "add value 3"]),
    ],
)  # fmt: skip
def test_a_point_can_be_of_each_class_or_of_three_values(model, y, words):
    """The list says which, between leaving the points as they are and moving or wiping them."""
    made = network(1, "hinge", "tanh") if y.min() < 0 else model()
    options = [one for one, _ in panel_of(made, y).controls["hand"].options]
    assert options == ["leave as they are", *words, "move", "wipe out"]


class TestAdding:
    """A press, or a drag, with a class chosen."""

    def test_a_press_adds_a_point_that_counts_from_the_next_update_on(self, panel):
        """It is drawn, and among the data of the panel, without a new trace."""
        panel.step(5)
        traces = panel.trainer.trace_count
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        points, classes = panel.data
        assert points.shape == (81, 2)
        assert classes[-1] == 1
        assert points[-1] == pytest.approx([0.5, -0.25])
        assert shown(panel) == 81
        panel.step(50)
        assert panel.trainer.trace_count == traces

    def test_a_drag_adds_some_with_room_between_them(self, panel):
        """Not one for each pixel."""
        panel.controls["hand"].value = "add 0"
        add(panel, *[(0.001 * k, 0.0) for k in range(400)])
        assert 2 <= len(panel.trainer.painted) <= 6

    def test_where_the_room_is_used_up_a_sentence_says_so(self, panel):
        """Nothing is lost by that."""
        panel.controls["hand"].value = "add 0"
        for k in range(live.ROOM + 1):
            add(panel, (0.01 * k, 0.5))
        assert len(panel.trainer.painted) == live.ROOM
        assert f"{live.ROOM}" in panel.sentence

    def test_a_painted_point_has_a_mark(self, panel):
        """The table of runs says it in words."""
        panel.step(20)
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        panel.step(5)
        assert "1 point painted" in panel.trainer.marks[-1].words


class TestMoving:
    """A drag with "move" chosen."""

    def test_a_point_is_where_it_was_dragged_to(self, panel):
        """Its class stays."""
        panel.controls["hand"].value = "move"
        for phase in ("start", "move", "end"):
            press(panel, "class 1", 3, 0.9, 0.8, phase)
        moved = int(np.flatnonzero(Y == 1)[3])
        assert panel.trainer.X[moved] == pytest.approx([0.9, 0.8])
        assert panel.trainer.y[moved] == 1
        assert shown(panel) == 80

    def test_the_frame_stays_while_a_point_is_dragged_to_the_edge(self, panel):
        """Otherwise the point would drag the frame along."""
        panel.controls["hand"].value = "move"
        before = panel.scenes[0].frame["xlim"]
        press(panel, "class 1", 3, before[1], 0.0, "start")
        assert panel.scenes[0].frame["xlim"] == pytest.approx(before)

    def test_a_value_keeps_its_target(self):
        """Also where the target is a number."""
        y = X[:, 0].copy()
        panel = panel_of(network(1, "mse", None), y)
        panel.controls["hand"].value = "move"
        press(panel, "targets", 7, 0.3, 0.3, "start")
        assert panel.trainer.X[7] == pytest.approx([0.3, 0.3])
        assert panel.trainer.y[7] == pytest.approx(y[7])


class TestWiping:
    """A press with "wipe out" chosen."""

    def test_points_of_the_data_and_painted_ones_go(self, panel):
        """The ones that stay keep their places."""
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        panel.controls["hand"].value = "wipe"
        press(panel, "class 0", 0, 0.0, 0.0)
        assert len(panel.data[0]) == 80
        press(panel, "class 1", int((Y == 1).sum()), 0.5, -0.25)
        assert len(panel.data[0]) == 79
        assert shown(panel) == 79


class TestRuns:
    """What is painted belongs to the run."""

    def test_going_back_takes_the_points_back(self, panel):
        """Forward they are there again."""
        panel.step(30)
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        panel.step(30)
        panel.rewind(20)
        assert shown(panel) == 80
        panel.rewind(60)
        assert shown(panel) == 81

    def test_a_reset_keeps_them(self, panel):
        """As it keeps every other knob; starting over does not."""
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        panel.step(10)
        panel.reset()
        assert len(panel.data[0]) == 81
        panel.start_over()
        assert len(panel.data[0]) == 80

    def test_the_recipe_makes_the_same_run(self, panel):
        """Painted, moved and wiped on the way, bit for bit."""
        panel.controls["hand"].value = "add 1"
        add(panel, (0.5, -0.25))
        panel.step(25)
        panel.controls["hand"].value = "move"
        press(panel, "class 0", 5, 0.1, 0.2)
        panel.step(25)
        panel.controls["hand"].value = "wipe"
        press(panel, "class 1", 2, 0.0, 0.0)
        panel.step(25)
        cell = {
            "this_model": network(), "model": network(), "panels": panels, "X": X, "y": Y,
            "X_val": X_VAL, "y_val": Y_VAL,
        }  # fmt: skip
        exec(panel.recipe(), cell)
        again = cell["again"]
        assert again.trainer.painted == panel.trainer.painted
        assert again.trainer.history == panel.trainer.history


class TestWhatIsShown:
    """The two switches beside it."""

    def test_validation_points_are_drawn_smaller(self, panel):
        """Only where there are any, and only when asked for."""
        assert shown(panel, "unseen") == 0
        panel.controls["unseen"].value = True
        assert shown(panel, "unseen") == 40
        assert "unseen" not in panel_of().controls

    def test_discretised_output_has_one_colour_for_each_class(self, panel):
        """However sure the network is."""
        panel.controls["discrete"].value = True
        values = panel.scenes[0].items["probability"].data["values"]
        assert set(np.unique(values)) <= {0.0, 1.0}

    def test_discretised_regions_are_all_equally_strong(self):
        """Of several classes too."""
        many = network(3, "sparse_categorical_crossentropy", "softmax")
        panel = panel_of(many, np.arange(80) % 3)
        panel.controls["discrete"].value = True
        assert len(np.unique(panel.scenes[0].items["regions"].data["values"][..., 3])) == 1

    def test_discretised_numbers_come_in_a_few_steps(self):
        """Five, from the lowest to the highest target."""
        panel = panel_of(network(1, "mse", None), X[:, 0])
        panel.controls["discrete"].value = True
        assert len(np.unique(panel.scenes[0].items["values"].data["values"])) <= 5
