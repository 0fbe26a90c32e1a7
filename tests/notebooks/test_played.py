"""What a lesson prints does not depend on what was played in its panels."""

import ast
from pathlib import Path

import jupytext
import pytest

SOURCES = sorted((Path(__file__).parents[2] / "notebooks" / "src").glob("[0-9]*.py"))
# Whoever plays changes what these say.
PLAYED = {
    *("trainer", "controls", "runner", "runners", "race", "views", "buttons", "sentence", "step"),
}


def cells_of(source):
    """Return the lesson's code cells, parsed, in their order."""
    cells = jupytext.read(source).cells
    return [ast.parse(cell.source) for cell in cells if cell.cell_type == "code"]


def makes_a_panel(node, makers):
    """Tell whether an expression calls panels.live and the like, or a function that does."""
    if not isinstance(node, ast.Call):
        return False
    words = ast.unparse(node.func)
    known = ("panels.live", "panels.race", "panels.explore", "panels.map", "panels.together")
    return words in makers or words in known


def runners_of(node):
    """Return the names of what is handed to a panel that trains it: a population, runners."""
    calls = (call for call in ast.walk(node) if isinstance(call, ast.Call))
    takers = ("panels.map", "panels.together")
    first = (call.args[:1] for call in calls if ast.unparse(call.func) in takers)
    return {argument.id for (argument,) in first if isinstance(argument, ast.Name)}


def faults(cells):
    """Return the lines that a player changes, and the panels that open already trained."""
    makers, made, shown, trained, found = set(), set(), set(), set(), []
    runs_in, played = {}, set()  # what a panel trains; that of panels which have been shown
    functions = set()  # a function that makes runners makes others when it is called again
    for cell in cells:
        for node in cell.body:
            returned = [n for n in ast.walk(node) if isinstance(n, ast.Return)]
            if isinstance(node, ast.FunctionDef):
                functions.add(node.name)
                if any(makes_a_panel(n.value, makers) for n in returned):
                    makers.add(node.name)
                continue
            for used in ast.walk(node):
                if isinstance(used, ast.Name) and used.id in played and type(used.ctx) is ast.Load:
                    found.append(ast.unparse(node).splitlines()[0])
                if isinstance(used, ast.Attribute) and isinstance(used.value, ast.Name):
                    name = used.value.id
                    if name in shown and used.attr in PLAYED:
                        found.append(ast.unparse(node).splitlines()[0])
                    if name in made and used.attr == "step":
                        trained.add(name)
                    if used.attr == "start_over":
                        trained.discard(name)
            if isinstance(node, ast.Assign) and makes_a_panel(node.value, makers):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
                made |= names
                shown -= names
                trained -= names
                runs_in |= dict.fromkeys(names, runners_of(node.value))
            if isinstance(node, ast.Assign):
                played -= {n.id for t in node.targets for n in ast.walk(t) if hasattr(n, "id")}
            here = made & {getattr(node.value, "id", "")} if isinstance(node, ast.Expr) else set()
            shown |= here
            played |= set().union(*(runs_in.get(name, ()) for name in here)) - functions
            if isinstance(node, ast.Expr) and makes_a_panel(node.value, makers):
                played |= runners_of(node.value) - functions
            found += [f"{name} opens trained" for name in here & trained]
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_panels_open_untrained_and_no_later_cell_reads_what_was_played(source):
    """A cell takes what it needs of a panel before the panel is shown."""
    assert faults(cells_of(source)) == []


MADE = "def play():\n    return panels.live(net, X, y)\nring = play()\n"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((MADE + "ring",), []),
        ((MADE + "ring.step(9)\nprint(ring.trainer.loss)\nring.start_over()\nring",), []),
        ((MADE + "ring.step(9)\nring",), ["ring opens trained"]),
        ((MADE + "ring", "print(ring.trainer.history)"), ["print(ring.trainer.history)"]),
        ((MADE + "ring", "ring.step(500)"), ["ring.step(500)"]),
        (("sky = panels.map(many)\nprint(many.loss)\nsky",), []),
        (("sky = panels.map(many)\nsky", "print(many.loss)"), ["print(many.loss)"]),
        (("panels.map(many)", "print(many.loss)"), ["print(many.loss)"]),
        (("panels.map(many)", "many = anew()\nprint(many.loss)"), []),
        (("panels.together(pair)", "print(pair)"), ["print(pair)"]),
        (("def pair(n): ...", "panels.together(pair, n=[1, 2])", "print(pair(3))"), []),
        (("both = panels.together(pair)\nboth", "print(both.runners)"), ["print(both.runners)"]),
        ((MADE + "ring", "ring = play()\nring.step(9)\nring.start_over(3)"), []),
    ],
)
def test_the_rule_sees_what_breaks_it(cells, said):
    """Small lessons, right and wrong."""
    assert faults([ast.parse(cell) for cell in cells]) == said
