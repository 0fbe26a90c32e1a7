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

for lesson in lessons():
    for question in lesson.questions.values():
        if isinstance(question, Choice):
            continue  # nothing is computed
        right = right_answers(question).items()
        # A run takes seconds, and others of the same question differ in their turns alone.
        for name, answer in list(right)[:1] if isinstance(question, Steering) else right:
            if question.judge(answer).outcome is not Outcome.RIGHT:
                print(question.name, name, "is not right")
        if isinstance(question, Steering):
            continue  # what a run has done wrong is read from its turns
        for name, answer in wrong_answers(question).items():
            if question.judge(answer).wrong != name:
                print(question.name, name, "is not recognised")
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
    assert not done.stdout
