// The part of a panel that runs in the browser; see _page.py.

import { Figure } from "../plots/canvas/figure.js";
import { merge } from "../plots/canvas/scene.js";

/**
 * What anywidget hands over: the traits of `Page`, as they are in the browser.
 * @typedef {{get: Function, set: Function, save_changes: Function, send: Function, on: Function,
 *   off: Function}} Model
 */

// An answer costs the kernel a millisecond, so it gets one for so many pictures (fewer than may be
// on their way), or after a while.
const ANSWER_EVERY = 3;
const ANSWER_WITHIN = 1000; // milliseconds

/**
 * Give the panel's sliders the names that ipywidgets leaves out.
 * @param {Element} panel
 */
function nameSliders(panel) {
  for (const handle of panel.querySelectorAll(".noUi-handle")) {
    const row = handle.closest(".widget-inline-hbox");
    const label = row?.querySelector(".widget-label");
    const readout = row?.querySelector(".widget-readout");
    if (label) handle.setAttribute("aria-label", label.textContent);
    // A slider along a list knows only the position in the list; its readout has the value.
    if (readout) handle.setAttribute("aria-valuetext", readout.textContent);
  }
}

/** What a page has of a panel: scenes, merged once for all places where they are shown. */
class Channel {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {object[]} scenes as `merge` keeps them */
    this.scenes = [];
    /** @type {Set<Place>} */
    this.places = new Set();
    this.received = 0; // the number of the latest message
    this.answered = 0;
    this.asked = false; // whether everything is on its way
  }

  /**
   * Set a trait, if it is another now.
   * @param {string} trait
   * @param {*} value
   */
  tell(trait, value) {
    if (this.model.get(trait) === value) return;
    this.model.set(trait, value);
    this.model.save_changes();
  }

  /** Count a new place, or one less. */
  place(place, more) {
    if (more) this.places.add(place);
    else this.places.delete(place);
    this.tell("views", this.model.get("views") + (more ? 1 : -1));
    if (!this.places.size) this.asked = false; // the answer may find nobody
    if (more && this.places.size === 1) this.ask();
  }

  /** Ask for everything. */
  ask() {
    if (this.asked) return;
    this.asked = true;
    this.model.send({ ready: true });
  }

  /**
   * Take what the kernel sends. Who has missed something cannot use what has changed since.
   * @param {{frame?: object, number?: number}} message
   * @param {DataView[]} buffers
   */
  receive({ frame, number }, buffers) {
    if (!frame || !this.places.size) return;
    if (!frame.whole && number !== this.received + 1) {
      this.ask();
      return;
    }
    this.received = number;
    this.asked = false;
    this.attempt(() => {
      const changed = merge(this.scenes, frame, buffers);
      const drawing = [...this.places].filter((place) => place.show(changed));
      if (!drawing.length) this.answer(); // where nobody sees it there is nothing to wait for
    });
  }

  /** Tell the kernel how far this page is, now or soon. */
  answer() {
    clearTimeout(this.due);
    const news = this.received - this.answered;
    if (news < ANSWER_EVERY) {
      if (news) this.due = setTimeout(() => this.send(), ANSWER_WITHIN);
    } else this.send();
  }

  send() {
    this.answered = this.received;
    this.model.send({ drawn: this.received });
  }

  /** Do something that may fail. */
  attempt(act) {
    try {
      act();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Let the kernel draw, since this page cannot. */
  fail(error) {
    console.error(error);
    this.tell("broken", String(error));
    this.places.forEach((place) => place.hide());
  }

  /** Tell the kernel whether the panel is on a slide that is shown. */
  lookForStage() {
    this.tell("on_stage", [...this.places].some((place) => place.onStage));
  }
}

/** One place where the panel is shown. */
class Place {
  /**
   * @param {Channel} channel
   * @param {HTMLElement} el
   */
  constructor(channel, el) {
    this.channel = channel;
    this.onStage = true;
    this.seen = false; // whether it is in the visible part of the page
    this.late = false; // whether something has changed while it was not seen
    this.root = document.createElement("div"); // the style of `el` belongs to ipywidgets
    this.root.className = "lessons-canvas";
    el.append(this.root);
    this.leaving = new AbortController();
    channel.place(this, true);
    channel.attempt(() => this.draw());
    this.watch();
  }

  /** Make the figure, and let it say what the kernel wants to know. */
  draw() {
    const { model } = this.channel;
    this.figure = new Figure(this.root, model.get("arrangement"));
    this.figure.onError = (error) => this.channel.fail(error);
    this.figure.onDrawn = () => this.channel.answer();
    this.figure.onSizes = (areas, point) => this.channel.tell("sizes", { areas, point });
    this.figure.onPick = (pick) => model.send({ pick });
    this.figure.onKeys = (element, takes) => {
      // JupyterLab would take letters for commands, and slides arrows for theirs.
      if (takes) element.dataset.lmSuppressShortcuts = "true";
      else delete element.dataset.lmSuppressShortcuts;
    };
    this.late = this.channel.scenes.length > 0;
  }

  /**
   * Let what has changed be drawn; tell whether it is.
   * @param {number[]} changed indices of scenes
   * @returns {boolean}
   */
  show(changed) {
    const now = this.seen && document.visibilityState === "visible" && this.figure;
    if (now) {
      this.figure.show(this.channel.scenes, changed);
      this.describe();
    }
    this.late ||= !now;
    return Boolean(now);
  }

  /** Draw what has changed while nobody saw it. */
  catchUp() {
    if (!this.late) return;
    this.late = false;
    this.channel.attempt(() => this.show(this.channel.scenes.map((_, index) => index)));
  }

  /** Let the panel's sentence be read to who comes to a picture. */
  describe() {
    const words = this.root.closest(".lessons-panel")?.querySelector(".lessons-words");
    if (!words) return;
    words.id ||= `lessons-words-${Math.random().toString(36).slice(2)}`;
    this.figure.describedBy = words.id;
  }

  /** Watch whether the place is seen, on which slide it is, and which theme there is. */
  watch() {
    const sight = new IntersectionObserver((entries) => {
      this.seen = entries.at(-1).isIntersecting; // a busy page gathers several
      if (this.seen) this.catchUp();
    });
    sight.observe(this.root);
    const back = () => this.catchUp();
    document.addEventListener("visibilitychange", back, { signal: this.leaving.signal });

    const theme = new MutationObserver(() => this.figure?.redraw());
    theme.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });

    const stage = new MutationObserver(() => this.lookForStage());
    let panel;
    const names = new MutationObserver(() => nameSliders(panel));
    const arrival = new ResizeObserver(() => {
      if (!this.root.isConnected) return;
      arrival.disconnect();
      this.figure?.redraw(); // only now it has colours and letters
      panel = this.root.closest(".lessons-panel");
      const cell = this.root.closest(".jp-Cell");
      if (panel) {
        names.observe(panel, { childList: true, subtree: true });
        nameSliders(panel);
      }
      if (cell) {
        // A slide is shown and hidden by classes of its cells, a show begins on the body.
        stage.observe(cell, { attributeFilter: ["class"] });
        stage.observe(document.body, { attributeFilter: ["data-jp-deck-mode"] });
        this.lookForStage();
      }
    });
    arrival.observe(this.root); // a widget is rendered before it is put into the page
    this.watches = [sight, theme, stage, names, arrival];
  }

  /** Note whether the place is on a slide that is shown, or there is no show. */
  lookForStage() {
    const presenting = document.body.dataset.jpDeckMode === "presenting";
    this.onStage = !presenting || this.root.checkVisibility({ visibilityProperty: true });
    this.channel.lookForStage();
  }

  /** Leave the room to what the kernel draws. */
  hide() {
    this.root.hidden = true;
  }

  /** Take the place away. */
  leave() {
    this.leaving.abort();
    this.watches.forEach((watch) => watch.disconnect());
    this.figure?.destroy();
    this.channel.place(this, false);
  }
}

export default () => {
  /** @type {Channel} */
  let channel;

  return {
    /**
     * Begin to listen; once for each page, wherever the panel is shown.
     * @param {{model: Model}} panel
     */
    initialize({ model }) {
      channel = new Channel(model);
      const receive = (message, buffers) => channel.receive(message, buffers);
      model.on("msg:custom", receive);
      model.send({ able: true });
      return () => model.off("msg:custom", receive);
    },

    /**
     * Show the panel in one more place.
     * @param {{el: HTMLElement}} view
     */
    render({ el }) {
      const place = new Place(channel, el);
      return () => place.leave();
    },
  };
};
