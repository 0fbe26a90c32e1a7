// Numbers as colours.

import { colorOf, isNamed, rgbOf } from "./theme.js";

export const NOTHING = 255; // the byte where there is no number
const FINE = 200; // values along a side, between which the browser may mix colours itself

const tables = new Map();

/** Return a pixel as the bytes of an image hold it. */
const pixelOf = (r, g, b, a = 255) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

/**
 * Return the colours of the bytes from 0 to 254, and nothing for 255, as whole pixels.
 * @param {import("./theme.js").Theme} theme
 * @param {string[]} colors - between which the others lie, the lowest first
 * @returns {Uint32Array}
 */
export function tableOf(theme, colors) {
  // Only a map with colours of the theme becomes another one with it.
  const known = colors.some(isNamed) ? colors.map((color) => colorOf(theme, color)) : colors;
  const key = known.join();
  let table = tables.get(key);
  if (!table) {
    const stops = known.map(rgbOf);
    table = new Uint32Array(256);
    for (let byte = 0; byte < NOTHING; byte++) {
      const place = (byte / (NOTHING - 1)) * (stops.length - 1);
      const low = Math.min(Math.floor(place), stops.length - 2);
      const part = place - low;
      const mixed = (value, i) => Math.round(value + part * (stops[low + 1][i] - value));
      table[byte] = pixelOf(...stops[low].map(mixed));
    }
    tables.set(key, table);
  }
  return table;
}

/** Return the colour of a byte as CSS knows it. */
export function cssOf(table, byte) {
  const pixel = table[byte];
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

/** Return for `count * times` places which value is before each, and the part to the next. */
function between(count, times) {
  const before = new Int32Array(count * times);
  const parts = new Float32Array(count * times);
  for (let i = 0; i < before.length; i++) {
    const at = Math.min(Math.max((i + 0.5) / times - 0.5, 0), count - 1);
    before[i] = Math.min(Math.floor(at), Math.max(count - 2, 0));
    parts[i] = at - before[i];
  }
  return { before, parts };
}

/**
 * Return bytes with more of them between: colours must run through those of the table, and not
 * straight from one to the other. Where one of four is nothing, the nearest of them counts.
 */
function refined(values, rows, columns) {
  const times = Math.floor(Math.min(8, FINE / Math.max(rows, columns)));
  if (times < 2) return { values, rows, columns };
  const [down, across] = [between(rows, times), between(columns, times)];
  const [high, wide] = [rows * times, columns * times];
  const finer = new Uint8Array(high * wide);
  const [right, below] = [columns > 1 ? 1 : 0, rows > 1 ? columns : 0];
  for (let row = 0; row < high; row++) {
    const part = down.parts[row];
    for (let column = 0; column < wide; column++) {
      const share = across.parts[column];
      const i = down.before[row] * columns + across.before[column];
      const a = values[i];
      const b = values[i + right];
      const c = values[i + below];
      const d = values[i + right + below];
      let value = values[i + (part < 0.5 ? 0 : below) + (share < 0.5 ? 0 : right)];
      if (a < NOTHING && b < NOTHING && c < NOTHING && d < NOTHING) {
        const above = a + share * (b - a);
        value = above + part * (c + share * (d - c) - above) + 0.5;
      }
      finer[row * wide + column] = value;
    }
  }
  return { values: finer, rows: high, columns: wide };
}

/** Write pixels, the topmost row first, into a canvas of their own. */
function painted(canvas, { values, rows, columns }, planes, table, topDown) {
  canvas ??= new OffscreenCanvas(columns, rows);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < rows; row++) {
    let from = (topDown ? row : rows - 1 - row) * columns * planes;
    for (let to = row * columns; to < (row + 1) * columns; to++, from += planes) {
      if (planes === 1) pixels[to] = table[values[from]];
      else {
        const [r, g, b] = [values[from], values[from + 1], values[from + 2]];
        pixels[to] = pixelOf(r, g, b, planes === 4 ? values[from + 3] : 255);
      }
    }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}

const images = new WeakMap(); // values -> their picture

/**
 * Return an image's picture, the topmost row first.
 * @returns {OffscreenCanvas}
 */
export function pictureOf(theme, { values, top_down }, { colors = ["paper", "ink"], smooth }) {
  const [rows, columns, planes = 1] = values.shape;
  const table = planes === 1 ? tableOf(theme, colors) : null;
  const known = images.get(values);
  if (known && known.table === table) return known.canvas;
  const plain = { values, rows, columns };
  const drawn = smooth && planes === 1 ? refined(values, rows, columns) : plain;
  const canvas = painted(known?.canvas, drawn, planes, table, top_down);
  images.set(values, { table, canvas });
  return canvas;
}
