// Draws what is around the marks: ground, axes, numbers, labels, title.

import { ticksOf } from "./ticks.js";
import { toPixel } from "./scales.js";
import { heightOf } from "./letters.js";
import { sharp } from "./marks.js";
import { FINE_STROKE, LABEL_GAP, STROKE, TITLE_GAP, WORDS_GAP } from "./layout.js";

const LETTERS = 10; // points
const TITLE = 12;
const LINE = 0.8;
const FINE_LINE = 0.6;
const MOST_X = 6; // intervals along x: in a picture of this size more numbers would touch
const MOST = 9;

/** Return ticks of one axis for a length in pixels; `apart` is the room for one, in letters. */
function ticksAlong(frame, name, length, apart, letters) {
  const most = Math.floor(length / (apart * LETTERS * letters.theme.point));
  const axis = {
    limits: frame[`${name}lim`],
    log: frame[`${name}log`],
    ticks: frame[`${name}ticks`],
    format: frame[`${name}format`],
    whole: name === "x" && Boolean(frame.whole_x),
    most: Math.min(Math.max(most, 1), name === "x" && !frame.xlog ? MOST_X : MOST),
  };
  return ticksOf(axis);
}

/** Leave out words, at equal distances, until none touches the next. */
function thinned({ major, minor }, limits, log, length, letters) {
  const [low, high] = log ? limits.map(Math.log) : limits;
  const placed = major.map((tick) => {
    const at = ((log ? Math.log(tick.at) : tick.at) - low) / (high - low);
    return { ...tick, at: tick.at, part: at, width: letters.measure(tick.words, LETTERS).width };
  });
  const gap = 0.4 * LETTERS * letters.theme.point;
  for (let every = 1; every < placed.length; every++) {
    const kept = placed.filter((_, i) => i % every === 0);
    const free = kept.every((tick, i) => {
      const next = kept[i + 1];
      return !next || Math.abs(next.part - tick.part) * length >= (tick.width + next.width) / 2 + gap;
    });
    if (free) return { major: kept, minor };
  }
  return { major: placed.slice(0, 1), minor };
}

/**
 * Return ticks of both axes of a frame for a plot area, and the sizes of all that is around it.
 * @param {Object<string, any>} frame
 * @param {import("./layout.js").Area} area
 * @param {import("./letters.js").Letters} letters
 */
export function measureFrame(frame, area, letters) {
  const { point } = letters.theme;
  const high = (words, size) => (words ? heightOf(words.split("\n").length) * size * point : 0);
  const sizes = {
    point,
    bare: frame.bare,
    title: high(frame.title.trim(), TITLE),
    xlabel: high(frame.xlabel, LETTERS),
    ylabel: high(frame.ylabel, LETTERS),
    labelGap: frame.label_gap ?? LABEL_GAP,
    tickMarks: frame.tick_marks,
    letters: high("0", LETTERS),
    x: [],
    y: [],
  };
  const none = { major: [], minor: [] };
  if (frame.bare) return { sizes, x: none, y: none };
  let x = ticksAlong(frame, "x", area.w, 3, letters);
  x = thinned(x, frame.xlim, frame.xlog, area.w, letters);
  const y = ticksAlong(frame, "y", area.h, 2, letters);
  const [low, top] = frame.ylog ? frame.ylim.map(Math.log) : frame.ylim;
  sizes.x = x.major.map(({ part, width }) => ({ at: part, width }));
  sizes.y = y.major.map(({ at, words }) => {
    const part = ((frame.ylog ? Math.log(at) : at) - low) / (top - low);
    return { at: part, width: letters.measure(words, LETTERS).width };
  });
  return { sizes, x, y };
}

/** Draw numbers, labels and title around the plot area. */
export function drawFrame(brush, frame, { sizes, x, y }, above, width) {
  const { ctx, area, letters, theme } = brush;
  const unit = theme.point;
  const bottom = area.y + area.h;
  const middle = { x: area.x + area.w / 2, y: area.y + area.h / 2 };
  if (sizes.title) {
    const words = frame.title.trim();
    const size = fitting(letters, words, TITLE, width - 8 * unit);
    const half = letters.measure(words, size).width / 2 + 4 * unit;
    const at = Math.min(Math.max(middle.x, half), width - half);
    letters.write(ctx, words, at, area.y - above - TITLE_GAP * unit, { size, anchor: "baseline" });
  }
  if (frame.bare) return;
  drawStrokes(brush, x, y, frame.tick_marks);
  const gap = (STROKE + WORDS_GAP) * unit;
  for (const { at, words } of x.major) {
    letters.write(ctx, words, toPixel(brush.x, at), bottom + gap, { anchor: "top" });
  }
  const beside = area.x - (frame.tick_marks ? gap : WORDS_GAP * unit);
  for (const { at, words } of y.major) {
    letters.write(ctx, words, beside, toPixel(brush.y, at), { anchor: "right" });
  }
  const below = bottom + (x.major.length ? gap + sizes.letters : 0) + LABEL_GAP * unit;
  const size = fitting(letters, frame.xlabel, LETTERS, width);
  const half = letters.measure(frame.xlabel, size).width / 2;
  const at = Math.min(Math.max(middle.x, half), width - half);
  letters.write(ctx, frame.xlabel, at, below, { size, anchor: "top" });
  const widest = Math.max(0, ...sizes.y.map((tick) => tick.width));
  const left = (y.major.length ? beside - widest : area.x) - sizes.labelGap * unit;
  const turned = { size: fitting(letters, frame.ylabel, LETTERS, bottom + area.y), turn: 90, anchor: "right" };
  letters.write(ctx, frame.ylabel, left, middle.y, turned);
}

/** Return the size with which words are no wider than the room for them. */
function fitting(letters, words, size, room) {
  return size * Math.min(1, room / letters.measure(words, size).width);
}

function drawStrokes({ ctx, x: xScale, y: yScale, area, theme, ratio }, x, y, tickMarks) {
  const [left, bottom] = [area.x, area.y + area.h];
  const draw = (ticks, length, line, add) => {
    const px = lineWidth(line, theme, ratio);
    ctx.beginPath();
    for (const at of ticks) add(at, length * theme.point, px);
    ctx.lineWidth = px;
    ctx.stroke();
  };
  const along = (at, length, px) => {
    const place = sharp(toPixel(xScale, at), ratio, px);
    ctx.moveTo(place, bottom);
    ctx.lineTo(place, bottom + length);
  };
  const up = (at, length, px) => {
    const place = sharp(toPixel(yScale, at), ratio, px);
    ctx.moveTo(left, place);
    ctx.lineTo(left - length, place);
  };
  ctx.strokeStyle = theme.ink;
  ctx.lineCap = "butt";
  ctx.setLineDash([]);
  draw(x.major.map(({ at }) => at), STROKE, LINE, along);
  draw(x.minor, FINE_STROKE, FINE_LINE, along);
  if (!tickMarks) return;
  draw(y.major.map(({ at }) => at), STROKE, LINE, up);
  draw(y.minor, FINE_STROKE, FINE_LINE, up);
}

/** Return the width of a thin line: whole pixels of the screen, at least one. */
const lineWidth = (points, theme, ratio) => Math.max(1, Math.round(points * theme.point * ratio)) / ratio;

/** Draw the four lines around the plot area. */
export function drawSpines({ ctx, area, theme, ratio }) {
  const px = lineWidth(LINE, theme, ratio);
  const [left, right] = [area.x, area.x + area.w].map((at) => sharp(at, ratio, px));
  const [top, bottom] = [area.y, area.y + area.h].map((at) => sharp(at, ratio, px));
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = px;
  ctx.setLineDash([]);
  ctx.lineJoin = "miter";
  ctx.strokeRect(left, top, right - left, bottom - top);
}
