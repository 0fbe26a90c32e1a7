"""Pictures of a running training are judged by their marks' data and by their sentences."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from lessons_lib import plots
from lessons_lib.plots._training import nice_ceiling


@pytest.fixture
def ax():
    """An Axes that belongs to no window."""
    return Figure(figsize=(4, 3.3), dpi=110).subplots()


@pytest.fixture
def points():
    """Points on the unit square's grid."""
    x = np.linspace(-1, 1, 7, dtype="float32")
    return np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)


def history(losses, val=None, every=100):
    """Return a history with a row at every so many steps."""
    steps = [every * (number + 1) for number in range(len(losses))]
    return {"step": steps, "loss": list(losses)} | ({} if val is None else {"val_loss": list(val)})


def other(run, number=0):
    """Return a run to compare with."""
    return plots.OtherRun(f"run {number + 1}", run, number)


def learnt_by_heart(rows):
    """Return a run whose validation loss falls to 1 at two fifths and then rises to 1.6."""
    part = np.linspace(0, 1, rows)
    val = np.where(part < 0.4, 2 - part / 0.4, 1 + (part - 0.4))
    return history(2 * np.exp(-3 * part), val)


def find(picture, name):
    """Return the data of the mark of that name."""
    return SimpleNamespace(**picture.scene.items[name].data)


def lines(segments):
    """Return each line of segments."""
    return np.split(segments.xy, np.cumsum(segments.counts)[:-1])


def labels(picture):
    """Return the texts of the marks."""
    items = picture.scene.items.items()
    return [item.data["words"] for name, item in items if name.startswith("label")]


def legend_of(scene):
    """Return the words of the legend."""
    return [entry["label"] for entry in scene.legend["entries"]]


class TestTrainingCurves:
    """`plots.training_curves`."""

    def test_draws_both_curves_over_the_steps(self, scene):
        """Training and validation stand at their steps."""
        picture = plots.training_curves(scene, history([3, 2, 1], [3, 2.5, 2]))
        np.testing.assert_allclose(find(picture, "train").x, [100, 200, 300])
        np.testing.assert_allclose(find(picture, "val").y, [3, 2.5, 2])

    def test_before_the_first_step_it_says_so(self, scene):
        """Empty lists are a picture too."""
        picture = plots.training_curves(scene, {"step": [], "loss": []})
        assert picture.sentence == "No step has been made yet."

    def test_says_how_far_validation_has_risen(self, scene):
        """About when validation was lowest, and the rise since, are in the sentence."""
        sentence = plots.training_curves(scene, learnt_by_heart(100)).sentence
        assert "Validation was lowest near step 4,100, at 1.0" in sentence
        assert "has risen 5" in sentence
        assert sentence.endswith("the network overfits.")

    @pytest.mark.parametrize("seed", range(30))
    def test_noise_is_not_told_as_overfitting(self, scene, seed):
        """Neither at the end nor at any moment of a run that wanders about where it has arrived."""
        rng = np.random.default_rng(seed)
        fall = np.exp(-np.arange(200) / 20) + 0.2
        wander = np.convolve(rng.normal(size=209), np.ones(10) / 10, "valid")
        val = fall + 0.02 * wander + 0.05 * rng.normal(size=200) * fall
        for end in range(5, 201, 5):
            run = history(fall[:end], val[:end])
            assert "overfits" not in plots.training_curves(scene, run).sentence

    @pytest.mark.parametrize("seed", range(10))
    def test_overfitting_is_told_through_the_noise(self, scene, seed):
        """A rise by half is said, however the validation loss jumps from row to row."""
        run, rng = learnt_by_heart(200), np.random.default_rng(seed)
        run["val_loss"] = (run["val_loss"] * (1 + 0.08 * rng.normal(size=200))).tolist()
        assert "overfits" in plots.training_curves(scene, run).sentence

    def test_losses_that_rise_together_are_no_overfitting(self, scene):
        """Where the steps are too long, training gets worse as well."""
        run = learnt_by_heart(100)
        run["loss"] = run["val_loss"]
        assert "overfits" not in plots.training_curves(scene, run).sentence

    def test_a_rise_that_nobody_would_see_is_not_told(self, scene):
        """A tenth of what is nearly 0 is no rise beside the losses that the run came from."""
        val = np.append(np.geomspace(1, 1e-3, 30), np.linspace(1e-3, 1.3e-3, 30))
        sentence = plots.training_curves(scene, history(np.geomspace(1, 1e-4, 60), val)).sentence
        assert "overfits" not in sentence

    def test_falling_validation_has_not_risen(self, scene):
        """No rise is claimed where the last value is the lowest."""
        run = history(np.linspace(3, 1, 50), np.linspace(3, 2, 50))
        assert "risen" not in plots.training_curves(scene, run).sentence

    def test_accuracy_has_no_lowest_point(self, scene):
        """For a quantity that should grow, nothing is said about a rise."""
        run = {"step": [1, 2], "accuracy": [0.5, 0.9], "val_accuracy": [0.5, 0.8]}
        sentence = plots.training_curves(scene, run, quantity="accuracy").sentence
        assert "validation accuracy 0.8" in sentence
        assert "lowest" not in sentence

    def test_an_unknown_quantity_lists_the_known(self, scene):
        """The error says what there is, without the steps."""
        with pytest.raises(ValueError, match=r"It has: loss\."):
            plots.training_curves(scene, history([1.0]), quantity="mae")

    def test_each_turn_has_a_line_at_its_step(self, scene):
        """Marks stand where the knobs were turned."""
        marks = [(100, "width", "width 4"), (250, "optimizer", "Adam")]
        picture = plots.training_curves(scene, history([3, 2, 1]), marks=marks)
        x = [line[0, 0] for line in lines(find(picture, "marks"))]
        assert x == [100, 250]

    def test_labels_say_knob_and_value_briefly(self, scene):
        """As the mark says it."""
        marks = [(20, "rate", "lr 0.1"), (120, "width", "width 4"), (220, "activation", "relu")]
        written = labels(plots.training_curves(scene, history([3, 2, 1]), marks=marks))
        assert set(written) == {"lr 0.1", "width 4", "relu"}

    def test_settings_before_the_first_step_are_no_turns(self, scene):
        """What was set at step 0 is where the run started from."""
        picture = plots.training_curves(scene, history([3, 2]), marks=[(0, "width", "width 4")])
        assert labels(picture) == []

    def test_every_turn_that_has_room_is_labelled_and_the_latest_first(self, scene):
        """Nine fit, in as many rows as there is height for; of too many the earliest go without."""
        scene.pixels, scene.point = (400.0, 300.0), 100 / 72
        few = [(100 * i + 50, "rate", f"lr {i}") for i in range(9)]
        picture = plots.training_curves(scene, history([3] * 9), marks=few)
        assert sorted(labels(picture)) == [f"lr {i}" for i in range(9)]
        many = [(800 + i, "rate", f"lr {i}") for i in range(50)]
        picture = plots.training_curves(scene, history([3] * 9), marks=many)
        assert len(lines(find(picture, "marks"))) == 50
        written = labels(picture)
        assert written == [f"lr {i}" for i in range(49, 49 - len(written), -1)]
        assert 3 <= len(written) < 50

    @pytest.mark.parametrize("size", [(4, 3.3), (2.6, 1.5), (9, 6)])
    def test_labels_never_overlap(self, size):
        """However many turns, the drawn words keep apart; measured on the rendered text."""
        ax = Figure(figsize=size, dpi=110).subplots()
        words = ["lr {}", "width {}", "dropout {}", "RMSprop"]
        marks = [(40 * i + 5, f"knob {i % 4}", words[i % 4].format(i)) for i in range(24)]
        plots.training_curves(ax, history(np.linspace(3, 1, 10)), marks=marks)
        ax.figure.canvas.draw()
        texts = [text for text in ax.texts if text.get_gid().startswith("label")]
        boxes = [text.get_window_extent() for text in texts]
        assert len(boxes) >= min(4, size[0] - 1)
        pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
        overlaps = [
            min(a.x1, b.x1) - max(a.x0, b.x0)
            for a, b in pairs
            if min(a.y1, b.y1) - max(a.y0, b.y0) > 1
        ]
        assert max(overlaps, default=0) <= 0
        place = ax.get_window_extent()
        assert min(box.x0 for box in boxes) >= place.x0
        assert max(box.x1 for box in boxes) <= place.x1 + 1
        assert max(box.y1 for box in boxes) <= place.y1

    def test_another_run_is_drawn_named_and_compared(self, scene):
        """It is a line of its own, is in the legend, and is read at this step."""
        others = [other(history([4, 3, 2]))]
        picture = plots.training_curves(scene, history([3, 2]), others=others)
        np.testing.assert_allclose(find(picture, "other 0").y, [4, 3, 2])
        assert legend_of(scene) == ["training", "training, run 1"]
        assert "Here run 1 had 3." in picture.sentence

    def test_both_losses_are_compared_with_a_single_other_run(self, scene):
        """Training and validation; where that run was shorter, with where it ended."""
        others = [other(history([4, 3], [5, 4]))]
        run = history([3, 2, 1], [3, 2, 1.5])
        sentence = plots.training_curves(scene, run, others=others).sentence
        assert sentence.endswith("At its end, step 200, run 1 had 3 and 4.")
        sentence = plots.training_curves(scene, history([3], [3]), others=others).sentence
        assert sentence.endswith("Here run 1 had 4 and 5.")

    def test_other_runs_alone_are_named(self, scene):
        """Before the first step the thin lines say where they come from."""
        empty = {"step": [], "loss": [], "val_loss": []}
        others = [other(history([4, 3], [5, 4])), other(history([2], [3]), 1)]
        sentence = plots.training_curves(scene, empty, others=others[:1]).sentence
        assert sentence == (
            "No step has been made yet. The thin lines are run 1: 200 steps, at its end "
            "training loss 3 and validation loss 4."
        )
        sentence = plots.training_curves(scene, empty, others=others).sentence
        assert sentence == (
            "No step has been made yet. The thin lines are run 1 and run 2. "
            "Best so far: run 2, validation loss 3 at step 100."
        )

    def test_of_several_other_runs_validation_is_drawn(self, scene):
        """One line each, of its own look; one without validation shows its training."""
        others = [other(history([4], [5])), other(history([3]), 1)]
        picture = plots.training_curves(scene, history([3, 2], [3, 2]), others=others)
        assert [find(picture, f"other {number}").y[0] for number in (0, 1)] == [5, 3]
        assert legend_of(scene) == ["training", "validation", "run 1", "run 2"]
        for number in (0, 1):
            look = scene.items[f"other {number}"].look
            assert {key: look[key] for key in ("color", "dash")} == plots.run_look(number)

    @pytest.mark.parametrize(
        ("quantity", "words"),
        [
            ("loss", "run 1 and run 2, validation loss 2 at step 200"),
            ("accuracy", "this run, training accuracy 0.9 at step 100"),
        ],
    )
    def test_the_best_of_several_runs_is_named(self, scene, quantity, words):
        """Lowest loss or highest accuracy; runs that share their best place are both named."""
        runs = [history([3, 1, 2], [9, best, 4]) for best in (3, 2, 2)]
        for run, start in zip(runs, (0.9, 0.3, np.nan), strict=True):
            run["accuracy"] = [start, 0.2, 0.8]
        others = [other(runs[1]), other(runs[2], 1)]
        picture = plots.training_curves(scene, runs[0], others=others, quantity=quantity)
        assert picture.sentence.endswith(f"Best so far: {words}.")

    def test_six_runs_look_different(self):
        """In colour and in dash, and none as the curves of the present run."""
        looks = [plots.run_look(number) for number in range(6)]
        assert len({look["color"] for look in looks} - {plots.BLUE, plots.VERMILLION}) == 6
        assert len({look["dash"] for look in looks}) == 6
        assert looks[0] == {"color": plots.GREY, "dash": "-"}

    def test_a_run_that_was_taken_back_stands_at_its_step(self, scene):
        """Line, words and dots are there, the curves go on, and the sentence is of that step."""
        run = history([3, 2, 1], [3, 2.5, 4])
        picture = plots.training_curves(
            scene, run, others=[other(history([5, 4], [6, 5]))], now=200
        )
        assert picture.sentence == (
            "Step 200 of 300: training loss 2, validation loss 2.5. Here run 1 had 4 and 5."
        )
        assert set(find(picture, "now").x) == {200}
        assert labels(picture) == ["step 200"]
        assert find(picture, "now val_loss").y == 2.5
        assert len(find(picture, "train").x) == 3

    def test_the_step_taken_back_to_is_written_before_any_turn(self, scene):
        """However many turns there are around it."""
        scene.pixels, scene.point = (400.0, 300.0), 100 / 72
        marks = [(100 + number, "rate", f"lr {number}") for number in range(50)]
        picture = plots.training_curves(scene, history([3, 2, 1]), marks=marks, now=120)
        assert labels(picture)[0] == "step 120"

    def test_a_run_that_was_taken_back_before_its_first_row_has_no_loss(self, scene):
        """At step 0 there is nothing to be told yet."""
        picture = plots.training_curves(scene, history([3, 2]), now=0)
        assert picture.sentence == "Step 0 of 200: nothing has been measured yet."
        assert labels(picture) == ["step 0"]

    def test_the_legend_names_every_line_with_its_own_look(self, scene):
        """Another run, penalty and turns too; in print all of it inside the picture's width."""
        run = history([3, 2], [3, 2.5]) | {"penalty": [0.5, 0.4]}
        marks = [(150, "width", "width 4")]
        picture = plots.training_curves(scene, run, marks=marks, others=[other(history([4], [4]))])
        entries = {entry["label"]: entry["look"] for entry in scene.legend["entries"]}
        assert list(entries) == [
            "training", "validation", "penalty", "turned knob", "training, run 1",
            "validation, run 1",
        ]  # fmt: skip
        looks = [(look["color"], look.get("dash", "-")) for look in entries.values()]
        assert len(set(looks)) == 6
        assert entries["validation, run 1"]["dash"] == entries["validation"]["dash"]
        assert "penalty 0.4." in picture.sentence

        figure = Figure(figsize=(3.4, 3), dpi=110, layout="constrained")
        ax = figure.subplots()
        plots.training_curves(ax, run, marks=marks, others=[other(history([4], [4]))])
        figure.draw_without_rendering()
        box = ax.get_legend().get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1

    @pytest.mark.parametrize("count", range(2, 6))
    @pytest.mark.parametrize("width", [3, 4.2, 6])
    def test_the_names_of_several_runs_fit_above_a_picture_in_print(self, width, count):
        """None is cut off at the right, and the curves keep half of the height."""
        figure = Figure(figsize=(width, 2.5), dpi=100, layout="constrained")
        ax = figure.subplots()
        others = [other(history([4, 3], [4, 3]), number) for number in range(count)]
        plots.training_curves(ax, history([3, 2], [3, 2.5]), others=others)
        figure.draw_without_rendering()
        assert ax.get_legend().get_window_extent().x1 <= figure.bbox.x1
        assert ax.get_window_extent().height >= figure.bbox.y1 / 2

    def test_a_penalty_is_no_part_of_the_losses_and_does_not_flatten_them(self, scene):
        """A price a hundred times the loss leaves the picture, on both scales."""
        run = history([1, 0.5], [1, 0.6])
        tops = []
        for price in (0.5, 100):
            plots.training_curves(scene, run | {"penalty": [price, price]})
            tops.append(scene.frame["ylim"][1])
        assert tops[1] <= 2.1 * tops[0]
        plots.training_curves(scene, run | {"penalty": [1e-7, 1e-7]}, log=True)
        assert scene.frame["ylim"][0] == pytest.approx(0.1)

    @pytest.mark.parametrize("log", [False, True])
    @pytest.mark.parametrize("end", [1e30, 3e38, np.inf, np.nan])
    def test_a_diverged_run_keeps_limits_in_which_it_can_be_read(self, scene, end, log):
        """What is on its way to infinity leaves the picture, and not the rest of the run."""
        bad = history([1, 0.5, 30, end], [1, 0.6, 30, end])
        words = {1e30: "1e30", 3e38: "3e38", np.inf: "infinite"}.get(end, "undefined")
        assert f"loss {words}" in plots.training_curves(scene, bad, log=log).sentence
        assert scene.frame["ylim"][1] <= (1e6 if log else 150)
        plots.training_curves(scene, history([1, 0.5], [1, 0.6]), others=[other(bad)], log=log)
        assert scene.frame["ylim"][1] <= (1e6 if log else 3)

    def test_a_loss_of_0_is_missed_on_a_log_scale(self, scene):
        """The curve ends there, and the sentence says why."""
        run = history([1, 0.5, 0])
        assert "no place" not in plots.training_curves(scene, run).sentence
        sentence = plots.training_curves(scene, run, log=True).sentence
        assert sentence.endswith("training loss 0. A loss of 0 has no place on a log scale.")

    def test_legend_forgets_a_run_that_is_gone(self, scene):
        """The legend names what is drawn, also after something is no longer drawn."""
        plots.training_curves(scene, history([3, 2]), others=[other(history([4]))])
        plots.training_curves(scene, history([3, 2], [3, 2]))
        assert legend_of(scene) == ["training", "validation"]

    def test_limits_stay_while_the_run_goes_on(self, scene):
        """Over 300 frames the limits change a handful of times."""
        seen = set()
        rng = np.random.default_rng(0)
        losses = np.exp(-np.arange(300) / 60) + 0.01 * rng.random(300)
        for frame in range(1, 301):
            plots.training_curves(scene, history(losses[:frame], every=10))
            seen.add((tuple(scene.frame["xlim"]), tuple(scene.frame["ylim"])))
        assert len(seen) < 20

    @pytest.mark.parametrize("log", [False, True])
    def test_everything_drawn_is_inside_the_limits(self, scene, log):
        """Curves stay inside on both scales, below the labels' rows."""
        run = history([5.0, 0.2, 0.013], [4.0, 0.3, 0.4])
        picture = plots.training_curves(scene, run, log=log)
        (left, right), (bottom, top) = tuple(scene.frame["xlim"]), tuple(scene.frame["ylim"])
        for name in ("train", "val"):
            x, y = find(picture, name).x, find(picture, name).y
            assert left <= np.min(x)
            assert np.max(x) <= right
            assert bottom <= y.min()
            assert y.max() <= top

    def test_a_spike_does_not_flatten_the_curve(self, scene):
        """One wild value leaves the picture instead of pressing all others to the ground."""
        plots.training_curves(scene, history([1.0, 0.8, 5000.0, 0.7]))
        assert scene.frame["ylim"][1] < 10

    def test_negative_losses_are_shown(self, scene):
        """A loss below zero, as of cosine similarity, is inside the limits."""
        plots.training_curves(scene, history([-0.1, -0.9]))
        assert scene.frame["ylim"][0] <= -0.9


@pytest.mark.parametrize(
    ("value", "ceiling"), [(100, 100), (101, 150), (0.73, 0.8), (1e-7, 1e-7), (8.1, 10), (0, 1)]
)
def test_nice_ceiling(value, ceiling):
    """The next round number upwards; 1 where there is nothing to cover."""
    assert nice_ceiling(value) == pytest.approx(ceiling)


class TestHiddenUnits:
    """`plots.hidden_units`."""

    @staticmethod
    def plane_units(P):
        """Two layers: x₁ and x₂ themselves, and their sum."""
        return [P, P.sum(axis=1, keepdims=True)]

    def test_each_tile_is_its_unit_over_the_plane(self, scene, points):
        """The first tile grows to the right, the second upwards, both up to the full colour."""
        picture = plots.hidden_units(scene, self.plane_units, points, units=[2, 1])
        image = find(picture, "units").values
        side = image.shape[1] / find(picture, "units").extent[1]
        outlines = lines(find(picture, "frames"))

        def tile(number):
            (left, low), (right, high) = outlines[number][0], outlines[number][2]
            rows = slice(round(low * side), round(high * side))
            return image[rows, round(left * side) : round(right * side)]

        assert (np.diff(tile(0), axis=1) > 0).all()
        assert (np.diff(tile(1), axis=0) > 0).all()
        assert tile(0).max() == pytest.approx(1)

    def test_a_unit_much_weaker_than_its_layer_is_paler(self, scene, points):
        """Half as strong still has the full colour, a fiftieth has a tenth of it."""
        strengths = [1.0, 0.5, 0.02]
        picture = plots.hidden_units(scene, lambda P: [P[:, :1] * strengths], points, units=[3])
        image = find(picture, "units").values
        side = image.shape[1] / find(picture, "units").extent[1]
        boxes = [box[[0, 2]] * side for box in lines(find(picture, "frames"))]
        tops = [
            image[round(b[0, 1]) : round(b[1, 1]), round(b[0, 0]) : round(b[1, 0])].max()
            for b in boxes
        ]
        np.testing.assert_allclose(tops, [1.0, 1.0, 0.1], rtol=1e-5)

    def test_all_maps_are_one_image(self, scene, points):
        """However many units: one image, which is what makes it fast."""
        plots.hidden_units(scene, lambda P: [np.tile(P, 12)] * 2, points)
        assert [item.kind for item in scene.items.values()].count("image") == 1

    def test_units_not_in_use_keep_their_place_and_are_crossed_out(self, scene, points):
        """Tiles stay where they are when the width changes."""
        frames = []
        for used in (4, 2):
            picture = plots.hidden_units(
                scene, lambda P, n=used: [np.tile(P, 2)[:, :n]], points, units=[4]
            )
            frames.append(find(picture, "frames").xy)
        np.testing.assert_array_equal(*frames)
        assert len(find(picture, "unused").counts) == 2 * 2
        assert picture.sentence == "2 hidden units in use."

    def test_each_unit_in_use_can_be_looked_at_in_large(self, scene, points):
        """The lens lies over its tile and says whose it is."""
        plots.hidden_units(scene, self.plane_units, points, units=[3, 1])
        lens, image = scene.items["unit"].data, scene.items["units"].data
        assert lens["words"] == ["layer 1, unit 1", "layer 1, unit 2", "layer 2, unit 1"]
        left, right, bottom, top = lens["boxes"].T
        np.testing.assert_allclose([right - left, top - bottom], 1)
        side = image["values"].shape[1] / image["extent"][1]
        middle = np.rint(np.array([bottom + top, left + right]) / 2 * side).astype(int)
        assert np.isfinite(image["values"][tuple(middle)]).all()

    def test_units_without_reaction_are_counted(self, scene, points):
        """A unit that says the same everywhere, as a dead ReLU does, is named."""

        def dead(P):
            return [np.column_stack([P[:, 0], np.zeros(len(P))])]

        assert "1 of them without any reaction" in plots.hidden_units(scene, dead, points).sentence

    def test_a_network_of_which_no_unit_reacts_is_named(self, scene, points):
        """As after a penalty that has pressed all weights to 0."""
        sentence = plots.hidden_units(scene, lambda P: [np.zeros((len(P), 3))], points).sentence
        assert sentence == "3 hidden units in use, none of which reacts to the input."

    def test_one_input_gives_curves(self, scene):
        """With one input a unit is a curve in its tile."""
        X = np.linspace(0, 1, 5, dtype="float32")[:, None]
        picture = plots.hidden_units(scene, lambda P: [np.hstack([P, -P])], X)
        first, second = lines(find(picture, "curves"))
        assert (np.diff(first[:, 1]) > 0).all()
        assert (np.diff(second[:, 1]) < 0).all()

    @pytest.mark.parametrize("counts", [[1], [3, 3], [8, 8, 8], [64, 64], [2, 16, 4, 1]])
    def test_tiles_fill_their_place_and_never_overlap(self, scene, points, counts):
        """For any shape of network the tiles lie inside the Axes, apart from each other."""
        picture = plots.hidden_units(
            scene, lambda P: [np.repeat(P[:, :1], n, axis=1) for n in counts], points, units=counts
        )
        corners = np.array([box[0] for box in lines(find(picture, "frames"))])
        assert len(corners) == sum(counts)
        distance = np.abs(corners[:, None] - corners[None]).max(axis=-1)
        assert (distance + 9 * np.eye(len(corners)) >= 1).all()
        (left, right), (bottom, top) = tuple(scene.frame["xlim"]), tuple(scene.frame["ylim"])
        assert corners.min(axis=0) @ [1, 0] >= left
        assert (corners.max(axis=0) + 1 <= [right, top]).all()
        assert corners[:, 1].min() >= bottom - 1e-9

    def test_more_inputs_are_refused_with_the_reason(self, scene):
        """Thirty inputs cannot be drawn on a plane."""
        with pytest.raises(ValueError, match=r"one or two inputs.*\(4, 30\)"):
            plots.hidden_units(scene, lambda P: [P], np.zeros((4, 30)))

    def test_a_model_without_hidden_layer_is_explained(self, scene, points):
        """A single neuron has nothing hidden."""
        with pytest.raises(ValueError, match="no hidden layer"):
            plots.hidden_units(scene, lambda P: [], points)


class TestWeights:
    """`plots.weight_histograms` and `plots.gradient_norms`."""

    def test_bars_count_the_weights(self, scene):
        """Heights above each row's floor are fractions of the layer, on one scale for all."""
        kernels = {"a": np.linspace(-1, 1, 100), "b": np.full((3, 3), 0.5)}
        picture = plots.weight_histograms(scene, kernels)
        heights, edges, floor = vars(find(picture, "weights 0")).values()
        counts = np.histogram(kernels["a"], edges)[0]
        np.testing.assert_allclose(heights - floor, 0.88 * counts / 100)
        heights, edges, floor = vars(find(picture, "weights 1")).values()
        np.testing.assert_allclose(np.max(heights - floor), 0.88)
        assert np.count_nonzero(heights - floor) == 1

    def test_each_row_says_which_fraction_is_below_a_hundredth(self, scene):
        """One number a layer."""
        picture = plots.weight_histograms(scene, {"a": np.array([0.0, 1.0]), "b": np.ones(3)})
        words = [find(picture, f"below {number}").words for number in (0, 1)]
        assert words == ["50% below 0.01", "0% below 0.01"]

    def test_rows_carry_the_layers_names_first_on_top(self, scene):
        """The first layer is the topmost row."""
        plots.weight_histograms(scene, {"first": np.ones(2), "last": np.ones(2)})
        assert [words for _, words in scene.frame["yticks"]] == ["last", "first"]

    def test_says_largest_weight_and_part_near_zero(self, scene):
        """Both numbers are those of the weights."""
        sentence = plots.weight_histograms(scene, {"a": np.array([0.0, 0.001, -2.5, 1.0])}).sentence
        assert "largest 2.5" in sentence
        assert "50% are smaller than 0.01" in sentence

    def test_limits_follow_growing_weights_and_wait_for_shrinking_ones(self, scene):
        """Growing weights are never cut off; a slightly smaller weight moves no axis."""
        for largest, limit in [(1.0, 1.5), (3.0, 4.0), (2.5, 4.0), (0.1, 0.15)]:
            plots.weight_histograms(scene, {"a": np.array([largest, -0.1 * largest])})
            assert scene.frame["xlim"][1] == pytest.approx(limit)

    def test_norms_stand_at_their_values_first_layer_on_top(self, scene):
        """The points are the norms, on a logarithmic axis."""
        picture = plots.gradient_norms(scene, {"a": 1e-3, "b": 1e-1})
        norms = find(picture, "norms")
        np.testing.assert_allclose([*norms.x, *norms.y], [1e-3, 1e-1, 1, 0])
        assert scene.frame["xlog"] == 10

    @pytest.mark.parametrize(
        ("norms", "words"),
        [
            ((1e-5, 1e-1), "10,000 times smaller, it vanishes"),
            ((10.0, 0.1), "100 times larger, it grows"),
            ((0.2, 0.1), "about equal"),
        ],
    )
    def test_vanishing_and_exploding_gradients_are_named(self, scene, norms, words):
        """The sentence compares first and last layer."""
        assert words in plots.gradient_norms(scene, dict(zip("ab", norms, strict=True))).sentence

    def test_of_many_layers_a_few_are_named(self, scene):
        """The first and the last among them; a norm too small to show is said to be below."""
        norms = {f"layer {i}": 10.0**-i for i in range(40)}
        picture = plots.gradient_norms(scene, dict(reversed(norms.items())))
        names = [words for _, words in scene.frame["yticks"]]
        assert len(names) == 6
        assert (names[0], names[-1]) == ("layer 0", "layer 39")
        assert "below 1e-12 in the first layer, 1 in the last" in picture.sentence

    @pytest.mark.parametrize("value", [0.0, np.inf, np.nan, 1e30])
    def test_norms_that_are_no_ordinary_numbers_are_drawn_at_the_edge(self, scene, value):
        """A gradient that died or exploded still gives a picture with finite limits."""
        plots.gradient_norms(scene, {"a": value, "b": 1.0})
        assert np.isfinite(tuple(scene.frame["xlim"])).all()

    def test_decades_stay_while_norms_move_a_little(self, scene):
        """Norms that wander within the limits move no axis."""
        limits = set()
        for factor in np.geomspace(1, 30, 40):
            plots.gradient_norms(scene, {"a": 0.02 * factor, "b": 0.5})
            limits.add(tuple(scene.frame["xlim"]))
        assert len(limits) == 1


class TestRegions:
    """`plots.class_regions` and `plots.value_map`."""

    def test_a_place_has_the_colour_of_its_class(self, scene, points):
        """Left of zero class 0, blue; right of it class 1, vermillion."""

        def sure(P):
            right = (P[:, 0] > 0).astype(float)
            return np.column_stack([1 - right, right])

        picture = plots.class_regions(scene, sure, points, (points[:, 0] > 0).astype(int))
        image = find(picture, "regions").values
        assert image[25, 2, 2] > image[25, 2, 0]
        assert image[25, -2, 0] > image[25, -2, 2]
        assert picture.sentence.startswith("100%")

    def test_unsure_places_are_paler(self, scene, points):
        """With equal probabilities every place is nearly clear."""
        picture = plots.class_regions(
            scene, lambda P: np.full((len(P), 3), 1 / 3), points, np.arange(49) % 3
        )
        assert find(picture, "regions").values[..., 3].max() < 20

    def test_borders_lie_where_two_classes_are_equal(self, scene, points):
        """Scores x₁ and 0.3: the border is x₁ = 0.3."""

        def scores(P):
            return np.column_stack([P[:, 0], np.full(len(P), 0.3)])

        picture = plots.class_regions(scene, scores, points, np.zeros(49))
        (border,) = lines(find(picture, "borders"))
        np.testing.assert_allclose(border[:, 0], 0.3, atol=1e-5)

    def test_one_hot_rows_are_understood(self, scene, points):
        """Targets may be one-hot, as Keras's categorical cross-entropy wants them."""
        y = np.eye(3)[np.arange(49) % 3]
        sentence = plots.class_regions(
            scene, lambda P: np.tile([1.0, 0, 0], (len(P), 1)), points, y
        ).sentence
        assert sentence.startswith(f"{np.mean(y[:, 0]):.0%}")

    def test_value_map_gives_the_error(self, scene, points):
        """The sentence's number is the root mean squared error, the image the prediction."""
        picture = plots.value_map(scene, lambda P: P[:, 0], points, points[:, 0] + 2)
        assert "2 in the root mean square" in picture.sentence
        values = find(picture, "values").values
        assert (np.diff(values[0]) > 0).all()


class TestComparedCurves:
    """`plots.compared_curves`."""

    def test_each_training_has_a_curve_of_its_own(self, scene):
        """They differ in colour and dash, and the legend names them."""
        runs = {"plain": history([3, 2, 1]), "wide": history([3, 1, 0.5])}
        picture = plots.compared_curves(scene, runs, quantity="loss")
        looks = [picture.scene.items[f"curve {name}"].look for name in runs]
        assert all(looks[0][kind] != looks[1][kind] for kind in ("color", "dash"))
        assert [entry["label"] for entry in picture.scene.legend["entries"]] == ["plain", "wide"]
        assert picture.sentence == "Step 300, loss: plain 1, wide 0.5. Lowest: wide."

    def test_one_that_stopped_earlier_is_said_with_its_step(self, scene):
        """And one whose loss is no number is never the lowest."""
        runs = {
            "long": history([3, 2, 1]),
            "short": history([3, 0.5]),
            "lost": history([3, np.nan]),
        }
        sentence = plots.compared_curves(scene, runs, quantity="loss").sentence
        assert "short 0.5 (at step 200), lost undefined (at step 200)" in sentence
        assert sentence.endswith("Lowest: short.")

    def test_the_legend_in_print_has_the_names(self, ax):
        """Of a run of one step, too."""
        runs = {"plain": history([3, 2, 1]), "short": history([2])}
        plots.compared_curves(ax, runs, quantity="loss")
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["plain", "short"]

    def test_of_accuracies_the_highest_is_named(self, scene):
        """The axis reaches from 0 to 1; without steps they are epochs."""
        runs = {"a": {"val_accuracy": [0.2, 0.9]}, "b": {"val_accuracy": [0.5, 0.5]}}
        picture = plots.compared_curves(scene, runs, quantity="val_accuracy")
        assert picture.sentence == "Epoch 2, validation accuracy: a 0.9, b 0.5. Highest: a."
        assert picture.scene.frame["ylim"] == [0, 1]

    def test_before_the_first_step_nobody_is_best(self, scene):
        """Nor where all are alike."""
        empty = {"step": [], "loss": []}
        sentence = plots.compared_curves(scene, {"a": empty, "b": empty}, quantity="loss").sentence
        assert sentence == "No step has been made yet."
        runs = {"a": history([1.0]), "b": history([1.0])}
        assert "Lowest" not in plots.compared_curves(scene, runs, quantity="loss").sentence

    def test_other_runs_are_thin_in_their_networks_colours(self, scene):
        """The dashes are the run's, and the legend names both; the best of all is said."""
        runs = {"plain": history([3, 2, 1]), "wide": history([3, 1, 0.5])}
        earlier = {"plain": history([4, 0.2]), "gone": history([4])}
        picture = plots.compared_curves(scene, runs, others=[other(earlier, 1)], quantity="loss")
        looks = {name: item.look for name, item in picture.scene.items.items()}
        thin = looks.pop("other 0 plain")
        assert not any(name.startswith("other") for name in looks)
        assert thin["color"] == looks["curve plain"]["color"]
        assert thin["dash"] == plots.run_look(1)["dash"]
        assert thin["width"] < looks["curve plain"]["width"]
        assert legend_of(scene) == ["plain", "wide", "run 2"]
        assert picture.sentence.endswith("Best so far: plain of run 2, 0.2 at step 200.")

    def test_runs_that_were_taken_back_stand_at_their_step(self, scene):
        """Line and dots are there, the curves go on, and the sentence is of that step."""
        runs = {"plain": history([3, 2, 1]), "wide": history([3, 1, 0.5]), "short": history([4])}
        picture = plots.compared_curves(scene, runs, quantity="loss", now=250)
        assert picture.sentence == (
            "Step 250 of 300, loss: plain 2, wide 1, short 4 (at step 100). Lowest: wide."
        )
        assert set(find(picture, "now").x) == {250}
        assert find(picture, "now wide").y == 1
        assert len(find(picture, "curve wide").x) == 3
        sentence = plots.compared_curves(scene, runs, quantity="loss", now=50).sentence
        assert sentence == "Step 50 of 300: nothing has been measured yet."

    def test_a_network_without_a_name_goes_by_its_run(self, scene):
        """As where a panel shows one network alone."""
        earlier = {"": history([4, 0.2])}
        runs = {"": history([3, 2, 1])}
        picture = plots.compared_curves(scene, runs, others=[other(earlier, 1)], quantity="loss")
        assert picture.sentence.endswith("Best so far: run 2, 0.2 at step 200.")

    @pytest.mark.parametrize(
        ("runs", "error", "words"),
        [
            ({}, TypeError, "needs the histories by name"),
            (history([1.0]), TypeError, "under 'step' it received"),
            ({"a": history([1.0])}, ValueError, "The history 'a' has no 'val_loss'. It has: loss"),
        ],
    )
    def test_what_is_no_history_is_said(self, scene, runs, error, words):
        """One sentence each."""
        with pytest.raises(error, match=words):
            plots.compared_curves(scene, runs)
