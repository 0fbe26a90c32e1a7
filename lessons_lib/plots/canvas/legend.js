// Names of marks: how large their list is, where it hides least, and how it looks.

import { toPixel } from "./scales.js";
import { cssOf, tableOf } from "./images.js";
import { drawMark } from "./marks.js";

const PLAIN = { log: false, at: 0, per: 1, limits: [0, 1] }; // numbers are pixels
const APART = 8; // pixels between places of a curve that a legend should not hide
const SMALLEST = 6; // points of letters that have to be narrow
// Gaps in multiples of the letters' size, as matplotlib's.
const INSIDE = {
  columns: 1, size: 10, sample: 2, pad: 0.4, gap: 0.8, between: 2, line: 1.5, off: 0.5,
}; // prettier-ignore
const ABOVE = {
  columns: 5, size: 9, sample: 1.6, pad: 0.1, gap: 0.5, between: 0.9, line: 1.3, off: 0.2,
}; // prettier-ignore
const PLACES = [
  "upper right", "upper left", "lower left", "lower right", "right", "center left", "center right",
  "lower center", "upper center", "center",
]; // prettier-ignore

/**
 * Return the size of a legend in pixels, and where its entries begin. If there is not enough room
 * it has fewer columns above a picture, and smaller letters inside.
 * @param {Object<string, any>} legend
 * @param {import("./letters.js").Letters} letters
 * @param {number} room - width that there is, in pixels
 */
export function measureLegend({ entries, place, ...wanted }, letters, room) {
  const form = place === "above" ? ABOVE : INSIDE;
  let columns = Math.min(wanted.columns ?? form.columns, entries.length);
  let size = wanted.size ?? form.size;
  for (;;) {
    const measured = arranged(entries, columns, size, wanted.sample ?? form.sample, form, letters);
    if (measured.width <= room) return measured;
    if (form === ABOVE ? columns === 1 : size <= SMALLEST) return measured;
    if (form === ABOVE) columns--;
    else size = Math.max(SMALLEST, Math.min(size - 0.5, (size * room) / measured.width));
  }
}

function arranged(entries, columns, size, sample, form, letters) {
  const em = size * letters.theme.point;
  const before = (sample + form.gap) * em;
  const pad = form.pad * em;
  const spots = [];
  let [x, width, rows] = [pad, 0, 0];
  for (let column = 0; column < columns; column++) {
    // The first columns have one more where it does not come out even.
    const high = Math.ceil((entries.length - spots.length) / (columns - column));
    const here = entries.slice(spots.length, spots.length + high);
    here.forEach((_, row) => spots.push({ x, y: pad + (row * form.line + 0.5) * em }));
    const widths = here.map(({ label }) => letters.measure(label, size).width);
    width = x + before + Math.max(...widths) + pad;
    x = width - pad + form.between * em;
    rows = Math.max(rows, high);
  }
  const height = ((rows - 1) * form.line + 1) * em + 2 * pad;
  return { width, height, spots, size, em, before, sample: sample * em, off: form.off * em };
}

/** Return where a legend above a picture of that width begins: over the plot area if it can. */
function leftOf(measured, area, width) {
  return Math.max(0, Math.min(area.x - 0.02 * area.w, width - measured.width));
}

/**
 * Return by how much a legend above a picture must be lifted to clear the numbers of y, half of
 * the uppermost of which stands out: where it begins to the left of the plot area.
 * @param {ReturnType<typeof measureLegend>} measured
 * @param {object} parts - of the frame, see `measureFrame`
 * @param {{x: number, w: number}} area - the plot area
 * @param {number} width - of the whole picture, in pixels
 */
export function liftOf(measured, parts, area, width) {
  const free = area.x - 0.02 * area.w; // where it begins if there is room enough
  return parts.y.major.length && leftOf(measured, area, width) < free ? parts.letters / 2 : 0;
}

/** Return the top left corner of a legend inside of the plot area. */
function cornerAt(place, { width, height, off }, { x, y, w, h }) {
  const part = (first, last) => (place.includes(first) ? 0 : place.includes(last) ? 1 : 0.5);
  return {
    x: x + off + part("left", "right") * (w - width - 2 * off),
    y: y + off + part("upper", "lower") * (h - height - 2 * off),
  };
}

/** Return pixels that a legend should not hide, x, y, x, y, ...; `segments` are a background. */
function pixelsOf({ x, y }, items) {
  const pixels = [];
  const add = (count, xOf, yOf, joined = false) => {
    let [fromX, fromY] = [NaN, NaN];
    for (let i = 0; i < count; i++) {
      const [px, py] = [toPixel(x, xOf(i)), toPixel(y, yOf(i))];
      const long = joined ? Math.hypot(px - fromX, py - fromY) || 0 : 0;
      for (let on = APART; on < Math.min(long, 200 * APART); on += APART) {
        pixels.push(fromX + ((px - fromX) * on) / long, fromY + ((py - fromY) * on) / long);
      }
      pixels.push(px, py);
      [fromX, fromY] = [px, py];
    }
  };
  for (const { kind, data, look } of items) {
    const { xy, edges, heights } = data;
    if (kind === "curve") add(data.x.length, (i) => data.x[i], (i) => data.y[i], look.dash !== "");
    if (kind === "points") add(xy.length / 2, (i) => xy[2 * i], (i) => xy[2 * i + 1]);
    if (kind === "bars") {
      add(2 * heights.length, (i) => edges[(i + 1) >> 1], (i) => heights[i >> 1], true);
    }
    if (kind === "arrow") {
      add(2, (i) => [data.start, data.end][i][0], (i) => [data.start, data.end][i][1], true);
    }
  }
  return pixels;
}

/**
 * Return where a legend hides least; it stays where it was as long as it hides nothing there.
 * @param {ReturnType<typeof measureLegend>} measured
 * @param {import("./marks.js").Brush} brush
 * @param {Iterable<import("./scene.js").Item>} items
 * @param {string} before - where it was
 */
export function bestPlace(measured, brush, items, before) {
  const pixels = pixelsOf(brush, items);
  let [best, least] = ["", Infinity];
  for (const place of PLACES.includes(before) ? [before, ...PLACES] : PLACES) {
    const { x, y } = cornerAt(place, measured, brush.area);
    let hidden = 0;
    for (let i = 0; i < pixels.length; i += 2) {
      const [right, down] = [pixels[i] - x, pixels[i + 1] - y];
      if (right > 0 && right < measured.width && down > 0 && down < measured.height) hidden++;
    }
    if (hidden < least) [best, least] = [place, hidden];
    if (!least) break;
  }
  return best;
}

/**
 * Draw a legend.
 * @param {import("./marks.js").Brush} brush
 * @param {Object<string, any>} legend
 * @param {ReturnType<typeof measureLegend>} measured
 * @param {string} place
 * @param {number} width - of the whole picture, in pixels
 */
export function drawLegend(brush, legend, measured, place, width) {
  const { ctx, area, theme, letters } = brush;
  const above = place === "above";
  const corner = above
    ? { x: leftOf(measured, area, width), y: area.y - measured.off - measured.height }
    : cornerAt(place, measured, area);
  if (!above) {
    ctx.beginPath();
    ctx.roundRect(corner.x, corner.y, measured.width, measured.height, 0.2 * measured.em);
    ctx.globalAlpha = 0.9;
    ctx.fillStyle = theme.paper;
    ctx.fill();
    ctx.setLineDash([]);
    ctx.strokeStyle = theme.faint;
    ctx.lineWidth = theme.point;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  legend.entries.forEach(({ label, kind, look }, i) => {
    const [x, y] = [corner.x + measured.spots[i].x, corner.y + measured.spots[i].y];
    drawSample({ ...brush, x: PLAIN, y: PLAIN }, kind, look, x, y, measured);
    letters.write(ctx, label, x + measured.before, y, { size: measured.size, anchor: "left" });
  });
}

function drawSample(brush, kind, look, x, y, { sample, em }) {
  const end = x + sample;
  const half = 0.35 * em;
  const draw = (as, data, more) => drawMark(brush, { kind: as, data, look: { ...look, ...more } });
  if (kind === "bars") draw("bars", { heights: [y - half], edges: [x, end], base: y + half });
  else if (kind === "points") draw("points", { xy: [(x + end) / 2, y] });
  else if (kind === "image") {
    brush.ctx.fillStyle = cssOf(tableOf(brush.theme, look.colors), 0);
    brush.ctx.fillRect(x, y - half, sample, 2 * half);
  } else {
    const color = Array.isArray(look.color) ? look.color[0] : look.color;
    draw("curve", { x: [x, end], y: [y, y] }, { color, marker: "" });
    if (look.marker) draw("curve", { x: [(x + end) / 2], y: [y] });
  }
}
