// What a tip says of a place in a picture, and where the tip stands: no page.

import { isInk, isPainted, valueOf } from "./hits.js";
import { short } from "./ticks.js";
import { linesOf } from "./words.js";

/** Return a number in at most four digits, a whole one whole. */
export function digitsOf(value) {
  const size = Math.abs(value);
  const whole = Math.abs(value - Math.round(value)) < 1e-6 * size && size < 1e7;
  if (whole || !value) return String(Math.round(value) + 0).replace("-", "−");
  return size >= 1e5 || size < 1e-3 ? short(value) : String(Number(value.toPrecision(4))).replace("-", "−");
}

/** Return the letters of words in which there may be formulas. */
const rowsOf = (words) => linesOf(words ?? "").map((runs) => runs.map((run) => run.text).join(""));
export const lettersIn = (words) => rowsOf(words).join(" ").trim();

const hasLetters = (words) => /\p{L}/u.test(words ?? "");

/** Return the words that an axis has for a number, null where it has words for others only. */
function axisWords(frame, axis, value) {
  const reads = frame[`${axis}reads`];
  if (reads) return reads[Math.min(Math.max(Math.round(value), 0), reads.length - 1)];
  const ticks = frame[`${axis}ticks`];
  if (Array.isArray(ticks)) {
    const here = ticks.find(([at]) => Math.abs(at - value) < 1e-6 * Math.max(1, Math.abs(value)));
    if (here?.[1]) return lettersIn(here[1]);
    if (ticks.some(([, words]) => hasLetters(words))) return null;
  }
  const [low, high] = frame[`${axis}lim`];
  const near = frame[`${axis}log`] ? 0 : 1e-6 * Math.abs(high - low); // a pixel is no exact number
  const number = Math.abs(value) < near ? 0 : value;
  return frame[`${axis}format`] === "percent" ? `${digitsOf(100 * number)} %` : digitsOf(number);
}

/** Return a line such as "epoch: 12", or none where the axis has nothing to say. */
function axisLine(frame, axis, words) {
  if (words === null) return [];
  const label = lettersIn(frame[`${axis}label`]);
  if (!label && hasLetters(words)) return [words]; // the name of a row
  return [`${label || (axis === "y" && lettersIn(frame.title)) || axis}: ${words}`];
}

/** Return what a bar stands on: its middle where it belongs to one number, else its edges. */
function barWords(frame, low, high) {
  const middle = (low + high) / 2;
  const one = high - low <= 1 && high - low >= 0.5 && Math.abs(middle - Math.round(middle)) < 1e-6;
  return one ? axisWords(frame, "x", middle) : `${digitsOf(low)} to ${digitsOf(high)}`;
}

/** Return a value that has come as a byte, in the digits that it can have. */
function roughly(value, limits) {
  const digits = Math.floor(-Math.log10(Math.abs(limits[1] - limits[0]) / 254));
  const unit = 10 ** Math.max(-12, Math.min(12, digits));
  return `≈ ${digitsOf(Math.round(value * unit) / unit)}`;
}

/** Return what is said of a pixel: its number, which is a logarithm, and the words on it. */
function cellLines({ data }, index, value) {
  const said = data.said[data.states[index[0] * data.values.shape[1] + index[1]]];
  // One byte for all of them leaves each two digits.
  const number = value === null ? [] : [`${data.label} ≈ ${digitsOf(Number((10 ** value).toPrecision(2)))}`];
  return [...number, ...(said ? [said] : [])];
}

/**
 * Return the lines of a tip.
 * @param {object} frame of the scene
 * @param {import("./hits.js").Hit} hit
 * @returns {string[]}
 */
export function tipLines(frame, { item, index, x, y }) {
  const label = item.look.label ? [lettersIn(item.look.label)] : [];
  if (item.data.words) return rowsOf(item.data.words[index]);
  if (isPainted(item)) {
    const cell = `row ${index[0] + 1}, column ${index[1] + 1}`;
    return [`${cell}: ${isInk(item, index) ? "painted" : "blank"}`];
  }
  if (frame.bare) return label;
  const value = valueOf(item, index);
  const across = item.kind === "bars"
    ? barWords(frame, item.data.edges[index], item.data.edges[index + 1]) : axisWords(frame, "x", x);
  const aid = (axis) => item.kind === "curve" && item.data.x.length === 2 && item.data[axis][0] === item.data[axis][1];
  return [
    ...label, ...(aid("y") ? [] : axisLine(frame, "x", across)),
    ...(aid("x") ? [] : axisLine(frame, "y", axisWords(frame, "y", y))),
    ...(item.data.said ? cellLines(item, index, value) : value === null ? [] : [`value ${roughly(value, item.look.limits)}`]),
  ];
}

/**
 * Return left and top of a box that stands beside a point and inside the window.
 * @param {{x: number, y: number}} point
 * @param {number} gap how far the box stays from it: a finger hides more than a mouse
 */
export function beside(point, [width, height], [windowWidth, windowHeight], gap) {
  const clip = (at, size, room) => Math.max(4, Math.min(at, room - size - 4));
  const middle = [point.x - width / 2, point.y - height / 2];
  const places = [
    [middle[0], point.y - gap - height], [middle[0], point.y + gap],
    [point.x + gap, middle[1]], [point.x - gap - width, middle[1]],
  ].map(([left, top]) => [clip(left, width, windowWidth), clip(top, height, windowHeight)]);
  const away = ([left, top]) => Math.max(
    left - point.x, point.x - left - width, top - point.y, point.y - top - height,
  );
  return places.find((place) => away(place) >= gap - 1) ?? places[0];
}
