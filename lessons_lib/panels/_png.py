"""Pixels to PNG, quickly (Portable Network Graphics Specification, third edition, W3C 2025).

General encoders try five filters on every row to make small files. For charts that go to a
browser on the same machine that costs more time than the drawing; without filters encoding
is two to three times as fast, and flat areas compress as well.
"""

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 1  # of zlib; higher levels cost more time than they save on a loopback connection


def encode(pixels: np.ndarray) -> bytes:
    """Return an image as PNG.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3 or 4), uint8
        Red, green, blue; a fourth value is left out.

    Returns
    -------
    bytes
    """
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row begins with "no filter"
    rows[:, 1:].reshape(height, width, 3)[:] = pixels[..., :3]
    # 8 bits for each of three colours, deflate, no interlacing
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return one part of the file: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
