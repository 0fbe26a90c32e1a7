"""What a command writes for somebody else: into a file, or out of the standard output."""

from __future__ import annotations

import sys

__all__ = ["STANDARD_OUTPUT", "print_file"]

STANDARD_OUTPUT = ("-", "/dev/stdout")  # what a file is called that is to be printed


def print_file(content: str) -> None:
    """Print what is to become a file: UTF-8 whatever the terminal, and no letter replaced."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode())
    sys.stdout.buffer.flush()
