// One picture on a canvas of its own.

import { scaleOf, toNumber, toPixel } from "./scales.js";
import { equalArea, insideOf, partThatFits, roomOf } from "./layout.js";
import { drawFrame, drawSpines, measureFrame } from "./frame.js";
import { bestPlace, drawLegend, liftOf, measureLegend } from "./legend.js";
import { Letters } from "./letters.js";
import { drawMark, isClipped, zorderOf } from "./marks.js";

const SPINES = 2.5; // zorder of the lines around the plot area
const LEGEND = 5;
const BEHIND = 0.5;
const SHRUNK = 0.5; // of letters, at least, where there is little room
const STEADY = 1.5; // letters: room that is no longer needed is given back only if it is more
const BLANK = { title: "", xlabel: "", ylabel: "", xlim: [0, 1], ylim: [0, 1], bare: true };

export class View {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "canvas-view";
    this.element.style.position = "relative";
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
    const next = { frame: scene.frame.xlim ? scene.frame : BLANK, legend: scene.legend, ...size };
    const isSame = (key) => this._known[key] === next[key];
    const inPlace = ["width", "height", "letters"].every(isSame);
    const same = inPlace && ["frame", "legend"].every(isSame);
    const limitsOf = ({ frame }) => String([frame?.xlim, frame?.ylim]);
    const fits = inPlace && limitsOf(this._known) === limitsOf(next);
    this._known = next;
    if (!fits) this._fitted = { letters: size.letters, part: 1 };
    if (!same) this._measure(inPlace);
    return !same;
  }

  /** Find out which room is needed around the plot area; `keep` what was there, about. */
  _measure(keep) {
    const { frame, legend, width, height, letters } = this._known;
    const before = this.room;
    const above = legend?.place === "above";
    const named = legend?.entries.length > 0;
    const measured = named ? measureLegend(legend, letters, width) : null;
    [this._legend, this._above] = [measured, 0];
    let area = { x: 0, y: 0, w: 0.8 * width, h: 0.75 * height };
    // The more room there is, the more numbers; the longer they are, the less room there is.
    for (let round = 0; round < 2; round++) {
      this._parts = measureFrame(frame, area, letters);
      if (named && above) {
        const off = measured.off + liftOf(measured, this._parts, area, width);
        this._legend = { ...measured, off };
        this._above = measured.height + off;
      }
      this.room = roomOf(this._parts, this._above, area);
      area = this._equal(insideOf(width, height, this.room));
    }
    if (named && !above) {
      this._legend = measureLegend(legend, letters, area.w - 2 * this._legend.off);
    }
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
    this._fit(Math.round(width * ratio), Math.round(height * ratio), ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = letters.theme.paper;
    ctx.fillRect(0, 0, width, height);
    const brush = this._brush(ctx);
    drawFrame(brush, frame, this._parts, this._above, width);
    const more = frame.bare ? [] : [[SPINES, () => drawSpines(brush)]];
    if (this._legend) {
      const best = () => bestPlace(this._legend, brush, this.scene.items.values(), this._best);
      this._best = legend.place === "best" ? best() : legend.place;
      const draw = () => drawLegend(brush, legend, this._legend, this._best, width);
      more.push([legend.behind ? BEHIND : LEGEND, draw]);
    }
    this._drawMarks(brush, more);
  }

  /** Give the canvas that many pixels of the screen. */
  _fit(wide, high, ratio) {
    if (this.canvas.width === wide && this.canvas.height === high) return;
    Object.assign(this.canvas, { width: wide, height: high });
    Object.assign(this.canvas.style, { width: `${wide / ratio}px`, height: `${high / ratio}px` });
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
   * Return letters with which the words of a picture that has no axes stay inside of it and apart;
   * its signs are as small then. Once smaller they stay so as long as the picture has these limits:
   * they must not change with every word.
   */
  _fitting() {
    const { frame, width, letters } = this._known;
    if (!frame.bare) return letters;
    const boxes = [];
    for (const { kind, data, look } of this.scene.items.values()) {
      const { size = 10, italic, anchor, parts, turn } = look;
      if (kind !== "text" || !data.words || parts) continue;
      const [x, y] = this.toPixel(data.x, data.y);
      const { width: along, height: across } = letters.measure(data.words, size, italic);
      const [wide, high] = turn === 90 ? [across, along] : [along, across];
      boxes.push({ x, y, anchor, width: wide, height: high });
    }
    const part = partThatFits(boxes, width, SHRUNK);
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
      const draw = () => drawMark(brush, item);
      return { zorder: zorderOf(item), clip: clipAll || isClipped(item), draw };
    });
    for (const [zorder, draw] of more) layers.push({ zorder, clip: false, draw });
    layers.sort((a, b) => a.zorder - b.zorder);
    const { ctx, area } = brush;
    let clipped = false;
    for (const { clip, draw } of [...layers, { clip: false, draw: () => {} }]) {
      if (clip && !clipped) {
        ctx.save();
        ctx.beginPath();
        ctx.rect(area.x, area.y, area.w, area.h);
        ctx.clip();
      } else if (clipped && !clip) ctx.restore();
      clipped = clip;
      draw();
    }
  }

  /** Return what is seen, in words and numbers. */
  describe() {
    const { title, xlabel, ylabel, xlim, ylim } = this._known.frame;
    const { legend } = this._known;
    const [xticks, yticks] = [this._parts.x, this._parts.y].map(({ major }) => {
      return major.map((tick) => tick.words);
    });
    const names = legend?.entries.map((entry) => entry.label) ?? [];
    const items = [...this.scene.items.values()].map(described);
    const around = { title, xlabel, ylabel, xlim, ylim, xticks, yticks };
    return { ...around, legend: names, place: legend ? this._best : "", items };
  }
}

/** Return what an item is, how many places it has, and the ends of its numbers by array. */
function described({ name, kind, data }) {
  const ends = (values) => {
    const numbers = values.filter(Number.isFinite);
    return [Math.min, Math.max].map((end) => numbers.reduce((a, b) => end(a, b), numbers[0]));
  };
  const isArray = ([, value]) => typeof value?.[0] === "number";
  const arrays = Object.fromEntries(Object.entries(data).filter(isArray));
  const { x, counts, heights, values, xy } = arrays;
  const ranges = Object.fromEntries(Object.entries(arrays).map(([key, all]) => [key, ends(all)]));
  return { name, kind, count: (x ?? counts ?? heights ?? values ?? xy)?.length ?? 1, ranges };
}
