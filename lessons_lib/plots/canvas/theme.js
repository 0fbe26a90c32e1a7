// What a picture takes from the page around it: colours, letters, sizes.

/**
 * `point` is the pixels in a point; `ink`, `paper` and `faint` are colours, `cool` and `warm` tints
 * of the ground; `dark` says whether that is, and `seen` which colours are then in whose place.
 * @typedef {{ink: string, paper: string, faint: string, cool: string, warm: string, font: string,
 *   size: number, point: number, dark: boolean, seen: Map<string, string>}} Theme
 */

const PRINTED = { ink: "#222222", paper: "#ffffff", faint: "#dddddd" };
const TINTS = { cool: "#bfddee", warm: "#f9cdb0" };
const DEEP = { cool: "#0072b2", warm: "#d55e00" }; // what they are tints of
const DARK = 0.18; // brightness below which a ground counts as dark
const ENOUGH = 5.5; // contrast between a dark ground and what is on it
const COLORFUL = 64; // between the strongest and the weakest of red, green and blue
let probe; // a canvas that reads colours

/**
 * Read the theme of an element: `--canvas-ink` and the like, set by whoever owns the page.
 * @param {Element} element
 * @param {boolean} printing - on white, whatever the page looks like
 * @returns {Theme}
 */
export function themeOf(element, printing = false) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(`--canvas-${name}`).trim() || otherwise;
  const colors = { ...PRINTED };
  for (const name of printing ? [] : Object.keys(colors)) colors[name] = read(name, colors[name]);
  const size = parseFloat(read("size", "13"));
  const font = read("font", 'system-ui, "DejaVu Sans", sans-serif');
  const theme = { ...TINTS, ...colors, font, size, point: size / 10, seen: new Map() };
  theme.dark = brightness(rgbOf(theme.paper)) < DARK;
  for (const [name, deep] of theme.dark ? Object.entries(DEEP) : []) {
    theme[name] = mixed(theme.paper, colorOf(theme, deep), 0.3);
  }
  return theme;
}

/** Return whether a colour is one of the theme's. */
export const isNamed = (name) => name in PRINTED || name in TINTS;

/**
 * Return a colour as CSS knows it: those of the theme go by name, and on a dark ground deep ones
 * are lighter. Black, white and grey stay as they are: they stand on data that have colours.
 */
export function colorOf(theme, name) {
  if (isNamed(name)) return theme[name];
  if (!theme.dark) return name;
  if (!theme.seen.has(name)) theme.seen.set(name, lighter(theme, name));
  return theme.seen.get(name);
}

function lighter(theme, color) {
  const rgb = rgbOf(color);
  if (Math.max(...rgb) - Math.min(...rgb) < COLORFUL) return color;
  const least = ENOUGH * (brightness(rgbOf(theme.paper)) + 0.05) - 0.05;
  let seen = color;
  for (let part = 0.05; part < 1 && brightness(rgbOf(seen)) < least; part += 0.05) {
    seen = mixed(color, "white", part);
  }
  return seen;
}

/** Return a colour between two. */
function mixed(one, other, part) {
  const [a, b] = [rgbOf(one), rgbOf(other)];
  return `rgb(${a.map((value, i) => Math.round(value + part * (b[i] - value))).join(" ")})`;
}

/** Return how bright a colour is, from 0 to 1 (WCAG 2, relative luminance). */
function brightness(rgb) {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = rgb.map((value) => linear(value / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * Return red, green and blue of a colour, from 0 to 255.
 * @param {string} color - as CSS knows it
 * @returns {[number, number, number]}
 */
export function rgbOf(color) {
  probe ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}
