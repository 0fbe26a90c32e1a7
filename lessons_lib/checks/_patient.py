"""Sick networks, which are answered twice: the learner saves them, and names what they had."""

import difflib
from collections.abc import Callable

from lessons_lib.checks import _sandbox
from lessons_lib.checks._blocks import Text
from lessons_lib.checks._choice import bare
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._read import kind_of
from lessons_lib.checks._steering import Steering

# The course's ten, each with what one would see of it.
DIAGNOSES = {
    "dead ReLUs": "units whose output is 0 for every sample, and whose weights no longer move",
    "unscaled inputs": "columns of very different size, and steps that suit one of them only",
    "a zero start": "hidden units that are all alike, whatever they are trained on",
    "the wrong loss": "a loss that falls while what one really wants gets no better",
    "shuffled labels": "training points of both classes side by side without any order, so that "
    "only learning by heart lowers the training loss",
    "too large a learning rate": "a loss that jumps about or grows, and is calm with smaller steps",
    "saturated sigmoids": "units that say nearly 0 or nearly 1 everywhere, with hardly a slope",
    "too small a network": "a training loss that ends too high, however long it trains, and falls "
    "again when units join",
    "too much regularisation": "weights pressed towards 0 and a training loss as bad as the "
    "validation loss, until the pressure is taken away",
    "a leak": "a validation score too good to be true, which new data do not confirm",
}


class Patient(Steering):
    """A sick network: ``check.patient_1(sick_panel, "its diagnosis")``.

    A `Steering` whose run has to be saved and then named. ``diagnosis`` is one of `DIAGNOSES`; a
    wrong answer that is another name of theirs says why it was not that one, where the general
    sign does not say enough.
    """

    kind = "patient"
    diagnosis: str

    def __init__(self, number: str):
        super().__init__(number)
        self._mistaken = {
            known.answer: (name, known.why)
            for name, known in self.wrong.items()
            if isinstance(known.answer, str)
        }
        if unknown := {self.diagnosis, *self._mistaken} - {*DIAGNOSES}:
            raise ValueError(
                f"Patient {self.name} has {', '.join(map(repr, unknown))}, which is none of the "
                f"diagnoses {', '.join(DIAGNOSES)}."
            )
        self.text += (
            "\n\nOnce it is saved, name what it had, in the place of the dots. It is one of ten: "
            f"{', '.join(DIAGNOSES)}."
        )

    @property
    def starter_cell(self) -> str:
        """The check, with dots for the name."""
        return f"check.{self.name}({self.run_name}, ...)"

    @property
    def solution_cell(self) -> str:
        """The run steered, and named."""
        return f'{self.solution_code}\ncheck.{self.name}({self.run_name}, "{self.diagnosis}")'

    def explain(self) -> Feedback:
        """Return the solution's turns and steps as code, and the diagnosis."""
        feedback = super().explain()
        code, *after = feedback.blocks
        return Feedback(
            self.name, (code, Text(f"It had {self.diagnosis}."), *after), label="Solution"
        )

    def sentence_on(self, mistake: str) -> str:
        """Return what is said of a run, or of another diagnosis."""
        general = {f"named {name}": _sign(name) for name in DIAGNOSES}
        return super().sentence_on(mistake) or general.get(mistake, "")

    def judge(self, *answers: object) -> Feedback:
        """Judge a run and the name of its diagnosis, or the run alone."""
        if len(answers) == 2:
            answers = (answers,)
        return super().judge(*answers)

    def handed_in(self, answer: Callable | str) -> tuple[object, str]:
        """Return a run steered as an answer says, or the solution with an answer that is a name."""
        if isinstance(answer, str):
            return super().handed_in(self.solution), answer
        return super().handed_in(answer), self.diagnosis

    def _judge(self, answer):
        pair = type(answer) is tuple and len(answer) == 2
        run, name = answer if pair else (answer, ...)
        feedback = super()._judge(run)
        if feedback.outcome is not Outcome.RIGHT:
            return feedback
        _, facts, *_ = feedback.blocks
        named = name if name is ... else _sandbox.run(lambda: diagnosis_named(name)).value
        if named is ... or named is None:
            what = "" if named is ... else f"{_said(name)} is none of them. "
            return Feedback(
                self.name,
                (
                    Text(
                        f"It is saved. Now name what it had: `check.{self.name}({self.run_name}, "
                        f'"…")`. {what}It is one of: {", ".join(DIAGNOSES)}.'
                    ),
                    facts,
                ),
                Outcome.NOT_ATTEMPTED,
                label="Saved, not named yet",
            )
        if named != self.diagnosis:
            wrong, said = self._mistaken.get(named, (f"named {named}", _sign(named)))
            text = f"It is saved, but {named} is not what it had. {said} Look at its start again."
            return self._not_yet(text, facts, wrong=wrong)
        return self._right(f"It is saved, and it had {named}.", facts, self.takeaway)


def diagnosis_named(name: object) -> str | None:
    """Return the diagnosis that a learner means, or None where it cannot be told."""
    if type(name) is not str or len(name) > 100:
        return None
    by_words = {_key(diagnosis): diagnosis for diagnosis in DIAGNOSES}
    near = difflib.get_close_matches(_key(name), by_words, n=1, cutoff=0.8)
    return by_words[near[0]] if near else None


def _sign(name):
    return f"Of {name} one would see {DIAGNOSES[name]}."


def _key(name):
    words = bare(name).replace("-", " ").split()
    if words[:1] in (["a"], ["the"]):
        words = words[1:]
    return " ".join(words)


def _said(name):
    return f'"{name[:40]}"' if type(name) is str else f"This, {kind_of(name)},"
