"""The style of curves for rooms that do not yet say `series`."""

from lessons_lib.plots._pen import series as style  # noqa: F401
