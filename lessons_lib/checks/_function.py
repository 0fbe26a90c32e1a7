"""Questions answered by a function, judged by what it does on generated inputs."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lessons_lib.checks import _sandbox
from lessons_lib.checks._answers import MISFITS, Case
from lessons_lib.checks._blocks import Code, Facts, Table, Text
from lessons_lib.checks._compare import alike, difference, told_apart, unusable_part
from lessons_lib.checks._feedback import Outcome
from lessons_lib.checks._limits import Limit
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import has_dots, kind_of, usable
from lessons_lib.checks._reading import slips as slips_in
from lessons_lib.checks._reading import work_saved
from lessons_lib.checks._show import describe
from lessons_lib.checks._source import function_code, source_of

SEEDS = (0, 1, 2)  # the last one in float32
OWN_LIMIT = 60.0  # s, for our own functions, which end on the slowest machine too


@dataclass(frozen=True)
class _Reaction:
    """What a function did on one case; ``wrong`` is a sentence, empty where it is right."""

    case: Case
    run: _sandbox.Run
    changed: tuple = ()
    wrong: str = ""
    right_result: bool = False


class Function(Question):
    """A function to be written.

    ``solution``, ``starter`` and the wrong answers take the same arguments; ``inputs(rng)``
    yields tuples of them.
    """

    kind = "function"
    solution: Callable
    starter: Callable
    inputs: Callable
    table: Callable | None = None  # of the solution: headings and rows that follow the text
    parts: tuple = ()  # the names of a returned tuple's parts
    rtol: float | None = None
    atol: float | None = None
    exact_shape: bool = False
    only_keys: bool = False  # a dict must hold no other keys than ours
    single_precision: bool = True  # float32 inputs make sense
    # In the place of a comparison with the solution: of a case, a sentence on what is wrong.
    accept: Callable | None = None

    def __init__(self, number: str):
        super().__init__(number)
        if self.table is not None:
            self.text += f"\n\n```\n{Table(*self.table(self.solution)).plain()}\n```"

    @property
    def solution_code(self) -> str:
        """The source of the solution."""
        return function_code(self.solution, self.name)

    @property
    def starter_code(self) -> str:
        """The source of the starter."""
        return function_code(self.starter, self.name)

    def _cell(self, code):
        return f"{code}\n\n\ncheck.{self.name}({self.name})"

    @functools.cached_property
    def argument_names(self) -> tuple[str, ...]:
        """The names of the function's arguments."""
        return tuple(inspect.signature(self.solution).parameters)

    @functools.cached_property
    def cases(self) -> list[tuple]:
        """The inputs, tuples of arguments: several seeds, the last one in float32."""
        cases = []
        for seed in SEEDS:
            inputs = self.inputs(np.random.default_rng(seed))
            if seed == SEEDS[-1] and self.single_precision:
                inputs = map(_as_float32, inputs)
            cases.extend(inputs)
        return cases

    @functools.cached_property
    def _expected(self):
        """For each case the solution's result."""
        results = []
        for case in self.cases:
            run = _sandbox.run(self.solution, case, Limit(OWN_LIMIT))
            if run.mishap or run.timed_out:
                raise RuntimeError(f"The solution of {self.name} fails on {describe(case)}: {run}")
            results.append(run.value)
        return results

    @functools.cached_property
    def _wrong_reactions(self):
        return {n: self._reactions(w.answer, OWN_LIMIT)[0] for n, w in self.wrong.items()}

    @functools.cached_property
    def _starters_reactions(self):
        return self._reactions(self.starter, OWN_LIMIT)[0]

    @property
    def _settings(self):
        return {"rtol": self.rtol, "atol": self.atol, "exact_shape": self.exact_shape}

    def _invitation(self):
        if "..." in self.starter_code:
            return super()._invitation()
        text = (
            "The function still does what it did when you got it. Repair it and run this cell "
            f"again. `hint.{self.name}()` gives a hint."
        )
        return (Text(text),)

    def _written(self, answer):
        return source_of(answer)

    def _judge(self, answer):
        if not callable(answer):
            return self._no_answer(
                f"`check.{self.name}` needs the function itself, without brackets: "
                f"`check.{self.name}({self.name})`.",
                Facts((("received", _described(answer)),)),
            )
        feedback = self._judge_function(answer)
        slips = slips_in(answer) if feedback.outcome is Outcome.NOT_YET else ()
        return replace(feedback, blocks=(*map(Text, slips), *feedback.blocks))

    def _judge_function(self, answer):
        reactions, finished = self._reactions(answer, self.time_limit)
        if not finished:
            return self._not_attempted()
        wrong = [reaction for reaction in reactions if reaction.wrong]
        if not wrong:
            return self._praise(answer, reactions)
        if wrong[-1].run.timed_out:
            return self._tell_difference(answer, wrong[-1])
        if self._same_behaviour(reactions, self._starters_reactions):
            return self._not_attempted()
        for name, known in self.wrong.items():
            if self._is_known(name, reactions, wrong):
                # The message may look at what was returned, so where there is something.
                returned = [r for r in wrong if not r.run.mishap]
                return self._tell_known(name, known, (returned or wrong)[0])
        return self._tell_difference(answer, wrong[0])

    def _reactions(self, function, seconds):
        """Return ([reaction to each case], whether it is more than an untouched starter)."""
        limit = Limit(seconds)
        reactions = []
        for arguments, expected in zip(self.cases, self._expected, strict=True):
            reaction = self._react(function, arguments, expected, limit)
            if reaction.run.unfinished or has_dots(reaction.case.received):
                return reactions, False
            reactions.append(reaction)
            if reaction.run.timed_out:
                break
        return reactions, True

    def _react(self, function, arguments, expected, limit):
        def convert(received):
            return usable(received, expected, self.only_keys)

        run = _sandbox.run(function, arguments, limit, convert)
        case = Case(dict(zip(self.argument_names, arguments, strict=True)), expected, run.value)
        changed = tuple(self.argument_names[i] for i in run.changed)
        reason = self._what_is_wrong(run, case)
        wrong = reason or _what_is_changed(changed)
        return _Reaction(case, run, changed, wrong, right_result=not reason)

    def _what_is_wrong(self, run, case):
        if run.timed_out:
            return (
                f"Your code had not finished after {run.timed_out}, so it was stopped. "
                "Is there a loop whose end is never reached?"
            )
        if run.mishap:
            return run.mishap.sentence
        if self.accept is not None:
            reason = unusable_part(case.received, self.parts) or self._not_accepted(case)
        else:
            found = difference(case.received, case.expected, parts=self.parts, **self._settings)
            reason = found.reason if found else ""
        return reason or ""

    def _not_accepted(self, case):
        try:
            with np.errstate(all="ignore"):
                return self.accept(case)
        except MISFITS:
            return "The result has another form than expected."

    def _is_known(self, name, reactions, wrong):
        known = self._wrong_reactions[name]
        if self._same_behaviour(reactions, known):
            return True
        if self.wrong[name].when is not None and not any(r.run.mishap for r in wrong):
            return all(self.wrong[name].resembles(reaction.case) for reaction in wrong)
        # The known thought, and an error of the learner's besides, on inputs of some other kind.
        returned = [(r, k) for r, k in zip(reactions, known, strict=True) if not r.run.mishap]
        tells = any(r.wrong for r, _ in returned)
        return tells and all(self._same_reaction(r, k) for r, k in returned)

    def _same_behaviour(self, reactions, known):
        return len(reactions) == len(known) and all(map(self._same_reaction, reactions, known))

    def _same_reaction(self, one, other):
        if one.run.mishap or other.run.mishap:
            return bool(
                one.run.mishap and other.run.mishap and one.run.mishap.kind == other.run.mishap.kind
            )
        return one.changed == other.changed and alike(
            one.case.received, other.case.received, **self._settings
        )

    def _praise(self, answer, reactions):
        heard = [w for reaction in reactions for w in reaction.run.warnings]
        note = (
            f"On the way a warning was given (`{heard[0]}`); the results are right all the same."
            if heard
            else ""
        )
        tried = f" on all {len(reactions)} inputs" if self.argument_names else ""
        agreed = f"Your function is right{tried}."
        helper = work_saved(answer, self.solution)
        saved = (
            (Text(f"{helper} did work for you. Written out, it is:"), Code(self.solution_code))
            if helper
            else ()
        )
        return self._right(agreed, *saved, self.takeaway, note)

    def _tell_known(self, name, known, reaction):
        return self._not_yet(known.tell(reaction.case), *self._facts(reaction), wrong=name)

    def _tell_difference(self, answer, reaction):
        mishap = reaction.run.mishap
        if issubclass(type(answer), type):
            return self._not_yet(
                f"`{answer.__name__}` is a class; a function is expected. A class makes objects, "
                f"and some of these can be called like a function: `{answer.__name__}()` makes one."
            )
        if mishap is None:
            return self._not_yet(reaction.wrong, *self._facts(reaction), *_printed(reaction))
        wrong_call = self._wrong_call(answer) if mishap.kind == "TypeError" else ""
        if wrong_call:
            return self._not_yet(wrong_call)
        line = (Code(mishap.line),) if mishap.line else ()
        advice = () if slips_in(answer) else (mishap.advice,)  # the slip is told, and is its cause
        return self._not_yet(
            mishap.sentence, *line, *advice, *self._facts(reaction), *_printed(reaction)
        )

    def _wrong_call(self, answer):
        """Return a sentence where the function does not take the arguments it should."""
        taken = refused_arguments(answer, self.cases[0])
        if not taken:
            return ""
        count = len(self.argument_names)
        by_name = " What stands behind the star is taken by its name only." if "*," in taken else ""
        return (
            f"The function is called with {count} argument{'s' if count > 1 else ''}, "
            f"({', '.join(self.argument_names)}); yours takes {taken}.{by_name}"
        )

    def _facts(self, reaction):
        case = reaction.case
        rows = [(name, describe(value)) for name, value in case.arguments.items()]
        returned = not (reaction.run.mishap or reaction.run.timed_out)
        if returned and not reaction.right_result:
            received = describe(case.received)
            if self.accept is None:
                expected, received = told_apart(case.expected, case.received)
                rows.append(("expected", expected))
            if received:
                rows.append(("received", received))
        where = (Text("On this input:"),) if case.arguments else ()
        return (*where, Facts(tuple(rows)))


def refused_arguments(function: object, arguments: tuple) -> str:
    """Return what a function takes, "(X, w)", where that does not fit; else an empty text."""

    def taken(*arguments):
        signature = inspect.signature(function)
        try:
            signature.bind(*arguments)
        except TypeError:
            return _in_brackets(signature) or "nothing"
        return ""

    return _sandbox.run(taken, arguments).value or ""


def _in_brackets(signature):
    """Return "(X, *, w)": the names, with the stars, as in the function's first line."""
    bare = [
        parameter.replace(default=parameter.empty, annotation=parameter.empty)
        for parameter in signature.parameters.values()
    ]
    names = signature.replace(parameters=bare, return_annotation=signature.empty)
    return str(names) if bare else ""


def _what_is_changed(names):
    if not names:
        return ""
    return (
        f"The result is right, but the function changes its input "
        f"{' and '.join(f'`{name}`' for name in names)}. Whoever called it still needs that "
        "value: make a new one (`a = a - b` makes one, `a -= b` changes an array)."
    )


def _printed(reaction):
    if not reaction.run.printed.strip():
        return ()
    return (Text("It printed:"), Code(reaction.run.printed.strip()))


def _described(answer):
    run = _sandbox.run(lambda: describe(answer))
    return run.value or kind_of(answer)


def _as_float32(value):
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value.astype(np.float32)
    if isinstance(value, (tuple, list)):
        return type(value)(_as_float32(item) for item in value)
    if isinstance(value, dict):
        return {key: _as_float32(item) for key, item in value.items()}
    return value
