"""Pictures of a running training are judged by their artists' data and by their sentences."""

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


def find(picture, name):
    """Return the artist of that name, or None."""
    return next((a for a in picture.artists if a.get_gid() == name), None)


def labels(picture):
    """Return the texts of the marks."""
    named = [a for a in picture.artists if (a.get_gid() or "").startswith("turned")]
    return [text.get_text() for text in named]


def legend_of(ax):
    """Return the words of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


class TestTrainingCurves:
    """`plots.training_curves`."""

    def test_draws_both_curves_over_the_steps(self, ax):
        """Training and validation stand at their steps."""
        picture = plots.training_curves(ax, history([3, 2, 1], [3, 2.5, 2]))
        np.testing.assert_allclose(find(picture, "train").get_xydata()[:, 0], [100, 200, 300])
        np.testing.assert_allclose(find(picture, "val").get_xydata()[:, 1], [3, 2.5, 2])

    def test_before_the_first_step_it_says_so(self, ax):
        """Empty lists are a picture too."""
        picture = plots.training_curves(ax, {"step": [], "loss": []})
        assert picture.sentence == "No step has been made yet."

    def test_says_how_far_validation_has_risen(self, ax):
        """The lowest validation loss, its step, and the rise since are in the sentence."""
        sentence = plots.training_curves(ax, history([3, 2, 1], [3, 2.0, 2.5])).sentence
        assert "lowest at step 200" in sentence
        assert "risen 25% since" in sentence

    def test_falling_validation_has_not_risen(self, ax):
        """No rise is claimed where the last value is the lowest."""
        assert "risen" not in plots.training_curves(ax, history([3, 2], [3, 2])).sentence

    def test_accuracy_has_no_lowest_point(self, ax):
        """For a quantity that should grow, nothing is said about a rise."""
        run = {"step": [1, 2], "accuracy": [0.5, 0.9], "val_accuracy": [0.5, 0.8]}
        sentence = plots.training_curves(ax, run, quantity="accuracy").sentence
        assert "validation accuracy 0.8" in sentence
        assert "lowest" not in sentence

    def test_an_unknown_quantity_lists_the_known(self, ax):
        """The error says what there is, without the steps."""
        with pytest.raises(ValueError, match=r"It has: loss\."):
            plots.training_curves(ax, history([1.0]), quantity="mae")

    def test_each_turn_has_a_line_at_its_step(self, ax):
        """Marks stand where the knobs were turned."""
        marks = [(100, "width", "width 4"), (250, "optimizer", "Adam")]
        picture = plots.training_curves(ax, history([3, 2, 1]), marks=marks)
        x = [segment[0, 0] for segment in find(picture, "marks").get_segments()]
        assert x == [100, 250]

    def test_labels_say_knob_and_value_briefly(self, ax):
        """As the mark says it."""
        marks = [(20, "rate", "lr 0.1"), (120, "width", "width 4"), (220, "activation", "relu")]
        written = labels(plots.training_curves(ax, history([3, 2, 1]), marks=marks))
        assert set(written) == {"lr 0.1", "width 4", "relu"}

    def test_settings_before_the_first_step_are_no_turns(self, ax):
        """What was set at step 0 is where the run started from."""
        picture = plots.training_curves(ax, history([3, 2]), marks=[(0, "width", "width 4")])
        assert labels(picture) == []

    def test_a_dragged_slider_leaves_one_mark(self, ax):
        """Turns of one knob within a few pixels become the last of them."""
        marks = [(100 + i, "rate", f"lr 0.{i + 1}") for i in range(5)]
        assert labels(plots.training_curves(ax, history([3] * 9), marks=marks)) == ["lr 0.5"]

    def test_labels_never_overlap(self, ax):
        """However many turns, the drawn words keep apart; measured on the rendered text."""
        words = ["lr {}", "width {}", "dropout {}", "RMSprop"]
        marks = [(40 * i + 5, f"knob {i % 4}", words[i % 4].format(i)) for i in range(24)]
        picture = plots.training_curves(ax, history(np.linspace(3, 1, 10)), marks=marks)
        ax.figure.canvas.draw()
        texts = [a for a in picture.artists if (a.get_gid() or "").startswith("turned")]
        boxes = [text.get_window_extent() for text in texts]
        assert len(boxes) >= 4
        pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
        overlaps = [
            min(a.x1, b.x1) - max(a.x0, b.x0)
            for a, b in pairs
            if min(a.y1, b.y1) - max(a.y0, b.y0) > 1
        ]
        assert max(overlaps) <= 0
        assert max(box.x1 for box in boxes) <= ax.get_window_extent().x1 + 1

    def test_ghost_is_drawn_named_and_compared(self, ax):
        """The run before is a line of its own, is in the legend, and is read at this step."""
        picture = plots.training_curves(ax, history([3, 2]), ghost=history([4, 3, 2]))
        np.testing.assert_allclose(find(picture, "ghost").get_xydata()[:, 1], [4, 3, 2])
        assert "run before" in legend_of(ax)
        assert "The run before had 3 here" in picture.sentence

    def test_legend_forgets_a_ghost_that_is_gone(self, ax):
        """The legend names what is drawn, also after something is no longer drawn."""
        plots.training_curves(ax, history([3, 2]), ghost=history([4]))
        plots.training_curves(ax, history([3, 2], [3, 2]))
        assert legend_of(ax) == ["training", "validation"]

    def test_limits_stay_while_the_run_goes_on(self, ax):
        """Over 300 frames the limits change a handful of times."""
        seen = set()
        rng = np.random.default_rng(0)
        losses = np.exp(-np.arange(300) / 60) + 0.01 * rng.random(300)
        for frame in range(1, 301):
            plots.training_curves(ax, history(losses[:frame], every=10))
            seen.add((ax.get_xlim(), ax.get_ylim()))
        assert len(seen) < 20

    @pytest.mark.parametrize("log", [False, True])
    def test_everything_drawn_is_inside_the_limits(self, ax, log):
        """Curves stay inside on both scales, below the labels' rows."""
        run = history([5.0, 0.2, 0.013], [4.0, 0.3, 0.4])
        picture = plots.training_curves(ax, run, log=log)
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        for name in ("train", "val"):
            x, y = find(picture, name).get_xydata().T
            assert left <= x.min()
            assert x.max() <= right
            assert bottom <= y.min()
            assert y.max() <= top

    def test_a_spike_does_not_flatten_the_curve(self, ax):
        """One wild value leaves the picture instead of pressing all others to the ground."""
        plots.training_curves(ax, history([1.0, 0.8, 5000.0, 0.7]))
        assert ax.get_ylim()[1] < 10

    def test_negative_losses_are_shown(self, ax):
        """A loss below zero, as of cosine similarity, is inside the limits."""
        plots.training_curves(ax, history([-0.1, -0.9]))
        assert ax.get_ylim()[0] <= -0.9


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

    def test_each_tile_is_its_unit_over_the_plane(self, ax, points):
        """The first tile grows to the right, the second upwards, both up to the full colour."""
        picture = plots.hidden_units(ax, self.plane_units, points, units=[2, 1])
        image = find(picture, "units").get_array()
        side = image.shape[1] / ax.get_xlim()[1]
        outlines = find(picture, "frames").get_segments()

        def tile(number):
            (left, low), (right, high) = outlines[number][0], outlines[number][2]
            rows = slice(round(low * side), round(high * side))
            return image[rows, round(left * side) : round(right * side)]

        assert (np.diff(tile(0), axis=1) > 0).all()
        assert (np.diff(tile(1), axis=0) > 0).all()
        assert tile(0).max() == pytest.approx(1)

    def test_a_unit_much_weaker_than_its_layer_is_paler(self, ax, points):
        """Half as strong still has the full colour, a fiftieth has a tenth of it."""
        picture = plots.hidden_units(ax, lambda P: [P[:, :1] * [1.0, 0.5, 0.02]], points, units=[3])
        image = find(picture, "units").get_array()
        side = image.shape[1] / ax.get_xlim()[1]
        boxes = [box[[0, 2]] * side for box in find(picture, "frames").get_segments()]
        tops = [
            image[round(b[0, 1]) : round(b[1, 1]), round(b[0, 0]) : round(b[1, 0])].max()
            for b in boxes
        ]
        np.testing.assert_allclose(tops, [1.0, 1.0, 0.1], rtol=1e-5)

    def test_all_maps_are_one_image(self, ax, points):
        """However many units: one image artist, which is what makes it fast."""
        plots.hidden_units(ax, lambda P: [np.tile(P, 12)] * 2, points)
        assert len(ax.images) == 1

    def test_units_not_in_use_keep_their_place_and_are_crossed_out(self, ax, points):
        """Tiles stay where they are when the width changes."""
        frames = []
        for used in (4, 2):
            picture = plots.hidden_units(
                ax, lambda P, n=used: [np.tile(P, 2)[:, :n]], points, units=[4]
            )
            frames.append(np.array(find(picture, "frames").get_segments()))
        np.testing.assert_array_equal(*frames)
        assert len(find(picture, "unused").get_segments()) == 2 * 2
        assert picture.sentence == "2 hidden units in use."

    def test_units_without_reaction_are_counted(self, ax, points):
        """A unit that says the same everywhere, as a dead ReLU does, is named."""

        def dead(P):
            return [np.column_stack([P[:, 0], np.zeros(len(P))])]

        assert "1 of them without any reaction" in plots.hidden_units(ax, dead, points).sentence

    def test_one_input_gives_curves(self, ax):
        """With one input a unit is a curve in its tile."""
        X = np.linspace(0, 1, 5, dtype="float32")[:, None]
        picture = plots.hidden_units(ax, lambda P: [np.hstack([P, -P])], X)
        first, second = find(picture, "curves").get_segments()
        assert (np.diff(first[:, 1]) > 0).all()
        assert (np.diff(second[:, 1]) < 0).all()

    @pytest.mark.parametrize("counts", [[1], [3, 3], [8, 8, 8], [64, 64], [2, 16, 4, 1]])
    def test_tiles_fill_their_place_and_never_overlap(self, ax, points, counts):
        """For any shape of network the tiles lie inside the Axes, apart from each other."""
        picture = plots.hidden_units(
            ax, lambda P: [np.repeat(P[:, :1], n, axis=1) for n in counts], points, units=counts
        )
        corners = np.array([box[0] for box in find(picture, "frames").get_segments()])
        assert len(corners) == sum(counts)
        distance = np.abs(corners[:, None] - corners[None]).max(axis=-1)
        assert (distance + 9 * np.eye(len(corners)) >= 1).all()
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        assert corners.min(axis=0) @ [1, 0] >= left
        assert (corners.max(axis=0) + 1 <= [right, top]).all()
        assert corners[:, 1].min() >= bottom - 1e-9

    def test_more_inputs_are_refused_with_the_reason(self, ax):
        """Thirty inputs cannot be drawn on a plane."""
        with pytest.raises(ValueError, match=r"one or two inputs.*\(4, 30\)"):
            plots.hidden_units(ax, lambda P: [P], np.zeros((4, 30)))

    def test_a_model_without_hidden_layer_is_explained(self, ax, points):
        """A single neuron has nothing hidden."""
        with pytest.raises(ValueError, match="no hidden layer"):
            plots.hidden_units(ax, lambda P: [], points)


class TestWeights:
    """`plots.weight_histograms` and `plots.gradient_norms`."""

    def test_bars_count_the_weights(self, ax):
        """Heights above each row's floor are proportional to numpy's histogram."""
        kernels = {"a": np.linspace(-1, 1, 100), "b": np.full((3, 3), 0.5)}
        picture = plots.weight_histograms(ax, kernels)
        heights, edges, floor = find(picture, "weights 0").get_data()
        counts = np.histogram(kernels["a"], edges)[0]
        np.testing.assert_allclose(heights - floor, 0.88 * counts / counts.max())
        heights, edges, floor = find(picture, "weights 1").get_data()
        assert np.count_nonzero(heights - floor) == 1

    def test_rows_carry_the_layers_names_first_on_top(self, ax):
        """The first layer is the topmost row."""
        plots.weight_histograms(ax, {"first": np.ones(2), "last": np.ones(2)})
        assert [label.get_text() for label in ax.get_yticklabels()] == ["last", "first"]

    def test_says_largest_weight_and_part_near_zero(self, ax):
        """Both numbers are those of the weights."""
        sentence = plots.weight_histograms(ax, {"a": np.array([0.0, 0.001, -2.5, 1.0])}).sentence
        assert "largest 2.5" in sentence
        assert "50% are smaller than 0.01" in sentence

    def test_limits_follow_growing_weights_and_wait_for_shrinking_ones(self, ax):
        """Growing weights are never cut off; a slightly smaller weight moves no axis."""
        for largest, limit in [(1.0, 1.5), (3.0, 4.0), (2.5, 4.0), (0.1, 0.15)]:
            plots.weight_histograms(ax, {"a": np.array([largest, -0.1 * largest])})
            assert ax.get_xlim()[1] == pytest.approx(limit)

    def test_norms_stand_at_their_values_first_layer_on_top(self, ax):
        """The points are the norms, on a logarithmic axis."""
        picture = plots.gradient_norms(ax, {"a": 1e-3, "b": 1e-1})
        np.testing.assert_allclose(find(picture, "norms").get_xydata(), [[1e-3, 1], [1e-1, 0]])
        assert ax.get_xscale() == "log"

    @pytest.mark.parametrize(
        ("norms", "words"),
        [((1e-5, 1e-1), "vanishes"), ((10.0, 0.1), "grows"), ((0.2, 0.1), "about equal")],
    )
    def test_vanishing_and_exploding_gradients_are_named(self, ax, norms, words):
        """The sentence compares first and last layer."""
        assert words in plots.gradient_norms(ax, dict(zip("ab", norms, strict=True))).sentence

    @pytest.mark.parametrize("value", [0.0, np.inf, np.nan, 1e30])
    def test_norms_that_are_no_ordinary_numbers_are_drawn_at_the_edge(self, ax, value):
        """A gradient that died or exploded still gives a picture with finite limits."""
        plots.gradient_norms(ax, {"a": value, "b": 1.0})
        assert np.isfinite(ax.get_xlim()).all()

    def test_decades_stay_while_norms_move_a_little(self, ax):
        """Norms that wander within the limits move no axis."""
        limits = set()
        for factor in np.geomspace(1, 30, 40):
            plots.gradient_norms(ax, {"a": 0.02 * factor, "b": 0.5})
            limits.add(ax.get_xlim())
        assert len(limits) == 1


class TestRegions:
    """`plots.class_regions` and `plots.value_map`."""

    def test_a_place_has_the_colour_of_its_class(self, ax, points):
        """Left of zero class 0, blue; right of it class 1, vermillion."""

        def sure(P):
            right = (P[:, 0] > 0).astype(float)
            return np.column_stack([1 - right, right])

        picture = plots.class_regions(ax, sure, points, (points[:, 0] > 0).astype(int))
        image = find(picture, "regions").get_array()
        assert image[25, 2, 2] > image[25, 2, 0]
        assert image[25, -2, 0] > image[25, -2, 2]
        assert picture.sentence.startswith("100%")

    def test_unsure_places_are_paler(self, ax, points):
        """With equal probabilities every place is nearly white."""
        picture = plots.class_regions(
            ax, lambda P: np.full((len(P), 3), 1 / 3), points, np.arange(49) % 3
        )
        assert find(picture, "regions").get_array().min() > 0.9

    def test_borders_lie_where_two_classes_are_equal(self, ax, points):
        """Scores x₁ and 0.3: the border is x₁ = 0.3."""

        def scores(P):
            return np.column_stack([P[:, 0], np.full(len(P), 0.3)])

        picture = plots.class_regions(ax, scores, points, np.zeros(49))
        (border,) = find(picture, "borders").get_segments()
        np.testing.assert_allclose(border[:, 0], 0.3, atol=1e-5)

    def test_one_hot_rows_are_understood(self, ax, points):
        """Targets may be one-hot, as Keras's categorical cross-entropy wants them."""
        y = np.eye(3)[np.arange(49) % 3]
        sentence = plots.class_regions(
            ax, lambda P: np.tile([1.0, 0, 0], (len(P), 1)), points, y
        ).sentence
        assert sentence.startswith(f"{np.mean(y[:, 0]):.0%}")

    def test_value_map_gives_the_error(self, ax, points):
        """The sentence's number is the root mean squared error, the image the prediction."""
        picture = plots.value_map(ax, lambda P: P[:, 0], points, points[:, 0] + 2)
        assert "2 in the root mean square" in picture.sentence
        values = find(picture, "values").get_array()
        assert (np.diff(values[0]) > 0).all()


@pytest.mark.parametrize("draw", ["curves", "units", "weights", "norms", "regions"])
def test_drawing_again_adds_no_artist(ax, points, draw):
    """A second call with other data moves what is there."""
    classes = np.arange(49) % 4

    def once(k):
        if draw == "curves":
            marks = [(100, "width", "width 2")]
            return plots.training_curves(ax, history([3, 2 * k]), marks=marks)
        if draw == "units":
            return plots.hidden_units(ax, lambda P: [P * k, P], points)
        if draw == "weights":
            return plots.weight_histograms(ax, {"a": np.array([1.0, k])})
        if draw == "norms":
            return plots.gradient_norms(ax, {"a": 0.3 * k, "b": 0.2})
        return plots.class_regions(ax, lambda P: k * np.hstack([P, -P]), points, classes)

    before = once(1.0).artists
    count = len(ax.get_children())
    after = once(1.2).artists
    assert [id(a) for a in before] == [id(a) for a in after]
    assert len(ax.get_children()) == count
