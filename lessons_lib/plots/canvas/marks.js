// Draws the marks of a picture.

import { toPixel } from "./scales.js";
import { strokeOf } from "./strokes.js";
import { colorOf } from "./theme.js";
import { drawSigns, signOf } from "./markers.js";
import { cssOf, NOTHING, pictureOf, tableOf } from "./images.js";

/**
 * What is drawn with: where, how numbers become pixels, and with which colours and letters.
 * `ratio` is the pixels of the screen in one of the page.
 * @typedef {{ctx: CanvasRenderingContext2D, x: import("./scales.js").Scale,
 *   y: import("./scales.js").Scale, area: {x: number, y: number, w: number, h: number},
 *   theme: import("./theme.js").Theme, letters: import("./letters.js").Letters,
 *   ratio: number}} Brush
 */

const FEW_CORNERS = 100; // of a line that may be upright and level all along: boxes and crosses
const ZORDERS = { image: 0, curve: 2, segments: 2, text: 3 }; // the others have 1

/** Return the height of a mark in the pile. */
export const zorderOf = ({ kind, look }) => look.zorder ?? ZORDERS[kind] ?? 1;

/** Return whether a mark ends at the picture's edge. */
export const isClipped = ({ kind, look }) => look.clip ?? kind !== "text";

/** Return a pixel of the page that is one of the screen's; a line of that width is then sharp. */
export function sharp(at, ratio, width = 0) {
  const half = (Math.round(width * ratio) % 2) / 2;
  return (Math.round(at * ratio - half) + half) / ratio;
}

/** Set how lines are drawn, and return their width in pixels. */
function setLine({ ctx, theme }, look, cap) {
  const { color, width, dashes } = strokeOf(theme, look);
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.setLineDash(dashes);
  ctx.lineDashOffset = 0;
  ctx.lineJoin = "round";
  ctx.lineCap = cap;
  return width;
}

/** Add lines through pixels; where one is not a number there is a gap. */
function addLine(ctx, count, xOf, yOf) {
  let drawing = false;
  for (let i = 0; i < count; i++) {
    const [x, y] = [xOf(i), yOf(i)];
    if (Number.isNaN(x + y)) drawing = false;
    else if (drawing) ctx.lineTo(x, y);
    else {
      ctx.moveTo(x, y);
      drawing = true;
    }
  }
}

function drawCurve(brush, { x, y }, look) {
  const { ctx, ratio } = brush;
  const count = x.length;
  const xOf = (i) => toPixel(brush.x, x[i]);
  const yOf = (i) => toPixel(brush.y, y[i]);
  const { dash = "-", marker } = look;
  if (dash !== "" && look.width !== 0 && count > 1) {
    const px = setLine(brush, look, dash === "-" ? "square" : "butt");
    // Round corners that nobody can see cost a third of a curve's time.
    if (count > brush.area.w / 2) ctx.lineJoin = "bevel";
    const straight = count === 2 && (x[0] === x[1] || y[0] === y[1]);
    const place = (of) => (straight ? (i) => sharp(of(i), ratio, px) : of);
    ctx.beginPath();
    addLine(ctx, count, place(xOf), place(yOf));
    ctx.stroke();
  }
  const sign = marker ? signOf(brush.theme, look) : null;
  if (sign) drawSigns(brush, count, xOf, yOf, () => sign);
}

function drawPoints(brush, { xy, values }, look) {
  const sign = signOf(brush.theme, look);
  let signAt = () => sign;
  if (values) {
    const table = tableOf(brush.theme, look.colors);
    const signs = new Map();
    signAt = (i) => {
      const byte = values[i];
      if (!signs.has(byte)) {
        const fill = cssOf(table, byte);
        const colored = { ...sign, fill, edge: look.edge ? sign.edge : fill };
        signs.set(byte, byte === NOTHING ? null : colored);
      }
      return signs.get(byte);
    };
  }
  const xOf = (i) => toPixel(brush.x, xy[2 * i]);
  const yOf = (i) => toPixel(brush.y, xy[2 * i + 1]);
  drawSigns(brush, xy.length / 2, xOf, yOf, signAt);
}

function drawSegments(brush, { counts, xy }, look) {
  const { ctx, ratio } = brush;
  const [colors, widths] = [look.color, look.width].map((one) => (Array.isArray(one) ? one : [one]));
  const lookOf = (number) => {
    return { ...look, color: colors[number % colors.length], width: widths[number % widths.length] };
  };
  const cap = look.cap === "projecting" ? "square" : "butt";
  // What shines through adds up where lines cross.
  const apart = colors.length > 1 || widths.length > 1 || (look.alpha ?? 1) < 1;
  let px = setLine(brush, lookOf(0), cap);
  let start = 0;
  ctx.beginPath();
  counts.forEach((count, number) => {
    if (apart && number) {
      ctx.stroke();
      px = setLine(brush, lookOf(number), cap);
      ctx.beginPath();
    }
    const from = 2 * start;
    const isLevel = (i) => xy[i] === xy[i + 2] || xy[i + 1] === xy[i + 3];
    let straight = count < FEW_CORNERS;
    for (let i = from; straight && i < from + 2 * count - 2; i += 2) straight = isLevel(i);
    const place = (scale, i) => {
      const pixel = toPixel(scale, xy[i]);
      return straight ? sharp(pixel, ratio, px) : pixel;
    };
    const xOf = (i) => place(brush.x, from + 2 * i);
    addLine(ctx, count, xOf, (i) => place(brush.y, from + 2 * i + 1));
    start += count;
  });
  ctx.stroke();
}

function drawImage({ ctx, x, y, theme, ratio }, data, look) {
  const [left, right, bottom, top] = data.extent;
  const picture = pictureOf(theme, data, look);
  const [x0, x1] = [left, right].map((at) => sharp(toPixel(x, at), ratio));
  const [y0, y1] = [top, bottom].map((at) => sharp(toPixel(y, at), ratio));
  ctx.imageSmoothingEnabled = Boolean(look.smooth);
  ctx.drawImage(picture, x0, y0, x1 - x0, y1 - y0);
}

function drawBars({ ctx, x, y, theme, ratio }, { heights, edges, base = 0 }, { color = "ink" }) {
  const [xOf, yOf] = [x, y].map((scale) => (value) => sharp(toPixel(scale, value), ratio));
  ctx.fillStyle = colorOf(theme, color);
  ctx.beginPath();
  ctx.moveTo(xOf(edges[0]), yOf(base));
  for (let i = 0; i < heights.length; i++) {
    ctx.lineTo(xOf(edges[i]), yOf(heights[i]));
    ctx.lineTo(xOf(edges[i + 1]), yOf(heights[i]));
  }
  ctx.lineTo(xOf(edges[heights.length]), yOf(base));
  ctx.fill();
}

function drawText({ ctx, x, y, area, letters }, data, look) {
  const parts = look.parts ?? "";
  const px = parts.includes("x") ? area.x + data.x * area.w : toPixel(x, data.x);
  const py = parts.includes("y") ? area.y + (1 - data.y) * area.h : toPixel(y, data.y);
  letters.write(ctx, data.words, px, py, look);
}

function drawArrow(brush, { start, end, head, gap }, look) {
  const { ctx, x, y, theme } = brush;
  const unit = theme.point;
  let [x0, x1] = [start[0], end[0]].map((at) => toPixel(x, at));
  let [y0, y1] = [start[1], end[1]].map((at) => toPixel(y, at));
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0)) return;
  const [right, down] = [(x1 - x0) / length, (y1 - y0) / length];
  // The rim around the head is drawn too: its tip must end where the arrow does.
  const px = (look.width ?? 2) * unit;
  const tip = gap[1] * unit + (px / 2) * Math.hypot(0.4, 0.2) / 0.2;
  [x0, y0] = [x0 + right * gap[0] * unit, y0 + down * gap[0] * unit];
  [x1, y1] = [x1 - right * tip, y1 - down * tip];
  const [back, side] = [0.4 * head * unit, 0.2 * head * unit];
  setLine(brush, { width: 2, ...look, dash: "-" }, "round");
  ctx.lineJoin = "miter";
  ctx.beginPath();
  if (length > tip + gap[0] * unit + back) {
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1 - right * back, y1 - down * back);
    ctx.stroke();
  }
  ctx.beginPath();
  ctx.moveTo(x1 - right * back - down * side, y1 - down * back + right * side);
  ctx.lineTo(x1, y1);
  ctx.lineTo(x1 - right * back + down * side, y1 - down * back - right * side);
  ctx.closePath();
  ctx.fillStyle = ctx.strokeStyle;
  ctx.fill();
  ctx.stroke();
}

function drawBox({ ctx, x, y, theme }, { corner, size }, { color = "ink" }) {
  const pad = 0.02;
  const [x0, x1] = [corner[0] - pad, corner[0] + size[0] + pad].map((at) => toPixel(x, at));
  const [y0, y1] = [corner[1] + size[1] + pad, corner[1] - pad].map((at) => toPixel(y, at));
  const round = { x: 0.06 * Math.abs(x.per), y: 0.06 * Math.abs(y.per) };
  ctx.fillStyle = colorOf(theme, color);
  ctx.beginPath();
  ctx.roundRect(x0, y0, x1 - x0, y1 - y0, round);
  ctx.fill();
}

const DRAWN = {
  curve: drawCurve,
  points: drawPoints,
  segments: drawSegments,
  image: drawImage,
  bars: drawBars,
  text: drawText,
  arrow: drawArrow,
  box: drawBox,
};

/**
 * Draw one mark; a lens is invisible.
 * @param {Brush} brush
 * @param {import("./scene.js").Item} item
 */
export function drawMark(brush, { kind, data, look }) {
  brush.ctx.globalAlpha = look.alpha ?? 1;
  DRAWN[kind]?.(brush, data, look);
  brush.ctx.globalAlpha = 1;
}
