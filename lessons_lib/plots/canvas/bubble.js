// What is shown of a place that is pointed at: a ring on it, a tip beside it, words for the ear.

import { boxOf, cornersOf } from "./hits.js";
import { beside } from "./tips.js";

const LARGE = 180; // pixels of the longer side of what a tip shows in large
const GAPS = { mouse: 16, keys: 16, finger: 44 }; // pixels between a place and its tip
const TIP_STYLE = `
.canvas-tips { position: absolute; }
.canvas-tip { display: none; position: fixed; inset: auto; margin: 0; padding: 4px 8px;
  border: 1px solid var(--canvas-ink, #222222); border-radius: 3px; pointer-events: none;
  background: var(--canvas-paper, #ffffff); color: var(--canvas-ink, #222222); max-width: 260px;
  white-space: pre-line; font: var(--canvas-size, 13px)/1.35 var(--canvas-font, sans-serif); }
.canvas-tip canvas { display: block; margin: 2px auto 4px; outline: 1px solid var(--canvas-faint, #dddddd); }
.canvas-ring { position: absolute; box-sizing: border-box; pointer-events: none;
  border: 2px solid var(--canvas-ink, #222222); outline: 2px solid var(--canvas-paper, #ffffff); }
.canvas-span { position: absolute; box-sizing: border-box; pointer-events: none;
  border: 2px dashed #222222; outline: 2px solid #ffffff; }
.canvas-aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.canvas-view:focus-visible { outline: 2px solid var(--canvas-focus, #0072b2); outline-offset: -2px; }
@media print { .canvas-tip, .canvas-ring, .canvas-span { display: none !important; } }`;

/** Return a new element inside another. */
export function appended(parent, className, tag = "div") {
  const element = Object.assign(document.createElement(tag), { className });
  parent.append(element);
  return element;
}

export class Bubble {
  /** @param {HTMLElement} root beside the views */
  constructor(root) {
    appended(root, "", "style").textContent = TIP_STYLE;
    this.ring = Object.assign(document.createElement("div"), { className: "canvas-ring" });
    this.rectangle = Object.assign(document.createElement("div"), { className: "canvas-span" });
    this.tip = appended(root, "canvas-tip");
    this.tip.popover = "manual"; // above everything: what scrolls around it cannot cut it
    this.large = appended(this.tip, "", "canvas");
    this.words = appended(this.tip, "");
    this.tip.setAttribute("aria-hidden", "true"); // what it says is spoken below
    this.spoken = appended(root, "canvas-aside");
    this.spoken.setAttribute("aria-live", "polite");
  }

  /**
   * Show what is said of a place.
   * @param {import("./hits.js").Hit} hit
   * @param {string[]} lines - of the tip; without any there is only the ring
   * @param {{how: string, px: number, py: number}} pointer - pixel from which the tip keeps away
   */
  show(view, hit, lines, { how, px, py }) {
    this.#encircle(view, hit);
    this.tip.style.display = lines.length ? "block" : "none";
    if (lines.length && this.tip.showPopover && !this.tip.matches(":popover-open")) this.tip.showPopover();
    const words = lines.join("\n");
    if (this.words.textContent !== words) this.words.textContent = words;
    const aloud = how === "mouse" ? "" : lines.join(", ");
    if (this.spoken.textContent !== aloud) this.spoken.textContent = aloud;
    // What chooses from a list can be read as it stands.
    this.large.hidden = hit.item.kind !== "lens" || typeof hit.item.look.picks === "string";
    this.large.style.display = this.large.hidden ? "none" : "";
    if (!this.large.hidden) this.#enlarge(view, boxOf(hit.item, hit.index));
    const { left, top } = view.element.getBoundingClientRect();
    const { width, height } = this.tip.getBoundingClientRect();
    const room = [document.documentElement.clientWidth, window.innerHeight];
    const place = beside({ x: left + px, y: top + py }, [width, height], room, GAPS[how]);
    [this.tip.style.left, this.tip.style.top] = place.map((at) => `${at}px`);
  }

  /** Show nothing any longer. */
  hide() {
    this.ring.remove();
    this.tip.style.display = "none";
    if (this.tip.isConnected) this.tip.hidePopover?.();
    this.spoken.textContent = "";
  }

  /** Show the rectangle between two cells of an item; or none any longer. */
  span(view, item, from, to) {
    if (!item) return this.rectangle.remove();
    const boxes = [from, to].map((index) => boxOf(item, index));
    const end = (pick, at) => pick(...boxes.map((box) => box[at]));
    const [left, top] = view.toPixel(end(Math.min, 0), end(Math.max, 3));
    const [right, bottom] = view.toPixel(end(Math.max, 1), end(Math.min, 2));
    Object.assign(this.rectangle.style, {
      left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px`,
    });
    return view.element.append(this.rectangle);
  }

  /** Frame a box, a cell or a line, or put a small circle around a point. */
  #encircle(view, { item, index, px, py }) {
    let [left, top, right, bottom] = [px - 6, py - 6, px + 6, py + 6];
    let turn = 0;
    const corners = item.kind === "segments" ? cornersOf(item, index) : [];
    if (corners.length) {
      const [[ax, ay], [bx, by]] = [corners[0], corners.at(-1)].map((corner) => view.toPixel(...corner));
      const [x, y, half] = [(ax + bx) / 2, (ay + by) / 2, Math.hypot(bx - ax, by - ay) / 2];
      [left, top, right, bottom] = [x - half, y - 4, x + half, y + 4];
      turn = Math.atan2(by - ay, bx - ax);
    }
    const framed = item.kind === "lens" || (item.kind === "image" && !item.look.smooth);
    if (framed) {
      const box = boxOf(item, index);
      [[left, top], [right, bottom]] = [view.toPixel(box[0], box[3]), view.toPixel(box[1], box[2])];
    }
    Object.assign(this.ring.style, {
      left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px`,
      borderRadius: framed || corners.length ? "0" : "50%", rotate: `${turn}rad`,
    });
    if (this.ring.parentNode !== view.element) view.element.append(this.ring);
  }

  /** Draw a part of a picture in large. */
  #enlarge(view, box) {
    const [[x0, y0], [x1, y1]] = [view.toPixel(box[0], box[3]), view.toPixel(box[1], box[2])];
    const scale = LARGE / Math.max(x1 - x0, y1 - y0);
    const [w, h] = [(x1 - x0) * scale, (y1 - y0) * scale];
    const ratio = window.devicePixelRatio;
    const { large } = this;
    Object.assign(large, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    [large.style.width, large.style.height] = [`${w}px`, `${h}px`];
    const ctx = large.getContext("2d");
    ctx.scale(ratio, ratio);
    view.drawRegion(ctx, box, { x: 0, y: 0, w, h });
  }
}
