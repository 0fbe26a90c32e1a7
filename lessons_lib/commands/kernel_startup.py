"""Run by each kernel of the course before its first cell: one sentence for a learner's mistake.

A name used too early is told so, and what the course refuses in a sentence is shown below the
learner's own line, without the way through our code; so is an array for which there is no room.
It runs in the learner's own namespace, in which it leaves nothing.
"""


def _prepare(shell):
    import types

    from lessons_lib._ground import memory

    memory.limit_kernel()

    def take_back(result):
        if result.success:
            memory.limit_kernel()

    shell.events.register("post_run_cell", take_back)
    refused = (AttributeError, NameError, OSError, TypeError, ValueError)
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

    def way_of(trace):
        """Return the steps of a traceback, each with the name of its module."""
        way = []
        while trace is not None:
            way.append((trace, trace.tb_frame.f_globals.get("__name__", "")))
            trace = trace.tb_next
        return way

    def joined(way):
        trace = None
        for one, _ in reversed(way):
            trace = types.TracebackType(trace, one.tb_frame, one.tb_lasti, one.tb_lineno)
        return trace

    def own_part(error, trace):
        """Return the way to what our code refuses as far as it is the learner's."""
        way = way_of(trace)
        ours = [module.startswith("lessons_lib") for _, module in way]
        if ours[-1] and str(error).endswith((".", "?")):  # a sentence: no slip of ours
            del way[ours.index(True) :]
        return joined(way)

    def up_to_own_line(trace):
        """Return the way to the last line that the learner has written."""
        way = way_of(trace)
        while len(way) > 1 and way[-1][1] != "__main__":
            way.pop()
        return joined(way)

    def tell(shell, kind, error, trace, tb_offset=None):
        if kind is NameError and error.name in fetched:
            error._render_traceback_ = lambda: [  # what IPython shows in the place of a traceback
                f"NameError: `{error.name}` is not there yet. Run the notebook's first code cell, "
                "which fetches the tools, and then this cell again."
            ]
        if sentence := memory.shortage(error):
            kind, error, trace = MemoryError, MemoryError(sentence), up_to_own_line(trace)
        elif isinstance(error, refused):
            trace = own_part(error, trace)
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    # TensorFlow's error for want of memory is one of its own, and not loaded yet.
    shell.set_custom_exc((Exception,), tell)


if "get_ipython" in globals():  # a terminal's Python runs this file too, and has no cells
    _prepare(get_ipython())  # noqa: F821 - IPython's own
del _prepare
