// Where the numbers of an axis stand and how they are written; as matplotlib does it. Pure.

import { powerWords } from "./words.js";

/**
 * @typedef {{limits: [number, number], log: number, ticks: null|number|[number, ?string][],
 *   format: ?string, whole: boolean, most: number}} Axis
 * `most` is how many intervals there is room for.
 * @typedef {{major: {at: number, words: string}[], minor: number[]}} Ticks
 */

const NICE = [1, 2, 2.5, 5, 10];
const FINER = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]; // where it is said how many intervals there are

const range = (from, to, step = 1) =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / step + 1e-9) + 1) }, (_, i) => from + i * step);
const signed = (words) => words.replaceAll("-", "−");

/** Return numbers at equal, nice distances within limits: at most `most` intervals. */
function linearPlaces([low, high], most, steps, whole) {
  const middle = (low + high) / 2;
  // Far from zero, distances are small differences of large numbers: count from nearby.
  const power = 10 ** Math.floor(Math.log10(Math.abs(middle)));
  const offset = Math.abs(middle) / (high - low) < 100 ? 0 : Math.sign(middle) * power;
  const [first, last] = [low - offset, high - offset];
  const size = 10 ** Math.floor(Math.log10((high - low) / most));
  let good = [...steps.slice(0, -1).map((step) => step / 10), ...steps, 10 * steps[1]];
  good = good.map((step) => step * size);
  if (whole) good = good.filter((step) => step < 1 || Math.abs(step - Math.round(step)) < 1e-3);
  const wide = good.findIndex((step) => step >= (last - first) / most);
  for (let i = wide < 0 ? good.length - 1 : wide; i >= 0; i--) {
    const oneAtLeast = whole && Math.floor(last) - Math.ceil(first) >= 1;
    const step = oneAtLeast ? Math.max(1, good[i]) : good[i];
    const near = 1e-10 * Math.max(1, Math.abs(offset) / step);
    const counts = range(Math.ceil(first / step - near), Math.floor(last / step + near));
    if (counts.length >= 2) return counts.map((count) => count * step + offset);
  }
  return [];
}

/** Return exponents of the powers within limits that get words: at most `most`. */
function powers([low, high], base, most) {
  const [from, to] = [low, high].map((limit) => Math.log(limit) / Math.log(base));
  const [first, last] = [Math.ceil(from - 1e-9), Math.floor(to + 1e-9)];
  const there = last - first + 1;
  const stride = Math.floor(there / (most + 1)) + 1;
  const count = Math.min(most, Math.ceil(there / stride));
  if (count < 2) return { first, last, stride, shown: there > 0 ? [Math.min(Math.max(Math.round((from + to) / 2), first), last)] : [] };
  let wide = Math.floor((there - 1) / (count - 1));
  if (wide < there / count) wide = Math.floor(there / count);
  const least = Math.max(there - wide * count, 0);
  const beyond = Math.min(there - wide * (count - 1), wide);
  const round = (((-first) % wide) + wide) % wide; // the powers are then multiples of the stride
  const offset = round >= least && round < beyond ? round : least;
  return { first, last, stride: wide, shown: range(first + offset, last, wide) };
}

/** Write a number with at most three digits, as Python's ".3g" does. */
export function short(number) {
  const words = Number(number.toPrecision(3));
  const power = words ? Math.floor(Math.log10(Math.abs(words))) : 0;
  if (power >= -4 && power < 3) return signed(String(words));
  const [digits, exponent] = words.toExponential().split("e");
  return signed(`${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`);
}

const FORMATS = {
  short,
  steps: (number) => {
    const size = Math.abs(number);
    if (size >= 1e6) return signed(`${Number((number / 1e6).toPrecision(6))}M`);
    if (size >= 1e4) return signed(`${Number((number / 1e3).toPrecision(6))}k`);
    return signed(Math.round(number).toLocaleString("en-US"));
  },
  percent: (number) => signed(`${Math.round(100 * number)}%`),
};

/** Return how to write numbers of one axis: all with as many decimals as they need together. */
export function plainFormat(numbers, limits) {
  const all = numbers.length > 1 ? numbers : [...numbers, ...limits];
  const largest = Math.max(...all.map(Math.abs));
  const power = largest ? Math.floor(Math.log10(largest)) : 0;
  const scale = power >= 6 || power <= -5 ? power : 0;
  const scaled = all.map((number) => number / 10 ** scale);
  const size = Math.floor(Math.log10(Math.max(...scaled) - Math.min(...scaled) || Math.abs(scaled[0]) || 1));
  const wrong = (digits) => Math.max(...scaled.map((n) => Math.abs(n - Number(n.toFixed(digits)))));
  let digits = Math.min(Math.max(0, 3 - size), 15);
  while (digits > 0 && wrong(digits - 1) < 10 ** (size - 3)) digits--;
  return (number) => {
    const words = signed((number / 10 ** scale).toFixed(digits)).replace(/^−(0\.?0*)$/, "$1");
    return scale && number ? powerWords(10, scale, words) : words;
  };
}

/** Return the ticks of an axis with logarithmic scale. */
function logTicks({ limits, log, ticks, format, most }) {
  const { first, last, stride, shown } = powers(limits, log, typeof ticks === "number" ? ticks : Math.max(2, most));
  const inside = (at) => at >= limits[0] * (1 - 1e-9) && at <= limits[1] * (1 + 1e-9);
  const write = FORMATS[format] ?? ((at) => powerWords(log, Math.round(Math.log(at) / Math.log(log))));
  const major = shown.map((power) => log ** power).map((at) => ({ at, words: write(at) }));
  if (stride > 1 && last > first || last - first >= 10 || log < 3) return { major, minor: [] };
  const between = range(first - 1, last).flatMap((power) => range(2, log - 1).map((part) => part * log ** power));
  const minor = between.filter(inside);
  if (major.length > 1) return { major, minor };
  // With less than two powers in view, numbers between them are written too.
  const written = minor.filter((at) => minor.length < 5 || [2, 5].includes(Math.round(at / 10 ** Math.floor(Math.log10(at) + 1e-9))));
  const plain = FORMATS[format] ?? ((at) => signed(String(Number(at.toPrecision(3)))));
  const all = [...major.map(({ at }) => at), ...written].sort((a, b) => a - b);
  return { major: all.map((at) => ({ at, words: plain(at) })), minor: minor.filter((at) => !written.includes(at)) };
}

/**
 * Return where the strokes of an axis stand, and the words at them.
 * @param {Axis} axis
 * @returns {Ticks}
 */
export function ticksOf(axis) {
  const { limits, log, ticks, format, whole, most } = axis;
  const ordered = limits[0] <= limits[1] ? limits : [limits[1], limits[0]];
  if (Array.isArray(ticks)) {
    const seen = ticks.filter(([at]) => at >= ordered[0] && at <= ordered[1]);
    const write = FORMATS[format] ?? plainFormat(seen.map(([at]) => at), limits);
    return { major: seen.map(([at, words]) => ({ at, words: words ?? write(at) })), minor: [] };
  }
  if (log) return logTicks({ ...axis, limits: ordered });
  const given = typeof ticks === "number";
  const places = linearPlaces(ordered, given ? ticks : most, given ? FINER : NICE, whole);
  const write = FORMATS[format] ?? plainFormat(places, limits);
  return { major: places.map((at) => ({ at, words: write(at) })), minor: [] };
}
