"""The view "landscape" of a live panel: the valley follows the run and what is turned."""

import numpy as np
import pytest

from lessons_lib import datasets, panels
from lessons_lib.panels import _valley
from lessons_lib.panels._valley import Valley, directions_of

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(n_samples=80, noise=0.1, seed=1)


def network(units=6):
    """Return a compiled classifier of the plane, always with the same weights."""
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(units, activation="tanh")
    last = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), hidden, last])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
    return model


@pytest.fixture
def panel():
    """A panel that shows the landscape beside the curves."""
    panel = panels.live(network(), X, Y, views=("landscape", "curves"))
    yield panel
    panel.retire()


def items(panel):
    """Return the marks of the landscape."""
    return panel.scenes[0].items


def map_of(panel):
    """Return the heights that are drawn."""
    return items(panel)["loss"].data["values"]


def end_of(panel, name="path"):
    """Return where a curve ends."""
    data = items(panel)[name].data
    return float(data["x"][-1]), float(data["y"][-1])


def plane_of(valley, trainer, hurried):
    """Return the plane of all training points."""
    return valley.plane(trainer, trainer.path[1], False, hurried)


class TestPicture:
    """What is seen of it."""

    def test_at_the_start_there_is_a_plane_and_no_path(self, panel):
        """The gradient leads through it, and the sentence says so."""
        assert "path" not in items(panel)
        assert "Nothing has moved yet" in panel.sentence
        assert end_of(panel, "here") == (0, 0)

    def test_the_path_leads_from_the_left_to_where_the_weights_are(self, panel):
        """They stand in the middle while the panel rests, and the whole path is seen."""
        for steps in (1, 20, 200):
            panel.step(steps)
            path = items(panel)["path"].data
            assert end_of(panel) == pytest.approx((0, 0), abs=1e-6)
            assert path["x"][0] < 0
            assert max(np.abs(path["x"]).max(), np.abs(path["y"]).max()) < 1

    def test_the_middle_has_the_loss_of_the_trainer(self, panel):
        """That of all training points, on the scale of the colours."""
        panel.step(50)
        heights = map_of(panel)
        middle = heights[len(heights) // 2, len(heights) // 2]
        p = panel.trainer.predict(X)[:, 0].astype(float)
        assert 10**middle == pytest.approx(-np.log(np.where(Y == 1, p, 1 - p)).mean(), rel=1e-3)

    @pytest.mark.parametrize(
        ("name", "value"), [("width", 3), ("l2", 0.1), ("painted", ((-1, 0.0, 0.9, 1),))]
    )
    def test_what_changes_the_loss_changes_the_map(self, panel, name, value):
        """At once, with no step made."""
        panel.step(50)
        before = map_of(panel).copy()
        panel.trainer.turn(name, value)
        panel.refresh()
        assert np.abs(map_of(panel) - before).max() > 1e-4

    def test_the_next_batch_has_a_valley_of_its_own(self, panel):
        """And with another batch size another one."""
        panel.step(50)
        maps = [map_of(panel).copy()]
        panel.controls["valley_of"].value = True
        maps.append(map_of(panel).copy())
        assert "of the next batch" in panel.sentence
        panel.controls["batch_size"].value = 8
        maps.append(map_of(panel).copy())
        for number, one in enumerate(maps):
            assert all(np.abs(one - other).max() > 1e-3 for other in maps[:number])

    def test_an_earlier_step_is_seen_as_it_was(self, panel):
        """The path ends there again."""
        panel.step(40)
        long = len(items(panel)["path"].data["x"])
        panel.rewind(10)
        assert len(items(panel)["path"].data["x"]) == 11 < long
        assert end_of(panel) == pytest.approx((0, 0), abs=1e-6)

    def test_the_run_is_the_same_as_without_it(self, panel):
        """To be seen changes nothing."""
        other = panels.live(network(), X, Y, views="curves")
        for one in (panel, other):
            one.step(60)
            one.step(60)
        assert panel.trainer.history == other.trainer.history

    @pytest.mark.filterwarnings("error::RuntimeWarning")
    @pytest.mark.parametrize("rate", [1e8, 1e30])
    def test_weights_as_large_as_they_get_are_drawn(self, panel, rate):
        """Nothing overflows on the way to a picture of a run that is past saving."""
        panel.step(20)
        panel.trainer.turn("learning_rate", rate)
        panel.step(50)
        assert end_of(panel, "here") == pytest.approx((0, 0), abs=1e-6)
        assert np.isfinite(map_of(panel)).any()


class TestWhenItIsMeasured:
    """Anew where it has become another one, and while it trains not all the time."""

    @pytest.fixture
    def trainer(self):
        """A trainer with a path, and how often its loss was measured."""
        trainer = live.LiveTrainer(network(), X, Y, batch_size=20, jit_compile=False)
        trainer.keep_path()
        return trainer

    @pytest.fixture
    def clock(self, monkeypatch):
        """A clock that goes on as it is told; each look at it takes one second."""
        now = [0.0]

        def look():
            now[0] += 1.0
            return now[0]

        monkeypatch.setattr(_valley.time, "perf_counter", look)
        return now

    def test_at_rest_it_is_always_that_of_the_present_weights(self, trainer, clock):
        """And is not measured twice where nothing has changed."""
        valley = Valley()
        for _ in range(3):
            trainer.step(1)
            plane = plane_of(valley, trainer, hurried=False)
            np.testing.assert_array_equal(plane.middle, trainer.path[1][-1])
            assert plane_of(valley, trainer, hurried=False) is plane

    def test_while_it_trains_it_has_a_fifth_of_the_time(self, trainer, clock):
        """However far the weights move: who is measured for a second waits four."""
        valley, measured, before = Valley(), [], None
        begun = clock[0]
        for _ in range(100):
            trainer.step(20)
            plane = plane_of(valley, trainer, hurried=True)
            if plane is not before:
                measured.append(clock[0])
            before = plane
        assert len(measured) > 3
        assert len(measured) <= 2 + (clock[0] - begun) / 5

    def test_small_moves_are_seen_on_the_same_plane(self, trainer, clock):
        """Until they are a tenth of what it shows."""
        trainer.step(100)
        valley = Valley()
        plane = plane_of(valley, trainer, hurried=True)
        trainer.turn("learning_rate", 1e-5)
        plane = plane_of(valley, trainer, hurried=True)
        clock[0] += 100
        trainer.step(1)
        assert plane_of(valley, trainer, hurried=True) is plane
        place = plane.places(trainer.path[1][-1:])
        assert 0 < np.abs(place).max() < 0.1

    def test_a_turned_knob_is_seen_at_once(self, trainer, clock):
        """Though it was just measured."""
        valley = Valley()
        trainer.step(5)
        plane = plane_of(valley, trainer, hurried=True)
        trainer.l2 = 0.1
        assert plane_of(valley, trainer, hurried=True) is not plane


class TestDirections:
    """Which plane it is."""

    def test_a_path_in_a_plane_lies_in_it(self):
        """All of its movement, the farther way to the right."""
        rng = np.random.default_rng(0)
        basis = np.linalg.qr(rng.normal(size=(30, 2)))[0].T
        flat = np.column_stack([np.linspace(-3, 0, 20), np.sin(np.linspace(0, 3, 20))])
        path = flat @ basis + rng.normal(size=30)
        directions, share = directions_of(path, lambda: pytest.fail("no gradient is needed"))
        assert share == pytest.approx(1.0)
        np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-9)
        seen = (path - path[-1]) @ directions.T
        assert seen[0, 0] < 0
        assert np.ptp(seen[:, 0]) > np.ptp(seen[:, 1])

    def test_the_share_is_that_of_the_main_directions(self):
        """Of a path that goes in all directions alike, two parts of five."""
        path = np.vstack([np.eye(5), -np.eye(5), np.zeros((1, 5))])
        share = directions_of(path, lambda: np.ones(5))[1]
        assert share == pytest.approx(2 / 5)

    @pytest.mark.parametrize("moved", [0, 1])
    def test_where_a_path_has_no_plane_the_gradient_helps(self, moved):
        """Before the first step, and with one step."""
        path, gradient = np.zeros((1 + moved, 4)), np.array([0.0, 0.0, 2.0, 0.0])
        path[:moved, 0] = -1.0
        directions, share = directions_of(path, lambda: gradient)
        assert share == (1.0 if moved else None)
        np.testing.assert_allclose(np.abs(directions[moved]), [0, 0, 1, 0], atol=1e-9)
        np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-9)

    def test_without_any_slope_it_is_a_direction_at_random(self):
        """Two of them, the same every time."""
        path = np.zeros((1, 4))
        first, again = (directions_of(path, lambda: np.zeros(4))[0] for _ in range(2))
        np.testing.assert_allclose(first @ first.T, np.eye(2), atol=1e-9)
        np.testing.assert_array_equal(first, again)


def test_it_is_shown_where_it_is_asked_for():
    """By itself a panel has the views that it had before, and keeps no path."""
    panel = panels.live(network(), X, Y)
    assert "landscape" not in panel.views
    with pytest.raises(ValueError, match="keep_path"):
        _ = panel.trainer.path


def test_a_large_model_is_told_why_it_has_none():
    """More weights than a slice measures in the time there is."""
    with pytest.raises(ValueError, match="'landscape' needs a model of 2 to 50,000 trained"):
        panels.live(network(units=20_000), X, Y, views=("landscape",))
