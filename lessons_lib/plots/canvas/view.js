// One picture on a canvas of its own.

import { scaleOf, toNumber, toPixel } from "./scales.js";
import { equalArea, insideOf, roomOf } from "./layout.js";
import { drawFrame, drawSpines, measureFrame } from "./frame.js";
import { bestPlace, drawLegend, measureLegend } from "./legend.js";
import { Letters } from "./letters.js";
import { drawMark, isClipped, zorderOf } from "./marks.js";

const SPINES = 2.5; // zorder of the lines around the plot area
const LEGEND = 5;
const BEHIND = 0.5;
const SHRUNK = 0.5; // of letters, at least, where there is little room
const STEADY = 1.5; // letters: room that is no longer needed is given back only if it is more

export class View {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "canvas-view";
    this.element.style.cssText = "position: relative; min-width: 0; min-height: 0";
    this.canvas = document.createElement("canvas");
    this.canvas.style.cssText = "display: block; position: absolute"; // it must not push its place
    this.element.append(this.canvas);
    this.scene = null;
    this.area = { x: 0, y: 0, w: 1, h: 1 };
    this._ctx = this.canvas.getContext("2d", { alpha: false });
    this._known = {};
    this._best = "";
  }

  /**
   * Return where the picture stands among the others, in whole pixels: between them it would blur.
   * @returns {import("./layout.js").Area}
   */
  box() {
    const from = this.element.parentElement.getBoundingClientRect();
    const { left, top, right, bottom } = this.element.getBoundingClientRect();
    const [x, y] = [Math.round(left - from.left), Math.round(top - from.top)];
    this.canvas.style.left = `${x - (left - from.left)}px`;
    this.canvas.style.top = `${y - (top - from.top)}px`;
    return { x, y, w: Math.round(right - from.left) - x, h: Math.round(bottom - from.top) - y };
  }

  /**
   * Take a scene, and a size in pixels of the page.
   * @param {import("./scene.js").Scene} scene
   * @param {{width: number, height: number, ratio: number, letters:
   *   import("./letters.js").Letters}} size
   * @returns {boolean} whether the room around the plot area may have to change
   */
  take(scene, size) {
    this.scene = scene;
    const { frame, legend, width, height, letters } = this._known;
    const same = width === size.width && height === size.height && letters === size.letters;
    if (!same || this._known.ratio !== size.ratio) {
      const { style } = this.canvas;
      style.width = `${size.width}px`;
      style.height = `${size.height}px`;
    }
    if (same && frame === scene.frame && legend === scene.legend) {
      this._known.ratio = size.ratio;
      return false;
    }
    this._known = { frame: scene.frame, legend: scene.legend, ...size };
    if (!same) this._fitted = { letters: size.letters, part: 1 };
    this._measure(same);
    return true;
  }

  /** Find out which room is needed around the plot area; `keep` what was there, about. */
  _measure(keep) {
    const { frame, legend, width, height, letters } = this._known;
    const before = this.room;
    const above = legend?.place === "above";
    const named = legend?.entries.length > 0;
    this._legend = named ? measureLegend(legend, letters, width) : null;
    this._above = named && above ? this._legend.height + this._legend.off : 0;
    let area = { x: 0, y: 0, w: 0.8 * width, h: 0.75 * height };
    // The more room there is, the more numbers; the longer they are, the less room there is.
    for (let round = 0; round < 2; round++) {
      this._parts = measureFrame(frame, area, letters);
      this.room = roomOf(this._parts, this._above, area);
      area = this._equal(insideOf(width, height, this.room));
    }
    if (named && !above) this._legend = measureLegend(legend, letters, area.w - 2 * this._legend.off);
    for (const side of keep ? Object.keys(this.room) : []) {
      // A plot area that jumps whenever a number gets longer or shorter hides what moves in it.
      const slack = before[side] - this.room[side];
      if (slack > 0 && slack < STEADY * letters.theme.size) this.room[side] = before[side];
    }
    this.room.bare = this._parts.bare;
  }

  _equal(place) {
    const { xlim, ylim, equal } = this._known.frame;
    return equalArea(place, Math.abs((ylim[1] - ylim[0]) / (xlim[1] - xlim[0])), equal);
  }

  /** Put the plot area where this room is around it. */
  place(room) {
    const { width, height, frame } = this._known;
    this.given = insideOf(width, height, room);
    this.area = this._equal(this.given);
    const { x, y, w, h } = this.area;
    this._x = scaleOf(frame.xlim, frame.xlog, x, x + w);
    this._y = scaleOf(frame.ylim, frame.ylog, y + h, y);
  }

  /** Return the pixels of a point of the picture. */
  toPixel(x, y) {
    return [toPixel(this._x, x), toPixel(this._y, y)];
  }

  /** Return the point of the picture at a pixel. */
  toData(px, py) {
    return [toNumber(this._x, px), toNumber(this._y, py)];
  }

  /** Draw everything. */
  draw() {
    const { width, height, ratio, letters, frame, legend } = this._known;
    const ctx = this._ctx;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = letters.theme.paper;
    ctx.fillRect(0, 0, width, height);
    const brush = this._brush(ctx);
    drawFrame(brush, frame, this._parts, this._above, width);
    const more = [];
    if (!frame.bare) more.push([SPINES, () => drawSpines(brush)]);
    if (this._legend) {
      const { place, behind } = legend;
      const drawAt = (at) => drawLegend(brush, legend, this._legend, at, width);
      if (place === "best") this._best = bestPlace(this._legend, brush, this.scene.items.values(), this._best);
      more.push([behind ? BEHIND : LEGEND, () => drawAt(place === "best" ? this._best : place)]);
    }
    this._drawMarks(brush, more);
  }

  /**
   * Draw the marks in a part of the picture somewhere else.
   * @param {CanvasRenderingContext2D} ctx - scaled so that its unit is a pixel of the page
   * @param {[number, number, number, number]} box - left, right, bottom and top of the part
   * @param {{x: number, y: number, w: number, h: number}} target - where it is drawn
   */
  drawRegion(ctx, [left, right, bottom, top], target) {
    const { xlog, ylog } = this._known.frame;
    const { x, y, w, h } = target;
    const scales = {
      x: scaleOf([left, right], xlog, x, x + w),
      y: scaleOf([bottom, top], ylog, y + h, y),
      area: target,
    };
    ctx.fillStyle = this._known.letters.theme.paper;
    ctx.fillRect(x, y, w, h);
    this._drawMarks({ ...this._brush(ctx), ...scales }, [], true);
  }

  /**
   * Return letters with which words stay inside of a picture that has no axes; its signs are as
   * small then. Once smaller they stay so: they must not change with every word.
   */
  _fitting() {
    const { frame, width, letters } = this._known;
    if (!frame.bare) return letters;
    let { part } = this._fitted;
    for (const { kind, data, look } of this.scene.items.values()) {
      if (kind !== "text" || !data.words || look.parts || look.turn) continue;
      const { anchor = "left", size = 10, italic } = look;
      const at = toPixel(this._x, data.x);
      const sides = { left: width - at, right: at, middle: 2 * Math.min(at, width - at) };
      const side = anchor.includes("left") ? "left" : anchor.includes("right") ? "right" : "middle";
      part = Math.min(part, sides[side] / (letters.measure(data.words, size, italic).width + 4));
    }
    part = Math.max(part, SHRUNK);
    if (part < this._fitted.part) {
      const theme = { ...letters.theme, point: part * letters.theme.point };
      this._fitted = { letters: new Letters(this._ctx, theme), part };
    }
    return this._fitted.letters;
  }

  _brush(ctx) {
    const { ratio } = this._known;
    const letters = this._fitting();
    return { ctx, x: this._x, y: this._y, area: this.area, theme: letters.theme, letters, ratio };
  }

  /** Draw marks, and more, from the lowest zorder to the highest. */
  _drawMarks(brush, more, clipAll = false) {
    const layers = [...this.scene.items.values()].map((item) => {
      return { zorder: zorderOf(item), clip: clipAll || isClipped(item), draw: () => drawMark(brush, item) };
    });
    for (const [zorder, draw] of more) layers.push({ zorder, clip: false, draw });
    layers.sort((a, b) => a.zorder - b.zorder);
    const { ctx, area } = brush;
    let clipped = false;
    for (const { clip, draw } of layers) {
      if (clip && !clipped) {
        ctx.save();
        ctx.beginPath();
        ctx.rect(area.x, area.y, area.w, area.h);
        ctx.clip();
      } else if (clipped && !clip) ctx.restore();
      clipped = clip;
      draw();
    }
    if (clipped) ctx.restore();
  }

  /** Return what is seen, in words and numbers. */
  describe() {
    const { frame, legend } = this._known;
    const words = ({ major }) => major.map((tick) => tick.words);
    const items = [...this.scene.items.values()].map((item) => ({ name: item.name, kind: item.kind, ...extentOf(item) }));
    return {
      title: frame.title, xlabel: frame.xlabel, ylabel: frame.ylabel, xlim: frame.xlim, ylim: frame.ylim,
      xticks: words(this._parts.x), yticks: words(this._parts.y),
      legend: legend?.entries.map((entry) => entry.label) ?? [],
      place: legend?.place === "best" ? this._best : legend?.place ?? "",
      items,
    }; // prettier-ignore
  }
}

/** Return how many places an item has, and the least and the largest of its numbers by array. */
function extentOf({ data }) {
  const range = (values) => {
    const numbers = Array.from(values).filter(Number.isFinite);
    return [Math.min(...numbers), Math.max(...numbers)];
  };
  const arrays = Object.entries(data).filter(([, value]) => value?.length && typeof value[0] === "number");
  const { x, counts, heights, values, xy } = data;
  return {
    count: (Array.isArray(x) || x?.length ? x : counts ?? heights ?? values ?? xy)?.length ?? 1,
    ranges: Object.fromEntries(arrays.map(([key, value]) => [key, range(value)])),
  };
}
