"""Every answer gets the same verdict on processors that round otherwise and with other threads."""

import os
import subprocess
import sys

# The answers that other tests judge here, in an interpreter of their own: both settings are read
# once, when TensorFlow and the linear algebra of NumPy are loaded.
JUDGE_ALL = """
from answers import right_answers, wrong_answers
from lessons_lib.checks import Choice, Outcome, Steering
from lessons_lib.lessons import lessons

faults = []
for lesson in lessons():
    for question in lesson.questions.values():
        if isinstance(question, Choice):
            continue  # nothing is computed
        if isinstance(question, Steering):
            # A run takes seconds; others differ in their turns, from which mistakes are read.
            if question.judge(question.handed_in(question.solution)).outcome is not Outcome.RIGHT:
                faults.append(f"{question.name} is not solved")
            continue
        for name, answer in right_answers(question).items():
            if question.judge(answer).outcome is not Outcome.RIGHT:
                faults.append(f"{question.name}: {name} is not right")
        for name, answer in wrong_answers(question).items():
            if question.judge(answer).wrong != name:
                faults.append(f"{question.name}: {name} is not recognised")
if faults:
    raise SystemExit("\\n".join(faults))
"""


def test_verdicts_do_not_depend_on_the_machine(tmp_path):
    """Without Intel's routines and with one thread, as with what this machine has."""
    settings = {
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "OMP_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "LESSONS_WORKSPACE": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", JUDGE_ALL],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stderr
