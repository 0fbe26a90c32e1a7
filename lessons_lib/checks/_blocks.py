"""The blocks of which feedback is made, each written as plain text and as HTML."""

import html
import re
import textwrap
from dataclasses import dataclass

TEXT_WIDTH = 88
INK = "color:var(--jp-content-font-color1,inherit)"
_CODE_FONT = "font-family:var(--jp-code-font-family,monospace)"


@dataclass(frozen=True)
class Text:
    """Paragraphs: `code`, **bold**, *stress* and fenced blocks are understood, nothing else is."""

    text: str

    def plain(self) -> str:
        """Return the text, each paragraph wrapped."""
        return "\n\n".join(
            textwrap.indent(part, "    ")
            if is_code
            else textwrap.fill(_without_stars(part), TEXT_WIDTH)
            for is_code, part in _parts(self.text)
        )

    def html(self) -> str:
        """Return the text as HTML."""
        return "".join(
            Code(part).html() if is_code else f"<p style='margin:0.3em 0'>{_inline(part)}</p>"
            for is_code, part in _parts(self.text)
        )


@dataclass(frozen=True)
class Code:
    """Python source, coloured with the theme's own colours."""

    source: str

    def plain(self) -> str:
        """Return the source, indented."""
        return textwrap.indent(self.source, "    ")

    def html(self) -> str:
        """Return the source as HTML."""
        return (
            f"<pre style='margin:0.4em 0;padding:0.4em 0.6em;overflow-x:auto;{INK};"
            f"background:var(--jp-cell-editor-background,transparent)'><code style='{_CODE_FONT};"
            f"background:transparent;color:inherit'>{_coloured(self.source)}</code></pre>"
        )


@dataclass(frozen=True)
class Facts:
    """Labels with their values, one pair a line."""

    rows: tuple

    def plain(self) -> str:
        """Return one line for each pair, the values under each other."""
        width = max((len(label) for label, _ in self.rows), default=0)
        return "\n".join(f"  {label:<{width}}  {value}" for label, value in self.rows)

    def html(self) -> str:
        """Return the pairs as an HTML table."""
        cells = "".join(
            f"<tr><th scope='row' style='text-align:left;padding:0 1em 0 0;font-weight:normal'>"
            f"{html.escape(label)}</th><td style='text-align:left;padding:0'>"
            f"<code style='{_CODE_FONT};{INK};background:transparent'>{html.escape(value)}</code>"
            "</td></tr>"
            for label, value in self.rows
        )
        return f"<table style='margin:0.3em 0;{INK}'><tbody>{cells}</tbody></table>"


@dataclass(frozen=True)
class Options:
    """The lettered answers of a choice; ``chosen`` is the letter that is marked, if any."""

    options: tuple  # of (letter, text)
    chosen: str = ""

    def plain(self) -> str:
        """Return one paragraph for each option."""
        return "\n".join(
            textwrap.fill(
                text + self._mark(letter),
                TEXT_WIDTH,
                initial_indent=f"{'→' if letter == self.chosen else ' '} {letter}) ",
                subsequent_indent=" " * 5,
            )
            for letter, text in self.options
        )

    def html(self) -> str:
        """Return the options as a list in HTML; the letters are text, so they can be copied."""
        items = "".join(
            f"<li style='margin:0.2em 0;padding-left:0.5em;border-left:3px solid "
            f"{'currentColor' if letter == self.chosen else 'transparent'}'>"
            f"<b>{letter}</b>) {_inline(text)}{self._mark(letter)}</li>"
            for letter, text in self.options
        )
        return f"<ul style='list-style:none;margin:0.3em 0;padding-left:0.6em'>{items}</ul>"

    def _mark(self, letter):
        return " (your choice)" if letter == self.chosen else ""


@dataclass(frozen=True)
class Table:
    """Rows under a line of headings."""

    headings: tuple
    rows: tuple

    def plain(self) -> str:
        """Return the table with its columns aligned."""
        lines = [self.headings, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.headings))]
        return "\n".join(
            "  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def html(self) -> str:
        """Return the table as HTML."""
        style = "text-align:left;padding:0.1em 1em 0.1em 0"
        head = "".join(
            f"<th scope='col' style='{style}'>{html.escape(h)}</th>" for h in self.headings
        )
        body = "".join(
            "<tr>" + "".join(f"<td style='{style}'>{html.escape(c)}</td>" for c in row) + "</tr>"
            for row in self.rows
        )
        return (
            f"<table style='margin:0.3em 0;{INK}'><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _parts(text):
    """Split into (is_code, part): fenced blocks as they are, paragraphs on one line each."""
    parts = []
    for index, piece in enumerate(
        re.split(r"^```(?:python)?\n(.*?)^```$", text, flags=re.M | re.S)
    ):
        if index % 2:
            parts.append((True, piece.rstrip("\n")))
        else:
            paragraphs = (" ".join(p.split()) for p in re.split(r"\n\s*\n", piece))
            parts.extend((False, p) for p in paragraphs if p)
    return parts


# Stars beside a letter or a space, as in `2*x` and `2 * x`, are no marks.
_STRESS = re.compile(r"(?<![\w*])(\*\*?)(?=[^\s*])([^*]*[^\s*])\1(?![\w*])")


def _without_stars(text):
    hidden = re.sub(r"`[^`]*`", lambda code: code[0].replace("*", "\0"), text)
    return _STRESS.sub(r"\2", hidden).replace("\0", "*")


def _inline(text):
    return _STRESS.sub(_stressed, re.sub(r"`([^`]+)`", _code_span, html.escape(text)))


def _stressed(found):
    tag = "b" if found[1] == "**" else "em"
    return f"<{tag}>{found[2]}</{tag}>"


def _code_span(found):
    code = found[1].replace("*", "&#42;")  # the stars of `x ** 2` are the code's own
    return f"<code style='{_CODE_FONT};{INK};background:transparent'>{code}</code>"


_TOKEN_COLOUR = {  # the editor's own variables, so that light and dark themes both work
    "Token.Keyword": "keyword",
    "Token.Operator.Word": "keyword",
    "Token.Comment": "comment",
    "Token.Literal.String": "string",
    "Token.Literal.Number": "number",
    "Token.Name.Function": "def",
}


def _coloured(source):
    try:
        from pygments.lexers import PythonLexer
    except ImportError:  # it comes with IPython; without it the code is merely uncoloured
        return html.escape(source)
    pieces = []
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        colour = next((c for k, c in _TOKEN_COLOUR.items() if str(kind).startswith(k)), None)
        text = html.escape(value)
        if colour:
            text = (
                f"<span style='color:var(--jp-mirror-editor-{colour}-color,inherit)'>{text}</span>"
            )
        pieces.append(text)
    return "".join(pieces)
