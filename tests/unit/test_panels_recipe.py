"""A panel's recipe, run in a cell, makes the same run; and turns that are made by themselves."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons_lib import datasets, optimizers, panels

live = pytest.importorskip("lessons_lib.live")
keras = pytest.importorskip("keras")

X, Y = datasets.make_circles(n_samples=80, noise=0.1, seed=1)
HELD_OUT = datasets.make_circles(n_samples=40, noise=0.1, seed=2)
layers = keras.layers


def network(optimizer=None):
    """Return a compiled classifier with two hidden layers and dropout, always the same."""
    keras.utils.set_random_seed(0)
    hidden = [layers.Dense(8, activation="tanh"), layers.Dropout(0.1)]
    hidden += [layers.Dense(6, activation="tanh"), layers.Dropout(0.2)]
    output = layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), *hidden, output])
    model.compile(optimizer or keras.optimizers.SGD(0.1, momentum=0.9), "binary_crossentropy")
    return model


def two_outputs():
    """Return a model with two outputs, and targets for it."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((2,))
    hidden = layers.Dense(4, activation="tanh")(inputs)
    outputs = [layers.Dense(1, name=name)(hidden) for name in ("sum", "product")]
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.05), ["mse", "mse"])
    return model, [X.sum(axis=1), X.prod(axis=1)]


@keras.saving.register_keras_serializable()
class Skip(layers.Layer):
    """A layer with a dial."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.skip = live.Dial(1.0, values=[0, 0.5, 1])

    def call(self, inputs):
        """Add a part of the inputs."""
        return inputs * (1 + self.skip)


def with_dial():
    """Return a classifier with a dial."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), Skip(), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model


def state(trainer):
    """Return all that an update may change."""
    return [variable.numpy() for variable in trainer._network.state]


def run(panel, **names):
    """Execute the recipe as a cell; return the panel that it makes."""
    exec(panel.recipe(), names)
    return names["again"]


def assert_same_run(again, panel):
    """Weights, optimizer's memory and curves bit for bit, and the same knobs and turns."""
    ours, theirs = again.trainer, panel.trainer
    assert ours.updates == theirs.updates
    for mine, other in zip(state(ours), state(theirs), strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_equal(ours.history, theirs.history)
    values = [{name: knob.read(t) for name, knob in t.knobs.items()} for t in (ours, theirs)]
    assert values[0] == values[1]
    marks = [[mark for mark in trainer.marks if mark.step] for trainer in (ours, theirs)]
    assert marks[0] == marks[1]


def sgd_object():
    """Return an optimizer that the course's names do not say."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.2, 30, 0.5)
    return keras.optimizers.SGD(schedule, momentum=0.5, nesterov=True)


# What is done with a panel: a turn, a number of steps, or the name of a method and what it takes.
RUNS = {
    "nothing": [],
    "steps alone": [30],
    "dropout": [10, ("dropout", 0.5), 10, ("dropout", 0.0), 5],
    "width there and back at the start": [("width", 3), ("width", 8), 20],
    "width there and back later": [10, ("width", 2), ("width", 8), 20],
    "width dragged up": [("width", 2), 10, ("width", 4), ("width", 6), ("width", 8), 20],
    "a turn after the last step": [10, ("width", 3)],
    "optimizers by name and as an object": [
        *(5, ("optimizer", "adam"), 10, ("learning_rate", 0.02), 5, ("optimizer", sgd_object), 10),
    ],
    "a rate that another optimizer left": [("optimizer", sgd_object), ("optimizer", "adam"), 9],
    "a rate kept over a reset": [
        *(("optimizer", sgd_object), 9, ("optimizer", "adam"), "reset", 9),
    ],
    "batch size": [("batch_size", 40), 10, ("batch_size", 10), 20],
    "activation": [10, ("activation", "relu"), 20],
    "a layer's activation, and the layer gone again": [
        *(("layers", 3), ("activation_3", "relu"), 5, ("activation_3", "elu"), 5, ("layers", 2), 5),
    ],
    "a weight set after a new start": ["new_start", ("edge", (1, 2, 3, 0.7)), 5],
    "penalty": [("l2", 0.01), 10, ("l2", 0.0), 10],
    "a reset after turns": [10, ("width", 3), ("learning_rate", 0.5), 5, "reset", 20],
    "a new start": [10, ("width", 3), "new_start", 10, "new_start", 20, ("width", 5), 5],
    "a reset after a new start": ["new_start", 10, ("width", 4), "reset", 20],
    "a fork": [20, ("rewind", 12), ("learning_rate", 0.01), 10],
    "a fork of a fork": [20, ("rewind", 12), ("width", 3), 10, ("rewind", 15), 3, ("width", 8), 4],
    "gone back in time": [20, ("learning_rate", 0.3), 10, ("rewind", 15)],
}


def play(panel, actions):
    """Do one after the other what is in a value of `RUNS`."""
    for action in actions:
        if isinstance(action, int):
            panel.step(action)
        elif isinstance(action, str):
            getattr(panel, action)()
        elif action[0] == "rewind":
            panel.rewind(action[1])
        else:
            name, value = action
            panel.memory.turn(name, value() if callable(value) else value)


@pytest.mark.parametrize("actions", RUNS.values(), ids=RUNS)
def test_the_recipe_makes_the_same_run_bit_for_bit(actions):
    """Whatever has been turned, reset, forked or drawn anew on the way."""
    model = network()
    panel = panels.live(model, X, Y, validation_data=HELD_OUT, batch_size=10, seed=3, width=7)
    play(panel, actions)
    again = run(panel, model=model, X=X, y=Y, X_val=HELD_OUT[0], y_val=HELD_OUT[1])
    if panel.memory.rewound:  # the recipe is of the whole run
        panel.rewind(panel.memory.present.step)
    assert_same_run(again, panel)
    assert again.recipe() == panel.recipe()


def test_a_run_that_was_ruined_and_gone_back_from():
    """The recipe comes to where it is ruined; once gone back, it makes the way that was taken."""
    line = datasets.make_line(40, seed=0)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    names = {"model": model, "X": line[0], "y": line[1]}
    panel = panels.live(model, *line, views="curves")
    play(panel, [50, ("learning_rate", 1e6), 50])
    assert panel.trainer.ended
    again = run(panel, **names)
    assert_same_run(again, panel)
    assert not again.trainer.ended
    again.step(5)
    assert again.trainer.ended
    panel.go_back()
    play(panel, [("learning_rate", 0.05), 10])
    assert_same_run(run(panel, **names), panel)


def test_a_model_with_several_outputs_and_one_with_a_dial():
    """Their own knobs are in the recipe too."""
    model, targets = two_outputs()
    panel = panels.live(model, X, targets, weight_sum=0.5, views="curves")
    play(panel, [10, ("weight_product", 2.0), 10])
    assert "weight_sum=0.5" in panel.recipe()
    assert_same_run(run(panel, model=model, X=X, y=targets), panel)
    model = with_dial()
    panel = panels.live(model, X, Y, views="curves")
    play(panel, [10, ("skip", 0.5), 10])
    assert '(10, "skip", 0.5)' in panel.recipe()
    assert_same_run(run(panel, model=model, X=X, y=Y), panel)


def test_on_another_machine_it_is_nearly_the_same_run(monkeypatch):
    """As a plain graph, which rounds in another order than what XLA makes, the weights agree."""
    model = network()
    names = {"model": model, "X": X, "y": Y, "X_val": HELD_OUT[0], "y_val": HELD_OUT[1]}
    panel = panels.live(model, X, Y, validation_data=HELD_OUT, batch_size=10, learning_rate=0.05)
    play(panel, [50, ("width", 4), 30, ("dropout", 0.3), 20, ("width", 8), 50])
    monkeypatch.setattr("lessons_lib.live._trainer.suits_xla", lambda *_: False)
    again = run(panel, **names)
    assert not again.trainer.jit_compile
    for mine, other in zip(state(again.trainer), state(panel.trainer), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-3)


MODEL = network()
TURN = st.one_of(
    st.tuples(st.just("width"), st.integers(1, 8)),
    st.tuples(st.just("learning_rate"), st.sampled_from([0.01, 0.1, 0.3])),
    st.tuples(st.just("dropout"), st.sampled_from([0.0, 0.25, 0.5])),
    st.tuples(st.just("l2"), st.sampled_from([0.0, 0.01])),
)
ACTION = st.one_of(TURN, TURN, st.integers(1, 30), st.sampled_from(["reset", "new_start", "fork"]))


@settings(max_examples=8, deadline=None)
@given(st.lists(ACTION, max_size=10))
def test_any_run_is_made_again(actions):
    """Turns, steps and new beginnings in any order."""
    names = {"model": MODEL, "X": X, "y": Y, "X_val": HELD_OUT[0], "y_val": HELD_OUT[1]}
    panel = panels.live(MODEL, X, Y, validation_data=HELD_OUT, batch_size=10, views="curves")
    play(panel, actions)
    assert_same_run(run(panel, **names), panel)


class TestWords:
    """What stands in a recipe."""

    def test_it_is_short_and_says_each_turn_once(self):
        """Turns at the start are settings where that is the same; others stand in turns."""
        panel = panels.live(network(), X, Y, batch_size=10, learning_rate=0.3)
        play(panel, [("width", 4), 500, ("width", 8), 700])
        assert panel.recipe() == (
            "from lessons_lib import panels\n\n"
            "again = panels.live(\n"
            "    model, X, y, batch_size=10, seed=0, learning_rate=0.3, width=4,\n"
            '    turns=[(500, "width", 8)],\n'
            ")\n"
            "again.step(1200)\n"
            "again\n"
        )

    def test_many_turns_stand_below_each_other(self):
        """No line is longer than a cell is wide."""
        panel = panels.live(network(), X, Y)
        for n in range(12):
            play(panel, [1, ("learning_rate", 0.1 * (n % 3) + 0.01)])
        lines = panel.recipe().splitlines()
        assert max(map(len, lines)) <= 88
        assert sum('"learning_rate"' in line for line in lines) == 12

    def test_it_looks_the_same(self):
        """Views, speed and the choice of knobs are repeated."""
        asked = {"views": ["curves", "units"], "updates_per_frame": 5, "knobs": ["width"]}
        model = network()
        panel = panels.live(model, X, Y, **asked)
        again = run(panel, model=model, X=X, y=Y)
        assert again.views == panel.views
        assert again.controls.keys() == panel.controls.keys()
        assert again.controls["speed"].value == 5

    def test_an_optimizer_of_ones_own_is_named_and_what_has_no_name_is_said(self):
        """As in the Keras code."""

        class Steady(keras.optimizers.SGD):
            """A learner's optimizer."""

            def __init__(self, learning_rate=0.01, change=None, **settings):
                super().__init__(learning_rate, **settings)
                self.change = change

            def get_config(self):
                """Return the arguments."""
                return {**super().get_config(), "change": self.change}

        panel = panels.live(network(), X, Y, views="curves")
        play(panel, [2, ("optimizer", lambda: Steady(0.05))])
        assert "# Your own, to be defined above: Steady." in panel.recipe()
        assert '(2, "optimizer", Steady(learning_rate=0.05))' in panel.recipe()
        panel.trainer.optimizer = Steady(0.05, change=lambda gradient: gradient)
        assert "# your_optimizer: it holds a function without a name" in panel.recipe()
        compile(panel.recipe(), "cell", "exec")

    def test_an_optimizer_that_is_changed_later_was_what_it_was(self):
        """The run had the rate that the object had then."""
        model, theirs = network(), keras.optimizers.SGD(0.05)
        panel = panels.live(model, X, Y, views="curves")
        play(panel, [5, ("optimizer", lambda: theirs), 5])
        theirs.learning_rate = 3.0
        assert_same_run(run(panel, model=model, X=X, y=Y), panel)

    def test_a_model_that_was_trained_since_is_mentioned(self):
        """Its weights are not those from which the panel starts; a new start draws its own."""
        model = network()
        panel = panels.live(model, X, Y, views="curves")
        assert "trained or compiled anew" not in panel.recipe()
        model.fit(X, Y, verbose=0)
        assert "# model was trained or compiled anew" in panel.recipe()
        panel.new_start()
        assert "trained or compiled anew" not in panel.recipe()
        model.compile("adam", "binary_crossentropy")
        assert "# model was trained or compiled anew" in panel.recipe()


@pytest.fixture
def notebook(monkeypatch):
    """A notebook's names, as IPython has them; empty at first."""
    names = {"In": [""], "Out": {}}
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=names))
    return names


class TestInANotebook:
    """Its names, and none of them with another meaning."""

    def test_model_and_data_are_called_what_they_are_called_there(self, notebook):
        """Also the panels, and the new panel where its name is taken."""
        model = network()
        panel = panels.live(model, X, Y, validation_data=HELD_OUT, views="curves")
        notebook |= {"net": model, "circles": (X, Y), "others": HELD_OUT, "pn": panels}
        notebook |= {"again": "mine"}
        code = panel.recipe()
        assert code.startswith("again_2 = pn.live(")
        assert "net, *circles, validation_data=others," in code
        exec(code, notebook)
        assert notebook["again"] == "mine"
        assert_same_run(notebook["again_2"], panel)

    def test_data_without_a_name_come_out_of_the_panel(self, notebook):
        """And what has none at all is said."""
        panel = panels.live(network(), X, Y, views="curves")
        notebook |= {"panels": "mine", "p": panel}
        code = panel.recipe()
        assert "# this_model: the model of this panel; give it a name of its own." in code
        assert "this_model, *p.trainer.given," in code.replace("\n    ", " ")
        assert "from lessons_lib import panels as panels_2" in code
        exec(code, notebook | {"this_model": network()})

    def test_show_the_code_offers_both(self, notebook):
        """Each with a heading, a button of its own and a name; hidden again where not wanted."""
        model = network()
        panel = panels.live(model, X, Y, views="curves")
        notebook |= {"model": model, "X": X, "y": Y, "panels": panels, "panel": panel}
        panel.step(5)
        panel.buttons["code"].value = True
        again, plain = panel._code.children
        shown = [part.children[-1].value for part in (again, plain)]
        assert shown[0] == panel.recipe()
        assert "model_2.fit(X, y" in shown[1]
        for part in (again, plain):
            assert part.children[-1].heading == part.children[0].value
        assert again.children[1].description != plain.children[1].description
        panel.step(5)
        assert "again.step(10)" in again.children[-1].value
        panel.buttons["code"].value = False
        assert panel._code.layout.display == "none"

    def test_while_it_plays_what_is_copied_is_the_run_so_far(self):
        """The code is that of a step which the run has come to since it was shown."""
        panel = panels.live(network(), X, Y, views="curves")
        panel.step(5)
        panel.buttons["code"].value = True

        async def played():
            panel.play()
            for _ in range(500):
                await asyncio.sleep(0.02)
                if "again.step(5)" not in panel._code.children[0].children[-1].value:
                    return panel.playing
            return False

        assert asyncio.run(played())


class TestTurns:
    """Turns that are made by themselves."""

    TURNS = ((20, "width", 2), (40, "learning_rate", 0.5))

    @pytest.fixture
    def panel(self):
        """A panel with two turns to come."""
        return panels.live(network(), X, Y, turns=self.TURNS, views="curves")

    def read(self, panel):
        """Return width and learning rate, which the controls show too."""
        values = panel.trainer.width, panel.trainer.learning_rate
        assert values[0] == panel.controls["width"].value
        assert values[1] == panel.controls["learning_rate"].value
        return values

    def test_they_are_made_as_the_run_comes_to_their_step(self, panel):
        """Neither earlier nor later, in however many steps it comes there."""
        seen = []
        for n in (19, 1, 10, 30):
            panel.step(n)
            seen.append(self.read(panel))
        assert seen == [(8, 0.1), (2, 0.1), (2, 0.1), (2, 0.5)]
        assert [mark[:2] for mark in panel.trainer.marks] == [(20, "width"), (40, "learning_rate")]

    def test_playing_makes_them_too(self, panel):
        """The controls move by themselves."""

        async def played():
            panel.play(60)
            while panel.playing:
                await asyncio.sleep(0.01)

        asyncio.run(played())
        assert panel.trainer.updates == 60
        assert self.read(panel) == (2, 0.5)
        assert [mark.step for mark in panel.trainer.marks] == [20, 40]

    @pytest.mark.parametrize("act", ["turn", "fork", "rewind"])
    def test_a_hand_or_a_fork_takes_their_place(self, panel, act):
        """What was still to come is not made any more, after a reset neither."""
        panel.step(30)
        if act == "turn":
            panel.controls["learning_rate"].value = 0.3
        elif act == "fork":
            panel.fork()
        else:
            panel.rewind(25)
        panel.step(30)
        rate = 0.3 if act == "turn" else 0.1
        assert self.read(panel) == (2, rate)
        panel.reset()
        panel.step(60)
        assert self.read(panel) == (2, rate)

    def test_reset_plays_them_again(self, panel):
        """From the knobs as they were at first, and from new weights where they are drawn."""
        panel.step(60)
        first = state(panel.trainer)
        panel.reset()
        assert self.read(panel) == (8, 0.1)
        panel.step(60)
        np.testing.assert_equal(state(panel.trainer), first)
        panel.new_start()
        assert self.read(panel) == (8, 0.1)
        panel.step(60)
        assert self.read(panel) == (2, 0.5)
        drawn = state(panel.trainer)
        assert not np.array_equal(drawn[0], first[0])
        panel.reset()
        panel.step(60)
        np.testing.assert_equal(state(panel.trainer), drawn)

    def test_starting_over_has_them_to_come_again(self, panel):
        """Also after a hand's turn: all is as at first."""
        play(panel, [30, ("width", 5)])
        panel.start_over(after=10)
        assert self.read(panel) == (8, 0.1)
        panel.step(60)
        assert self.read(panel) == (2, 0.5)

    def test_each_run_has_its_own_to_come(self, panel):
        """Who goes back to a run finds its turns neither made twice nor forgotten."""
        panel.step(30)
        panel.reset()
        panel.step(10)
        panel.memory.go_to(panel.memory.runs[0])
        panel.step(30)
        assert [mark[:2] for mark in panel.trainer.marks] == [(20, "width"), (40, "learning_rate")]

    def test_those_at_the_start_are_made_at_once(self):
        """And again at each reset."""
        panel = panels.live(network(), X, Y, turns=[(0, "width", 2), (0, "width", 5)])
        assert panel.trainer.width == panel.controls["width"].value == 5
        first = state(panel.trainer)
        panel.step(10)
        panel.reset()
        np.testing.assert_equal(state(panel.trainer), first)

    def test_the_order_in_which_they_are_given_does_not_matter(self):
        """But of two at one step the first comes first."""
        turns = [(9, "width", 3), (2, "width", 5), (2, "width", 4)]
        panel = panels.live(network(), X, Y, turns=turns, views="curves")
        panel.step(10)
        made = [(turn.step, turn.value) for turn in panel.trainer.turns]
        assert made == [(2, 4), (9, 3)]

    def test_trying_them_leaves_no_trace(self):
        """Neither in the weights nor in what the panel says."""
        plain = panels.live(network(), X, Y, views="curves")
        turns = [(5, "batch_size", 8), (6, "dropout", 0.5)]
        panel = panels.live(network(), X, Y, turns=turns, views="curves")
        np.testing.assert_equal(state(panel.trainer), state(plain.trainer))
        rates = [[*p.trainer._network.rates.values()] for p in (panel, plain)]
        assert rates[0] == rates[1]
        assert panel.sentence == plain.sentence
        assert panel.trainer.turns == ()

    @pytest.mark.parametrize(
        ("turns", "sentence"),
        [
            (
                {500: "width"},
                r"turns is a list of \(step, knob, value\).*received \{500: 'width'\}",
            ),
            ((500, "width", 4), "received one turn without the brackets of a list"),
            ("width", "turns is a list of .*received 'width'"),
            (7, "turns is a list of .*received 7"),
            ([(500, "width")], r"received \(500, 'width'\)"),
            ([("width", 500, 4)], "The step of a turn is a whole number from 0; received 'width'"),
            ([(2.5, "width", 4)], "whole number from 0; received 2.5"),
            ([(-1, "width", 4)], "whole number from 0; received -1"),
            ([(5, "height", 4)], "turns can turn 'learning_rate', 'width'.*received 'height'"),
            ([(5, "width", 99)], "from 1 to the 8 the model was built with; received 99"),
            ([(5, "optimizer", "fast")], "optimizer takes a name such as 'sgd'"),
        ],
    )
    def test_what_is_no_turn_gets_a_sentence(self, turns, sentence):
        """What learners may write instead."""
        with pytest.raises((TypeError, ValueError), match=sentence):
            panels.live(network(), X, Y, turns=turns)

    @pytest.mark.parametrize("knobs", [5, ["height"], [None]])
    def test_what_is_no_choice_of_knobs_gets_a_sentence(self, knobs):
        """A number, a name that is none."""
        with pytest.raises((TypeError, ValueError), match=r"^knobs "):
            panels.live(network(), X, Y, knobs=knobs)


class TestOtherPanels:
    """A race, and several networks side by side."""

    def test_a_race_is_run_again(self):
        """Surface, start, settings and turns, exactly."""
        panel = panels.race("ravine", ["SGD", "Adam"], knobs=["learning_rate", "up"])
        play(panel, [5, ("up", 0.3), ("learning_rate", 0.02), 30, ("momentum", 0.5), 10])
        names = {}
        exec(panel.recipe(), names)
        again = names["again"]
        np.testing.assert_array_equal(again.race.paths, panel.race.paths)
        assert again.race.marks[-1] == panel.race.marks[-1]
        assert again.controls.keys() == panel.controls.keys()
        assert panel.recipe().count("turns") == 1

    def test_a_plain_race_has_a_plain_recipe(self):
        """What goes without saying is not said."""
        panel = panels.race("saddle", ["SGD"], steps=20)
        assert panel.recipe() == (
            'from lessons_lib import panels\n\nagain = panels.race("saddle", ["SGD"])\n'
            "again.step(20)\nagain\n"
        )

    def test_a_race_down_a_surface_of_ones_own(self, notebook):
        """It is chosen among the others, also after another one, and called by its name."""
        x2 = optimizers.Surface(
            *("x² + 2 y²", lambda x, y: x**2 + 2 * y**2, lambda x, y: (2 * x, 4 * y)),
            *((-2, 2), (-2, 2), ((0, 0),), (1, 1), 0.1),
        )
        panel = panels.race(x2, ["SGD"])
        for surface in ("bowl", "x² + 2 y²"):
            panel.controls["surface"].value = surface
        panel.step(20)
        panel.rewind(10)
        notebook |= {"mine": x2, "panels": panels}
        assert 'panels.race(mine, ["SGD"])' in panel.recipe()
        exec(panel.recipe(), notebook)
        assert notebook["again"].race.surface is x2
        assert notebook["again"].race.steps == 20
        del notebook["mine"]
        assert "# your_surface: the surface of this race" in panel.recipe()

    def test_names_of_knobs_may_come_one_by_one(self):
        """The recipe has them all the same."""
        panel = panels.race("ravine", ["SGD"], knobs=(name for name in ["learning_rate"]))
        assert 'knobs=["learning_rate"]' in panel.recipe()

    def test_the_steps_before_the_first_picture_are_remembered(self):
        """Turns are made on the way, and every step can be gone back to."""
        panel = panels.race("ravine", ["SGD"], steps=50, turns=[(20, "learning_rate", 0.01)])
        assert panel.race.steps == 50
        assert [mark.step for mark in panel.race.marks] == [20]
        panel.rewind(10)
        assert panel.race.steps == 10

    def test_several_networks_are_turned_together(self):
        """At the same step, each that has the knob."""
        trainers = {name: live.LiveTrainer(network(), X, Y) for name in ("one", "two")}
        panel = panels.together(trainers, turns=[(10, "learning_rate", 0.5)])
        panel.step(20)
        marks = [[mark[:2] for mark in trainer.marks] for trainer in trainers.values()]
        assert marks == [[(10, "learning_rate")]] * 2
        assert panel.controls["learning_rate"].value == 0.5

    def test_one_that_has_no_recipe_says_which_have(self):
        """And how its run is made again."""
        panel = panels.together({"": live.LiveTrainer(network(), X, Y)})
        with pytest.raises(TypeError, match=r"A TogetherPanel has no recipe: only .*panels\.live"):
            panel.recipe()

    def test_a_map_shows_chosen_knobs(self):
        """The others keep their values."""
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        population = live.Population(model, X, Y, learning_rate=[0.1, 0.3], l2=[0.0, 0.1])
        whole = panels.map(population)
        chosen = [*whole.runner.knobs][:1]
        panel = panels.map(population, knobs=chosen)
        gone = whole.controls.keys() - panel.controls.keys()
        assert gone == whole.runner.knobs.keys() - set(chosen)
