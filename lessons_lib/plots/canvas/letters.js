// Measures and writes words; what has been measured once is remembered.

import { linesOf } from "./words.js";
import { colorOf } from "./theme.js";

// Of the letters' size: what stands above and below the line, and from line to line.
const ASCENT = 0.76;
const DESCENT = 0.24;
const PITCH = 1.2;
const REMEMBERED = 1000; // words remembered: a counter that runs brings new ones without end

/** Height of lines of letters of size 1. */
export const heightOf = (lines = 1) => ASCENT + DESCENT + (lines - 1) * PITCH;

export class Letters {
  /**
   * @param {CanvasRenderingContext2D} ctx - measures
   * @param {import("./theme.js").Theme} theme
   */
  constructor(ctx, theme) {
    this.theme = theme;
    this._ctx = ctx;
    this._known = new Map();
  }

  /**
   * Return width and height of words in pixels, and where each run of letters stands in them.
   * @param {string} words
   * @param {number} size - in points
   * @param {boolean} italic - whether all is slanted
   */
  measure(words, size, italic = false) {
    const key = `${size} ${italic} ${words}`;
    const known = this._known.get(key);
    if (known) return known;
    if (this._known.size >= REMEMBERED) this._known.clear();
    const px = size * this.theme.point;
    const lines = linesOf(words).map((runs) => {
      let width = 0;
      const placed = runs.map((run) => {
        const slant = italic || run.italic ? "italic " : "";
        const font = (this._ctx.font = `${slant}${px * run.scale}px ${this.theme.font}`);
        const at = width;
        width += this._ctx.measureText(run.text).width;
        return { text: run.text, font, at, up: run.raise * px };
      });
      return { width, runs: placed };
    });
    const width = Math.max(...lines.map((line) => line.width));
    const measured = { width, height: heightOf(lines.length) * px, lines, px };
    this._known.set(key, measured);
    return measured;
  }

  /**
   * Write words.
   * @param {CanvasRenderingContext2D} ctx
   * @param {string} words
   * @param {number} x - where the part of them that `anchor` names stands
   * @param {number} y
   * @param {{size?: number, color?: string, anchor?: string, italic?: boolean, turn?: number,
   *   backdrop?: boolean}} look
   */
  write(ctx, words, x, y, look = {}) {
    if (!words) return;
    const { size = 10, color = "ink", anchor = "baseline left", italic, turn = 0, backdrop } = look;
    const { width, height, lines, px } = this.measure(words, size, italic);
    const angle = (turn * Math.PI) / 180;
    const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
    const [wide, high] = [width * cos + height * sin, width * sin + height * cos];
    const has = (side) => anchor.includes(side);
    const right = has("left") ? wide / 2 : has("right") ? -wide / 2 : 0;
    const down = has("top") ? high / 2 : has("bottom") ? -high / 2 : 0;
    const line = has("baseline") ? DESCENT * px - high / 2 : down;
    ctx.save();
    ctx.translate(x + right, y + line);
    ctx.rotate(-angle);
    if (backdrop) {
      const pad = 0.8 * this.theme.point;
      ctx.globalAlpha *= 0.8;
      ctx.fillStyle = this.theme.paper;
      ctx.fillRect(-width / 2 - pad, -height / 2 - pad, width + 2 * pad, height + 2 * pad);
      ctx.globalAlpha /= 0.8;
    }
    ctx.fillStyle = colorOf(this.theme, color);
    lines.forEach((written, number) => {
      const slack = width - written.width;
      const left = -width / 2 + (has("left") ? 0 : has("right") ? slack : slack / 2);
      const base = -height / 2 + (ASCENT + number * PITCH) * px;
      for (const run of written.runs) {
        ctx.font = run.font;
        ctx.fillText(run.text, left + run.at, base - run.up);
      }
    });
    ctx.restore();
  }
}
