// Draws what is around the marks: numbers, labels, title, and the lines around the plot area.

import { ticksOf } from "./ticks.js";
import { scaleOf, toPixel } from "./scales.js";
import { heightOf } from "./letters.js";
import { sharp } from "./marks.js";
import { EDGE, LABEL_GAP, STROKE, TITLE_GAP, WORDS_GAP } from "./layout.js";

const LETTERS = 10; // points; so the others
const TITLE = 12;
const LINE = 0.8;
const FINE_LINE = 0.6;
const FINE_STROKE = 2;
const LETTERS_LEAST = 5;
const LETTERS_APART = 0.4; // between words along x, in letters
const HIGH = 2; // room for a number along y, in letters; along x it is measured
const MOST = { x: 6, y: 9 }; // intervals between numbers

/** Return the size with which words at these places do not touch each other. */
function sizeBelowEachOther(ticks, length, letters) {
  const parts = ticks.map((tick) => tick.part).sort((a, b) => a - b);
  const nearest = Math.min(...parts.slice(1).map((part, i) => part - parts[i])) * length;
  return Math.min(LETTERS, Math.max(LETTERS_LEAST, nearest / letters.theme.point));
}

/** Return ticks of one axis: each knows its part of the length, and how wide its words are. */
function ticksAlong(frame, name, length, letters) {
  const of = (setting) => frame[name + setting];
  const [limits, log, ticks, format] = ["lim", "log", "ticks", "format"].map(of);
  const em = LETTERS * letters.theme.point;
  const room = Math.max(1, Math.floor(length / (HIGH * em)));
  const counted = typeof ticks === "number";
  const wanted = counted ? ticks : MOST[name];
  const most = counted && name === "x" ? wanted : Math.min(wanted, room);
  const scale = scaleOf(limits, log, 0, 1);
  const isApart = (tick, i, all) => {
    const last = all[i - 1] ?? { part: -Infinity, width: 0 };
    const free = Math.abs(tick.part - last.part) * length - (tick.width + last.width) / 2;
    return name === "y" || free >= LETTERS_APART * em;
  };
  for (let fewer = 0; ; fewer++) {
    const there = Math.max(1, most - fewer);
    const axis = { limits, log, format, whole: name === "x" && frame.whole_x, most: there };
    const { major, minor } = ticksOf({ ...axis, ticks: counted ? there : ticks });
    const kept = Array.isArray(ticks) ? major.filter((_, i) => i % (fewer + 1) === 0) : major;
    for (const tick of kept) tick.part = toPixel(scale, tick.at);
    // Names beside rows cannot be left out: many are written small.
    const size = name === "y" && Array.isArray(ticks) ? sizeBelowEachOther(kept, length, letters) : LETTERS;
    for (const tick of kept) tick.width = letters.measure(tick.words, size).width;
    if (kept.every(isApart) || fewer > major.length) return { major: kept, minor, size };
  }
}

/**
 * Return the ticks of both axes of a frame for a plot area, and the heights of what is around it.
 * @param {Object<string, any>} frame
 * @param {import("./layout.js").Area} area
 * @param {import("./letters.js").Letters} letters
 */
export function measureFrame(frame, area, letters) {
  const { point } = letters.theme;
  const high = (words, size) => (words ? heightOf(words.split("\n").length) * size * point : 0);
  const none = { major: [], minor: [] };
  return {
    point,
    bare: Boolean(frame.bare),
    tickMarks: frame.tick_marks,
    labelGap: (frame.label_gap ?? LABEL_GAP) * point,
    title: high(frame.title.trim(), TITLE),
    xlabel: high(frame.xlabel, LETTERS),
    ylabel: high(frame.ylabel, LETTERS),
    letters: high("0", LETTERS),
    x: frame.bare ? none : ticksAlong(frame, "x", area.w, letters),
    y: frame.bare ? none : ticksAlong(frame, "y", area.h, letters),
  };
}

/**
 * Draw numbers, labels and title around the plot area.
 * @param {import("./marks.js").Brush} brush
 * @param {Object<string, any>} frame
 * @param {ReturnType<typeof measureFrame>} parts
 * @param {number} above - room for the legend below the title, in pixels
 * @param {number} width - of the whole picture
 */
export function drawFrame(brush, frame, parts, above, width) {
  const { ctx, area, letters, theme } = brush;
  const { x, y } = parts;
  const unit = theme.point;
  const [right, bottom] = [area.x + area.w, area.y + area.h];
  const write = (words, px, py, look) => letters.write(ctx, words, px, py, look);
  // What is wider than the room for it gets smaller, and its middle stays inside.
  const fitted = (words, size, most) => {
    return size * Math.min(1, most / letters.measure(words, size).width);
  };
  const writeAcross = (words, py, points, anchor) => {
    const size = fitted(words, points, width - 2 * EDGE * unit);
    const half = letters.measure(words, size).width / 2 + EDGE * unit;
    const middle = Math.min(Math.max((area.x + right) / 2, half), width - half);
    write(words, middle, py, { size, anchor });
  };
  writeAcross(frame.title.trim(), area.y - above - TITLE_GAP * unit, TITLE, "baseline");
  if (frame.bare) return;
  drawStrokes(brush, parts);
  const gap = (STROKE + WORDS_GAP) * unit;
  for (const { at, words } of x.major) {
    write(words, toPixel(brush.x, at), bottom + gap, { anchor: "top" });
  }
  const beside = area.x - (parts.tickMarks ? gap : WORDS_GAP * unit);
  for (const { at, words } of y.major) {
    write(words, beside, toPixel(brush.y, at), { anchor: "right", size: y.size });
  }
  const below = x.major.length ? gap + parts.letters : 0;
  writeAcross(frame.xlabel, bottom + below + LABEL_GAP * unit, LETTERS, "top");
  const widths = y.major.map((tick) => tick.width);
  const left = (widths.length ? beside - Math.max(...widths) : area.x) - parts.labelGap;
  const size = fitted(frame.ylabel, LETTERS, bottom + area.y);
  write(frame.ylabel, left, (area.y + bottom) / 2, { size, turn: 90, anchor: "right" });
}

function drawStrokes({ ctx, area, theme, ratio, ...scales }, { x, y, tickMarks }) {
  const bottom = area.y + area.h;
  for (const [kind, length, line] of [["major", STROKE, LINE], ["minor", FINE_STROKE, FINE_LINE]]) {
    const px = setThin(ctx, line, theme, ratio);
    const end = length * theme.point;
    ctx.beginPath();
    for (const tick of x[kind]) {
      const at = sharp(toPixel(scales.x, tick.at), ratio, px);
      ctx.moveTo(at, bottom);
      ctx.lineTo(at, bottom + end);
    }
    for (const tick of tickMarks ? y[kind] : []) {
      const at = sharp(toPixel(scales.y, tick.at), ratio, px);
      ctx.moveTo(area.x, at);
      ctx.lineTo(area.x - end, at);
    }
    ctx.stroke();
  }
}

/** Set a line of whole pixels of the screen, at least one; return its width. */
function setThin(ctx, points, theme, ratio) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = Math.max(1, Math.round(points * theme.point * ratio)) / ratio;
  ctx.lineCap = "butt";
  ctx.lineJoin = "miter";
  ctx.setLineDash([]);
  return ctx.lineWidth;
}

/** Draw the four lines around the plot area. */
export function drawSpines({ ctx, area, theme, ratio }) {
  const px = setThin(ctx, LINE, theme, ratio);
  const [left, right] = [area.x, area.x + area.w].map((at) => sharp(at, ratio, px));
  const [top, bottom] = [area.y, area.y + area.h].map((at) => sharp(at, ratio, px));
  ctx.strokeRect(left, top, right - left, bottom - top);
}
