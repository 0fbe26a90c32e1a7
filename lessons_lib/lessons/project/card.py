"""The run card of a project: one page to hand in, with everything that it takes to judge it."""

from __future__ import annotations

import base64
import html
import inspect
from collections.abc import Iterable
from pathlib import Path

from lessons_lib import plots, run_card
from lessons_lib.lessons.project import pictures
from lessons_lib.lessons.project.record import Project

_SIZE, _DPI = (6.4, 3.2), 110
_EMPTY = "not written yet"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 0.4rem; border-bottom: 1px solid #8886; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.15rem 1.2rem 0.15rem 0; }
th { font-weight: 600; }
img { max-width: 100%; height: auto; background: #fff; }
pre { overflow-x: auto; font-size: 0.85rem; }
.empty { font-style: italic; }
.score { font-size: 1.3rem; font-weight: 600; }
td, p, li { overflow-wrap: anywhere; }
@media print { h2 { break-after: avoid; } img, pre { break-inside: avoid; } }
"""


def write_card(project: Project, name: str = "project_card.html") -> Path:
    """Write the run card of a project into the learner's folder.

    It replaces a card of the same name. What has not been done yet, or not been said, stands on it
    as that.

    Parameters
    ----------
    project : Project
        With its table prepared and a network in its panel.
    name : str
        Of the file.

    Returns
    -------
    pathlib.Path
    """
    path = run_card.place(name)
    path.write_text(_page(project), encoding="utf-8")
    return path


def _page(project: Project) -> str:
    data = project.prepared
    trainer = project.trainer
    card = run_card.make(
        (data.X_train, data.y_train, data.X_val, data.y_val),
        seeds={},
        settings=_settings(project),
        scores={},
    )
    sections = {
        "Data": _data(project, card),
        "Split": _rows(
            {
                "training": f"{len(data.y_train):,} rows",
                "validation": f"{len(data.y_val):,} rows",
                "test": f"{data.n_test:,} rows",
            }
        )
        + _list(data.said),
        "Left out": _left_out(project),
        "Baseline": _rows(
            {
                "error": project.measure,
                "knowing nothing": f"{project.know_nothing():.4g} on the validation set",
            }
        ),
        "Network and settings": _rows(card["settings"])
        + f"<details><summary>As Keras code</summary><pre>{_safe(_code(project))}</pre></details>",
        "The run": _rows({"updates": f"{trainer.updates:,}"} | _turned(trainer.marks))
        + _picture(
            plots.training_curves,
            trainer.history,
            marks=[(mark.step, mark.name, mark.words) for mark in trainer.marks],
        ),
        "Where it is wrong": _where(project),
        "The one look at the test set": _test(project),
        "To get it again": _rows(
            {"date": card["date"], "machine": card["machine"]}
            | card["versions"]
            | {"SHA-256 of training and validation arrays": card["data"]["sha256"]}
        ),
    }
    title = project.question or f"{project.target}: the question is {_EMPTY}"
    body = "".join(f"<h2>{_safe(head)}</h2>{inside}" for head, inside in sections.items())
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_safe(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{_safe(title)}</h1>{body}</main></body></html>\n"
    )


def _data(project, card):
    rows, columns = project.table.shape
    names = ", ".join(map(str, project.table.columns))
    features, kinds = project.prepared.X_train.shape[1], project.prepared.class_names
    return _rows(
        {
            "table": f"{rows:,} rows, {columns} columns: {names}",
            "target": f"{project.target}"
            + (f", {len(kinds)} classes: {', '.join(kinds)}" if kinds else ", a measurement"),
            "inputs": f"{features}",
        }
    )


def _left_out(project):
    said = [] if project.leaves_out is ... else project.leaves_out
    said = [said] if isinstance(said, str) else [*said]
    told = {str(name): "left out: not known at the moment of the question" for name in said}
    told |= {name: f"stays: {reason}" for name, reason in project.keeps.items()}
    unsaid = f"a suspect; why it goes or stays is {_EMPTY}"
    told |= {name: unsaid for name in project.suspects if name not in told}
    return _rows(told) if told else "<p>No column, and none is suspected.</p>"


def _settings(project):
    trainer, layers = project.trainer, project.trainer.to_keras().layers
    found = {"layers": ", ".join(_layer(layer) for layer in layers)}
    return found | {
        name.replace("_", " "): getattr(trainer, name)
        for name in trainer.knobs
        if isinstance(getattr(trainer, name), int | float | str)
    }


def _layer(layer):
    units = getattr(layer, "units", getattr(layer, "rate", ""))
    return f"{type(layer).__name__} {units}".strip()


def _turned(marks):
    return {f"at step {mark.step:,}": mark.change for mark in marks}


def _code(project):
    data = "prepared.X_train, prepared.y_train"
    return project.trainer.code(data, "(prepared.X_val, prepared.y_val)")


def _where(project):
    groups, data = project.by_group(), project.prepared
    whole = project.error(data.X_val, data.y_val)
    table = {
        f"{name} ({pictures.counted(row['rows'])})": f"{row['error']:.4g}"
        for name, row in groups.iterrows()
    }
    said = _rows({f"{project.look_by}": "error"} | table | {"all validation rows": f"{whole:.4g}"})
    if project.ceiling is not ...:
        ceiling = f"{project.ceiling}"
        said += f"<p>With the worst group mended: {_safe(ceiling)}, as the learner has it.</p>"
    return said + _picture(pictures.group_errors, project) + _own_words(project.found)


def _test(project):
    opened = project.prepared.times_opened
    if not opened:
        return "<p class='empty'>The test set is sealed.</p>"
    if not project.openings:
        return "<p>It was opened without project.open_test(), so no score is noted.</p>"
    first = project.openings[0]
    said = (
        f"<p class='score'>{first.test_error:.4g}</p><p>{_safe(project.measure)}, on "
        f"{project.prepared.n_test:,} rows, of the network after {first.updates:,} updates, whose "
        f"error on the validation set was {first.val_error:.4g}.</p>"
    )
    if opened > 1:
        said += f"<p>It was opened {opened} times. Only the first look is a test.</p>"
    if not first.beaten:
        said += "<p>It was opened for a network that had not beaten the baseline.</p>"
    return said


# --- pieces of the page ----------------------------------------------------------------------


def _safe(text: object) -> str:
    return html.escape(str(text))


def _rows(told: dict) -> str:
    cells = (
        f"<tr><th>{_safe(key)}</th><td>{_safe(value)}</td></tr>" for key, value in told.items()
    )
    return f"<table>{''.join(cells)}</table>"


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_safe(line)}</li>' for line in lines)}</ul>"


def _own_words(text: str) -> str:
    text = inspect.cleandoc(text).strip()
    return f"<p>{_safe(text)}</p>" if text else f"<p class='empty'>What it shows is {_EMPTY}.</p>"


def _picture(function, *data, **more):
    picture = function(plots.Scene(), *data, **more)
    encoded = base64.b64encode(plots.png_of([picture.scene], _SIZE, _DPI)).decode("ascii")
    return (
        f'<p><img alt="{_safe(picture.sentence)}" src="data:image/png;base64,{encoded}"></p>'
        f"<p>{_safe(picture.sentence)}</p>"
    )
