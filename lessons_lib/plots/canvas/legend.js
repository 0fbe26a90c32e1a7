// Names of marks: how large their list is, where it hides least, and how it looks.

import { toPixel } from "./scales.js";
import { drawMark } from "./marks.js";

const PLAIN = { log: false, at: 0, per: 1, limits: [0, 1] }; // numbers are pixels
const EDGES = 8; // pixels between places of a curve that count as hidden
// In multiples of the letters' size, as matplotlib's.
const INSIDE = { size: 10, sample: 2, pad: 0.4, gap: 0.8, between: 2, line: 0.5, off: 0.5 };
const ABOVE = { size: 9, sample: 1.6, pad: 0.1, gap: 0.5, between: 0.9, line: 0.3, off: 0.2 };
const MOST_ABOVE = 5; // in a row
const PLACES = [
  "upper right", "upper left", "lower left", "lower right", "right", "center left", "center right",
  "lower center", "upper center", "center",
]; // prettier-ignore

/**
 * Return the size of a legend, and where each entry begins in it.
 * @param {Object<string, any>} legend
 * @param {import("./letters.js").Letters} letters
 * @param {number} room - width that there is, in pixels
 */
export function measureLegend(legend, letters, room) {
  const form = legend.place === "above" ? ABOVE : INSIDE;
  const { size, sample } = { size: legend.size ?? form.size, sample: legend.sample ?? form.sample };
  const measured = arranged(legend, letters, room, form, size, sample);
  if (measured.width <= room || form === ABOVE) return measured;
  return arranged(legend, letters, room, form, Math.max(6, (size * room) / measured.width), sample);
}

function arranged({ entries, columns }, letters, room, form, size, sample) {
  const em = size * letters.theme.point;
  const before = (sample + form.gap) * em;
  const widths = entries.map(({ label }) => before + letters.measure(label, size).width);
  const line = (1 + form.line) * em;
  const pad = form.pad * em;
  const spots = [];
  let [width, rows] = [0, 0];
  if (form === ABOVE) {
    let [x, inRow] = [0, 0];
    widths.forEach((wide, i) => {
      const full = inRow === (columns ?? MOST_ABOVE) || x + wide > room - 2 * pad;
      if (i && full) [x, rows, inRow] = [0, rows + 1, 0];
      spots.push({ x: pad + x, y: pad + rows * line });
      width = Math.max(width, x + wide);
      x += wide + form.between * em;
      inRow++;
    });
    rows++;
  } else {
    // One column after the other; the first ones hold one more where it does not come out even.
    const count = Math.min(columns ?? 1, entries.length);
    let [first, x] = [0, 0];
    for (let column = 0; column < count; column++) {
      const high = Math.ceil((entries.length - first) / (count - column));
      for (let row = 0; row < high; row++) spots.push({ x: pad + x, y: pad + row * line });
      width = x + Math.max(...widths.slice(first, first + high));
      x = width + form.between * em;
      [first, rows] = [first + high, Math.max(rows, high)];
    }
  }
  const height = rows * line - form.line * em + 2 * pad;
  return { width: width + 2 * pad, height, spots, size, em, sample: sample * em, before, off: form.off * em };
}

/** Return the corner of a legend at one of the places, inside of the plot area. */
function cornerAt(place, { width, height, off }, area) {
  const along = (start, end) => ({ start: start + off, end: end - off });
  const [h, v] = [along(area.x, area.x + area.w - width), along(area.y, area.y + area.h - height)];
  const x = place.includes("left") ? h.start : place.includes("right") ? h.end : (h.start + h.end) / 2;
  const y = place.includes("upper") ? v.start : place.includes("lower") ? v.end : (v.start + v.end) / 2;
  return { x, y };
}

/** Return pixels that a legend should not hide: x, y, x, y, ... */
function pixelsOf({ x, y }, items) {
  const pixels = [];
  const add = (count, xOf, yOf, joined) => {
    let [fromX, fromY] = [NaN, NaN];
    for (let i = 0; i < count; i++) {
      const [px, py] = [toPixel(x, xOf(i)), toPixel(y, yOf(i))];
      const steps = joined ? Math.min(200, Math.floor(Math.hypot(px - fromX, py - fromY) / EDGES)) : 0;
      for (let k = 1; k < steps; k++) {
        pixels.push(fromX + ((px - fromX) * k) / steps, fromY + ((py - fromY) * k) / steps);
      }
      pixels.push(px, py);
      [fromX, fromY] = [px, py];
    }
  };
  for (const { kind, data, look } of items) {
    if (kind === "curve") add(data.x.length, (i) => data.x[i], (i) => data.y[i], look.dash !== "");
    if (kind === "points") add(data.xy.length / 2, (i) => data.xy[2 * i], (i) => data.xy[2 * i + 1]);
    if (kind === "bars") {
      add(2 * data.heights.length, (i) => data.edges[(i + 1) >> 1], (i) => data.heights[i >> 1], true);
    }
    if (kind === "text" && !look.parts) add(1, () => data.x, () => data.y);
  }
  return pixels;
}

/**
 * Return where a legend hides least; it stays where it was as long as it hides nothing there.
 * @param {object} measured - its size
 * @param {import("./marks.js").Brush} brush
 * @param {Iterable<import("./scene.js").Item>} items
 * @param {string} before - where it was
 */
export function bestPlace(measured, brush, items, before) {
  const pixels = pixelsOf(brush, items);
  const hidden = (place) => {
    const { x, y } = cornerAt(place, measured, brush.area);
    let count = 0;
    for (let i = 0; i < pixels.length; i += 2) {
      const [px, py] = [pixels[i], pixels[i + 1]];
      if (px > x && px < x + measured.width && py > y && py < y + measured.height) count++;
    }
    return count;
  };
  let [best, least] = ["", Infinity];
  for (const place of before ? [before, ...PLACES] : PLACES) {
    const count = hidden(place);
    if (count < least) [best, least] = [place, count];
    if (!least) break;
  }
  return best;
}

/**
 * Draw a legend.
 * @param {import("./marks.js").Brush} brush
 * @param {Object<string, any>} legend
 * @param {object} measured - from `measureLegend`
 * @param {string} place
 * @param {number} width - of the whole picture, in pixels
 */
export function drawLegend(brush, legend, measured, place, width) {
  const { ctx, area, theme, letters } = brush;
  let corner;
  if (place === "above") {
    const left = Math.min(area.x - 0.02 * area.w, width - measured.width - 2 * theme.point);
    corner = { x: Math.max(left, 0), y: area.y - measured.off - measured.height };
  } else {
    corner = cornerAt(place, measured, area);
    ctx.beginPath();
    ctx.roundRect(corner.x, corner.y, measured.width, measured.height, 0.2 * measured.em);
    ctx.globalAlpha = 0.9;
    ctx.fillStyle = theme.paper;
    ctx.fill();
    ctx.strokeStyle = theme.faint;
    ctx.setLineDash([]);
    ctx.lineWidth = theme.point;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  legend.entries.forEach(({ label, kind, look }, i) => {
    const [x, y] = [corner.x + measured.spots[i].x, corner.y + measured.spots[i].y + measured.em / 2];
    drawSample({ ...brush, x: PLAIN, y: PLAIN }, kind, look, x, y, measured);
    letters.write(ctx, label, x + measured.before, y, { size: measured.size, anchor: "left" });
  });
}

function drawSample(brush, kind, look, x, y, { sample, em }) {
  const middle = x + sample / 2;
  const draw = (drawn, data, more) => drawMark(brush, { kind: drawn, data, look: { ...look, ...more } });
  if (kind === "bars") draw("bars", { heights: [y - 0.35 * em], edges: [x, x + sample], base: y + 0.35 * em });
  else if (kind === "points") draw("points", { xy: [middle, y] });
  else {
    const color = Array.isArray(look.color) ? look.color[0] : look.color;
    draw("curve", { x: [x, x + sample], y: [y, y] }, { color, marker: "" });
    if (look.marker) draw("curve", { x: [middle], y: [y] });
  }
}
