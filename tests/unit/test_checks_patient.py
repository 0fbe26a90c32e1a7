# ruff: noqa: D102 - a question's functions are shown to learners as they stand
"""Sick networks: saved first, then named."""

import pytest

from lessons_lib import datasets, live
from lessons_lib.checks import DIAGNOSES, Goal, Lesson, Outcome, Patient, wrong

import keras  # isort: skip - after live, which imports TensorFlow quietly

lesson = Lesson("99", "test")


@lesson.question
class patient_0(Patient):
    """Bring the training loss of `sick` below 0.2."""

    concepts = ("O2",)
    diagnosis = "too large a learning rate"
    budget = 500
    goals = (Goal("loss", below=0.2),)
    takeaway = "Ten times smaller, and it is calm."

    def start():
        keras.utils.set_random_seed(0)
        X, y = datasets.make_moons(100, noise=0.1, seed=1)
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(1.0), "mse")
        return live.LiveTrainer(model, X, y, batch_size=10, jit_compile=False)

    def solution(sick):
        sick.learning_rate = 0.05
        sick.step(200)

    too_small = wrong("too small a network", "It has more units than it needs.")
    turned_nothing = wrong(lambda sick: sick.step(1), "Which knob makes steps short?")


@pytest.fixture(scope="module")
def saved():
    """A run that has been saved."""
    run, _ = patient_0.handed_in(patient_0.solution)
    return run


def told(feedback):
    """Return what was said, on one line."""
    return " ".join(feedback.text.split())


def test_cells_have_a_place_for_the_name():
    """Dots at first, and the diagnosis once it is solved."""
    assert patient_0.starter_cell == "check.patient_0(sick, ...)"
    assert patient_0.solution_cell.endswith('check.patient_0(sick, "too large a learning rate")')
    assert "It had too large a learning rate." in told(patient_0.explain())


def test_the_text_has_all_ten_names():
    """So that nobody has to guess how one is written."""
    assert len(DIAGNOSES) == 10
    assert all(diagnosis in patient_0.text for diagnosis in DIAGNOSES)


def test_a_run_without_a_name_is_saved_and_asked_for_it(saved):
    """Which is no try yet; a name that is none of the ten is told so."""
    for answers in ((saved,), (saved, ...), (saved, "measles"), (saved, 7)):
        feedback = patient_0.judge(*answers)
        assert feedback.outcome is Outcome.NOT_ATTEMPTED
        assert "It is saved. Now name what it had" in told(feedback)
    assert '"measles" is none of them' in told(patient_0.judge(saved, "measles"))
    assert "a number" in told(patient_0.judge(saved, 7))


def test_it_is_saved_before_it_is_named():
    """The right name alone is worth nothing, and a run that is none is no answer."""
    run, name = patient_0.handed_in(lambda sick: sick.step(1))
    assert patient_0.judge(run, name).wrong == "turned_nothing"
    assert patient_0.judge(patient_0.start(), name).outcome is Outcome.NOT_ATTEMPTED
    assert patient_0.judge(..., name).outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize(
    "name",
    ["too large a learning rate", "Too large a learning-rate.", "too large learning rate"],
)
def test_a_name_is_known_however_it_is_typed(saved, name):
    """Capitals, marks and a missing article do not matter."""
    feedback = patient_0.judge(saved, name)
    assert feedback.outcome is Outcome.RIGHT
    assert "Ten times smaller" in told(feedback)


def test_another_name_is_told_what_one_would_see_of_it(saved):
    """By the patient itself where it has a sentence, else by the general sign."""
    own = patient_0.judge(saved, "too small a network")
    assert own.wrong == "too_small"
    assert "It has more units than it needs." in told(own)
    for diagnosis, sign in DIAGNOSES.items():
        if diagnosis not in (patient_0.diagnosis, "too small a network"):
            feedback = patient_0.judge(saved, diagnosis)
            assert feedback.outcome is Outcome.NOT_YET
            assert sign in told(feedback)


def test_an_unknown_diagnosis_is_refused():
    """A patient has one of the ten."""
    with pytest.raises(ValueError, match="none of the diagnoses"):

        @Lesson("99", "test").question
        class patient_x(Patient):
            """A patient."""

            diagnosis = "measles"
            budget = 1
            goals = ()
            start = solution = lambda sick: sick


def test_its_verdict_is_kept(saved, tmp_path, monkeypatch):
    """By the notebook's verb, with run and name."""
    monkeypatch.setenv("LESSONS_WORKSPACE", str(tmp_path))
    check, *_ = lesson.verbs
    assert check.patient_0(saved, "a leak").outcome is Outcome.NOT_YET
    assert check.patient_0(saved, patient_0.diagnosis).outcome is Outcome.RIGHT
    assert "right" in told(lesson.progress())


def test_sentences_on_other_names():
    """The patient's own where it has one, and else what one would see of that diagnosis."""
    assert patient_0.sentence_on("too_small") == "It has more units than it needs."
    assert DIAGNOSES["a leak"] in patient_0.sentence_on("named a leak")
    assert patient_0.sentence_on("named measles") == ""
