"""Run by each kernel of the course before its first cell: one sentence for a learner's mistake.

A name used too early is told so, and what the course refuses in a sentence is shown below the
learner's own line, without the way through our code. It runs in the learner's own namespace, in
which it leaves nothing.
"""


def _prepare(shell):
    import types

    fetched = {  # what the first code cells of the lessons import
        *("ask", "check", "experiments", "hint", "pictures", "progress", "reveal", "solution"),
        *("EXHIBITS", "NUMBERS", "PARAMETERS", "as_matrices", "check_backward", "cross_entropy"),
        *("curves", "make_parameters", "museum", "museum_data", "yours_or_ours"),
        *("datasets", "live", "nn", "optimizers", "panels", "plots"),
        *("LogisticRegression", "compute_class_weight", "keras", "metrics", "np", "pd", "plt"),
        *("Project", "columns_to_leave_out", "go_on", "leak_experiment"),
        *("practice_file", "write_card"),
        *("graph_pictures", "habit_pictures", "patients", "search_pictures", "whose_error"),
        *("Path", "math", "partial", "tempfile", "textwrap", "timeit"),
    }

    def own_part(error, trace):
        """Return the way to what our code refuses as far as it is the learner's."""
        way = []
        while trace is not None:
            way.append(trace)
            trace = trace.tb_next
        ours = [one.tb_frame.f_globals.get("__name__", "").startswith("lessons_lib") for one in way]
        if ours[-1] and str(error).endswith((".", "?")):  # a sentence: no slip of ours
            del way[ours.index(True) :]
        for one in reversed(way):
            trace = types.TracebackType(trace, one.tb_frame, one.tb_lasti, one.tb_lineno)
        return trace

    def tell(shell, kind, error, trace, tb_offset=None):
        if kind is NameError and error.name in fetched:
            error._render_traceback_ = lambda: [  # what IPython shows in the place of a traceback
                f"NameError: `{error.name}` is not there yet. Run the notebook's first code cell, "
                "which fetches the tools, and then this cell again."
            ]
        shell.showtraceback((kind, error, own_part(error, trace)), tb_offset=tb_offset)

    shell.set_custom_exc((AttributeError, NameError, OSError, TypeError, ValueError), tell)


if "get_ipython" in globals():  # a terminal's Python runs this file too, and has no cells
    _prepare(get_ipython())  # noqa: F821 - IPython's own
del _prepare
