// From numbers on an axis to pixels and back. Pure.

/**
 * Where numbers lie: `at + per * number`, or its logarithm in the place of the number.
 * @typedef {{log: boolean, at: number, per: number, limits: [number, number]}} Scale
 */

const LEAST = 1e-300; // stands for what has no logarithm; it lies far outside
const FAR = 20000; // pixels: farther away a browser no longer counts exactly

/**
 * @param {[number, number]} limits - numbers at both ends
 * @param {number} log - its base, or 0 for equal distances
 * @param {number} start - pixel of the first number
 * @param {number} end - pixel of the last
 * @returns {Scale}
 */
export function scaleOf(limits, log, start, end) {
  const [low, high] = log ? limits.map((limit) => Math.log(Math.max(limit, LEAST))) : limits;
  const per = (end - start) / (high - low || 1);
  return { log: Boolean(log), at: start - per * low, per, limits };
}

/** Return where a number lies; not a number if it is none. */
export function toPixel({ log, at, per }, number) {
  const pixel = at + per * (log ? Math.log(Math.max(number, LEAST)) : number);
  return Math.min(Math.max(pixel, -FAR), FAR);
}

/** Return the number that lies at a pixel. */
export function toNumber({ log, at, per }, pixel) {
  const number = (pixel - at) / per;
  return log ? Math.exp(number) : number;
}
