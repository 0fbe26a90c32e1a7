// The part of a panel that runs in the browser; see _page.py.

import { Code } from "./_code.js";
import { Controls } from "./_controls.js";
import { Life } from "./_life.js";
import { Figure } from "../plots/canvas/figure.js";
import { merge } from "../plots/canvas/scene.js";

/**
 * What anywidget hands over: the traits of `Page`, as they are in the browser.
 * @typedef {{get: Function, set: Function, save_changes: Function, send: Function, on: Function,
 *   off: Function, widget_manager?: {kernel?: object}}} Model
 */

// An answer costs the kernel a millisecond, so it gets one for so many pictures (fewer than may be
// on their way), or after a while.
const ANSWER_EVERY = 3;
const ANSWER_WITHIN = 1000; // milliseconds
// What cannot be used any more when the kernel is gone.
const PARTS =
  ".lessons-buttons, .lessons-picture, .lessons-timeline, .lessons-knobs, .jupyter-button";
const LEAVING = 2000; // milliseconds after which a page that was to go away has been kept

/** What a page has of a panel: scenes, merged once for all places where they are shown. */
class Channel {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.page = Math.random().toString(36).slice(2); // several pages may show the same panel
    this.left = false; // whether the page goes away
    this.leaving = 0; // a timer while it may be about to
    this.told = "0 false"; // what the kernel knows of the places
    /** @type {object[]} scenes as `merge` keeps them */
    this.scenes = [];
    /** @type {Set<Place>} */
    this.places = new Set();
    this.received = 0; // the number of the latest message
    this.answered = 0;
    this.asked = false; // whether everything is on its way
    this.life = new Life(
      model.widget_manager?.kernel,
      (ping) => this.say({ ping }),
      () => this.places.forEach((place) => place.showLife()),
      () => this.begin(),
    );
    this.met = false; // whether the panel has come into view
  }

  /**
   * Set a trait, if it is another now.
   * @param {string} trait
   * @param {*} value
   */
  tell(trait, value) {
    if (this.model.get(trait) === value || this.life.gone) return;
    this.model.set(trait, value);
    this.model.save_changes();
  }

  /**
   * Say something to the kernel, and who says it.
   * @param {object} message
   */
  say(message) {
    if (!this.life.gone) this.model.send({ page: this.page, ...message });
  }

  /** Count a new place, or one less. */
  place(place, more) {
    if (more) this.places.add(place);
    else this.places.delete(place);
    this.report();
    if (!this.places.size) this.asked = false; // the answer may find nobody
    if (more && this.places.size === 1) this.ask();
  }

  /** Tell the kernel in how many places the panel is shown, and whether one of them is seen. */
  report() {
    const places = this.left ? 0 : this.places.size;
    const seen =
      places > 0 &&
      !this.leaving &&
      document.visibilityState === "visible" &&
      [...this.places].some((place) => place.shown);
    const news = `${places} ${seen}`;
    if (news === this.told) return;
    this.told = news;
    this.say({ places, seen });
  }

  /** Tell the kernel, once, that the panel has come into the visible part of the page. */
  meet() {
    if (this.met) return;
    this.met = true;
    this.say({ met: true });
  }

  /** The page may be about to go away. When it does, it is too late for some browsers to say so. */
  prepareToLeave() {
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => {
      this.leaving = 0;
      this.report();
    }, LEAVING);
    this.report();
  }

  /** Tell the kernel that the whole page goes away, or is back: browsers keep some for a while. */
  leave(left) {
    this.left = left;
    if (left) this.report();
    else this.begin();
  }

  /** Begin again where the kernel may know nothing of this page. */
  begin() {
    this.told = "";
    this.asked = false;
    this.report();
    if (this.places.size) this.ask();
  }

  /** Ask for everything. */
  ask() {
    if (this.asked) return;
    this.asked = true;
    this.say({ ready: true });
  }

  /**
   * Take what the kernel sends. Who has missed something cannot use what has changed since.
   * @param {{frame?: object, number?: number, pong?: number}} message
   * @param {DataView[]} buffers
   */
  receive({ frame, number, pong }, buffers) {
    if (pong) this.life.heard(pong);
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
    this.say({ drawn: this.received });
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
}

/** One place where the panel is shown. */
class Place {
  /**
   * @param {Channel} channel
   * @param {HTMLElement} el
   */
  constructor(channel, el) {
    this.channel = channel;
    this.shown = true; // until it is known: in JupyterLab's front tab, on the slide that is shown
    this.inSight = false; // whether it is in the visible part of the page
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
    this.figure = new Figure(this.root, this.channel.model.get("arrangement"));
    this.figure.onError = (error) => this.channel.fail(error);
    this.figure.onDrawn = () => this.channel.answer();
    this.figure.onSizes = (areas, point) => this.channel.tell("sizes", { areas, point });
    this.figure.onPick = (pick) => this.channel.say({ pick });
    // Slides, which are moved by the same keys, look for this.
    this.figure.onKeys = (element, takes) => element.toggleAttribute("data-takes-keys", takes);
    this.late = this.channel.scenes.length > 0;
  }

  /**
   * Let what has changed be drawn; tell whether it is.
   * @param {number[]} changed indices of scenes
   * @returns {boolean}
   */
  show(changed) {
    const now = this.inSight && document.visibilityState === "visible" && this.figure;
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
    const words = this.panel?.querySelector(".lessons-words");
    if (!words) return;
    words.id ||= `lessons-words-${Math.random().toString(36).slice(2)}`;
    this.figure.describedBy = words.id;
  }

  /** Say what the kernel cannot; a panel whose kernel is gone has no controls any more. */
  showLife() {
    if (!this.panel) return;
    const { gone, word, sentence } = this.channel.life;
    const words = this.panel.querySelector(".lessons-words");
    if (words && !this.note) {
      this.note = document.createElement("div");
      this.note.className = "lessons-note";
      this.note.ariaLive = "polite"; // the panel's own sentence has the role
      words.prepend(this.note);
    }
    this.panel.dataset.life = word;
    if (this.note && this.note.textContent !== sentence) this.note.textContent = sentence;
    for (const part of this.panel.querySelectorAll(PARTS)) part.inert = Boolean(gone);
  }

  /** Watch whether the place is seen, and which theme there is. */
  watch() {
    const look = () => this.look();
    const sight = new IntersectionObserver((entries) => {
      this.inSight = entries.at(-1).isIntersecting; // a busy page gathers several
      this.look();
      if (!this.inSight) return;
      this.channel.meet();
      this.catchUp();
    });
    sight.observe(this.root);
    const back = () => this.catchUp();
    document.addEventListener("visibilitychange", back, { signal: this.leaving.signal });

    const theme = new MutationObserver(() => this.figure?.redraw());
    theme.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });

    const stage = new MutationObserver(look);
    const tab = new ResizeObserver(look);
    const words = new MutationObserver(() => this.note || this.showLife()); // may come later
    const arrival = new ResizeObserver(() => {
      if (!this.root.isConnected) return;
      arrival.disconnect();
      this.figure?.redraw(); // only now it has colours and letters
      this.panel = this.root.closest(".lessons-panel");
      const cell = this.root.closest(".jp-Cell");
      this.tab = this.root.closest(".lm-DockPanel-widget");
      if (this.panel) {
        const { panel } = this;
        this.code = new Code(panel);
        const type = (slider, text) => this.channel.say({ typed: { slider, text } });
        this.controls = new Controls(panel, type);
        words.observe(panel, { childList: true, subtree: true });
        this.showLife();
      }
      if (cell) {
        // A slide is shown and hidden by classes of its cells, a show begins on the body.
        stage.observe(cell, { attributeFilter: ["class"] });
        stage.observe(document.body, { attributeFilter: ["data-jp-deck-mode"] });
      }
      // A tab that another is put before loses its size; of a cell below that nothing is heard.
      if (this.tab) tab.observe(this.tab);
      this.look();
    });
    arrival.observe(this.root); // a widget is rendered before it is put into the page
    this.watches = [sight, theme, stage, tab, words, arrival];
  }

  /** Note whether the place can be seen; one that is only scrolled out of the window can. */
  look() {
    // What the kernel draws stands beside a root that is hidden; JupyterLab may take out cells.
    const place = this.root.isConnected ? this.root.closest(".lessons-panel") : this.tab;
    this.shown = place ? place.checkVisibility({ visibilityProperty: true }) : this.shown;
    this.channel.report();
  }

  /** Note whether ipywidgets says that the panel has lost its kernel. */
  lookForLoss() {
    if (this.panel?.matches(".jupyter-widgets-disconnected")) this.channel.life.end("ended");
  }

  /** Leave the room to what the kernel draws. */
  hide() {
    this.root.hidden = true;
  }

  /** Take the place away. */
  leave() {
    this.leaving.abort();
    this.watches.forEach((watch) => watch.disconnect());
    this.code?.leave();
    this.controls?.leave();
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
      // Other front ends have no kernel to ask, but ipywidgets marks what has lost its kernel.
      const lost = () => channel.places.forEach((place) => place.lookForLoss());
      model.on("comm_live_update", () => setTimeout(lost));
      const leaving = new AbortController();
      const { signal } = leaving;
      document.addEventListener("visibilitychange", () => channel.report(), { signal });
      window.addEventListener("beforeunload", () => channel.prepareToLeave(), { signal });
      window.addEventListener("pagehide", () => channel.leave(true), { signal });
      window.addEventListener("pageshow", () => channel.left && channel.leave(false), { signal });
      channel.say({ able: true });
      return () => {
        leaving.abort();
        channel.life.leave();
        model.off("msg:custom", receive);
      };
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
