"""What a panel remembers: every step of every runner, and the runs before."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import live, optimizers, panels, plots
from lessons_lib._ground.turns import Turn, replay
from lessons_lib.panels import _memory

import keras  # isort: skip - after live, which imports TensorFlow quietly

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 2)).astype("float32")
Y = (X[:, :1] * X[:, 1:] > 0).astype("float32")
DATA = {"validation_data": (X[:30], Y[:30]), "batch_size": 10}
STEPS = (0, 1, 30, 31, 60, 75, 90, 120)  # of a run: its knobs are turned at 30, 60 and 90
TO_AND_FRO = (31, 120, 0, 75, 60, 1, 90, 30, 120, 45)


# --- everything that a panel can play -------------------------------------------------------------


def model(*hidden, optimizer="sgd", loss="binary_crossentropy"):
    """Return a compiled model of the plane, always with the same weights."""
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    made.compile(optimizer=optimizer, loss=loss)
    return made


def with_dropout():
    """A network whose units are switched off at random."""
    return model(layers.Dense(6, activation="relu"), layers.Dropout(0.2), optimizer="adam")


def normalised():
    """A network that keeps averages beside its weights."""
    return model(layers.Dense(6), layers.BatchNormalization(), layers.Activation("relu"))


def recurrent():
    """A network that reads its inputs one after the other."""
    return model(layers.Reshape((2, 1)), layers.SimpleRNN(4), optimizer="rmsprop")


def with_levels():
    """A stack of layers, whose depth and ways around can be turned."""
    return model(layers.Dense(4), live.DenseStack(depth=3, most=5))


def scheduled():
    """A network whose learning rate falls by itself."""
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 20, 0.5)
    hidden = layers.Dense(6, activation="tanh")
    return model(hidden, optimizer=keras.optimizers.SGD(rate, momentum=0.9))


def with_two_outputs():
    """A panel of a network that answers two questions."""
    keras.utils.set_random_seed(1)
    seen = keras.Input((2,))
    inside = layers.Dense(6, activation="tanh")(seen)
    outputs = [layers.Dense(1, name=name)(inside) for name in ("sum", "product")]
    made = keras.Model(seen, outputs)
    made.compile(optimizer="adam", loss="mse")
    y = [X.sum(axis=1, keepdims=True), X[:, :1] * X[:, 1:]]
    return panels.live(made, X, y, validation_data=(X[:30], [part[:30] for part in y]))


def trainer():
    """Return a trainer of a network like those."""
    return live.LiveTrainer(model(layers.Dense(6, activation="tanh")), X, Y, **DATA)


def population():
    """Six networks, the worse half of which can be stopped."""
    return live.Population(
        model(layers.Dense(4, activation="tanh"), layers.Dropout(0.1)), X, Y, **DATA,
        learning_rate=[0.01, 0.1, 1.0], seeds=2,
    )  # fmt: skip


def pair():
    """A generator and its judge."""
    keras.utils.set_random_seed(1)
    generator = keras.Sequential([keras.Input((2,)), layers.Dense(4, "relu"), layers.Dense(2)])
    generator.compile(optimizer=keras.optimizers.Adam(0.01))
    judge = keras.Sequential([
        keras.Input((2,)), layers.Dense(4, "relu"), layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    judge.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    return live.Adversaries(generator, judge, X, batch_size=10)


def diverging():
    """A network that diverges within a few steps."""
    wild = model(layers.Dense(4), optimizer=keras.optimizers.SGD(1e4))
    return live.LiveTrainer(wild, 1e4 * X, Y, batch_size=10)


def networks(count=60, seed=0):
    """Two networks, made for so many images."""
    keras.utils.set_random_seed(seed)
    return {
        name: live.LiveTrainer(model(layers.Dense(units)), X[:count], Y[:count], batch_size=10)
        for name, units in (("small", 2), ("large", 6))
    }


@dataclass
class Case:
    """What a panel plays, and two of its knobs with two other values each."""

    make: Callable
    turns: list[tuple[str, object]] = field(default_factory=list)


def alone(make, *turns):
    """Return a case of a network in a panel."""
    return Case(lambda: panels.live(make(), X, Y, **DATA), [*turns])


RATES = [("learning_rate", 0.3), ("learning_rate", 0.03)]
CASES = {
    "dropout": alone(with_dropout, RATES[0], ("dropout", 0.5), ("width", 3)),
    "normalised": alone(normalised, RATES[0], ("batch_size", 20), ("l2", 0.01)),
    "outputs": Case(
        with_two_outputs, [("weight_sum", 0.5), ("learning_rate", 0.01), ("weight_sum", 0.1)]
    ),
    "recurrent": alone(recurrent, *RATES, ("l2", 0.01)),
    "levels": alone(with_levels, ("skip", 1.0), RATES[0], ("depth", 2)),
    "scheduled": alone(scheduled, ("activation", "relu"), ("optimizer", "Adam"), RATES[1]),
    "population": Case(
        lambda: panels.map(population(), x="learning_rate"),
        [("l2", 0.01), ("halving", 50), ("dropout", 0.5)],
    ),
    "race": Case(
        lambda: panels.race("ravine"), [RATES[1], ("momentum", 0.5), ("learning_rate", 0.01)]
    ),
    "adversaries": Case(
        lambda: panels.together({"": pair()}),
        [("judge_rate", 0.1), ("judge_updates", 3), ("generator_loss", "minimax")],
    ),
    "together": Case(
        lambda: panels.together(networks, count=[60, 20]), [*RATES, ("learning_rate", 0.1)]
    ),
    "one diverges": Case(
        lambda: panels.together({"good": trainer(), "bad": diverging()}, knobs=["l2", "width"]),
        [("l2", 0.01), ("width", 2), ("l2", 0.0)],
    ),
    "races": Case(
        lambda: panels.together(
            {"race": optimizers.Race(), "network": trainer()}, knobs=["learning_rate", "momentum"]
        ),
        [RATES[1], ("momentum", 0.5), RATES[0]],
    ),
}
NETWORKS = ("dropout", "normalised", "outputs", "recurrent", "levels", "scheduled")


FEW = ("dropout", "population", "race", "adversaries", "together", "one diverges")


@pytest.fixture(params=CASES)
def any_case(request):
    """Everything that a panel can play, networks with all kinds of knobs and layers among it."""
    return CASES[request.param]


@pytest.fixture(params=FEW)
def case(request):
    """One of each kind that a panel can play."""
    return CASES[request.param]


# --- how it stands --------------------------------------------------------------------------------


def state_of(runner):
    """Return all that a runner is at this moment, to be compared bit by bit."""
    knobs = {name: knob.read(runner) for name, knob in runner.knobs.items()}
    return [runner.updates, *knobs.items(), *_inside(runner)]


def _inside(runner):
    if isinstance(runner, optimizers.Race):
        return [runner.surface.formula, runner.start, runner.paths, runner.arrivals, runner.marks]
    if isinstance(runner, live.Population):
        histories = [runner.history(model) for model in range(runner.n_models)]
        return [runner.predict(X), runner.stopped, runner.diverged, histories, runner.val_loss]
    if isinstance(runner, live.LiveTrainer | live.Adversaries):
        arrays = [np.asarray(values) for values in runner.snapshot().state]
        return [*arrays, runner.history, runner.marks, bool(runner.ended)]
    if hasattr(runner, "runners"):
        return [part for one in runner.runners.values() for part in state_of(one)]
    return [runner.updates]


def same(one, other):
    """Tell whether two states are the same, bit by bit."""
    return len(one) == len(other) and all(map(_same_part, one, other))


def _same_part(one, other):
    if isinstance(one, np.ndarray):
        return one.tobytes() == other.tobytes()
    return repr(one) == repr(other)


def state(panel):
    """Return how the runner of a panel stands."""
    return state_of(panel.runner)


def run_through(panel, turns, steps=STEPS):
    """Make the steps of a run with a turn at three of them; return how it stood at each."""
    waiting, stood = [*turns], {}
    for step in steps:
        panel.step(step - panel.runner.updates)
        assert panel.runner.updates == step
        stood[step] = state(panel)
        if step in (30, 60, 90) and waiting:
            panel.memory.turn(*waiting.pop(0))
    return stood


# --- back to any step -----------------------------------------------------------------------------


@pytest.mark.parametrize("apart", [25, 0], ids=["few moments", "one at each step"])
def test_every_step_can_be_gone_back_to(any_case, apart, monkeypatch):
    """Bit for bit as it was, to and fro, across turned knobs; and the end is the end again."""
    monkeypatch.setattr(_memory, "_APART", apart)
    monkeypatch.setattr(_memory, "_AT_ONCE", 0.0)
    panel = any_case.make()
    stood = run_through(panel, any_case.turns)
    stood[45] = None  # where nobody has looked
    for step in TO_AND_FRO:
        panel.rewind(step)
        assert panel.memory.rewound == (step != 120)
        assert panel.memory.now == (None if step == 120 else step)
        assert (panel.runner.updates, panel.memory.present.step) == (step, 120)
        if stood[step] is None:
            stood[step] = state(panel)
        assert same(state(panel), stood[step]), step
    assert len(panel.memory.runs) == 1


def test_a_fork_goes_another_way_and_leaves_the_run_as_it_was(case):
    """Both can be gone back to, at their ends and at every step of them."""
    panel = case.make()
    stood = run_through(panel, case.turns)
    old = panel.memory.present
    panel.rewind(60)
    panel.memory.turn(*case.turns[0][:1], _another(panel, case.turns[0][0]))
    panel.step(30)
    new = panel.memory.present
    assert (new.origin, panel.runner.updates) == (("run 1", 60), 90)
    end = state(panel)
    assert not same(end, stood[90])
    panel.memory.go_to(old)
    assert same(state(panel), stood[120])
    panel.rewind(75)
    assert same(state(panel), stood[75])
    panel.memory.go_to(new)
    assert same(state(panel), end)
    for step in (31, 60):
        panel.rewind(step)
        assert same(state(panel), stood[step])
    panel.rewind(90)
    assert same(state(panel), end)
    assert panel.memory.runs == [old, new]


def _another(panel, name):
    """Return a value that a knob has not now."""
    knob = panel.runner.knobs[name]
    return next(v for v in knob.offers(panel.runner) if v not in (0, knob.read(panel.runner)))


def test_a_step_after_a_rewind_is_a_fork_that_goes_the_same_way(case):
    """Until a knob is turned, which only the run before has done."""
    panel = case.make()
    stood = run_through(panel, case.turns)
    panel.rewind(1)
    panel.step(29)
    assert same(state(panel), stood[30])
    assert [(run.step, run.origin) for run in panel.memory.runs] == [
        (120, None),
        (30, ("run 1", 1)),
    ]
    panel.step(1)
    assert not same(state(panel), stood[31])


def test_what_a_fork_begins_with_is_its_own(case):
    """A knob that was turned at its very first step, twice, stands as it was left."""
    panel = case.make()
    panel.step(20)
    panel.fork()
    name = case.turns[0][0]
    for value in sorted(v for v in panel.runner.knobs[name].offers(panel.runner))[-2:]:
        panel.memory.turn(name, value)
    panel.step(10)
    end = state(panel)
    panel.rewind(25)
    panel.rewind(30)
    assert same(state(panel), end)
    panel.memory.present.tip = None  # as where there is no room for it
    panel.rewind(25)
    there = state(panel)
    panel.rewind(30)
    panel.rewind(25)
    assert same(state(panel), there)


def test_turns_at_the_start_are_part_of_it(case):
    """What was turned before the first step, and again after a reset, is so at step 0."""
    panel = case.make()
    name = case.turns[0][0]
    for value in _two_more(panel, name):
        panel.memory.turn(name, value)
        start = state(panel)
        panel.step(20)
        there = state(panel)
        panel.step(10)
        panel.rewind(20)
        assert same(state(panel), there)
        panel.rewind(0)
        assert same(state(panel), start)
        panel.reset()


def _two_more(panel, name):
    """Return two values of a knob, one on the way to the other."""
    knob = panel.runner.knobs[name]
    now, offers = knob.read(panel.runner), [*knob.offers(panel.runner)]
    at = offers.index(now) if now in offers else 0
    return offers[at + 1 : at + 3] if at + 2 < len(offers) else offers[max(at - 2, 0) : at][::-1]


def test_a_turn_to_the_same_value_is_none(case):
    """It shows an earlier step as before."""
    panel = case.make()
    panel.step(30)
    panel.rewind(10)
    before = state(panel)
    for name, knob in panel.runner.knobs.items():
        panel.memory.turn(name, knob.read(panel.runner))
    assert panel.memory.rewound
    assert len(panel.memory.runs) == 1
    assert same(state(panel), before)


# --- runs -----------------------------------------------------------------------------------------


def test_beginning_again_keeps_the_run_before(case):
    """From the same start, from another one, and as at first: one goes back to each of them."""
    panel = case.make()
    panel.memory.turn(*case.turns[0])
    ends = []
    for again in (panel.reset, panel.new_start, panel.start_over, None):
        panel.step(25)
        ends.append(state(panel))
        if again:
            again()
            assert panel.runner.updates == 0
            assert not panel.memory.rewound
    assert [run.name for run in panel.memory.runs] == ["run 1", "run 2", "run 3", "run 4"]
    assert same(ends[0], ends[1])
    assert not same(ends[0], ends[3])
    for run, end in zip([*panel.memory.runs], ends, strict=True):
        panel.memory.go_to(run)
        assert same(state(panel), end)
        panel.rewind(10)
        panel.rewind(25)
        assert same(state(panel), end)
    assert len(panel.memory.runs) == 4


def test_starting_over_after_some_steps_leaves_them_as_a_run(case):
    """A cell can show how far it comes."""
    panel = case.make()
    start = state(panel)
    panel.memory.turn(*case.turns[0])
    panel.start_over(after=20)
    assert same(state(panel), start)
    assert [run.step for run in panel.memory.runs] == [20, 0]


def test_a_run_without_a_step_gives_its_place_away(case):
    """Two resets, or a fork that nobody has gone on with, are no runs."""
    panel = case.make()
    panel.step(20)
    for _ in range(3):
        panel.reset()
    assert [run.name for run in panel.memory.runs] == ["run 1", "run 2"]
    panel.memory.go_to(panel.memory.runs[0])
    assert [run.name for run in panel.memory.runs] == ["run 1"]
    panel.rewind(10)
    panel.fork()
    panel.rewind(5)
    panel.fork()
    assert [(run.name, run.origin) for run in panel.memory.runs][1:] == [("run 3", ("run 1", 5))]


class TestRuns:
    """At most six; their names; which are shown."""

    def test_the_seventh_takes_the_place_of_the_oldest_that_has_no_name_of_its_own(self):
        """Its look too."""
        panel = panels.race("bowl")
        panel.step(5)
        panel.memory.rename(panel.memory.present, "  the   first ")
        for _ in range(6):
            panel.reset()
            panel.step(5)
        names = [run.name for run in panel.memory.runs]
        assert names == ["the first", "run 3", "run 4", "run 5", "run 6", "run 7"]
        assert sorted(run.number for run in panel.memory.runs) == [0, 1, 2, 3, 4, 5]

    def test_no_two_runs_have_one_name(self):
        """Also where a name was given that comes later by itself."""
        panel = panels.race("bowl")
        panel.step(5)
        first = panel.memory.present
        panel.memory.rename(first, "run 2")
        panel.reset()
        panel.step(5)
        assert [run.name for run in panel.memory.runs] == ["run 2", "run 3"]
        for wrong in ("run 3", " ", "this run"):
            with pytest.raises(ValueError, match="cannot be called"):
                panel.memory.rename(first, wrong)
        assert first.name == "run 2"

    def test_a_fork_knows_its_origin_by_the_new_name(self):
        """A table says where it came from."""
        panel = panels.race("bowl")
        panel.step(10)
        panel.rewind(5)
        panel.step(1)
        panel.memory.rename(panel.memory.runs[0], "slow")
        assert panel.memory.present.origin == ("slow", 5)
        assert panel.runs[1]["from"] == "slow at step 5"

    def test_a_hidden_or_dropped_run_is_drawn_no_more(self):
        """The present one can be neither dropped nor lost."""
        panel = panels.race("bowl")
        for _ in range(3):
            panel.step(10)
            panel.reset()
        panel.step(1)
        first, second, _, present = panel.memory.runs
        panel.memory.show(first, False)
        panel.memory.drop(second)
        assert [run.name for run in panel.memory.others] == ["run 3"]
        with pytest.raises(ValueError, match="is the present run"):
            panel.memory.drop(present)

    def test_what_the_panel_tells_of_its_runs_fits_into_a_table(self):
        """Plain numbers and words, of a network, of a race and of a pair."""
        rows = []
        for name in ("dropout", "race", "adversaries"):
            panel = CASES[name].make()
            panel.step(20)
            rows += panel.runs
        assert [list(row)[-2:] for row in rows] == [
            ["val_loss", "lowest val_loss"],
            ["height", "lowest height"],
            ["judge_loss", "lowest judge_loss"],
        ]
        assert all(isinstance(v, str | bool | int | float) for row in rows for v in row.values())


# --- behind the panel's back ----------------------------------------------------------------------


def _by_code(name):
    """Return what code may do to a runner; each is told how to begin again."""
    return {
        "steps": lambda runner, turn: runner.step(7),
        "turns": lambda runner, turn: runner.turn(*turn),
        "resets": lambda runner, turn: runner.reset(),
        "resets and goes on": lambda runner, turn: (runner.reset(5), runner.step(90)),
        "restores": lambda runner, turn: runner.restore(_with_steps_between(runner)),
    }[name]


def _with_steps_between(runner):
    before = runner.snapshot()
    runner.step(9)
    return before


CODE = ("steps", "turns", "resets", "resets and goes on", "restores")


@pytest.mark.parametrize("does", CODE)
@pytest.mark.parametrize("rewound", [False, True], ids=["at the end", "rewound"])
@pytest.mark.parametrize("kind", ["dropout", "population", "race", "together", "adversaries"])
def test_what_code_does_to_the_runner_leaves_a_truthful_panel(kind, rewound, does):
    """Every step that can be gone to from then on is as it was."""
    case = CASES[kind]
    panel = case.make()
    stood = run_through(panel, case.turns[:1], steps=(0, 30, 60))
    if rewound:
        panel.rewind(30)
    _by_code(does)(panel.runner, (case.turns[0][0], _another(panel, case.turns[0][0])))
    panel.refresh()
    here, after = panel.runner.updates, state(panel)
    assert not panel.memory.rewound
    assert panel.memory.present.step == here
    panel.step(12)
    later = state(panel)
    first = panel.memory.present.moments[0].step
    panel.step(8)
    panel.rewind(here + 12)
    assert same(state(panel), later)
    if does != "turns":  # what was turned at a step shows from there on
        panel.rewind(here)
        assert same(state(panel), after)
    assert panel.memory.present.step == here + 20
    if first == 0 and does in ("steps", "turns"):
        panel.rewind(30)
        assert same(state(panel), stood[30]) or (rewound and does == "turns")
    if rewound:
        panel.memory.go_to(panel.memory.runs[0])
        assert same(state(panel), stood[60])


def test_a_reset_by_code_before_the_first_step_is_another_start():
    """Nothing that can be counted tells it."""
    panel = CASES["dropout"].make()
    panel.trainer.reset(5)
    start = state(panel)
    panel.step(10)
    panel.rewind(0)
    assert same(state(panel), start)


def test_models_that_code_stops_are_stopped_when_that_is_repeated():
    """Between two moments, at the start, and no longer after a reset."""
    panel = CASES["population"].make()
    panel.population.stop([0])
    panel.step(20)
    panel.population.stop([1, 4])
    panel.population.stop(np.arange(6) == 2)
    panel.step(20)
    there = state(panel)
    assert panel.population.stopped.tolist() == [True, True, True, False, True, False]
    panel.step(20)
    panel.rewind(40)
    assert same(state(panel), there)
    panel.rewind(10)
    assert panel.population.stopped.tolist() == [True, *[False] * 5]
    panel.reset()
    assert not panel.population.stopped.any()


# --- each runner has something of its own ---------------------------------------------------------


@pytest.mark.parametrize("kind", NETWORKS)
def test_going_back_spends_nothing(kind):
    """What was tried is counted once: by a rewind, a fork, and another run that is gone to."""
    panel = CASES[kind].make()
    run_through(panel, CASES[kind].turns)
    for step in (45, 120, 60):
        panel.rewind(step)
        assert panel.trainer.spent == 120
    panel.step(10)
    assert panel.trainer.spent == 130
    panel.memory.go_to(panel.memory.runs[0])
    panel.rewind(3)
    assert panel.trainer.spent == 130


@pytest.mark.parametrize("kind", NETWORKS)
def test_to_start_over_is_a_run_that_has_spent_nothing(kind):
    """Who steers within a budget has all of it, however long the run was that is compared with."""
    panel = CASES[kind].make()
    panel.start_over(after=30)
    assert panel.trainer.spent == 0


class TestRuined:
    """A network that diverges."""

    def ruined(self):
        """Return a panel whose network trains well, and is ruined by its learning rate."""
        panel = panels.live(*self.regression())
        panel.step(200)
        panel.memory.turn("learning_rate", 1e6)
        panel.step(300)
        assert panel.trainer.ended
        return panel

    def regression(self):
        """Return a model without limits, and numbers to learn."""
        keras.utils.set_random_seed(1)
        made = keras.Sequential([keras.Input((2,)), layers.Dense(6, "relu"), layers.Dense(1)])
        made.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
        return made, X, X[:, :1] * X[:, 1:]

    def test_before_it_the_network_is_sound_and_at_its_end_ruined_again(self):
        """The same step as before, and the same words."""
        panel = self.ruined()
        end, said = state(panel), panel.trainer.ended
        panel.rewind(100)
        assert panel.trainer.ended is None
        assert panel.step(10) == 10
        panel.memory.go_to(panel.memory.runs[0])
        assert same(state(panel), end)
        assert panel.trainer.ended == said

    def test_going_back_is_a_run_that_can_be_gone_through_too(self):
        """The ruined one stays."""
        panel = self.ruined()
        step = panel.trainer.way_back
        panel.go_back()
        there = state(panel)
        panel.step(50)
        panel.rewind(step)
        assert same(state(panel), there)
        panel.rewind(step // 2)
        assert panel.memory.present.origin == ("run 1", step)
        assert len(panel.memory.runs) == 2

    def test_several_that_go_back_are_each_where_they_were(self):
        """One is behind the others from then on, also when that is gone through again."""
        good, bad = trainer(), live.LiveTrainer(*self.regression())
        panel = panels.together({"good": good, "bad": bad}, knobs=["l2"])
        panel.step(200)
        bad.turn("learning_rate", 1e6)
        panel.step(200)
        assert bad.ended
        assert bad.way_back
        panel.go_back()
        apart = good.updates - bad.updates
        assert apart > 0
        panel.step(30)
        there = state(panel)
        panel.step(30)
        panel.rewind(panel.runner.updates - 30)
        assert same(state(panel), there)
        assert good.updates - bad.updates == apart


def test_who_had_ended_rests_again_until_it_was_turned():
    """A turn lets a network go on that had diverged, from the step on that it was made."""
    panel = CASES["one diverges"].make()
    bad = panel.runners["bad"]
    panel.step(50)
    assert bad.ended
    stopped = bad.updates
    panel.memory.turn("l2", 0.01)
    bad.turn("learning_rate", 1e-12)
    panel.step(40)
    assert bad.updates == stopped + 40
    there = state(panel)
    panel.step(10)
    panel.rewind(45)
    assert (bad.updates, panel.runner.updates) == (stopped, 45)
    panel.rewind(90)
    assert same(state(panel), there)
    panel.rewind(60)
    assert bad.updates == stopped + 10


class TestRace:
    """Another surface, and another start, begin the race anew."""

    @pytest.mark.parametrize("turn", [("across", -0.5), ("up", 0.5), ("surface", "bowl")])
    def test_the_race_before_stays(self, turn):
        """With its surface and its start."""
        panel = panels.race("ravine")
        panel.step(40)
        before = state(panel)
        panel.controls[turn[0]].value = turn[1]
        start = state(panel)
        panel.step(20)
        end = state(panel)
        assert [run.step for run in panel.memory.runs] == [40, 20]
        panel.rewind(0)
        assert same(state(panel), start)
        panel.memory.go_to(panel.memory.runs[0])
        assert same(state(panel), before)
        panel.rewind(10)
        panel.memory.go_to(panel.memory.runs[1])
        assert same(state(panel), end)

    def test_a_start_that_is_moved_while_it_is_rewound_begins_a_race(self):
        """And is no fork."""
        panel = panels.race("ravine")
        panel.step(40)
        panel.rewind(10)
        panel.controls["up"].value = 0.25
        panel.controls["up"].value = 0.3
        assert [(run.step, run.origin) for run in panel.memory.runs] == [(40, None), (0, None)]
        assert panel.race.steps == 0

    def test_a_start_that_is_dragged_while_it_runs_begins_one_race(self):
        """And not one at every place on the way."""

        async def scenario():
            panel = panels.race("ravine")
            panel.play()
            assert await soon(lambda: panel.race.steps > 10)
            for place in (-0.5, -0.4, -0.3, -0.2):
                panel.controls["across"].value = place
                assert await soon(lambda place=place: panel.runner.start[0] and moved(panel, place))
            assert await soon(lambda: panel.race.steps > 3)
            panel.retire()
            return len(panel.memory.runs)

        def moved(panel, place):
            return panel.race.knobs["across"].read(panel.race) == place

        assert asyncio.run(scenario()) == 2


class TestMap:
    """Another part of the settings is another population."""

    def test_a_zoom_forgets_what_was_before_and_the_whole_map_has_its_moment(self):
        """Its run goes on from there."""
        panel = panels.map(population(), x="learning_rate")
        panel.step(30)
        panel.choose(2)
        whole = state(panel)
        panel.zoom_in()
        assert [run.name for run in panel.memory.runs] == ["run 1"]
        panel.step(10)
        there = state(panel)
        panel.step(10)
        panel.rewind(panel.population.updates - 10)
        assert same(state(panel), there)
        panel.whole_map()
        assert same(state(panel), whole)
        panel.step(5)
        panel.rewind(30)
        assert same(state(panel), whole)

    def test_the_curve_beside_it_is_of_the_whole_run(self):
        """With a line where the map stands."""
        panel = panels.map(population(), x="learning_rate")
        panel.step(60)
        panel.choose(1)
        panel.rewind(20)
        curves = panel.scenes[-1].items
        assert curves["train"].data["x"].max() == 60
        assert set(curves["now"].data["x"].ravel()) == {20}

    def test_halving_is_taken_back(self):
        """Who was stopped trains again, and is stopped at the same step."""
        panel = panels.map(population(), x="learning_rate")
        panel.controls["halving"].value = 50
        panel.step(120)
        end = state(panel)
        panel.rewind(40)
        assert not panel.population.stopped.any()
        panel.rewind(120)
        assert same(state(panel), end)
        panel.rewind(40)
        panel.step(80)
        assert same(state(panel), end)

    def test_a_covered_map_has_no_timeline(self):
        """Its updates are counted."""
        panel = panels.map(population(), x="learning_rate", covered=True)
        assert "timeline" not in panel.controls


class TestTogether:
    """Runners that a control makes anew."""

    def test_those_that_ran_before_stay(self):
        """With their control, and the knobs as they were turned for all."""
        panel = panels.together(networks, count=[60, 20, 10])
        panel.step(30)
        panel.memory.turn("learning_rate", 0.3)
        panel.step(10)
        before, first = state(panel), panel.runners
        panel.controls["count"].value = 20
        panel.controls["count"].value = 10
        assert [run.step for run in panel.memory.runs] == [40, 0]
        panel.step(15)
        end = state(panel)
        panel.memory.go_to(panel.memory.runs[0])
        panel.refresh()
        assert panel.controls["count"].value == 60
        assert panel.runners == first
        assert same(state(panel), before)
        panel.rewind(35)
        panel.memory.go_to(panel.memory.runs[1])
        panel.refresh()
        assert panel.controls["count"].value == 10
        assert same(state(panel), end)
        assert [run.step for run in panel.memory.runs] == [40, 15]

    def test_two_controls_that_make_them_come_back_at_once(self):
        """Nothing is made for the values on the way."""
        made = []

        def make(count, units):
            made.append((count, units))
            return {"": live.LiveTrainer(model(layers.Dense(units)), X[:count], Y[:count])}

        panel = panels.together(make, count=[60, 40], units=[2, 4])
        panel.step(10)
        before = state(panel)
        panel.controls["count"].value = 40
        panel.controls["units"].value = 4
        panel.step(10)
        made.clear()
        panel.memory.go_to(panel.memory.runs[0])
        panel.refresh()
        assert made == []
        assert same(state(panel), before)
        assert (panel.controls["count"].value, panel.controls["units"].value) == (60, 2)

    def test_a_control_that_is_turned_while_it_is_rewound_leaves_the_whole_run(self):
        """It can be gone back to at its end."""
        panel = panels.together(networks, count=[60, 20])
        panel.step(40)
        end = state(panel)
        panel.rewind(10)
        panel.controls["count"].value = 20
        panel.step(5)
        assert [run.step for run in panel.memory.runs] == [40, 5]
        panel.memory.go_to(panel.memory.runs[0])
        assert same(state(panel), end)

    def test_each_new_start_has_its_seed_when_it_is_gone_back_to(self):
        """Also what a control makes there."""
        panel = panels.together(networks, count=[60, 20])
        ends = []
        for _ in range(3):
            panel.step(10)
            ends.append(state(panel))
            panel.new_start()
        panel.memory.go_to(panel.memory.runs[1])
        assert same(state(panel), ends[1])
        panel.reset()
        panel.step(10)
        assert same(state(panel), ends[1])


# --- by hand --------------------------------------------------------------------------------------


class Slow:
    """A runner whose steps take a while; and the moments that a panel keeps of it, room."""

    def __init__(self, seconds=0.0, room=0):
        self.seconds, self.room = seconds, room
        self.knobs = {
            "stride": SimpleNamespace(
                words="stride", tooltip="", control="steps", offers=lambda runner: (1, 2, 3),
                read=lambda runner: runner.stride, option=lambda runner, value: str(value),
            )
        }  # fmt: skip
        self.stride, self.updates, self.restarts, self.turns = 1, 0, 0, ()
        self.ended, self.notice, self.compiled = None, "", True

    def step(self, n=1):
        """Count, and take the time."""
        time.sleep(n * self.seconds)
        self.updates += n
        return n

    def reset(self, seed=None):
        """Begin again."""
        self.updates, self.turns, self.restarts = 0, (), self.restarts + 1

    def turn(self, name, value, moment=None):
        """Refuse the longest."""
        if value == 3:
            raise ValueError("Nobody makes such strides.")
        self.turns = (*self.turns, Turn(self.updates, name, value, self.stride, moment))
        self.stride = value

    def compile(self):
        """Be ready."""

    def compile_ahead(self):
        """Be ready."""

    def snapshot(self):
        """Keep all that changes."""
        kept = self.updates, self.stride, self.turns
        return SimpleNamespace(kept=kept, held={id(object()) + self.updates: self.room})

    def restore(self, snapshot):
        """Go back."""
        self.updates, self.stride, self.turns = snapshot.kept
        self.restarts += 1

    def replay(self, turns, step):
        """Go on as it was."""
        replay(self, turns, step)


def playing(runner):
    """Return a panel that plays a runner."""

    def picture(ax, runners):
        pen = plots.Pen(ax)
        pen.dot("step", runners[""].updates, 0)
        return pen.done(f"{runners[''].updates} steps.")

    return panels.together({"": runner}, picture)


async def soon(condition):
    """Wait until the condition holds; False if it does not within ten seconds."""
    for _ in range(1000):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


class TestByHand:
    """The timeline under the picture."""

    def test_it_goes_to_the_step(self, case):
        """All pictures follow, and so does what is said."""
        panel = case.make()
        stood = run_through(panel, case.turns)
        timeline = panel.controls["timeline"]
        assert (timeline.min, timeline.max, timeline.value) == (0, 120, 120)
        for step in (75, 30, 120, 60):
            timeline.value = step
            assert same(state(panel), stood[step])
            assert (timeline.max, timeline.value) == (120, step)
        for name, knob in panel.runner.knobs.items():
            if name in panel.controls:
                assert panel.controls[name].value == pytest.approx(knob.read(panel.runner))

    def test_a_knob_that_is_turned_there_begins_a_run(self, case):
        """The timeline ends there now."""
        panel = case.make()
        panel.step(40)
        panel.controls["timeline"].value = 10
        name = next(name for name, _ in case.turns if name in panel.controls)
        panel.memory.turn(name, _another(panel, name))
        panel.refresh()
        assert [(run.step, run.origin) for run in panel.memory.runs] == [
            (40, None),
            (10, ("run 1", 10)),
        ]
        assert (panel.controls["timeline"].max, panel.controls["timeline"].value) == (10, 10)

    def test_where_steps_take_long_it_snaps_to_what_is_kept(self):
        """A hand waits for none; code, which asks for exactly that step, does."""
        panel = playing(Slow(0.02))
        panel.step(40)
        began = time.perf_counter()
        panel.controls["timeline"].value = 35
        assert time.perf_counter() - began < 35 * 0.02
        kept = {moment.step for moment in panel.memory.present.moments} | {40}
        assert panel.runner.updates in kept
        assert panel.controls["timeline"].value == panel.runner.updates
        panel.rewind(12)
        assert panel.runner.updates == 12

    def test_a_refused_turn_is_no_fork(self):
        """It shows the earlier step as before."""
        panel = playing(Slow())
        panel.step(10)
        panel.rewind(4)
        panel.controls["stride"].value = 3
        assert panel.sentence.startswith("Nobody makes such strides.")
        assert (panel.memory.now, len(panel.memory.runs)) == (4, 1)
        panel.rewind(10)
        assert not panel.memory.rewound

    def test_going_back_while_it_plays_is_a_rest_there(self):
        """And Play goes on from there, as a run of its own."""

        async def scenario():
            panel = playing(Slow())
            panel.play()
            assert await soon(lambda: panel.controls["timeline"].max > 20)
            panel.controls["timeline"].value = 10
            assert await soon(lambda: panel.memory.rewound)
            rested, stood = not panel.playing, panel.runner.updates
            panel.play(30)
            assert await soon(lambda: not panel.playing and len(panel.memory.runs) == 2)
            panel.retire()
            return rested, stood, panel.memory.present.origin, panel.runner.updates

        assert asyncio.run(scenario()) == (True, 10, ("run 1", 10), 40)

    def test_knobs_that_are_turned_while_it_plays_are_turned_again(self):
        """At the steps at which they were."""

        async def scenario():
            panel = panels.live(with_dropout(), X, Y, **DATA)
            panel.play()
            for value in (0.1, 0.3, 0.5):
                at = panel.trainer.updates
                assert await soon(lambda at=at: panel.trainer.updates > at + 5)
                panel.controls["dropout"].value = value
                assert await soon(lambda value=value: panel.trainer.dropout == value)
            panel.pause()
            return panel

        panel = asyncio.run(scenario())
        turned = panel.trainer.turns
        end = state(panel)
        panel.rewind(turned[1].step)
        assert panel.trainer.turns == turned[:1]
        panel.memory.present.tip = None
        panel.rewind(turned[2].step + 1)
        assert panel.trainer.dropout == 0.5
        panel.memory.runs[0].tip = None
        panel.rewind(0)
        assert panel.trainer.turns == ()
        del end

    @pytest.mark.parametrize("step", [-1, 41, 2.5, "end", None])
    def test_a_step_that_was_not_made_is_refused(self, step):
        """With the steps that there are."""
        panel = panels.race("bowl")
        panel.step(40)
        with pytest.raises((TypeError, ValueError), match="from 0 to 40"):
            panel.rewind(step)


class TestRoom:
    """Moments take little time, and little room."""

    def test_of_large_networks_few_moments_are_kept_and_the_end_of_the_present_run(self):
        """Beyond them a run is gone through again."""
        panel = playing(Slow(room=20_000_000))
        panel.step(40)
        panel.memory.turn("stride", 2)
        panel.rewind(10)
        panel.rewind(40)
        assert panel.runners[""].stride == 2
        assert len(panel.memory.present.moments) == 1

    def test_where_there_is_no_room_the_oldest_run_is_only_a_curve(self, monkeypatch):
        """Who goes back to it is told; the others are there."""
        monkeypatch.setattr(_memory, "_APART", 1e9)  # none between beginning and end, however slow
        panel = playing(Slow(room=15_000_000))
        for _ in range(5):
            panel.step(10)
            panel.reset()
        panel.step(5)
        first, *_, last, present = panel.memory.runs
        with pytest.raises(ValueError, match="There was no room to keep the weights of run 1"):
            panel.memory.go_to(first)
        assert panel.memory.present is present
        panel.memory.go_to(last)
        assert panel.runner.updates == 10

    def test_a_long_run_keeps_few_moments(self, monkeypatch):
        """The first among them, and none far from its neighbours."""
        monkeypatch.setattr(_memory, "_APART", 0)
        monkeypatch.setattr(_memory, "_AT_ONCE", 0.0)
        panel = playing(Slow())
        panel.step(1000)
        steps = [moment.step for moment in panel.memory.present.moments]
        assert steps[0] == 0
        assert len(steps) <= 64
        assert max(np.diff(steps)) <= 100
