// What a picture takes from the page around it: colours, letters, sizes.

/**
 * `point` is the pixels in a point; `ink`, `paper` and `faint` are colours; `rgb` remembers.
 * @typedef {{ink: string, paper: string, faint: string, font: string, size: number,
 *   point: number}} Theme
 */

const PRINTED = { ink: "#222222", paper: "#ffffff", faint: "#dddddd" };
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
  const colors = Object.entries(PRINTED).map(([name, color]) => [name, printing ? color : read(name, color)]);
  const size = parseFloat(read("size", "13"));
  const font = read("font", 'system-ui, "DejaVu Sans", sans-serif');
  return { ...Object.fromEntries(colors), font, size, point: size / 10 };
}

/** Return a colour as CSS knows it: those of the theme go by name. */
export function colorOf(theme, name) {
  return name === "ink" || name === "paper" || name === "faint" ? theme[name] : name;
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
