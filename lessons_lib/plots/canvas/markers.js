// The signs at points. Many equal ones are drawn once and then stamped.

import { colorOf } from "./theme.js";

const STAR = Array.from({ length: 10 }, (_, i) => {
  const [radius, angle] = [i % 2 ? 0.191 : 0.5, (i / 5 - 0.5) * Math.PI];
  return `${radius * Math.cos(angle)} ${radius * Math.sin(angle)}`;
});
// Of size 1, around the origin.
const OUTLINES = {
  o: "M.5 0A.5.5 0 0 1-.5 0A.5.5 0 0 1 .5 0Z",
  ".": "M.25 0A.25.25 0 0 1-.25 0A.25.25 0 0 1 .25 0Z",
  "^": "M0-.5L.5.5H-.5Z",
  v: "M0 .5L.5-.5H-.5Z",
  s: "M-.5-.5H.5V.5H-.5Z",
  D: "M0-.707L.707 0L0 .707L-.707 0Z",
  P: "M-.167-.5H.167V-.167H.5V.167H.167V.5H-.167V.167H-.5V-.167H-.167Z",
  X: "M-.25-.5L0-.25L.25-.5L.5-.25L.25 0L.5.25L.25.5L0 .25L-.25.5L-.5.25L-.25 0L-.5-.25Z",
  "*": `M${STAR.join("L")}Z`,
  x: "M-.5-.5L.5.5M-.5.5L.5-.5",
  "+": "M0-.5V.5M-.5 0H.5",
  "|": "M0-.5V.5",
  _: "M-.5 0H.5",
};
const OPEN = "x+|_"; // these are all edge
const FEW = 20; // signs that are drawn each exactly where it belongs and not at whole pixels

/**
 * How a sign looks, in pixels.
 * @typedef {{marker: string, size: number, fill: string, edge: string, width: number}} Sign
 */

/** Return the sign that a look tells of. */
export function signOf(theme, { marker = "o", size = 6, color = "ink", ...look }) {
  const open = OPEN.includes(marker);
  return {
    marker,
    size: size * theme.point,
    fill: colorOf(theme, look.fill ?? color),
    edge: colorOf(theme, open ? color : look.edge ?? color),
    width: (look.edge_width ?? (open ? 1.5 : 1)) * theme.point,
  };
}

const paths = new Map();

function pathOf(marker, size) {
  const key = `${marker} ${size}`;
  let path = paths.get(key);
  if (!path) {
    path = new Path2D();
    path.addPath(new Path2D(OUTLINES[marker] ?? OUTLINES.o), { a: size, d: size });
    paths.set(key, path);
  }
  return path;
}

/** Draw one sign around the origin. */
function drawSign(ctx, { marker, size, fill, edge, width }) {
  const path = pathOf(marker, size);
  ctx.fillStyle = fill;
  if (!OPEN.includes(marker)) ctx.fill(path);
  if (!(width > 0)) return;
  ctx.setLineDash([]);
  ctx.lineCap = "butt";
  ctx.lineJoin = marker === "*" ? "bevel" : "miter";
  ctx.lineWidth = width;
  ctx.strokeStyle = edge;
  ctx.stroke(path);
}

const stamps = new Map();

function stampOf(sign, ratio, alpha) {
  const key = `${Object.values(sign)} ${ratio} ${alpha}`;
  let stamp = stamps.get(key);
  if (!stamp) {
    if (stamps.size > 600) stamps.clear(); // a theme or a size that is no longer there
    const half = Math.ceil((0.75 * sign.size + sign.width) * ratio) + 0.5; // a pixel in the middle
    stamp = new OffscreenCanvas(2 * half, 2 * half);
    const ctx = stamp.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, half, half);
    ctx.globalAlpha = alpha;
    drawSign(ctx, sign);
    stamp = stamp.transferToImageBitmap(); // drawn faster than a canvas
    stamps.set(key, stamp);
  }
  return stamp;
}

/**
 * Draw signs.
 * @param {{ctx: CanvasRenderingContext2D, ratio: number}} brush
 * @param {number} count
 * @param {(i: number) => number} xOf - pixel of a sign; not a number for none
 * @param {(i: number) => number} yOf
 * @param {(i: number) => ?Sign} signAt
 */
export function drawSigns({ ctx, ratio }, count, xOf, yOf, signAt) {
  const alpha = ctx.globalAlpha;
  const { e, f } = ctx.getTransform();
  const many = count > FEW;
  ctx.save();
  if (many) {
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = 1;
  }
  let [sign, stamp] = [null, null];
  for (let i = 0; i < count; i++) {
    const [x, y] = [xOf(i), yOf(i)];
    const next = signAt(i);
    if (!next || Number.isNaN(x + y)) continue;
    if (many) {
      if (next !== sign) stamp = stampOf(next, ratio, alpha);
      sign = next;
      const half = stamp.width / 2;
      ctx.drawImage(stamp, Math.round(x * ratio + e - half), Math.round(y * ratio + f - half));
    } else {
      ctx.translate(x, y);
      drawSign(ctx, next);
      ctx.translate(-x, -y);
    }
  }
  ctx.restore();
}
