"""Every question's answers get the same verdict under other settings of the processor.

TensorFlow and NumPy's linear algebra read these settings once, when they are loaded, so each
choice of them is a process of its own: this file, run as a script.
"""

import json
import os
import subprocess
import sys

import pytest

from lessons_lib.exercises import lessons

# Two choices hold both values of each setting; what depends on one of them differs in one.
SETTINGS = [
    {"TF_ENABLE_ONEDNN_OPTS": "0", "OMP_NUM_THREADS": "1"},
    {"TF_ENABLE_ONEDNN_OPTS": "1", "OMP_NUM_THREADS": "2"},
]


def surprises():
    """Return a line for each answer of any question that is not judged as it should be."""
    lines = []
    for lesson in lessons():
        for question in lesson.questions.values():
            expected = [(name, a, "right", None) for name, a in question.right_answers.items()]
            expected += [(name, a, "not yet", name) for name, a in question.wrong_answers.items()]
            for name, answer, outcome, mistake in expected:
                feedback = question.judge(answer)
                if (feedback.outcome.value, feedback.mistake) != (outcome, mistake):
                    lines.append(f"{question.number}.{question.name}, {name}: {feedback.text}")
    return lines


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda chosen: "-".join(chosen.values()))
def test_verdicts_do_not_depend_on_the_processor(settings):
    """Right answers are right and mistakes are themselves, whatever rounds the sums."""
    done = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


if __name__ == "__main__":
    print(json.dumps(surprises()))
