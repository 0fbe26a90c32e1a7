// Pictures beside each other, drawn whenever the browser draws.

import { aligned } from "./layout.js";
import { Letters } from "./letters.js";
import { Pointing } from "./pointing.js";
import { themeOf } from "./theme.js";
import { View } from "./view.js";

const SHARP_PRINT = 3; // pixels of paper in a pixel of the page
const GRID = "display: grid; grid-auto-rows: minmax(0, 1fr); width: 100%; height: 100%";

export class Figure {
  /**
   * @param {HTMLElement} root - where the pictures go; they fill its height, if it has one
   * @param {{widths?: number[], columns?: number, ratio?: number}} arrangement - relative widths of
   *   the columns, how many there are, and height of all for a width of 1; the page's CSS may
   *   arrange `.canvas-figure`, a grid, otherwise
   */
  constructor(root, arrangement = {}) {
    this.scenes = [];
    /** @type {View[]} */
    this.views = [];
    this.onDrawn = (_count) => {}; // after a draw: how many times `show` was called until then
    this.onSizes = (_sizes, _point) => {}; // [width, height] of each place in pixels; in a point
    this.onPick = (_pick) => {};
    this.onKeys = (_element, _takes) => {}; // from now on a picture does, or does not, take keys
    this.describedBy = ""; // id of an element whose words say what the pictures show
    this.onViews = (_views) => {};
    this.beforeDraw = (_view) => {};
    this.afterDraw = (_view) => {};
    this.onError = (error) => {
      throw error;
    };
    this.root = root;
    this._grid = document.createElement("div");
    this._grid.className = "canvas-figure";
    this._grid.style.cssText = GRID;
    root.append(this._grid);
    this._boxes = [];
    this._stale = new Set();
    this._shown = 0;
    this._sizes = "";
    this._printing = false;
    this._watch = new ResizeObserver(() => this._resized());
    this._print = (event) => this._printed(event.type === "beforeprint");
    for (const when of ["beforeprint", "afterprint"]) window.addEventListener(when, this._print);
    this.arrange(arrangement);
    this.redraw();
    this._pointing = new Pointing(this);
  }

  /** Arrange the pictures otherwise. */
  arrange({ widths = null, columns = 0, ratio = 0.6 }) {
    this._arrangement = { widths, columns, ratio };
    this._arrangeGrid();
  }

  /**
   * Show scenes from the next time on that the browser draws.
   * @param {import("./scene.js").Scene[]} scenes
   * @param {Iterable<number>} changed - which of them are not as before
   */
  show(scenes, changed) {
    this.scenes = scenes;
    this._shown++;
    if (scenes.length !== this.views.length) this._makeViews();
    for (const place of changed) this._stale.add(this.views[place]);
    this._later();
  }

  /** Draw one picture, or what has changed, when the browser draws next. */
  draw(view) {
    this._stale.add(view);
    this._later();
  }

  /** Draw everything anew, with the colours and the letters that the page has now. */
  redraw() {
    const ctx = new OffscreenCanvas(1, 1).getContext("2d");
    this._letters = new Letters(ctx, themeOf(this._grid, this._printing));
    this.views.forEach((view) => this._stale.add(view));
    this._later();
  }

  /** Return what is seen in each picture, in words and numbers. */
  describe() {
    return this.views.map((view) => view.describe());
  }

  destroy() {
    this._pointing.destroy();
    cancelAnimationFrame(this._asked);
    this._watch.disconnect();
    this._screen?.removeEventListener("change", this._moved);
    for (const when of ["beforeprint", "afterprint"]) window.removeEventListener(when, this._print);
    this._grid.remove();
  }

  _makeViews() {
    this.views = this.scenes.map(() => new View());
    this._grid.replaceChildren(...this.views.map((view) => view.element));
    this._stale = new Set(this.views);
    this._boxes = [];
    this._arrangeGrid();
    this._watch.disconnect();
    this.views.forEach((view) => this._watch.observe(view.element)); // which draws, in the page
    this.onViews(this.views);
  }

  /** Let the grid have as many columns as are wanted, and no more than there are pictures. */
  _arrangeGrid() {
    const { widths, columns, ratio } = this._arrangement;
    const count = this.views.length || 1;
    const fitting = Math.min(columns || count, count);
    const shares = widths?.length === fitting ? widths : Array(fitting).fill(1);
    this._grid.style.gridTemplateColumns = shares.map((share) => `minmax(0, ${share}fr)`).join(" ");
    this._grid.style.setProperty("--canvas-ratio", 1 / ratio);
    this._grid.style.aspectRatio = "var(--canvas-ratio)";
    this._later();
  }

  _later() {
    this._asked ??= requestAnimationFrame(() => this._draw());
  }

  _resized() {
    const boxes = this.views.map((view) => view.box());
    if (JSON.stringify(boxes) === JSON.stringify(this._boxes)) return;
    this._boxes = boxes;
    this.redraw(); // what changes sizes, as slides do, may have changed the letters too
    this._draw(); // at once: a canvas of the old size must not be seen
  }

  _draw() {
    cancelAnimationFrame(this._asked);
    this._asked = undefined;
    const hidden = this._boxes.some((box) => !box.w || !box.h);
    if (hidden || !this._boxes.length) return; // or not in the page yet
    try {
      this._drawStale();
    } catch (error) {
      this._stale.clear();
      this.onError(error);
      return;
    }
    this.onDrawn(this._shown);
  }

  _drawStale() {
    const [letters, ratio] = [this._letters, this._printing ? SHARP_PRINT : this._ratio()];
    const news = this.views.filter((view, place) => {
      const { w: width, h: height } = this._boxes[place];
      const size = { width, height, ratio, letters };
      return this._stale.has(view) && view.take(this.scenes[place], size);
    });
    if (news.length) this._placeViews();
    const stale = [...this._stale];
    this._stale.clear();
    for (const view of stale) {
      this.beforeDraw(view);
      view.draw();
      this.afterDraw(view);
    }
  }

  /** Align the plot areas; what moves by that has to be drawn again. */
  _placeViews() {
    const rooms = aligned(this.views.map((view) => view.room), this._boxes);
    this.views.forEach((view, place) => {
      const before = JSON.stringify(view.area);
      view.place(rooms[place]);
      if (JSON.stringify(view.area) !== before) this._stale.add(view);
    });
    const sizes = this.views.map(({ given }) => [given.w, given.h]);
    const { point } = this._letters.theme;
    if (JSON.stringify([sizes, point]) === this._sizes) return;
    this._sizes = JSON.stringify([sizes, point]);
    this.onSizes(sizes, point);
  }

  /** Return the screen's pixels in one of the page, and notice when that changes. */
  _ratio() {
    if (this._screen?.matches) return devicePixelRatio;
    this._screen?.removeEventListener("change", this._moved);
    this._screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this._moved = () => this.redraw();
    this._screen.addEventListener("change", this._moved);
    return devicePixelRatio;
  }

  _printed(printing) {
    this._printing = printing;
    this.redraw();
    this._draw();
  }
}
