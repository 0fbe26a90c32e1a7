"""Questions answered by a run that the learner has steered, judged by how it went."""

import dataclasses
import functools
import inspect
import textwrap
from collections.abc import Callable

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import MISFITS
from lessons_lib.checks._blocks import Facts, Text
from lessons_lib.checks._limits import Limit
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import kind_of
from lessons_lib.checks._source import function_code
from lessons_lib.checks._steered import Goal, Steered, handed_out, runner_of, steered

_MOST_TOLD = 6  # turns


class Steering(Question):
    """A run to be steered to a goal: the answer is a live panel or its trainer.

    ``start`` returns it as the notebook hands it out. ``solution`` and the wrong answers are
    functions of it that steer it; what the solution calls it is what the notebook calls it. What
    a run must not have done is said by wrong answers with ``when(run)``, a function of the
    `Steered` run: such a run is not right, whatever it has reached.
    """

    kind = "steering"
    time_limit: float = 30.0
    start: Callable
    solution: Callable
    budget: int  # updates since the last reset, those taken back included
    goals: tuple  # of Goal
    fixed: tuple = ()  # the names of knobs that stay as they were handed out
    accept: Callable | None = None  # of the Steered run: what is still wrong, or an empty text

    def __init__(self, number: str):
        super().__init__(number)
        for name, known in self.wrong.items():
            if callable(known.answer) and known.when is None and name not in _MISTAKES:
                raise TypeError(
                    f"Steering {self.name}: a run is recognised by what it has done, so {name} "
                    f"needs `when=lambda run: ...`, or one of the names {', '.join(_MISTAKES)}."
                )
        # Built once and only when a run is judged: TensorFlow may not be loaded yet.
        self._handed = functools.cache(self._read_start)

    @property
    def run_name(self) -> str:
        """What the notebook calls the panel or trainer."""
        return next(iter(inspect.signature(self.solution).parameters))

    @property
    def starter_code(self) -> str:
        """Nothing: the run is steered by hand."""
        return ""

    @property
    def solution_code(self) -> str:
        """The solution's turns and steps as code."""
        body = function_code(self.solution, self.name).partition("\n")[2]
        return textwrap.dedent(body)

    def _cell(self, code):
        return f"{code}\ncheck.{self.name}({self.run_name})".lstrip()

    def handed_in(self, answer: Callable) -> object:
        """Return a run that was steered as an answer says."""
        run = self.start()
        answer(run)
        return run

    def _read_start(self):
        run = self.start()
        handed = handed_out(runner_of(run))
        getattr(run, "close", lambda: None)()  # a panel that nobody will see
        return handed

    def _written(self, answer):
        runner = runner_of(answer)
        return repr((runner.updates, runner.marks, getattr(runner, "spent", None)))

    def _invitation(self):
        return (
            Text(
                f"The run stands at its start. Press Play in the panel `{self.run_name}`, turn its "
                f"knobs, and run this cell again. `hint.{self.name}()` gives a hint."
            ),
        )

    def _judge(self, answer):
        limit = Limit(self.time_limit)
        found = _sandbox.run(lambda: runner_of(answer), limit=limit).value
        if found is None:
            return self._no_answer(
                f"A run is expected: the panel `{self.run_name}`, or its trainer. This is "
                f"{kind_of(answer)}."
            )
        judged = _sandbox.run(lambda: self._verdict(found), limit=limit)
        if judged.timed_out:
            return self._not_yet(f"Reading this run took longer than {judged.timed_out}.")
        if judged.mishap:
            return self._no_answer(
                f"This run cannot be read: that ended in `{judged.mishap.kind}`. Make the panel "
                "anew with its own cell, steer it, and run this cell again."
            )
        return judged.value

    def _verdict(self, runner):
        handed = self._handed()
        differs = handed.differs(handed_out(runner))
        run = steered(runner, handed.knobs)
        if not run.updates and not run.ruins:
            return self._not_attempted()
        if not differs:
            reached = run.spent <= self.budget and not _missed(self, run)
            run = dataclasses.replace(run, reached=reached)
        for name, known in self.wrong.items():
            if known.resembles(run):
                return self._not_yet(known.tell(run), self._facts(run, differs), wrong=name)
        for name, (holds, tell) in _MISTAKES.items():
            if differs == name or (not differs and holds(self, run)):
                known = self.wrong.get(name)
                more = known.tell(run) if known is not None and known.when is None else ""
                said = filter(None, (tell(self, run), more))
                return self._not_yet(" ".join(said), self._facts(run, differs), wrong=name)
        problem = self._not_accepted(run)
        if problem:
            return self._not_yet(problem, self._facts(run))
        return self._right("The goal is reached.", self._facts(run), self.takeaway)

    def _not_accepted(self, run):
        try:
            return self.accept(run) if self.accept is not None else ""
        except MISFITS:
            return "This run has another form than expected."

    def _facts(self, run, differs=""):
        """Return what the verdict is read from."""
        told = [str(turn) for turn in run.turns]
        left_out = len(told) - _MOST_TOLD
        if left_out > 0:
            told = [*told[:_MOST_TOLD], f"and {left_out:,} more"]
        rows = [("updates", f"{run.spent:,} of {self.budget:,}")]
        rows += [("turned" if i == 0 else "", words) for i, words in enumerate(told or ["nothing"])]
        if not differs:  # what other data give is no such number
            rows += [(goal.name, goal.told(goal.value_in(run))) for goal in self.goals]
        return Facts(tuple(rows))


def _missed(question: Steering, run: Steered) -> list[Goal]:
    return [goal for goal in question.goals if not goal.met_by(goal.value_in(run))]


def _was_there(question: Steering, run: Steered) -> list[int]:
    """Return the steps at which all goals were met that the history knows of."""
    met = [set(goal.steps_in(run)) for goal in question.goals if not callable(goal.quantity)]
    return sorted(set.intersection(*met)) if met else []


def _began_there(question, run):
    first = next(iter(run.history["step"]), None)
    # The history of a long run begins late.
    return (
        first is not None and 20 * first <= question.budget and first in _was_there(question, run)
    )


def _turned_fixed(question, run):
    return [turn for turn in run.turns if turn.name in question.fixed]


def _tell_ruined(question, run):
    return run.ended


def _tell_over_budget(question, run):
    told = f"The budget is spent: {run.spent:,} of {question.budget:,} updates."
    if run.spent > run.updates:
        told += f" {run.spent - run.updates:,} of them were taken back, and count all the same."
    in_time = [step for step in _was_there(question, run) if step <= question.budget]
    if in_time:
        told += f" At step {in_time[-1]:,} the goal was reached: stop there."
    return f"{told} `Reset` begins a new run."


def _tell_went_past(question, run):
    return f"The goal was reached at step {_was_there(question, run)[-1]:,}, and the run went on."


def _tell_missed(question, run):
    names = " and ".join(goal.name for goal in _missed(question, run))
    left = question.budget - run.spent
    more = (
        f"{left:,} updates are left." if left > 0 else "No updates are left: `Reset` begins anew."
    )
    return f"Not reached yet: {names}. {more}"


# What every steered run may have done wrong, in the order in which it is asked: (whether it has,
# what is told). A question's wrong answer of such a name, without `when`, says more on it.
_MISTAKES = {
    "other_data": (
        lambda question, run: False,
        lambda question, run: (
            "These are not the exercise's data: training and validation data must be those that "
            "its panel was made with."
        ),
    ),
    "other_network": (
        lambda question, run: False,
        lambda question, run: "This is another network than the one that the exercise gives.",
    ),
    "began_there": (
        _began_there,
        lambda question, run: (
            "This network knew the answer before its first step: it has been trained elsewhere. "
            "Steer it from fresh weights."
        ),
    ),
    "turned_fixed": (
        _turned_fixed,
        lambda question, run: (
            f"The task leaves {_turned_fixed(question, run)[0].name.replace('_', ' ')} as it is: "
            f"{_turned_fixed(question, run)[0]}."
        ),
    ),
    "ruined": (lambda question, run: bool(run.ended), _tell_ruined),
    "over_budget": (lambda question, run: run.spent > question.budget, _tell_over_budget),
    "turned_nothing": (
        lambda question, run: not run.turns and _missed(question, run),
        lambda question, run: "You turned nothing.",
    ),
    "went_past": (
        lambda question, run: _missed(question, run) and _was_there(question, run),
        _tell_went_past,
    ),
    "not_reached": (_missed, _tell_missed),
}
