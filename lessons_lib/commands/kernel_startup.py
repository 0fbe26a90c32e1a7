"""Run by each kernel of the course before its first cell: one sentence for a name used too early.

It runs in the learner's own namespace, in which it leaves nothing.
"""


def _prepare(shell):
    fetched = {  # what the first code cells of the lessons import
        *("ask", "check", "experiments", "hint", "pictures", "progress", "reveal", "solution"),
        *("EXHIBITS", "NUMBERS", "PARAMETERS", "as_matrices", "check_backward", "cross_entropy"),
        *("curves", "make_parameters", "museum", "museum_data", "yours_or_ours"),
        *("datasets", "live", "nn", "optimizers", "panels", "plots"),
        *("LogisticRegression", "compute_class_weight", "keras", "metrics", "np", "pd", "plt"),
        *("graph_pictures", "habit_pictures", "patients", "search_pictures", "whose_error"),
        *("Path", "math", "partial", "tempfile", "textwrap", "timeit"),
    }

    def tell(shell, kind, error, trace, tb_offset=None):
        if kind is NameError and error.name in fetched:
            error._render_traceback_ = lambda: [  # what IPython shows in the place of a traceback
                f"NameError: `{error.name}` is not there yet. Run the notebook's first code cell, "
                "which fetches the tools, and then this cell again."
            ]
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((NameError,), tell)


if "get_ipython" in globals():  # a terminal's Python runs this file too, and has no cells
    _prepare(get_ipython())  # noqa: F821 - IPython's own
del _prepare
