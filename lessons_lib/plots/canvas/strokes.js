// How a line is drawn: what of a look becomes colour, width and dashes in the page.

import { colorOf } from "./theme.js";

// As matplotlib's; in multiples of a line's width.
const DASHES = { "-": [], "--": [3.7, 1.6], "-.": [6.4, 1.6, 1, 1.6], ":": [1, 1.65] };

/**
 * Return colour of a line, and its width and dashes in pixels; widths of looks are in points.
 * @param {import("./theme.js").Theme} theme
 * @param {{color?: string, width?: number, dash?: string | [number, number[]]}} look
 * @returns {{color: string, width: number, dashes: number[]}}
 */
export function strokeOf(theme, { color = "ink", width = 1.5, dash = "-" }) {
  const px = width * theme.point;
  const dashes = (DASHES[dash] ?? dash[1]).map((part) => part * px);
  return { color: colorOf(theme, color), width: px, dashes };
}
