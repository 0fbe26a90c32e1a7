"""A notebook that is open in JupyterLab, as the browser tests use it."""

import os
from pathlib import Path

import pytest

# In the page before its own scripts: each canvas counts how often it was drawn, `frames` has the
# moments at which the screen got something new, and pixels tell whether a picture is another one.
WATCH = """() => {
    window.frames = [];
    const { setTransform } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.setTransform = function (...matrix) {
        if (this.canvas.parentElement?.matches('.canvas-view')) {
            this.canvas.drawn = (this.canvas.drawn ?? 0) + 1;
            const now = document.timeline.currentTime; // the same for all that one frame draws
            if (now !== window.frames.at(-1)) window.frames.push(now);
        }
        return setTransform.apply(this, matrix);
    };
    const canvases = panel => [...panel.querySelectorAll('.canvas-view > canvas')];
    const pixels = canvas => new Uint32Array(
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    window.isDrawn = panel =>
        canvases(panel).length > 0 && canvases(panel).every(canvas => canvas.drawn);
    window.keep = panel => canvases(panel).forEach(canvas => {
        canvas.kept = pixels(canvas);
        canvas.known = canvas.drawn;
    });
    window.isChanged = panel => canvases(panel).some(canvas => {
        if (canvas.drawn === canvas.known) return false;
        canvas.known = canvas.drawn;
        const [now, kept] = [pixels(canvas), canvas.kept];
        return now.length !== kept?.length || now.some((pixel, place) => pixel !== kept[place]);
    });
}"""
# Runs in the kernel without a cell, and returns what is printed.
ASK = """code => new Promise((resolve, reject) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const future = kernel.requestExecute({ code, store_history: false });
    let printed = '';
    future.onIOPub = ({ header, content }) => {
        if (header.msg_type === 'stream' && content.name === 'stdout') printed += content.text;
        if (header.msg_type === 'error') reject(new Error(`${content.ename}: ${content.evalue}`));
    };
    future.done.then(() => resolve(printed.trim()), reject);
})"""


def watch(context):
    """Let each page that a browser's context opens tell what is drawn on its canvases."""
    context.add_init_script(f"({WATCH})()")


class Lab:
    """One notebook, open in JupyterLab.

    Parameters
    ----------
    page : playwright.sync_api.Page
        The browser's page.
    url : str
        Address of the server, where `open` is to be used.
    token : str
        Its token.
    """

    def __init__(self, page, url="", token=""):
        self.page, self._url, self._token = page, url, token
        self.messages = []
        page.on("pageerror", self._note)

    def _note(self, error) -> None:
        """Keep what the page says is wrong, but for JupyterLab's own trouble with its page.

        It takes its splash away twice, and looks for a notebook's rows before they are there:
        from timers of its own, so that nothing else stands in the stack.
        """
        calls = [line for line in (error.stack or "").splitlines() if line.startswith("    at ")]
        own = [line for line in calls if "/jlab_core." in line or "<anonymous>" in line]
        known = "'removeChild' on 'Node'", "null (reading 'observe')"
        if own != calls or not calls or not any(words in error.message for words in known):
            self.messages.append(str(error))

    def open(self, notebook: str) -> None:
        """Open a notebook of the server's folder and wait for its kernel."""
        self.page.goto(f"{self._url}/lab/tree/{notebook}?token={self._token}&reset")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
        self.wait_until_idle()

    def reload(self) -> None:
        """Load the page anew; the kernel and what is saved stay."""
        self.page.reload()
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
        self.wait_until_idle()

    def run_all(self, timeout: float = 240) -> None:
        """Run all cells and wait until every one of them has finished."""
        # Stored outputs must not pass for new ones.
        for command in ("clear-all-cell-outputs", "run-all-cells"):
            execute = "name => window.jupyterapp.commands.execute(name)"
            self.page.evaluate(execute, f"notebook:{command}")
        self.page.wait_for_function(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.every(cell =>
                cell.model.type !== 'code' || !cell.model.sharedModel.getSource().trim()
                || cell.model.executionCount > 0)""",
            timeout=timeout * 1000,
        )
        self.wait_until_idle(timeout)

    def run_code(self, code: str, timeout: float = 120):
        """Add a cell with this code below the last one, run it, and wait."""
        execute = "name => window.jupyterapp.commands.execute(name)"
        self.page.evaluate(execute, "notebook:move-cursor-down")
        self.page.evaluate(
            """code => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = notebook.widgets.length - 1;
                return window.jupyterapp.commands.execute('notebook:insert-cell-below').then(() =>
                    notebook.activeCell.model.sharedModel.setSource(code));
            }""",
            code,
        )
        self.page.evaluate(execute, "notebook:run-cell")
        self.wait_until_idle(timeout)

    def do(self, command: str, cell: int | None = None) -> None:
        """Let JupyterLab carry out a command on the notebook, or on one of its cells."""
        self.page.evaluate(
            """([command, cell]) => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                if (cell !== null) notebook.activeCellIndex = cell;
                return window.jupyterapp.commands.execute(`notebook:${command}`)
                    .then(() => undefined);
            }""",
            [command, cell],
        )

    def see_all(self) -> None:
        """Scroll through the notebook: what nobody has seen yet JupyterLab has not drawn."""
        self.page.evaluate(
            """async () => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                for (let place = 0; place < notebook.widgets.length; place++) {
                    await notebook.scrollToItem(place, 'center');
                    await new Promise(requestAnimationFrame);
                }
            }"""
        )

    def touch(self, *places) -> None:
        """Put a finger at a pixel of the page, move it from place to place, and lift it."""
        session = self.page.context.new_cdp_session(self.page)
        for number, place in enumerate([*places, None]):
            kind = "touchEnd" if place is None else "touchMove" if number else "touchStart"
            points = [] if place is None else [{"x": place[0], "y": place[1]}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def first_panel(self):
        """Return the first panel, once it is drawn."""
        panel = self.page.locator(".lessons-panel").first
        self.wait_until_drawn(panel)
        return panel

    def ask(self, code: str) -> str:
        """Run code in the kernel without a cell; return what it prints."""
        return self.page.evaluate(ASK, code)

    def comes_to_say(self, expression: str, words: str) -> None:
        """Print an expression in the kernel until it says these words, or for half a minute."""
        for _ in range(120):
            said = self.ask(f"print({expression})")
            if said == words:
                return
            self.page.wait_for_timeout(250)
        pytest.fail(f"{expression} is {said}, not {words}")

    def wait_until_drawn(self, panel) -> None:
        """Wait until all pictures of a panel are drawn, in the size that they have here."""
        panel.scroll_into_view_if_needed()
        self.page.wait_for_function(
            "panel => isDrawn(panel)", arg=panel.element_handle(), timeout=90_000
        )
        for _ in range(2):  # the page tells its size, and the kernel draws for it
            self.catch_up()

    def change(self, panel, act, timeout: float = 30) -> None:
        """Do something, and wait for another picture in the panel."""
        element = panel.element_handle()
        self.page.evaluate("panel => keep(panel)", element)
        act()
        self.page.wait_for_function(
            "panel => isChanged(panel)", arg=element, timeout=timeout * 1000
        )

    def wait_until_idle(self, timeout: float = 90) -> None:
        """Wait until the kernel is connected and has nothing to do."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            """() => {
                const context = window.jupyterapp.shell.currentWidget?.sessionContext;
                const kernel = context?.session?.kernel;
                return context?.isReady && kernel?.connectionStatus === 'connected'
                    && kernel.status === 'idle';
            }""",
            timeout=timeout * 1000,
        )

    def catch_up(self) -> None:
        """Wait until all that the kernel has sent by now has arrived in the page."""
        self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
                .requestKernelInfo().then(() => undefined)"""
        )

    def keep_picture(self, name: str) -> None:
        """Keep a picture of the page when LESSONS_SCREENSHOTS names a folder."""
        if folder := os.environ.get("LESSONS_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder, f"{name}.png"))

    def red_outputs(self) -> list[str]:
        """Return what stands in red: errors and stderr."""
        red = ("application/vnd.jupyter.stderr", "application/vnd.jupyter.error")
        selector = ", ".join(f'[data-mime-type="{kind}"]' for kind in red)
        return self.page.locator(selector).all_inner_texts()
