"""A live panel without a browser: every control to its ends, and what the learner sees."""

import asyncio
import base64

import ipywidgets as widgets
import numpy as np
import pytest

from lessons_lib import datasets, panels
from lessons_lib.panels._runner import Knob, Runner
from lessons_lib.plots import Wire

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(n_samples=80, noise=0.1, seed=1)
X_VAL, Y_VAL = datasets.make_circles(n_samples=40, noise=0.1, seed=2)


def classifier(units=6, inputs=2, classes=1, dropout=True, loss=None):
    """Return a small compiled classifier, always with the same weights."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(units, activation="tanh")]
    layers += [keras.layers.Dropout(0.0)] if dropout else []
    last = keras.layers.Dense(classes, activation="sigmoid" if classes == 1 else "softmax")
    model = keras.Sequential([keras.Input((inputs,)), *layers, last])
    loss = loss or ("binary_crossentropy" if classes == 1 else "sparse_categorical_crossentropy")
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    return model


def regressor(inputs=1):
    """Return a small compiled regressor."""
    keras.utils.set_random_seed(0)
    hidden = keras.layers.Dense(6, activation="tanh")
    model = keras.Sequential([keras.Input((inputs,)), hidden, keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    return model


@pytest.fixture
def panel():
    """A panel with all knobs."""
    panel = panels.live(classifier(), X, Y, validation_data=(X_VAL, Y_VAL))
    yield panel
    panel.retire()


def code_shown(panel):
    """Return the code that the panel shows."""
    return panel._code.children[-1].children[-1].value


def drawn(panel):
    """Tell whether something is seen in each picture."""
    return all(scene.items and scene.frame for scene in panel.scenes)


class Watcher:
    """Knows what it has seen of a panel, as a page does."""

    def __init__(self, panel):
        self.panel, self.wire = panel, Wire()
        self.news()

    def news(self):
        """Return how many marks have changed since the last time."""
        message = self.wire.message(self.panel.scenes)
        return sum(len(scene.get("items", ())) for scene in message[0]["scenes"]) if message else 0


def press(panel, name):
    """Press a button."""
    panel.buttons[name].click()


def ends(control):
    """Return both ends of a control."""
    if hasattr(control, "options"):
        values = [o[1] if isinstance(o, tuple) else o for o in control.options]
        return values[0], values[-1]
    if isinstance(control, widgets.Checkbox):
        return False, True
    return control.min, control.max


class TestFirstPicture:
    """What is there before anything is pressed."""

    def test_the_untrained_network_is_shown(self, panel):
        """A picture with colours, and a sentence that says that nothing was learned yet."""
        assert drawn(panel)
        assert "No step has been made yet" in panel.sentence
        assert panel.trainer.updates == 0

    def test_it_costs_no_compilation(self, panel):
        """The training loop is not traced for a picture of the untrained network."""
        assert panel.trainer.trace_count == 0

    def test_the_models_own_values_stand_in_the_controls(self, panel):
        """Each control starts at what the model was compiled with."""
        values = {name: panel.controls[name].value for name in ("width", "optimizer", "batch_size")}
        assert values == {"width": 6, "optimizer": "SGD", "batch_size": 32}
        assert panel.controls["learning_rate"].value == pytest.approx(0.1)

    def test_settings_turn_knobs_before_the_start(self):
        """Keyword settings reach trainer and controls, and are no marks in the picture."""
        panel = panels.live(classifier(), X, Y, width=3, learning_rate=0.5, dropout=0.2, l2=0.01)
        trainer = panel.trainer
        got = trainer.width, trainer.learning_rate, trainer.dropout, trainer.l2
        assert got == (3, 0.5, 0.2, 0.01)
        shown = [panel.controls[name].value for name in ("width", "dropout", "l2")]
        assert shown == [3, 0.2, 0.01]
        assert "3 hidden units in use" in panel.sentence

    def test_the_learners_model_is_left_alone(self):
        """The panel trains a copy."""
        model = classifier()
        before = [w.copy() for w in model.get_weights()]
        panels.live(model, X, Y).step(50)
        for old, new in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)

    def test_stored_output_has_picture_widget_and_sentence(self, panel):
        """What the notebook stores works without a kernel."""
        bundle = panel._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
        assert bundle["text/plain"] == panel.sentence

    def test_the_second_picture_stands_where_the_first_did(self, panel):
        """Nothing jumps when the first step is made: the tiles of the units keep their places."""

        def tiles():
            (scene,) = [scene for scene in panel.scenes if scene.frame["title"] == "Hidden units"]
            return scene.items["frames"].data["xy"]

        before = tiles()
        panel.step(1)
        np.testing.assert_array_equal(before, tiles())


def test_a_trainer_is_a_runner(panel):
    """It has every name of the protocol, and so has each of its knobs."""
    assert isinstance(panel.trainer, Runner)
    assert all(isinstance(knob, Knob) for knob in panel.trainer.knobs.values())


class TestControls:
    """Every control, to both ends."""

    NAMES = (
        "learning_rate", "width", "dropout", "l2", "batch_size", "activation", "optimizer", "log",
        "speed", "hand", "unseen", "discrete",
    )  # fmt: skip

    def test_no_control_is_forgotten_here(self, panel):
        """The list above is what the panel has."""
        assert {*self.NAMES, "timeline"} == set(panel.controls)

    @pytest.mark.parametrize("name", NAMES)
    def test_both_ends_leave_a_working_panel(self, panel, name):
        """After each end the trainer has the value, a step can be made, and a picture is drawn."""
        for value in ends(panel.controls[name]):
            panel.controls[name].value = value
            if name not in ("log", "speed", "hand", "unseen", "discrete"):
                assert getattr(panel.trainer, name) == pytest.approx(value)
            made = panel.step(5)
            assert made == 5 or panel.trainer.diverged
            assert drawn(panel)

    def test_a_turn_is_marked_at_its_step(self, panel):
        """The curves get a line at the step, and a label."""
        panel.step(60)
        panel.controls["learning_rate"].value = 0.5
        panel.step(60)
        (mark,) = panel.trainer.marks
        assert (mark[0], mark[1], mark[3]) == (60, "learning_rate", 0.5)
        items = [item for scene in panel.scenes for item in scene.items.values()]
        assert "lr 0.5" in [item.data["words"] for item in items if item.kind == "text"]

    def test_the_models_own_rate_is_one_of_the_sliders_steps(self):
        """A browser moves a slider to its next step, so no rate may lie between two."""
        panel = panels.live(classifier(), X, Y, learning_rate=0.0123, dropout=0.33)
        for name, value in [("learning_rate", 0.0123), ("dropout", 0.33)]:
            values = [option[1] for option in panel.controls[name].options]
            assert value in values
            assert values == sorted(values)

    def test_turning_the_width_while_paused_shows_at_once(self, panel):
        """Picture and sentence follow without a step."""
        watcher = Watcher(panel)
        panel.controls["width"].value = 2
        assert "2 hidden units in use" in panel.sentence
        assert watcher.news()

    def test_what_was_built_anew_is_said(self, panel):
        """Changing the optimizer says what was kept."""
        panel.controls["optimizer"].value = "Adam"
        assert "weights stay" in panel.sentence

    def test_learning_rate_width_and_dropout_need_no_new_trace(self, panel):
        """After any of them the loop goes on as it is."""
        panel.step(10)
        for name, value in [("learning_rate", 0.5), ("width", 3), ("dropout", 0.3), ("l2", 0.01)]:
            panel.controls[name].value = value
            panel.step(10)
        assert panel.trainer.trace_count == 1

    def test_what_code_turns_shows_in_the_controls(self, panel):
        """A value set on the trainer reaches its control at the next refresh."""
        panel.trainer.width = 4
        panel.trainer.optimizer = keras.optimizers.Nadam(0.0234)
        panel.refresh()
        shown = {name: panel.controls[name].value for name in ("width", "optimizer")}
        assert shown == {"width": 4, "optimizer": "Nadam"}
        assert panel.controls["learning_rate"].value == pytest.approx(0.0234)
        values = [option[1] for option in panel.controls["learning_rate"].options]
        assert values == sorted(values)
        assert len(panel.trainer.marks) == 2  # showing a value is no turn of its own

    def test_knobs_that_the_model_lacks_are_left_out(self):
        """A single neuron has neither width nor dropout nor a hidden activation."""
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(optimizer="sgd", loss="binary_crossentropy")
        panel = panels.live(model, X, Y)
        assert not {"width", "dropout", "activation"} & set(panel.controls)
        assert "units" not in panel.views


class TestButtons:
    """Step, reset, new start, code."""

    def test_step_makes_one_update(self, panel):
        """One press, one update, one new picture."""
        watcher = Watcher(panel)
        press(panel, "step")
        assert panel.trainer.updates == 1
        assert watcher.news()

    def test_reset_begins_with_the_same_weights(self, panel):
        """The same start gives the same curve."""
        panel.step(40)
        first = panel.trainer.history["loss"]
        press(panel, "reset")
        assert panel.trainer.updates == 0
        panel.step(40)
        np.testing.assert_allclose(panel.trainer.history["loss"], first, rtol=1e-5)

    def test_new_starts_differ_from_each_other(self, panel):
        """Each press draws other initial weights."""
        starts = [panel.trainer.predict(X)]
        for _ in range(2):
            press(panel, "new")
            starts.append(panel.trainer.predict(X))
        for i, one in enumerate(starts):
            for other in starts[:i]:
                assert np.abs(one - other).max() > 1e-3

    def test_reset_after_a_new_start_repeats_the_new_one(self, panel):
        """Reset goes back to the latest start, not to the first."""
        press(panel, "new")
        start = panel.trainer.predict(X)
        panel.step(20)
        press(panel, "reset")
        np.testing.assert_allclose(panel.trainer.predict(X), start, rtol=1e-6)

    def test_starting_over_shows_the_untrained_network_and_the_run_before(self):
        """What was turned on the way is as at first, the grey curve is the whole run."""
        panel = panels.live(classifier(), X, Y, width=2)
        untrained = panel.trainer.predict(X)
        panel.step(30)
        panel.trainer.width = 6
        panel.trainer.optimizer = "adam"
        panel.start_over(after=30)
        assert panel.trainer.updates == 0
        (before,) = panel.memory.others
        assert before.step == 60
        np.testing.assert_allclose(panel.trainer.predict(X), untrained, atol=1e-6)
        assert (panel.trainer.width, panel.controls["width"].value) == (2, 2)
        assert panel.trainer.optimizer == panel.controls["optimizer"].value == "SGD"
        panel.step(30)
        first = np.array(before.records[""].history["loss"])[:10]
        np.testing.assert_allclose(panel.trainer.history["loss"][:10], first, rtol=1e-4)

    def test_the_code_that_is_shown_runs_and_follows_the_knobs(self, panel):
        """It builds and fits the network as it is turned now."""
        panel.buttons["code"].value = True
        panel.controls["width"].value = 3
        panel.controls["learning_rate"].value = 0.5
        assert panel._code.layout.display == ""
        names = {"X": X, "y": Y, "X_val": X_VAL, "y_val": Y_VAL}
        exec(code_shown(panel), names)
        assert names["model"].layers[0].units == 3
        assert float(names["model"].optimizer.learning_rate) == pytest.approx(0.5)

    def test_hiding_the_code_hides_it(self, panel):
        """The second press takes it away."""
        for shown, display in [(True, ""), (False, "none")]:
            panel.buttons["code"].value = shown
            assert panel._code.layout.display == display

    def test_every_button_says_what_it_does(self, panel):
        """Words and a tooltip on each, for those who see no icons."""
        for button in panel.buttons.values():
            assert button.description
            assert button.tooltip

    def test_as_fast_as_it_goes_is_the_last_speed(self, panel):
        """Beyond every number of steps."""
        words, speed = panel.controls["speed"].options[-1]
        assert (words, speed) == ("fastest", float("inf"))

    def test_play_without_a_loop_says_what_to_do(self, panel):
        """Outside a notebook the panel explains itself instead of doing nothing."""
        press(panel, "play")
        assert "panel.step(500)" in panel.sentence


class TestDivergence:
    """A run that blows up is a teaching moment."""

    def test_the_panel_says_the_trainers_sentence(self):
        """The reason and what to try, and nothing else, stand below the picture."""
        X, y = datasets.make_line(40, seed=0)
        panel = panels.live(regressor(), X, y, learning_rate=10.0)
        panel.step(500)
        assert panel.trainer.diverged
        assert panel.sentence == panel.trainer.diverged
        assert drawn(panel)

    def test_turning_the_knob_lets_it_go_on(self):
        """With a smaller rate the kept weights train on."""
        X, y = datasets.make_line(40, seed=0)
        panel = panels.live(regressor(), X, y, learning_rate=10.0)
        panel.step(500)
        panel.controls["learning_rate"].value = 0.01
        assert panel.step(20) == 20
        assert "Step" in panel.sentence


class TestViews:
    """Which pictures, for which data."""

    @pytest.mark.parametrize(
        ("model", "shape", "views"),
        [
            (classifier, 2, ("boundary", "curves", "units")),
            (regressor, 1, ("fit", "curves", "units")),
            (lambda: classifier(inputs=5), 5, ("curves", "weights", "gradients")),
        ],
    )
    def test_by_default_the_first_three_that_suit(self, model, shape, views):
        """Two inputs have a boundary, one has a curve, five have neither."""
        inputs = np.random.default_rng(0).normal(size=(30, shape)).astype("float32")
        panel = panels.live(model(), inputs, (inputs[:, 0] > 0).astype("float32"))
        assert panel.views == views

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
    def test_any_number_of_views_is_drawn(self, count):
        """From one to all five that suit two inputs, each in a scene of its own."""
        views = ("curves", "boundary", "units", "weights", "gradients")[:count]
        panel = panels.live(classifier(), X, Y, views=views)
        panel.step(3)
        assert len(panel.scenes) == count
        assert drawn(panel)

    def test_several_classes_are_coloured(self):
        """Softmax over three classes."""
        X, y = datasets.make_spirals(90, seed=0, classes=3)
        panel = panels.live(classifier(classes=3), X, y, views="boundary")
        panel.step(5)
        assert "in the region of their class" in panel.sentence

    def test_logits_are_read_as_probabilities(self):
        """With from_logits the decision line is where the output is 0."""
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        model.compile(optimizer="sgd", loss=loss)
        panel = panels.live(model, X, Y, views="boundary")
        right = np.mean((panel.trainer.predict(X)[:, 0] > 0) == (Y > 0.5))
        assert f"{right:.0%} of the points" in panel.sentence

    def test_two_inputs_and_a_number_are_a_map(self):
        """Regression over the plane shows predicted values."""
        panel = panels.live(regressor(2), X, X[:, 0], views="boundary")
        assert "root mean square" in panel.sentence

    def test_images_have_curves_kernels_and_weights(self):
        """A convolution network needs no picture of a plane."""
        keras.utils.set_random_seed(0)
        conv = keras.layers.Conv2D(2, 3, activation="relu")
        layers = [keras.Input((6, 6, 1)), conv, keras.layers.Flatten(), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        model.compile(optimizer="sgd", loss="mse")
        images = np.random.default_rng(0).normal(size=(20, 6, 6, 1)).astype("float32")
        panel = panels.live(model, images, images[:, 0, 0, 0])
        panel.step(3)
        assert panel.views == ("curves", "kernels", "weights")
        assert "2 kernels of 3 × 3 weights" in panel.sentence
        assert "width" not in panel.controls

    def test_units_that_the_width_leaves_out_are_empty_places_among_the_kernels(self):
        """A Dense layer behind Flatten: an image a unit, and a cross for each not in use."""
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Flatten(), keras.layers.Dense(6, "relu"), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((5, 4)), *layers])
        model.compile(optimizer="sgd", loss="mse")
        images = np.random.default_rng(0).normal(size=(20, 5, 4)).astype("float32")
        panel = panels.live(model, images, images[:, 0, 0], views="kernels")
        assert "6 kernels of 5 × 4 weights." in panel.sentence
        panel.controls["width"].value = 2
        panel.step(3)
        assert "2 kernels of 5 × 4 weights, 4 more not in use." in panel.sentence
        assert len(panel.scenes[0].items["unused"].data["counts"]) == 2 * 4


def compiled(*parts, shape=(2,), dtype=None, loss="mse"):
    """Return a compiled model of layers."""
    model = keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
    model.compile("sgd", loss)
    return model


IDS = np.random.default_rng(0).integers(0, 6, (40, 2))
SERIES = np.random.default_rng(1).normal(size=(40, 5, 3)).astype("float32")
ONE_HOT = np.eye(3)[np.arange(40) % 3]
ON_THE_PLANE = ("boundary", "curves", "units")
WITHOUT_UNITS = ("boundary", "curves", "weights")
KINDS = {
    "ids": (
        lambda l: compiled(l.Embedding(6, 3), l.Flatten(), l.Dense(4, "relu"), l.Dense(1),
                           dtype="int32"),
        *(IDS, IDS[:, 0], ON_THE_PLANE),
    ),
    "ids as floats": (
        lambda l: compiled(l.Embedding(6, 3), l.Flatten(), l.Dense(4, "relu"), l.Dense(1)),
        *(IDS, IDS[:, 0], ON_THE_PLANE),
    ),
    "one id": (
        lambda l: compiled(l.Embedding(6, 3), l.Flatten(), l.Dense(1),
                           shape=(1,), dtype="int32"),
        *(IDS[:, :1], IDS[:, 0], ("fit", "curves", "weights")),
    ),
    "categories": (
        lambda l: compiled(l.CategoryEncoding(6, output_mode="multi_hot"), l.Dense(1),
                           dtype="int32"),
        *(IDS, IDS[:, 0], WITHOUT_UNITS),
    ),
    "a vocabulary": (
        lambda l: compiled(l.IntegerLookup(vocabulary=list(range(6))), l.Embedding(7, 2),
                           l.Flatten(), l.Dense(1), dtype="int64"),
        *(IDS, IDS[:, 0], WITHOUT_UNITS),
    ),
    "booleans": (
        lambda l: compiled(l.Dense(4, "relu"), l.Dense(1), dtype="bool"),
        *(IDS > 2, IDS[:, 0], ON_THE_PLANE),
    ),
    "one-hot targets": (
        lambda l: compiled(l.Dense(4, "relu"), l.Dense(3, "softmax"),
                           loss="categorical_crossentropy"),
        *(IDS, ONE_HOT, ON_THE_PLANE),
    ),
    "half precision": (
        lambda l: compiled(l.Dense(4, "relu", dtype="float16"), l.Dense(1, dtype="float16"),
                           dtype="float16"),
        *(IDS, IDS[:, 0], ON_THE_PLANE),
    ),
    "words": (
        lambda l: compiled(l.Embedding(6, 3), l.LSTM(3), l.Dense(1), shape=(4,), dtype="int32"),
        *(np.hstack([IDS, IDS]), IDS[:, 0], ("curves", "weights", "gradients")),
    ),
    "series": (
        lambda l: compiled(l.LSTM(3, return_sequences=True), l.Dense(1), shape=(5, 3)),
        *(SERIES, SERIES[:, :, :1], ("curves", "weights", "gradients")),
    ),
    "no kernels": (
        lambda l: compiled(l.LSTM(3), shape=(5, 3)), SERIES, SERIES[:, 0], ("curves",)
    ),
}  # fmt: skip


class TestModelsOfAllKinds:
    """A panel opens for any valid model; no picture asks for what the model does not know."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_views_that_suit_are_drawn(self, kind):
        """And are drawn again after a step."""
        make, X, y, views = KINDS[kind]
        panel = panels.live(make(keras.layers), X, y, batch_size=10)
        assert panel.views == views
        assert "left out" not in panel.sentence
        assert panel.step(2) == 2
        assert drawn(panel)
        panel.retire()

    def test_a_picture_asks_a_model_of_ids_at_its_ids_only(self):
        """Between two ids stands the nearest; beyond the data stands the last."""
        make, X, y, _ = KINDS["ids"]
        panel = panels.live(make(keras.layers), X, y)
        asked = []
        predict = panel.trainer.predict
        panel.trainer.predict = lambda points: asked.append(points) or predict(points)
        panel.refresh()
        values = np.unique(np.concatenate(asked))
        np.testing.assert_array_equal(values, np.unique(X))
        panel.retire()

    def test_a_view_that_the_model_cannot_answer_is_left_out_with_a_sentence(self):
        """The panel opens with the others, and goes on saying why."""

        class Picky(keras.layers.Layer):
            def call(self, inputs):
                keras.ops.convert_to_numpy(inputs)  # works on numbers, in no compiled graph
                return inputs

            def compute_output_shape(self, shape):
                return shape

        hidden = [Picky(), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)]
        panel = panels.live(compiled(*hidden), X, Y)
        assert panel.views == ("curves", "weights")
        assert "The view 'boundary' is left out" in panel.sentence
        assert len(panel.sentence) < 1000
        panel.refresh()
        assert "The view 'boundary' is left out" in panel.sentence
        panel.retire()


class TestBadArguments:
    """One clear sentence each."""

    def test_an_unknown_view_lists_the_known(self):
        """A misspelt view is explained."""
        with pytest.raises(ValueError, match=r"no view 'bounds'.*'boundary', 'fit', 'curves'"):
            panels.live(classifier(), X, Y, views=("bounds",))

    def test_a_view_that_does_not_suit_lists_those_that_do(self):
        """A boundary needs two inputs."""
        inputs = np.zeros((10, 3), dtype="float32")
        with pytest.raises(ValueError, match=r"needs data with two inputs.*'curves', 'weights'"):
            panels.live(classifier(inputs=3), inputs, np.arange(10) % 2, views=("boundary",))

    def test_kernels_of_rows_of_numbers_are_no_images(self):
        """Nothing says which of them are neighbours: what the model needs is told."""
        inputs = np.zeros((10, 64), dtype="float32")
        with pytest.raises(ValueError, match="needs a first layer that reads images, as Conv2D"):
            panels.live(classifier(inputs=64), inputs, np.arange(10) % 2, views=("kernels",))

    def test_no_views_at_all_is_explained(self):
        """An empty choice is no picture."""
        with pytest.raises(ValueError, match="needs at least one"):
            panels.live(classifier(), X, Y, views=())

    def test_a_view_named_twice_is_explained(self):
        """Each view once."""
        with pytest.raises(ValueError, match="named twice"):
            panels.live(classifier(), X, Y, views=("curves", "curves"))

    def test_an_unknown_setting_lists_the_known(self):
        """A misspelt knob is explained."""
        with pytest.raises(TypeError, match=r"no setting 'lr'.*learning_rate, width"):
            panels.live(classifier(), X, Y, lr=0.1)

    def test_updates_per_frame_may_come_from_numpy(self):
        """A whole number is one, whoever counted."""
        panel = panels.live(classifier(), X, Y, updates_per_frame=np.int64(5))
        assert panel.controls["speed"].value == 5

    @pytest.mark.parametrize("number", [0, -3, 2.5, "many", True])
    def test_updates_per_frame_is_a_count(self, number):
        """What is no whole number from 1 is explained."""
        with pytest.raises(ValueError, match="whole number from 1"):
            panels.live(classifier(), X, Y, updates_per_frame=number)

    def test_the_trainers_sentences_come_through(self):
        """Data that does not fit the model is the trainer's to explain."""
        with pytest.raises(ValueError, match=r"\(80, 2\)|shape"):
            panels.live(classifier(inputs=3), X, Y)


class TestInALoop:
    """As in a notebook's kernel: with an event loop."""

    @staticmethod
    def run(scenario, **options):
        """Make a panel inside a loop, let ``scenario(panel)`` run, and return its result."""

        async def kernel():
            panel = panels.live(classifier(), X, Y, **options)
            try:
                return await scenario(panel)
            finally:
                panel.retire()

        return asyncio.run(kernel())

    @staticmethod
    async def until(condition, seconds=30):
        """Wait until something is true."""
        for _ in range(int(seconds / 0.01)):
            if condition():
                return True
            await asyncio.sleep(0.01)
        return False

    def test_play_trains_and_pause_stops(self):
        """Updates come while playing, and none after Pause."""

        async def scenario(panel):
            press(panel, "play")
            assert await self.until(lambda: panel.trainer.updates > 30)
            assert panel.buttons["play"].description == "Pause"
            press(panel, "play")
            await asyncio.sleep(0.05)
            stopped = panel.trainer.updates
            await asyncio.sleep(0.2)
            assert panel.trainer.updates == stopped
            assert panel.buttons["play"].description == "Play"

        self.run(scenario)

    def test_the_numbers_do_not_depend_on_the_frames(self):
        """Played for a while or stepped at once: the same losses at the same steps."""

        async def scenario(panel):
            press(panel, "play")
            assert await self.until(lambda: panel.trainer.updates >= 60)
            panel.pause()
            return panel.trainer.updates, panel.trainer.predict(X)

        updates, played = self.run(scenario)
        stepped = panels.live(classifier(), X, Y)
        stepped.step(updates)
        np.testing.assert_allclose(stepped.trainer.predict(X), played, atol=1e-5)

    def test_playing_twice_is_one_clock(self):
        """A second call of play starts nothing."""

        async def scenario(panel):
            panel.play()
            panel.play()
            await asyncio.sleep(0)
            names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
            return names.count("Clock._run")

        assert self.run(scenario) == 1

    def test_a_knob_turned_while_playing_is_set_between_frames(self):
        """The trainer follows, and training goes on."""

        async def scenario(panel):
            press(panel, "play")
            assert await self.until(lambda: panel.trainer.updates > 10)
            panel.controls["width"].value = 2
            assert await self.until(lambda: panel.trainer.width == 2)
            before = panel.trainer.updates
            assert await self.until(lambda: panel.trainer.updates > before)
            return panel.trainer.marks[-1][1]

        assert self.run(scenario) == "width"

    def test_an_observer_only_notes_a_value(self):
        """The trainer is not touched before the loop gets its turn."""

        async def scenario(panel):
            panel.controls["width"].value = 2
            at_once = panel.trainer.width
            assert await self.until(lambda: panel.trainer.width == 2)
            return at_once

        assert self.run(scenario) == 6

    def test_divergence_pauses(self):
        """The clock stops by itself, and the sentence is the trainer's."""

        async def scenario(panel):
            panel.trainer.l2 = 3.0
            panel.controls["learning_rate"].value = 10.0
            press(panel, "play")
            assert await self.until(lambda: panel.trainer.diverged)
            assert await self.until(lambda: not panel.playing)
            return panel.sentence == panel.trainer.diverged, panel.buttons["play"].description

        assert self.run(scenario) == (True, "Play")

    def test_an_exception_in_a_frame_is_shown(self):
        """What would be lost in a task stands in the panel, and the button says Play again."""

        async def scenario(panel):
            def broken(n):
                raise RuntimeError("no such batch")

            panel.play()
            panel.trainer.step = broken
            assert await self.until(lambda: not panel.playing)
            return panel.sentence, panel.buttons["play"].description

        sentence, label = self.run(scenario)
        assert "RuntimeError: no such batch" in sentence
        assert label == "Play"

    def test_compiling_ahead_leaves_no_trace_in_the_run(self):
        """When the panel comes into view, the loop is compiled; the run still begins at 0."""

        async def scenario(panel):
            before = panel.trainer.predict(X)
            panel.page.met = True
            assert await self.until(lambda: panel.trainer.compiled)
            same = np.array_equal(before, panel.trainer.predict(X))
            return panel.trainer.updates, panel.trainer.history["loss"], same

        assert self.run(scenario) == (0, [], True)

    def test_a_retired_panel_that_is_still_seen_closes_with_its_last_view(self):
        """Shown in another cell it stays, stopped; its widgets go when its output does."""

        async def scenario(panel):
            panel.page.views = 1
            press(panel, "play")
            assert await self.until(lambda: panel.trainer.updates > 0)
            panel.retire()
            stopped_but_open = not panel.playing and panel.comm is not None
            panel.page.views = 0
            return stopped_but_open, await self.until(lambda: panel.comm is None)

        assert self.run(scenario) == (True, True)

    def test_retiring_closes_every_widget(self):
        """A panel that was replaced leaves no widget in the kernel."""
        from ipywidgets.widgets.widget import _instances

        async def scenario(panel):
            return None

        before = set(_instances)
        self.run(scenario)
        assert set(_instances) <= before

    def test_ten_thousand_updates_keep_the_history_short(self):
        """What is kept of a long run is bounded."""
        panel = panels.live(classifier(), X, Y)
        panel.step(10_000)
        assert len(panel.trainer.history["step"]) <= 512
        marks = sum(len(scene.items) for scene in panel.scenes)
        panel.step(2_000)
        assert sum(len(scene.items) for scene in panel.scenes) == marks
