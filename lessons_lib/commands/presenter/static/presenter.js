// A JupyterLab extension for the time of a presentation. jupyterlab-slideshow shows the slides;
// this adds what a speaker needs besides: keys (and so remote controls) that go from slide to
// slide, and a page of notes that follows. It is written as the browser loads it: JupyterLab
// asks such a "federated" extension for its module by get().
(() => {
  const here = new URL(".", document.currentScript.src);
  const SMALLEST = 0.8; // of the type's size
  const EDGE = 16; // pixels above and below a slide that a panel leaves free
  // What a focused control does with keys itself; the first line that fits it counts. All other
  // keys stay the slides', so that a remote control goes on after a click on Play.
  const ALONG = /^(Arrow|Home$|End$)/;
  const PRESS = /^( |Enter)$/;
  const CONTROLS = [
    ["select, input:not([type=checkbox]), .widget-readout", (key) => !key.startsWith("Page")],
    ["textarea, [contenteditable=true]", () => true],
    [".canvas-view[data-takes-keys]", (key) => ALONG.test(key) || PRESS.test(key)],
    ["[role=slider], .lessons-code pre", (key) => ALONG.test(key)],
    ["button, summary, input[type=checkbox]", (key) => PRESS.test(key)],
    ["a[href]", (key) => key === "Enter"],
  ];

  // The same keys as in a deck in one file: key -> which slide comes after slide `n`. Slides
  // stand in stacks; a remote control sends PageDown and PageUp.
  const next = (slides, n) => slides[n + 1];
  const previous = (slides, n) => slides[n - 1];
  const within = (move) => (slides, n) =>
    move(slides, n)?.stack === slides[n].stack ? move(slides, n) : undefined;
  const stack = (offset) => (slides, n) =>
    slides.find((slide) => slide.stack === slides[n].stack + offset);
  const MOVES = {
    " ": next,
    "Shift+ ": previous,
    PageDown: next,
    PageUp: previous,
    ArrowRight: stack(1),
    ArrowLeft: stack(-1),
    ArrowDown: within(next),
    ArrowUp: within(previous),
  };

  /** Return the control that has the focus, outside of code, and whether the key is its own. */
  function focused(event) {
    for (const [selector, uses] of CONTROLS) {
      const control = event.target.closest?.(selector);
      if (control) return { control, own: uses(event.key), code: control.closest(".cm-editor") };
    }
    return {};
  }

  /** Return the notebook's slides: the cell that each begins with, and the stack it is in. */
  function slidesOf(notebook) {
    const slides = [];
    let stack = 0;
    notebook.widgets.forEach((cell, start) => {
      const type = cell.model.getMetadata("slideshow")?.slide_type;
      if (type === "slide" && start > 0) stack += 1;
      if (start === 0 || type === "slide" || type === "subslide") slides.push({ start, stack });
    });
    return slides;
  }

  /** Return which of the slides has the active cell, from 0. */
  function current(slides, notebook) {
    return slides.filter((slide) => slide.start <= notebook.activeCellIndex).length - 1;
  }

  /** Return the places on the screen of what fits a selector, on the slide that is shown. */
  function placesOf(notebook, selector) {
    const found = [...notebook.node.querySelectorAll(`.jp-deck-mod-onscreen${selector}`)];
    return found.map((element) => element.getBoundingClientRect()).filter((place) => place.height);
  }

  /** Return how high the slide is. */
  function height(notebook) {
    const places = placesOf(notebook, "");
    const top = Math.min(...places.map((place) => place.top));
    return Math.max(...places.map((place) => place.bottom)) - top;
  }

  /** Tell whether the slide is taller than the screen, or a formula wider than the slide. */
  function overflows(notebook) {
    const texts = [...notebook.node.querySelectorAll(".jp-deck-mod-onscreen .jp-RenderedMarkdown")];
    return height(notebook) > innerHeight || texts.some((e) => e.scrollWidth > e.clientWidth + 1);
  }

  /** Let panels have the room that the rest of the slide leaves them. */
  function giveRoom(notebook) {
    const panels = placesOf(notebook, " .lessons-stack");
    if (!panels.length) return;
    const rest = panels.reduce((left, panel) => left - panel.height, height(notebook));
    const room = Math.floor((innerHeight - rest - 2 * EDGE) / panels.length);
    notebook.parent.node.style.setProperty("--slide-room", `${room}px`);
  }

  /** Make a slide that is a little too large a little smaller; never larger while it is shown. */
  function fit(notebook) {
    const style = notebook.parent.node.style;
    const present = () => +style.getPropertyValue("--fit") || 1;
    giveRoom(notebook);
    while (present() > SMALLEST && overflows(notebook)) {
      style.setProperty("--fit", (present() - 0.02).toFixed(2));
      giveRoom(notebook);
    }
  }

  function activate(app) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("presenter.css", here);
    document.head.append(style);

    const presenting = () => document.body.dataset.jpDeckMode === "presenting";
    const notes = new BroadcastChannel("lessons-presenter");
    let notebook = null;
    let slide = null;
    const tell = () => {
      if (slide !== null) notes.postMessage({ slide });
    };
    notes.onmessage = tell; // the notes were opened later and ask

    const arrive = () => {
      const number = notebook.model ? current(slidesOf(notebook), notebook) : null;
      if (number === slide) return;
      slide = number;
      notebook.parent.node.style.removeProperty("--fit");
      tell();
    };
    // Whatever changes the height (another slide, a run cell, a panel that appears) is noticed.
    const grown = new ResizeObserver(() => presenting() && fit(notebook));
    const follow = () => {
      const shown = app.shell.currentWidget?.content;
      if (shown?.activeCellChanged && shown !== notebook) {
        notebook = shown;
        notebook.activeCellChanged.connect(arrive);
        grown.observe(notebook.viewportNode);
        arrive();
      }
    };
    app.shell.currentChanged?.connect(follow);
    app.restored.then(() => {
      follow();
      // Who has left the show and loads the page again wants it back.
      if (!presenting()) app.commands.execute("deck:start");
    });

    // Before JupyterLab sees the key: for it these keys go from cell to cell, or scroll.
    window.addEventListener("keydown", (event) => {
      if (!notebook || !presenting() || event.ctrlKey || event.altKey || event.metaKey) return;
      const move = MOVES[(event.shiftKey ? "Shift+" : "") + event.key];
      const { control, own, code } = focused(event);
      // Or JupyterLab would take the key for one of its commands; a panel sees to it itself.
      const bare = control && !code && !control.closest(".lessons-panel");
      if (bare) control.dataset.lmSuppressShortcuts = "true";
      if (event.key === "Escape" && bare) {
        notebook.activeCell?.node.focus(); // out of a link, and not out of the show
      } else if (move && !own) {
        const slides = slidesOf(notebook);
        const target = move(slides, current(slides, notebook));
        if (target) notebook.activeCellIndex = target.start;
      } else {
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }

  const plugin = { id: "lessons-presenter:plugin", autoStart: true, activate };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["lessons-presenter"] = {
    init: () => {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
