"""Turn an executed lesson into one HTML file of slides that needs nothing else.

The slide engine is reveal.js (taken from the package sphinx-revealjs, which carries it), code
is coloured by Pygments, and formulas become MathML, which browsers draw by themselves.
"""

import base64
import html
import importlib.resources
import importlib.util
import itertools
import re
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import latex2mathml.converter
import mistune
import nbformat
from jinja2 import Environment
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_FOLD = re.compile(r"</?details>|<summary>.*?</summary>", re.DOTALL)
_TIME = re.compile(r"\*\*Time:\*\* (\d+) min")
_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
_COLOURS = HtmlFormatter(style="friendly", cssclass="code")


@dataclass
class Slide:
    """One slide: its parts from top to bottom, and what the speaker reads.

    Attributes
    ----------
    title : str
        The first heading, without markup.
    parts : list of str
        HTML.
    notes : str
        HTML of the speaker notes.
    minutes : int
        What the notes give to it; 0 where it goes on with the slide above.
    begins, ends : int
        The minutes of the whole show at which it should; those of the slide above where it
        goes on with that.
    """

    title: str = ""
    parts: list[str] = field(default_factory=list)
    notes: str = ""
    minutes: int = 0
    begins: int = 0
    ends: int = 0


class _WithMath(mistune.HTMLRenderer):
    """Markdown to HTML, formulas to MathML."""

    def inline_math(self, text: str) -> str:
        return latex2mathml.converter.convert(text)

    def block_math(self, text: str) -> str:
        return f"<p>{latex2mathml.converter.convert(text, display='block')}</p>"


_markdown = mistune.create_markdown(
    renderer=_WithMath(escape=False), plugins=["table", "strikethrough", "math"]
)


def announced(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give every slide that begins with code the heading and the notes of the slide above.

    Parameters
    ----------
    notebook : NotebookNode
        Its cells carry slide types.

    Returns
    -------
    NotebookNode
        A copy with a cell more for each heading and note that is said again.
    """
    copy = deepcopy(notebook)
    cells, heading, notes = [], None, []
    for cell in copy.cells:
        kind = slide_type(cell)
        if kind == "subslide" and cell.cell_type == "code" and heading:
            del cell.metadata["slideshow"]
            cells += [_typed(f"## {heading}", "subslide"), *(_typed(n, "notes") for n in notes)]
        elif kind in ("slide", "subslide"):
            found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
            heading, notes = found and found[1], []
        elif kind == "notes":
            notes.append(cell.source)
        cells.append(cell)
    copy.cells = cells
    return copy


def _typed(source: str, kind: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": kind}})


def slide_type(cell: nbformat.NotebookNode) -> str | None:
    """Return how a cell takes part in the slides, None where it goes on with the one above."""
    return cell.metadata.get("slideshow", {}).get("slide_type")


def slides(notebook: nbformat.NotebookNode) -> list[list[Slide]]:
    """Group a lesson's cells into slides.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook whose cells carry slide types.

    Returns
    -------
    list of list of Slide
        Stacks of slides: the arrow keys go right from stack to stack, down within one.
    """
    stacks: list[list[Slide]] = []
    for cell in announced(notebook).cells:
        kind = slide_type(cell)
        if kind == "skip":
            continue
        if kind == "slide" or not stacks:
            stacks.append([Slide()])
        elif kind == "subslide":
            stacks[-1].append(Slide())
        slide = stacks[-1][-1]
        if kind == "notes":
            slide.notes += _markdown(_FOLD.sub("", cell.source))
            slide.minutes += minutes_in(cell.source)
        else:
            _add(slide, cell, fragment=kind == "fragment")
    _set_times([slide for stack in stacks for slide in stack])
    return stacks


def _set_times(shown: list[Slide]) -> None:
    """Add up the minutes; a slide that repeats heading and notes shares those of the first."""
    for above, slide in itertools.pairwise([Slide(), *shown]):
        if slide.notes and (slide.title, slide.notes) == (above.title, above.notes):
            slide.minutes, slide.begins, slide.ends = 0, above.begins, above.ends
        else:
            slide.begins, slide.ends = above.ends, above.ends + slide.minutes


def minutes_in(notes: str) -> int:
    """Return the minutes that speaker notes give to their slide."""
    time = _TIME.search(notes)
    return int(time[1]) if time else 0


def _add(slide: Slide, cell: nbformat.NotebookNode, fragment: bool) -> None:
    """Put one cell, with its outputs, on the slide."""
    if cell.cell_type == "markdown":
        slide.title = slide.title or title_in(cell.source)
        parts = [_markdown(cell.source)]
    elif cell.cell_type == "code":
        code = highlight(cell.source, PythonLexer(), _COLOURS)
        parts = [] if is_panel(cell) else [code]  # a panel's picture says more than its call
        parts += _outputs(cell, slide.title)
    else:
        parts = []
    if fragment:
        parts = [f'<div class="fragment">{part}</div>' for part in parts]
    slide.parts += parts


def is_panel(cell: nbformat.NotebookNode) -> bool:
    """Tell whether a cell shows a panel."""
    view = "application/vnd.jupyter.widget-view+json"
    return any(view in output.get("data", {}) for output in cell.get("outputs", []))


def title_in(source: str) -> str:
    """Return the first heading of a text, without markup."""
    heading = _HEADING.search(source)
    return re.sub(r"[*`$]", "", heading[1]) if heading else ""


def _outputs(cell: nbformat.NotebookNode, title: str) -> list[str]:
    """Return a code cell's stored outputs as HTML, pictures before words."""
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    pictures, words = [], []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            said = data.get("text/plain", "")
            alt = printed.strip() if said.startswith("<Figure") else said
            pictures.append(_picture(data["image/png"], alt or f"Figure: {title}"))
            if said and not said.startswith("<Figure"):
                words.append(f'<p class="said">{html.escape(said)}</p>')
        elif "text/html" in data:
            words.append(f'<div class="output">{data["text/html"]}</div>')
        elif "text/plain" in data:
            words.append(f'<pre class="output">{html.escape(data["text/plain"])}</pre>')
    if printed:
        words.append(f'<pre class="output">{html.escape(printed.rstrip())}</pre>')
    return pictures + words


def _picture(encoded: str, alt: str) -> str:
    encoded = encoded.replace("\n", "")
    base64.b64decode(encoded, validate=True)  # a damaged notebook must not give a blank picture
    return f'<img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{encoded}">'


def render(notebook: nbformat.NotebookNode, timed: bool = False) -> str:
    """Return the deck as one HTML document.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook whose cells carry slide types.
    timed : bool
        Whether the speaker view compares its clock with the notes' minutes.

    Returns
    -------
    str
        HTML that asks the network for nothing.
    """
    # The package is found without being imported: importing it would load all of Sphinx.
    (carrier,) = importlib.util.find_spec("sphinx_revealjs").submodule_search_locations
    engine = Path(carrier, "_static", "revealjs")

    def asset(path: str) -> str:
        # Source maps would be asked for over the network by a browser's developer tools.
        return re.sub(r"(//|/\*)# sourceMappingURL=\S+", "", (engine / path).read_text("utf-8"))

    stacks = slides(notebook)
    return _template("deck").render(
        title=html.escape(stacks[0][0].title),
        stacks=stacks,
        timed=timed,
        reveal_css=asset("dist/reset.css") + asset("dist/reveal.css"),
        code_css=_COLOURS.get_style_defs(),
        reveal_js=asset("dist/reveal.js").replace("</script", "<\\/script"),
        notes_js=asset("plugin/notes/notes.js").replace("</script", "<\\/script"),
    )


def notes_page(notebook: nbformat.NotebookNode, timed: bool = False) -> str:
    """Return the speaker notes as one HTML page, slide by slide, with a clock.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook whose cells carry slide types.
    timed : bool
        Whether the clock is compared with the notes' minutes.

    Returns
    -------
    str
        HTML for a second screen.
    """
    stacks = slides(notebook)
    title = html.escape(stacks[0][0].title)
    return _template("notes").render(title=title, stacks=stacks, timed=timed)


def _template(name: str):
    folder = importlib.resources.files("lessons_lib.commands")
    text = (folder / f"{name}.html.j2").read_text("utf-8")
    return Environment(autoescape=False).from_string(text)
