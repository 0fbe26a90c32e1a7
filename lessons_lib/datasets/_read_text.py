"""The text of a learner's file: found, told apart from what is no text, and decoded."""

from __future__ import annotations

import codecs
import difflib
import os
import re
import unicodedata
from pathlib import Path

from lessons_lib._ground.values import listed, one_line, shortened

# How files begin that hold a table, or might, but no text; and what to do with them.
_EXCEL = "an Excel file: save it as CSV there, or read it with pd.read_excel"
_NOT_TEXT = [
    (rb"PK\x03\x04.*\bxl/", _EXCEL),
    (rb"PK\x03\x04.*opendocument", "a LibreOffice file: save it as CSV there"),
    (rb"PK\x03\x04|\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf", "a compressed file: unpack it first"),
    (rb"\xd0\xcf\x11\xe0", _EXCEL),
    (rb"%PDF", "a PDF: copy its table into a spreadsheet, and save it as CSV there"),
    (rb"PAR1", "a Parquet file: read it with pd.read_parquet"),
    (rb"\s*(?i:<!doctype html|<html)", "a web page: download the file that the page links to"),
]
_BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
]
# Encodings of East Asia, each with the bytes of its commonest characters.
_EAST_ASIAN = {
    "gb18030": rb"[\xb0-\xd7][\xa1-\xfe]",
    "big5": rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]",
    "shift_jis": rb"[\x82\x83\x88-\x97][\x40-\x7e\x80-\xfc]",
    "euc_kr": rb"[\xb0-\xc8][\xa1-\xfe]",
}
_OFFERED = [*_EAST_ASIAN, "cp1252", "cp1251", "cp1250"]
_DEGREES_AND_MICRO = rb"[\xb0\xb5][A-Za-z]"  # °C and µg in cp1252, where Big5 has characters


def read_text(path: str | os.PathLike, encoding: str | None) -> tuple[str, str]:
    """Return the text of a file, and in words how its bytes were read.

    Parameters
    ----------
    path : str or path-like
    encoding : str or None
        As Python names it; None to find it.

    Returns
    -------
    text, words : str

    Raises
    ------
    TypeError, ValueError
        For what is no path, a file that holds no text or nothing, and bytes that can be read in
        several ways.
    FileNotFoundError, IsADirectoryError
        Where there is no such file.
    """
    file = _found(path)
    data = file.read_bytes()
    if not data.strip():
        raise ValueError(f"{file.name} is empty: there is no table in it.")
    for start, what in _NOT_TEXT:
        if re.match(start, data, re.DOTALL):
            raise ValueError(f"{file.name} is no text file but {what}.")
    if encoding is not None:
        return _decoded(file.name, data, encoding), str(encoding)
    text, words = _detected(file.name, data)
    if strange := re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise ValueError(
            f"{file.name} holds the character {strange[0]!r} in line {_line(text, strange.start())}"
            ", which no table has: it is no text file, or needs encoding=."
        )
    return text, words


def _found(path: str | os.PathLike) -> Path:
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise TypeError(
            f"path must be the name of a file; received {shortened(path)} of type "
            f"{type(path).__name__}. Write for example read_table('my.csv')."
        )
    if re.match(r"https?://|ftp://", str(path)):
        raise ValueError(
            f"path must be a file on this machine; received the address {shortened(str(path))}. "
            "Download the file first, or read it with pd.read_csv."
        )
    file = Path(path).expanduser()
    if file.is_dir():
        tables = sorted(p.name for p in file.iterdir() if p.suffix in (".csv", ".tsv", ".txt"))
        inside = f", such as {listed(tables[:3])}" if tables else ""
        raise IsADirectoryError(f"{path} is a folder. Give the path of a file in it{inside}.")
    if file.is_file():
        return file
    folder = file.parent
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}, so no file {file.name} in it.")
    names = {p.name.lower(): p.name for p in folder.iterdir() if p.is_file()}
    wanted = file.name.lower()
    begun = [name for name in names if name.startswith(f"{wanted}.")]
    near = begun or difflib.get_close_matches(wanted, names, n=1)
    meant = f"Did you mean {' or '.join(names[name] for name in near)}?" if near else ""
    raise FileNotFoundError(
        f"There is no file {file.name} in the folder {folder.resolve()}. "
        + (meant or "Put it there, or give the path to where it is.")
    )


def _decoded(name: str, data: bytes, encoding: str) -> str:
    """Return the text in an encoding that was given."""
    try:
        kind = codecs.lookup(encoding).name
        # A byte order mark is no part of the text, whoever says how to read it.
        text = data.decode("utf-8-sig" if kind == "utf-8" else encoding)
        return text.removeprefix("\ufeff")
    except (LookupError, TypeError):
        raise ValueError(
            f"encoding must be a name that Python knows, such as 'utf-8', 'cp1252' or 'gb18030'; "
            f"received {shortened(encoding)}."
        ) from None
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise ValueError(
            f"{name} cannot be read with encoding={encoding!r}, in which bytes in line {line} mean "
            "nothing. Leave encoding out to have it found, or give another."
        ) from None


def _detected(name: str, data: bytes) -> tuple[str, str]:
    for mark, encoding, words in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(name, data, encoding), words
    if b"\x00" in data:
        return _without_byte_order_mark(name, data), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as fault:
        _refuse_damaged_utf8(name, data, fault.start)
    text = data.decode("cp1252", errors="replace")
    if "\ufffd" in text or not _looks_western(text) or _may_be_east_asian(data):
        raise ValueError(_question(name, data))
    shown, line = _first_strange(text)
    return text, f"cp1252 (as in {shown!r} of line {line}; give encoding= if that is wrong)"


def _without_byte_order_mark(name: str, data: bytes) -> str:
    """Return UTF-16 in the one order of bytes that makes characters; else it is no text."""
    texts = []
    for order in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(order)
        except UnicodeDecodeError:
            continue
        kinds = {unicodedata.category(c) for c in set(text) - set("\t\r\n")}
        if not kinds & {"Cn", "Co", "Cc"}:
            texts.append(text)
    if len(texts) != 1:
        raise ValueError(
            f"{name} holds bytes that are no text: save the table as CSV in the program that "
            "wrote it, or give encoding=."
        )
    return texts[0]


def _refuse_damaged_utf8(name: str, data: bytes, start: int) -> None:
    """Raise for UTF-8 with a few other bytes in it, which no encoding reads as it was meant."""
    text = data.decode("utf-8", errors="replace")
    strange = text.count("\ufffd")
    if sum(char > "\x7f" for char in text) > 2 * strange:
        line = data.count(b"\n", 0, start) + 1
        shown = one_line(text.split("\n")[line - 1], 60)
        raise ValueError(
            f"{name} is UTF-8 but for {strange} of its bytes, in line {line} first: {shown!r}. "
            "Write anew in an editor what stands there, or give encoding= if it is something else."
        )


def _looks_western(text: str) -> bool:
    """Whether accented letters stand among others, as in words of Western Europe."""
    return not re.search(
        r"[^\x00-\x7f«»“”„‘’\xa0–—…]{3}|[a-zà-ÿ][À-ÞŠŒŽŸ]|[¢£¥¦¨¬¯±´¶¸][A-Za-zÀ-ÿ]", text
    )


def _may_be_east_asian(data: bytes) -> bool:
    """Whether an encoding of East Asia reads the bytes, with characters that are common there.

    A character beside a Latin letter does not count: it is how an accented letter of cp1252 in
    its word would be read.
    """
    data = re.sub(_DEGREES_AND_MICRO, b"", data)
    for encoding, common in _EAST_ASIAN.items():
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(rb"(?<![A-Za-z])(?:" + common + rb")+(?![A-Za-z\x80-\xff])", data):
            return True
    return False


def _question(name: str, data: bytes) -> str:
    """Ask for the encoding, by the first strange cell as each of them reads it."""
    readings = {}
    for encoding in _OFFERED:
        try:
            shown, line = _first_strange(data.decode(encoding))
        except (UnicodeDecodeError, ValueError):
            continue
        if not shown.isprintable():
            continue
        readings.setdefault(shown, f"{shown!r} with encoding={encoding!r}")
    if not readings:
        return f"{name} is not UTF-8: give the encoding it was written in, as encoding=."
    return (
        f"{name} is not UTF-8, and its bytes do not tell what else: line {line} has "
        f"{', '.join(readings.values())}. Give the encoding that reads right."
    )


def _first_strange(text: str) -> tuple[str, int]:
    """Return the first cell with a letter that is not ASCII, and its line."""
    place = re.search(r"[^\x00-\x7f]", text)
    if place is None:
        raise ValueError("nothing but ASCII")
    start = max(text.rfind(sign, 0, place.start()) for sign in "\r\n,;\t") + 1
    cell = re.split(r"[\r\n,;\t]", text[start : start + 200], maxsplit=1)[0]
    return one_line(cell.strip(' "'), 30), _line(text, place.start())


def _line(text: str, place: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:place])) + 1
