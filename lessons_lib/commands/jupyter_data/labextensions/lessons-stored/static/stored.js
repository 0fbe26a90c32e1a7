// A JupyterLab extension: where a panel is not alive, its stored picture is shown, with a sentence
// that says how to bring it to life and a button that does it. A notebook that was run and saved
// is trusted, so JupyterLab prefers the panel to the picture that is stored beside it, and
// ipywidgets says "model not found" where its kernel has ended; in a notebook that is not trusted
// JupyterLab shows the picture without a word. It is written as the browser loads it: JupyterLab
// asks such a "federated" extension for its module by get().
(() => {
  const here = new URL(".", document.currentScript.src);
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const PICTURE = "image/png";
  const LEFT = ':is([data-life="restarted"], [data-life="died"], [data-life="ended"]) .lessons-words';
  const PATIENCE = 10_000; // milliseconds, in which a page finds the panels of a kernel
  const TRIES = 5; // ipywidgets looks for two seconds each time

  const FRESH = "Run this cell to get the sliders.";
  const GONE = "Run the lesson from the top to bring this panel to life.";
  const BUSY = "Another cell is running; this panel answers when it has finished.";
  const OTHER = "This widget is gone with its kernel: run its cell again.";
  const BROKEN = "Error displaying widget"; // ipywidgets' words where a widget has an error itself
  const BUTTON = "Run from the top to here";
  const COMING = "The lesson is running. This panel comes when its cell has been run.";
  const STOPPED =
    "The lesson stopped here, before it came to the panel.\n" +
    "Mend this cell, then choose Run > Run All Cells.\n";

  /** What is said of a picture, and the button that runs the lesson as far as its cell. */
  class Caption {
    /** @param {() => void} run */
    constructor(run) {
      this.node = document.createElement("div");
      this.node.className = "lessons-stored";
      this.words = document.createElement("span");
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.textContent = BUTTON;
      this.button.addEventListener("click", run);
    }

    /**
     * Say what is to be done.
     * @param {string} sentence
     * @param {boolean} offered whether the button does it
     */
    say(sentence, offered = true) {
      this.words.textContent = sentence;
      // A button that has the focus keeps it.
      if (!this.words.isConnected) this.node.prepend(this.words);
      if (!offered) this.button.remove();
      else if (this.button.parentNode !== this.node) this.node.append(this.button);
    }
  }

  /** What JupyterLab has drawn of a notebook that is not trusted: the picture, without a word. */
  function describe(renderer, run) {
    const draw = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      await draw(model);
      const image = renderer.node.querySelector("img");
      if (!image || !(VIEW in model.data)) return;
      image.alt = model.data["text/plain"] ?? "";
      const caption = new Caption(() => run(model, renderer.node));
      caption.say(FRESH);
      renderer.node.append(caption.node);
    };
  }

  /** The place of a widget: alive, or its stored picture for as long as it is not. */
  class Place {
    /**
     * @param {object} renderer ipywidgets' own, which goes on to draw what lives
     * @param {object} session JupyterLab's `ISessionContext`
     * @param {(model: object, node: HTMLElement) => void} run
     */
    constructor(renderer, session, run) {
      this.renderer = renderer;
      this.session = session;
      this.draw = renderer.renderModel.bind(renderer);
      this.caption = new Caption(() => run(this.model, renderer.node));
      this.image = document.createElement("img");
      this.picture = document.createElement("div");
      this.picture.className = "jp-RenderedImage";
      this.picture.append(this.image, this.caption.node);
      renderer.renderModel = (model) => this.show(model);
      const life = new MutationObserver(() => this.offer());
      life.observe(renderer.node, { subtree: true, attributeFilter: ["data-life"] });
    }

    /** Whether the place is in use, and no widget in it. */
    get empty() {
      return !this.renderer.isDisposed && !this.renderer.widgets.length;
    }

    /** Whether ipywidgets has looked for the widget in vain; it looks again by itself if not. */
    get lost() {
      return this.empty && this.renderer.hasClass("jupyter-widgets");
    }

    /** Show an output, when the one before it is shown: at the same time ipywidgets adds both. */
    show(model) {
      this.shown = Promise.resolve(this.shown).then(() => this.find(model));
      return this.shown;
    }

    /** Show the widget as soon as it is found, and until then its picture. */
    async find(model) {
      const { renderer } = this;
      const { [VIEW]: view, [PICTURE]: stored, "text/plain": text } = model.data;
      if (renderer.isDisposed || (!this.empty && view.model_id === this.id)) return;
      this.model = model;
      this.id = view.model_id;
      this.image.alt = text ?? "";
      if (stored) this.image.src = `data:${PICTURE};base64,${stored}`;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.wait(), PATIENCE);
      await this.look();
      // A busy page may have come by all widgets of the kernel in the moment ipywidgets gave up.
      if (this.lost) await this.look();
      if (!this.lost) return;
      clearTimeout(this.waiting);
      this.tell();
    }

    /** Let ipywidgets look for the widget once, for two seconds; meanwhile there is its picture. */
    async look() {
      const { renderer, model } = this;
      const put = () => model.data[PICTURE] && renderer.node.replaceChildren(this.picture);
      renderer.removeClass("jupyter-widgets");
      const drawing = this.draw(model); // it begins with words: "Loading widget..."
      put();
      await drawing;
      if (this.lost) put();
    }

    /**
     * Say what keeps the widget away, where nothing has been heard of it for a while.
     * @param {boolean} begun whether ipywidgets may have begun only now to look for it
     */
    wait(begun = false) {
      if (!this.empty) return;
      // A page that is loaded while a cell runs does not hear of the kernel before it has ended.
      const busy = ["busy", "unknown"].includes(this.session.session?.kernel?.status);
      if (busy) this.tell(BUSY, false);
      else if (!begun) this.tell();
      if (busy || begun) {
        this.waiting = setTimeout(() => this.wait(busy), busy ? 1000 : PATIENCE);
      }
    }

    /** Say what to do; that the widget is gone, unless something else is given. */
    tell(sentence = GONE, offered = true) {
      const { node } = this.renderer;
      if (this.model.data[PICTURE]) this.caption.say(sentence, offered);
      else if (offered && node.textContent !== BROKEN) node.textContent = OTHER;
    }

    /** Where a panel says itself that its kernel is gone (`panels/_life.js`), offer the button. */
    offer() {
      const { node, button } = this.caption;
      node.replaceChildren(button);
      this.renderer.node.querySelector(LEFT)?.append(node);
    }

    /** Look again: another kernel may have it. */
    async lookAgain() {
      for (let tries = 0; tries < TRIES && this.lost; tries += 1) await this.show(this.model);
    }
  }

  /** Let a notebook's outputs show what is stored. */
  function watch(app, { content }, { sessionContext }) {
    const { rendermime } = content;
    if (rendermime.createRenderer.watched) return; // by the first view of this notebook
    const places = new Set();
    const run = (model, node) => runAsFarAs(app, sessionContext, model, node);
    const create = rendermime.createRenderer.bind(rendermime);
    rendermime.createRenderer = (type) => {
      const renderer = create(type);
      if (type === PICTURE) describe(renderer, run);
      if (type === VIEW) {
        const place = new Place(renderer, sessionContext, run);
        places.add(place);
        renderer.disposed.connect(() => places.delete(place));
      }
      return renderer;
    };
    rendermime.createRenderer.watched = true;
    const lookAgain = () => places.forEach((place) => place.lookAgain());
    sessionContext.kernelChanged.connect(lookAgain);
    sessionContext.connectionStatusChanged.connect((_, status) => {
      if (status === "connected") lookAgain();
    });
  }

  /** Return what a code cell shows. */
  const outputsOf = ({ model }) =>
    Array.from({ length: model.outputs?.length ?? 0 }, (_, index) => model.outputs.get(index));

  /**
   * Run a notebook's cells from the first to the one that shows this output.
   * @param {object} app
   * @param {object} session
   * @param {object} model of the output
   * @param {HTMLElement} node where it is shown
   */
  async function runAsFarAs(app, session, model, node) {
    const views = [...app.shell.widgets("main")].filter((w) => w.context?.sessionContext === session);
    const panel = views.find((view) => view.node.contains(node)) ?? views[0];
    const { content } = panel;
    const index = content.widgets.findIndex((cell) => outputsOf(cell).includes(model));
    const cells = content.widgets.slice(0, index + 1);
    app.shell.activateById(panel.id);
    if (session.hasNoKernel) {
      // Of several cells that find no kernel JupyterLab starts one, and runs the first alone.
      await session.startKernel();
      await session.session?.kernel?.info;
    }
    content.activeCellIndex = index;
    content.deselectAll();
    cells.forEach((cell) => content.select(cell));
    const running = app.commands.execute("notebook:run-cell", { semanticWidget: panel.id });
    const coming = document.createElement("div");
    coming.className = "lessons-stored";
    coming.textContent = COMING;
    cells.at(-1).outputArea.node.append(coming); // what was there goes when the cells are sent
    const done = await running;
    coming.remove();
    if (done) return;
    const failed = cells.find((cell) => outputsOf(cell).some(({ type }) => type === "error"));
    if (!failed || failed === cells.at(-1)) return;
    content.activeCellIndex = cells.indexOf(failed);
    failed.model.outputs.add({ output_type: "stream", name: "stdout", text: STOPPED });
    content.scrollToItem(content.activeCellIndex);
  }

  function activate(app) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("stored.css", here);
    document.head.append(style);
    const createNew = (panel, context) => watch(app, panel, context);
    app.docRegistry.addWidgetExtension("Notebook", { createNew });
    // JupyterLab would take Enter for its own; what is held with Ctrl stays JupyterLab's.
    window.addEventListener("keydown", ({ target, ctrlKey, altKey, metaKey }) => {
      const button = target.closest?.(".lessons-stored button");
      if (!button) return;
      if (ctrlKey || altKey || metaKey) delete button.dataset.lmSuppressShortcuts;
      else button.dataset.lmSuppressShortcuts = "true";
    }, true);
  }

  const plugin = { id: "lessons-stored:plugin", autoStart: true, activate };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["lessons-stored"] = {
    init: () => {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
