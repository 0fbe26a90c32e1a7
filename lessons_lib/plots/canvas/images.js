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

/** Write pixels into an image, the topmost row first. */
function paint(image, values, planes, table, topDown) {
  const { width, height, data } = image;
  const pixels = new Uint32Array(data.buffer);
  for (let row = 0; row < height; row++) {
    let from = (topDown ? row : height - 1 - row) * width * planes;
    for (let to = row * width; to < (row + 1) * width; to++, from += planes) {
      if (planes === 1) pixels[to] = table[values[from]];
      else {
        const [r, g, b] = [values[from], values[from + 1], values[from + 2]];
        pixels[to] = pixelOf(r, g, b, planes === 4 ? values[from + 3] : 255);
      }
    }
  }
}

const pictures = new WeakMap(); // look, which stays while numbers change -> what was drawn last

/**
 * Return an image's picture, the topmost row first.
 * @returns {OffscreenCanvas}
 */
export function pictureOf(theme, { values, top_down }, look) {
  const [rows, columns, planes = 1] = values.shape;
  const table = planes === 1 ? tableOf(theme, look.colors ?? ["paper", "ink"]) : null;
  let known = pictures.get(look);
  if (known?.values === values && known.table === table) return known.canvas;
  const plain = { values, rows, columns };
  const drawn = look.smooth && planes === 1 ? refined(values, rows, columns) : plain;
  const { rows: height, columns: width } = drawn;
  if (known?.canvas.width !== width || known.canvas.height !== height) {
    const canvas = new OffscreenCanvas(width, height);
    known = { canvas, ctx: canvas.getContext("2d"), image: new ImageData(width, height) };
  }
  paint(known.image, drawn.values, planes, table, top_down);
  known.ctx.putImageData(known.image, 0, 0);
  pictures.set(look, { ...known, values, table });
  return known.canvas;
}
