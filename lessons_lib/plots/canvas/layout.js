// Where the plot areas of pictures stand, given how large the words around them are. Pure.

/**
 * A rectangle in pixels, from its top left corner; and what is around one, on each side.
 * @typedef {{x: number, y: number, w: number, h: number}} Area
 * @typedef {{left: number, right: number, top: number, bottom: number}} Room
 */

// In points, as matplotlib's.
export const STROKE = 3.5; // length of the strokes at numbers
export const WORDS_GAP = 3.5; // between a stroke and its words
export const LABEL_GAP = 4;
export const TITLE_GAP = 6;
export const EDGE = 4; // around the whole

const APART = 4; // pixels between words beside each other
const SMALLEST = 20; // pixels of a plot area, however little room there is

/**
 * Return the room that a picture needs around its plot area.
 * @param {object} parts - heights of what is around it, 0 for what is not there, and the ticks
 *   with their parts of the length and the widths of their words; see `measureFrame`
 * @param {number} legend - height of the legend above the picture
 * @param {Area} area - the plot area, about
 * @returns {Room}
 */
export function roomOf(parts, legend, area) {
  const { point, bare, tickMarks, labelGap, title, xlabel, ylabel, letters, x, y } = parts;
  const edge = EDGE * point;
  const above = (title && title + TITLE_GAP * point) + legend;
  if (bare) return { left: edge, right: edge, top: edge + above, bottom: edge };
  const widest = Math.max(0, ...y.major.map((tick) => tick.width));
  const beside = ((tickMarks ? STROKE : 0) + WORDS_GAP) * point + widest;
  const below = (STROKE + WORDS_GAP) * point + letters;
  const left = (y.major.length && beside) + (ylabel && ylabel + labelGap);
  const bottom = (x.major.length && below) + (xlabel && xlabel + LABEL_GAP * point);
  // Words at the ends of an axis stand out.
  const before = x.major.map((tick) => tick.width / 2 - tick.part * area.w);
  const behind = x.major.map((tick) => tick.width / 2 - (1 - tick.part) * area.w);
  const over = y.major.map((tick) => letters / 2 - (1 - tick.part) * area.h);
  return {
    left: edge + Math.max(left, ...before),
    right: edge + Math.max(0, ...behind),
    top: edge + Math.max(above, ...over),
    bottom: edge + Math.max(bottom, letters / 2),
  };
}

/** Return what is left of a place of that width and height, in whole pixels. */
export function insideOf(width, height, { left, right, top, bottom }) {
  const [x, y] = [Math.round(left), Math.round(top)];
  const w = Math.max(SMALLEST, Math.floor(width - right) - x);
  return { x, y, w, h: Math.max(SMALLEST, Math.floor(height - bottom) - y) };
}

/**
 * Return the part of a place in which both axes have the same scale.
 * @param {Area} place
 * @param {number} proportion - height of the picture for a width of 1
 * @param {string} equal - "" to leave it, "on" for its middle, "top"
 */
export function equalArea(place, proportion, equal) {
  if (!equal) return place;
  const w = Math.round(Math.min(place.w, place.h / proportion));
  const h = Math.round(Math.min(place.h, place.w * proportion));
  const y = equal === "top" ? place.y : place.y + Math.round((place.h - h) / 2);
  return { x: place.x + Math.round((place.w - w) / 2), y, w, h };
}

/**
 * Return rooms with which plot areas in a row have the same top and bottom, and those in a column
 * the same left and right.
 * @param {(Room & {bare: boolean})[]} rooms
 * @param {Area[]} boxes - where the pictures stand
 * @returns {Room[]}
 */
export function aligned(rooms, boxes) {
  const most = (side, others) => Math.max(...others.map((room) => room[side]));
  return rooms.map((room, i) => {
    const row = rooms.filter((_, k) => boxes[k].y === boxes[i].y && boxes[k].h === boxes[i].h);
    const column = rooms.filter((_, k) => boxes[k].x === boxes[i].x && boxes[k].w === boxes[i].w);
    const framed = row.filter((other) => !other.bare);
    return {
      left: most("left", column),
      right: most("right", column),
      top: most("top", row),
      bottom: room.bare ? room.bottom : most("bottom", framed),
    };
  });
}

/**
 * Return which part of their size words may have so that none leaves the picture or touches others.
 * @param {{x: number, y: number, width: number, height: number, anchor: ?string}[]} boxes -
 *   of words, with the pixel at which the named part of them stands
 * @param {number} room - width of the picture, in pixels
 * @param {number} least - the part below which they would not be read
 */
export function partThatFits(boxes, room, least) {
  const shares = boxes.map(({ anchor = "left" }) => {
    const share = (low, high) => (anchor.includes(low) ? 0 : anchor.includes(high) ? 1 : 0.5);
    return [share("left", "right"), share("top", "bottom")];
  });
  const fits = (part) => {
    const placed = boxes.map(({ x, y, width, height }, i) => {
      const [left, top] = [x - shares[i][0] * part * width, y - shares[i][1] * part * height];
      return { left, top, right: left + part * width, bottom: top + part * height };
    });
    return placed.every((a, i) => {
      const beside = (b) => a.right + APART < b.left || b.right + APART < a.left;
      const below = (b) => a.bottom + APART < b.top || b.bottom + APART < a.top;
      const others = placed.slice(i + 1);
      return a.left >= 1 && a.right <= room - 1 && others.every((b) => beside(b) || below(b));
    });
  };
  let part = 1;
  while (part > least && !fits(part)) part -= 0.05;
  return Math.max(part, least);
}
