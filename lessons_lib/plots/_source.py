"""The canvas hand as one text, for a page that takes one module."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent / "canvas"
_IMPORT = re.compile(r'^import\s[^;]*?from\s+"\./([\w-]+)\.js";\n?', re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:class|const|function|let)\b[\s*]*(\w+))", re.MULTILINE
)


def canvas_source(*names: str) -> str:
    """Return the modules of the hand that draws in a browser as one, each after those it needs.

    What a module exports is known to all others by its name; the rest stays its own.

    Parameters
    ----------
    *names : str
        The modules that are wanted, such as ``"strokes"``, with those that they need; all if none
        is named.
    """
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.js"))}
    joined: list[str] = []
    begun: set[str] = set()

    def add(name: str) -> None:
        if name not in begun:
            begun.add(name)
            for needed in _IMPORT.findall(texts[name]):
                add(needed)
            joined.append(_closed(_IMPORT.sub("", texts[name])))

    for name in names or texts:
        add(name)
    return "\n".join(joined)


def _closed(text: str) -> str:
    """Return a module as a function that is called once and returns what it exports."""
    names = ", ".join(match[1] for match in _EXPORT.finditer(text))
    return (
        f"const {{ {names} }} = (() => {{\n{_EXPORT.sub('', text)}return {{ {names} }};\n}})();\n"
    )
