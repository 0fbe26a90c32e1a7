# ruff: noqa: D102 - a question's functions are shown to learners as they stand
"""Runs that are steered: what is read from them, and what each mistake is told."""

import numpy as np
import pytest

from lessons_lib import datasets, live, optimizers
from lessons_lib.checks import Goal, Lesson, Outcome, Steering, wrong

import keras  # isort: skip - after live, which imports TensorFlow quietly

X, y = datasets.make_moons(300, noise=0.2, seed=1)
DATA = X[:200], y[:200], (X[200:], y[200:])


def slow_run(data=DATA, units=8, model=None):
    """Return a run that hardly moves before its learning rate is turned up."""
    keras.utils.set_random_seed(0)
    if model is None:
        model = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(units, "tanh"), keras.layers.Dense(1)]
        )
        model.compile(keras.optimizers.SGD(1e-4), "mse")
    return live.LiveTrainer(model, *data, batch_size=10, jit_compile=False)


def by(*stages):
    """Return what steers a run through stages of (learning rate, updates)."""

    def steer(run):
        for rate, updates in stages:
            run.learning_rate = rate
            run.step(updates)

    return steer


@Lesson("99", "test").question
class wake(Steering):
    """Bring the validation loss of `slow` below 0.1 within 1,000 updates, without l2."""

    concepts = ("O1",)
    budget = 1000
    goals = (Goal("val_loss", below=lambda: 0.1),)
    fixed = ("l2",)

    def start():
        return slow_run()

    def solution(slow):
        slow.learning_rate = 0.1
        slow.step(800)

    too_late = wrong(
        by((1000, 50), (0.1, 800)),
        "The rate came down only after the loss was no number any more.",
        when=lambda run: any(
            turn.step >= ruin.step for ruin in run.ruins for turn in run.turned("learning_rate")
        ),
    )
    turned_nothing = wrong(lambda slow: slow.step(100), "Which knob makes the steps small?")
    over_budget = wrong(by((0.1, 1500)), "Plan before you play.")
    ruined = wrong(by((1000, 50)), "A smaller rate keeps it whole.")
    not_reached = wrong(by((0.01, 50)), "Go on, or faster.")


def steered(*stages, run=None):
    """Return a run after its stages."""
    run = run or slow_run()
    by(*stages)(run)
    return run


def told(feedback):
    """Return what was said, on one line."""
    return " ".join(feedback.text.split())


def test_cells_hold_the_run_under_its_own_name():
    """The starter judges the notebook's run, and the solution steers that one first."""
    assert wake.starter_cell == "check.wake(slow)"
    assert wake.solution_cell == ("slow.learning_rate = 0.1\nslow.step(800)\ncheck.wake(slow)")


def test_a_run_that_was_not_started_is_not_attempted():
    """As long as no update is made, also where a knob was turned already."""
    run = slow_run()
    assert wake.judge(run).outcome is Outcome.NOT_ATTEMPTED
    run.learning_rate = 0.1
    assert wake.judge(run).outcome is Outcome.NOT_ATTEMPTED
    assert "press play" in told(wake.judge(run)).lower()


@pytest.mark.parametrize("name", wake.wrong)
def test_each_wrong_run_is_recognised(name):
    """By its name, with the sentence that the question adds."""
    feedback = wake.judge(wake.handed_in(wake.wrong[name].answer))
    assert feedback.outcome is Outcome.NOT_YET
    assert feedback.wrong == name
    assert wake.wrong[name].why in told(feedback)


def test_the_sentences_say_what_the_run_did():
    """Numbers of the run itself stand in them."""
    over = told(wake.judge(steered((0.1, 1500))))
    assert "The budget is spent: 1,500 of 1,000 updates. At step 1,000 the goal was" in over
    ruined = told(wake.judge(steered((0.1, 100), (1000, 50))))
    assert "by learning rate 1000" in ruined
    assert "learning rate 0.1 → 1000 at step 100" in ruined
    short = told(wake.judge(steered((0.01, 50))))
    assert "950 updates are left" in short


def test_what_was_set_at_the_start_is_a_turn():
    """A run that was given another rate before it began, or was begun anew with it."""
    run = steered((0.1, 50))
    run.reset()
    run.step(800)
    assert run.marks == [(0, "learning_rate", 0.0001, 0.1)]
    feedback = wake.judge(run)
    assert feedback.outcome is Outcome.RIGHT
    assert "learning rate 0.0001 → 0.1 at step 0" in told(feedback)
    assert "800 of 1,000" in told(feedback)


def test_what_has_no_control_is_a_turn_in_words():
    """A weight that was dragged and a unit that was pressed, before the first step and later."""
    run = slow_run()
    run.edge = (1, 2, 3, 0.5)
    run.lesions = ((1, 4),)
    run.step(20)
    run.lesions = ()
    feedback = told(wake.judge(run))
    assert "edge 2→3 of layer 1: 0.5 at step 0" in feedback
    assert "unit 4 of layer 1 off at step 0" in feedback
    assert "all units on at step 20" in feedback


def test_updates_taken_back_are_spent():
    """Two ways from one snapshot cost both, and a reset gives the budget back."""
    run = slow_run()
    first = run.snapshot()
    steered((0.1, 700), run=run)
    run.restore(first)
    steered((0.1, 700), run=run)
    feedback = wake.judge(run)
    assert feedback.wrong == "over_budget"
    assert "1,400 of 1,000 updates. 700 of them were taken back" in told(feedback)
    kept = run.snapshot()
    run.reset()
    run.restore(kept)
    assert wake.judge(run).wrong == "over_budget"
    run.reset()
    run.step(700)
    assert wake.judge(run).outcome is Outcome.RIGHT


def test_a_run_saved_in_time_is_a_good_run():
    """Going back from a ruin is allowed where the question names nothing against it."""
    run = steered((0.1, 400), (1000, 50))
    assert run.ended
    run.go_back()
    steered((0.1, 450), run=run)
    assert len(run.ruins) == 1
    assert run.ruins[0].knobs["learning_rate"] == 1000
    assert run.spent > run.updates
    assert wake.judge(run).outcome is Outcome.RIGHT


def test_what_must_not_have_been_done_is_asked_of_a_run_that_has_reached_its_goal():
    """A predicate may ask for it, and such a run is not right."""

    class in_one_go(Steering):
        """Wake it with three turns at most, or so."""

        budget = 1000
        goals = wake.goals
        start = slow_run
        solution = wake.solution
        no_turn_after = wrong(
            by((0.1, 700)), "Turn it down at last.",
            when=lambda run: run.reached and run.turns[-1].step == 0,
        )  # fmt: skip

    question = in_one_go("99")
    assert question.judge(steered((0.1, 700))).wrong == "no_turn_after"
    assert question.judge(steered((0.1, 700), (0.01, 50))).outcome is Outcome.RIGHT
    assert question.judge(steered((0.01, 20))).wrong == "not_reached"


def test_a_fixed_knob_must_stay():
    """Turned at the start or on the way, whatever was reached."""
    run = steered((0.1, 700))
    run.l2 = 1e-5
    run.step(10)
    feedback = wake.judge(run)
    assert feedback.wrong == "turned_fixed"
    assert "l2 0 → 1e-05 at step 700" in told(feedback)


def test_a_run_that_went_past_its_goal_is_told_so():
    """The present step counts, and the history says when to stop."""
    run = steered((0.1, 700), (2.0, 12))
    while run.history["val_loss"][-1] < 0.1 and run.updates < 900:
        run.step(1)
    feedback = wake.judge(run)
    assert feedback.wrong == "went_past"
    assert "reached at step" in told(feedback)


@pytest.mark.parametrize(
    ("run", "mistake"),
    [
        (lambda: slow_run((X[:200], y[:200], (X[:100], y[:100]))), "other_data"),
        (lambda: slow_run((X[:200], np.zeros(200), (X[200:], y[200:]))), "other_data"),
        (lambda: slow_run((X[:200], y[:200], None)), "other_data"),
        (lambda: slow_run(units=16), "other_network"),
        (lambda: slow_run(model=steered((0.1, 900)).to_keras()), "began_there"),
    ],
    ids=["leak", "other targets", "no validation", "wider", "trained elsewhere"],
)
def test_what_was_not_handed_out_is_refused(run, mistake):
    """Other data, another network, or one that comes trained: not the task's run."""
    feedback = wake.judge(steered((0.1, 800), run=run()))
    assert feedback.outcome is Outcome.NOT_YET
    assert feedback.wrong == mistake


def test_a_panel_is_read_by_its_trainer():
    """Whatever has a runner hands in that."""

    class Panel:
        def __init__(self, runner):
            self.runner = runner

    assert wake.judge(Panel(steered((0.1, 800)))).outcome is Outcome.RIGHT


@pytest.mark.parametrize("answer", [3, None, "slow", live.LiveTrainer, slow_run, object()])
def test_what_is_no_run_is_no_answer(answer):
    """One sentence says what is expected, and it counts as no try."""
    feedback = wake.judge(answer)
    assert feedback.outcome is Outcome.NOT_ATTEMPTED
    assert "A run is expected: the panel `slow`, or its trainer." in told(feedback)


def test_many_runs_at_once_are_no_answer():
    """Nor are optimizers in a race: neither has one history and one set of weights."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    population = live.Population(model, *DATA[:2], learning_rate=[0.1, 0.2])
    for answer in (population, optimizers.Race()):
        feedback = wake.judge(answer)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert f"This is an object of type {type(answer).__name__}" in told(feedback)


def test_the_run_is_left_as_it_is():
    """Reading a run makes no update and turns nothing."""
    run = steered((0.1, 300))
    before = run.history, run.marks, run.to_keras().get_weights()
    wake.judge(run)
    assert (run.history, run.marks) == before[:2]
    for mine, theirs in zip(run.to_keras().get_weights(), before[2], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_run_that_goes_on_is_another_answer():
    """Two checks of one run count once, and again after more updates."""
    run = steered((0.01, 50))
    feedback = wake.judge(run)
    first = wake.trace(run, feedback)
    assert wake.trace(run, wake.judge(run)) == first
    run.step(10)
    assert wake.trace(run, wake.judge(run)) != first


def test_a_goal_may_be_measured():
    """By a function of the run, with a bound above."""
    error = Goal(lambda run: run.at("val_loss") * 10, above=2.0, words="ten losses")
    assert error.met_by(2.5)
    assert not error.met_by(float("nan"))
    assert error.told(2.0004) == "2.0004; wanted: above 2"
    with pytest.raises(TypeError, match="one bound"):
        Goal("val_loss")


def test_a_wrong_run_must_be_recognisable():
    """A name of the question's own needs `when`: no two runs are equal."""

    class lost(Steering):
        """Find it."""

        budget = 1
        goals = ()
        start = solution = slow_run
        odd = wrong(slow_run, "Why?")

    with pytest.raises(TypeError, match="needs `when"):
        lost("99")


@Lesson("99", "test").question
class choose(Steering):
    """Bring the loss of `table` below 0.1, on data of your choice."""

    concepts = ("O1",)
    budget = 1000
    goals = (Goal("loss", below=0.1),)

    def start():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, "relu")])
        model.add(keras.layers.Dense(1, "sigmoid"))
        model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
        makers = {"mixed": mixed, "read again": datasets.make_gaussians}
        return live.LiveTrainer(model, data=makers, jit_compile=False)

    def solution(table):
        table.data = "read again"
        table.step(300)


def mixed(n_samples=100, noise=0.1, seed=0):
    """Return points whose classes are in another order than they."""
    X, y = datasets.make_gaussians(n_samples, noise=noise, seed=seed)
    return X, np.random.default_rng(seed).permutation(y)


def test_data_that_are_chosen_are_a_turn():
    """And no other data: the run brought its makers with it."""
    run = choose.handed_in(choose.solution)
    feedback = choose.judge(run)
    assert feedback.outcome is Outcome.RIGHT
    assert "mixed → read again at step 0" in told(feedback)
    other = live.LiveTrainer(run.to_keras(), X, y, jit_compile=False)
    other.step(1)
    assert choose.judge(other).wrong == "other_data"


def test_targets_by_name_are_data_too():
    """A run with two outputs is known by both targets."""

    def two_outputs(y_of_b=y):
        inputs = keras.Input((2,))
        outputs = {name: keras.layers.Dense(1, name=name)(inputs) for name in "ab"}
        model = keras.Model(inputs, outputs)
        model.compile(keras.optimizers.SGD(0.1), "mse")
        return live.LiveTrainer(model, X, {"a": y, "b": y_of_b}, jit_compile=False)

    @Lesson("99", "test").question
    class both(Steering):
        """Bring the loss of `run` below 1."""

        concepts = ("O1",)
        budget = 100
        goals = (Goal("loss", below=1.0),)
        start = two_outputs

        def solution(run):
            run.step(50)

    assert both.judge(both.handed_in(both.solution)).outcome is Outcome.RIGHT
    other = two_outputs(1 - y)
    other.step(50)
    assert both.judge(other).wrong == "other_data"
