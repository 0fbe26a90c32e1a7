// Where the numbers of an axis stand and how they are written; as matplotlib does it. Pure.

import { powerWords } from "./words.js";

/**
 * `most` is how many intervals there is room for; `ticks` what was asked for: how many, or where
 * and with which words.
 * @typedef {{limits: [number, number], log: number, ticks: null|number|[number, ?string][],
 *   format: ?string, whole: boolean, most: number}} Axis
 * @typedef {{major: {at: number, words: string}[], minor: {at: number}[]}} Ticks
 */

const NICE = [1, 2, 2.5, 5, 10];
const FINER = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]; // where it is said how many intervals there are
const FEWEST_WORDS = 5; // numbers between two powers that are all written

/** Return from, from + step, ... up to `to`. */
function range(from, to, step = 1) {
  const count = Math.max(0, Math.floor((to - from) / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

/** Return numbers at equal, nice distances within limits: at most `most` intervals. */
function linearPlaces([low, high], most, steps, whole) {
  // Far from zero, distances are small differences of large numbers: count from nearby.
  const middle = (low + high) / 2;
  const power = 10 ** Math.floor(Math.log10(Math.abs(middle)));
  const offset = Math.abs(middle) / (high - low) < 100 ? 0 : Math.sign(middle) * power;
  const [first, last] = [low - offset, high - offset];
  const size = 10 ** Math.floor(Math.log10((high - low) / most));
  const good = [...steps.slice(0, -1).map((step) => step / 10), ...steps, 10 * steps[1]]
    .map((step) => step * size)
    .filter((step) => !whole || step < 1 || Math.abs(step - Math.round(step)) < 1e-3);
  const wide = good.findIndex((step) => step >= (last - first) / most);
  for (let i = wide < 0 ? good.length - 1 : wide; i >= 0; i--) {
    const atLeastOne = whole && Math.floor(last) - Math.ceil(first) >= 1;
    const step = atLeastOne ? Math.max(1, good[i]) : good[i];
    const slack = 1e-10 * Math.max(1, Math.abs(offset) / step);
    const counts = range(Math.ceil(first / step - slack), Math.floor(last / step + slack));
    if (counts.length >= 2) return counts.map((count) => count * step + offset);
  }
  return [];
}

/** Return the exponents within limits, from `first` to `last`, and which of them get words. */
function exponents([low, high], base, most) {
  const [from, to] = [low, high].map((limit) => Math.log(limit) / Math.log(base));
  const [first, last] = [Math.ceil(from - 1e-9), Math.floor(to + 1e-9)];
  const there = last - first + 1;
  const stride = Math.floor(there / (most + 1)) + 1;
  const count = Math.min(most, Math.ceil(there / stride));
  if (count < 2) return { first, last, stride, written: range(first, last).slice(0, 1) };
  // As many as there may be, as far apart as so many can be, and multiples of their distance.
  let apart = Math.floor((there - 1) / (count - 1));
  if (apart < there / count) apart = Math.floor(there / count);
  const least = Math.max(there - apart * count, 0);
  const beyond = Math.min(there - apart * (count - 1), apart);
  const round = ((-first % apart) + apart) % apart;
  const offset = round >= least && round < beyond ? round : least;
  return { first, last, stride: apart, written: range(first + offset, last, apart) };
}

const signed = (words) => words.replaceAll("-", "−");
const digits = (number, most) => Number(number.toPrecision(most));

/** Write a number with at most three digits: 0.125, 1e−5, 1e30. */
export function short(number) {
  const value = digits(number, 3);
  const power = value ? Math.floor(Math.log10(Math.abs(value))) : 0;
  const words = power >= -4 && power < 3 ? String(value) : value.toExponential();
  return signed(words.replace("+", ""));
}

/** Write a number of steps: narrow in a run of a million, too. */
function steps(number) {
  const size = Math.abs(number);
  if (size >= 1e6) return signed(`${digits(number / 1e6, 6)}M`);
  if (size >= 1e4) return signed(`${digits(number / 1e3, 6)}k`);
  return signed(Math.round(number).toLocaleString("en-US"));
}

const FORMATS = { short, steps, percent: (number) => signed(`${Math.round(100 * number)}%`) };

/** Return how to write numbers of one axis: all with as many decimals as they need together. */
function plainFormat(numbers, limits) {
  const all = numbers.length > 1 ? numbers : [...numbers, ...limits];
  const power = Math.floor(Math.log10(Math.max(...all.map(Math.abs)) || 1));
  const scale = power >= 6 || power <= -5 ? power : 0;
  const scaled = all.map((number) => number / 10 ** scale);
  const size = Math.floor(Math.log10(Math.max(...scaled) - Math.min(...scaled) || 1));
  const wrong = (n) => Math.max(...scaled.map((value) => Math.abs(value - value.toFixed(n))));
  let decimals = Math.min(Math.max(0, 3 - size), 15);
  while (decimals > 0 && wrong(decimals - 1) < 10 ** (size - 3)) decimals--;
  return (number) => {
    const words = signed((number / 10 ** scale).toFixed(decimals)).replace(/^−([0.]+)$/, "$1");
    return scale && number ? powerWords(10, scale, words) : words;
  };
}

function logTicks({ limits, log, ticks, format, most }) {
  const { first, last, stride, written } = exponents(limits, log, ticks ?? Math.max(2, most));
  const power = (at) => powerWords(log, Math.round(Math.log(at) / Math.log(log)));
  const write = FORMATS[format] ?? power;
  const major = written.map((exponent) => ({ at: log ** exponent, words: write(log ** exponent) }));
  if ((stride > 1 && last > first) || last - first >= 10 || log < 3) return { major, minor: [] };
  const parts = (exponent) => range(2, log - 1).map((part) => part * log ** exponent);
  const seen = (at) => at >= limits[0] && at <= limits[1];
  const minor = range(first - 1, last).flatMap(parts).filter(seen);
  if (major.length > 1) return { major, minor: minor.map((at) => ({ at })) };
  // With less than two powers in view, numbers between them are written too.
  const leads = (at) => "25".includes(at.toExponential()[0]);
  const more = minor.filter((at) => minor.length < FEWEST_WORDS || leads(at));
  const all = [...written.map((exponent) => log ** exponent), ...more].sort((a, b) => a - b);
  const plain = FORMATS[format] ?? ((at) => signed(String(digits(at, 3))));
  const fine = minor.filter((at) => !more.includes(at));
  return { major: all.map((at) => ({ at, words: plain(at) })), minor: fine.map((at) => ({ at })) };
}

/**
 * Return where the strokes of an axis stand, and the words at them.
 * @param {Axis} axis
 * @returns {Ticks}
 */
export function ticksOf(axis) {
  const { ticks, format, whole, most } = axis;
  const limits = [...axis.limits].sort((a, b) => a - b);
  if (axis.log && !Array.isArray(ticks)) return logTicks({ ...axis, limits });
  const given = Array.isArray(ticks)
    ? ticks.filter(([at]) => at >= limits[0] && at <= limits[1])
    : linearPlaces(limits, ticks ?? most, ticks ? FINER : NICE, whole).map((at) => [at, null]);
  const write = FORMATS[format] ?? plainFormat(given.map(([at]) => at), limits);
  return { major: given.map(([at, words]) => ({ at, words: words ?? write(at) })), minor: [] };
}
