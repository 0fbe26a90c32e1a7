"""The canvas hand as one text: whole, in order, and without two things of one name."""

import re
from collections import Counter
from pathlib import Path

from lessons_lib.plots import _source, canvas_source

TEXTS = {
    "a": 'import { b } from "./b.js";\nimport {\n  c,\n} from "./c.js";\nexport const a = b + c;\n',
    "b": 'import { c } from "./c.js";\nexport class b {}\nconst own = "export class x";\n',
    "c": "export async function c() {}\nexport function* d() {}\n",
}
JOINED = """
const { c, d } = (() => { async function c() {} function* d() {} return { c, d }; })();
const { b } = (() => { class b {} const own = "export class x"; return { b }; })();
const { a } = (() => { const a = b + c; return { a }; })();
"""


def test_modules_are_joined_after_what_they_need(tmp_path, monkeypatch):
    """Each stands once, behind those it imports, keeps its own names and gives what it exports."""
    for name, text in TEXTS.items():
        (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
    monkeypatch.setattr(_source, "_FOLDER", tmp_path)
    assert canvas_source().split() == JOINED.split()
    assert canvas_source("b").split() == JOINED[: JOINED.index("const { a }")].split()


def test_modules_import_and_export_as_the_joint_understands():
    """By the names themselves, each exported once; nothing comes from elsewhere."""
    exported = []
    for path in Path(_source.__file__).parent.glob("canvas/*.js"):
        text = path.read_text(encoding="utf-8")
        assert len(re.findall(r"^import\b", text, re.MULTILINE)) == len(
            _source._IMPORT.findall(text)
        )
        assert not re.search(r"^import[^;]*\bas\b|^export (default|\{|\*)", text, re.MULTILINE), (
            path
        )
        exported += [match[1] for match in _source._EXPORT.finditer(text)]
    assert [name for name, count in Counter(exported).items() if count > 1] == []
    assert {"Figure", "merge"} <= set(exported)
    assert not re.search(r"^(import|export)\b", canvas_source(), re.MULTILINE)


def test_the_canvas_hand_knows_neither_notebook_nor_course():
    """It takes scenes from whoever sends them; what JupyterLab needs stands in the panel's part."""
    known = re.compile(r"jupyter|\bjp-|\blm[A-Z-]|anywidget|kernel|notebook|lesson", re.IGNORECASE)
    assert not known.findall(canvas_source())
    own = Path(_source.__file__).parents[1] / "panels" / "_page.js"
    assert known.search(own.read_text("utf-8"))
