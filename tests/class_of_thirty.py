"""Thirty invented learners of lesson 01, and what each of them hands in."""

import json
from datetime import datetime, timedelta

from lessons_lib.commands.progress import progress

NAMES = (
    *("Ann", "José", "Zoë", "Øyvind", "Łukasz", "Ольга", "Дмитро", "Ελένη", "王小明", "陳怡君"),
    *(
        "김민준",
        "さくら",
        "ดาว",
        "अनिल",
        "أحمد",
        "אבי",
        "Nguyễn Văn An",
        "Ayşe",
        "=1+1",
        "O'Neil, P.",
    ),
    *("Ann-Kathrin; B.", "ምህረት", "தமிழ்", "Bộ", "Žofia", "Ñandú", "Chloé", "Sīn", "İpek", "Bo"),
)
# Of each question: which learners did what, from the first of the thirty to the last.
PLAN = {
    # 14 forgot the bias, 6 of whom have not solved it.
    "by_hand": (
        [({"mistakes": ["forgot_bias", ""], "tries": 3, "hints": 1}, "right")] * 8
        + [({"mistakes": ["forgot_bias", "forgot_bias"], "tries": 2, "hints": 2}, "not yet")] * 6
        + [({"mistakes": ["wrong_sign"], "tries": 2}, "right")] * 3
        + [({"tries": 1}, "right")] * 11
    ),
    # Nearly nobody has solved it, each in a way of their own.
    "mse": [({"mistakes": [""], "tries": 1, "solution_seen": True}, "not yet")] * 20
    + [({"tries": 1}, "right")] * 2,
    "quiz_bias": [({"mistakes": ["a"], "tries": 2}, "right")] * 4 + [({"tries": 1}, "right")] * 26,
    "huge_learning_rate": [({"predictions": ["a", "c"], "tries": 2}, "right")] * 9
    + [({"predictions": ["c", "b"], "tries": 2}, "revealed")] * 3
    + [({"predictions": ["a"], "tries": 1}, "predicted")] * 5
    + [({"predictions": ["c"], "tries": 1}, "right")] * 10,
}
BEGIN = datetime.fromisoformat("2026-03-02T08:00:00+01:00")


def progress_of(number):
    """Return the progress file of one of the thirty."""
    entries = {}
    for place, (question, of_class) in enumerate(PLAN.items()):
        if number < len(of_class):
            fields, state = of_class[number]
            # Nobody begins in the same minute as another.
            moment = BEGIN + timedelta(days=number, minutes=7 * place + number)
            entries[f"neuron.{question}"] = {
                **fields,
                **({"revealed": True} if state == "revealed" else {}),
                "outcome": "right" if state == "right" else "not yet",
                "first": moment.isoformat(),
                "last": (moment + timedelta(minutes=3)).isoformat(),
            }
    return {"version": 2, "answers": entries}


def hand_in(folder, monkeypatch):
    """Have all thirty write their files into a folder; return the paths, in the order of names."""
    paths = []
    for number, name in enumerate(NAMES):
        workspace = folder / ".workspaces" / str(number)
        workspace.mkdir(parents=True)
        content = json.dumps(progress_of(number))
        (workspace / "progress.json").write_text(content, encoding="utf-8")
        monkeypatch.setenv("LESSONS_WORKSPACE", str(workspace))
        paths.append(folder / f"learner-{number:02}.csv")
        progress(["01", "--csv", str(paths[-1]), f"--name={name}"])
    return paths
