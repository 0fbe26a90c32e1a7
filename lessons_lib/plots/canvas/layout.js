// Where the plot areas of pictures stand, given how large the words around them are. Pure.

/**
 * A rectangle in pixels, from its top left corner; and what is around one, on each side.
 * @typedef {{x: number, y: number, w: number, h: number}} Area
 * @typedef {{left: number, right: number, top: number, bottom: number}} Room
 */

// In points, as matplotlib's.
export const STROKE = 3.5; // length of the strokes at numbers
export const FINE_STROKE = 2;
export const WORDS_GAP = 3.5; // between a stroke and its words
export const LABEL_GAP = 4;
export const TITLE_GAP = 6;
const EDGE = 4; // around the whole

const SMALLEST = 20; // pixels of a plot area, however little room there is

/**
 * Return the room that a picture needs around its plot area.
 * @param {object} sizes - in pixels
 * @param {number} sizes.point - pixels in a point
 * @param {boolean} sizes.bare - whether there is no axis
 * @param {number} sizes.title - height of the title, 0 for none; so the others
 * @param {number} sizes.legend - height of the legend above the picture
 * @param {number} sizes.xlabel
 * @param {number} sizes.ylabel
 * @param {number} sizes.labelGap - between the label of y and its words, in points
 * @param {boolean} sizes.tickMarks - whether there are strokes along y
 * @param {number} sizes.letters - height of words at the axes
 * @param {{at: number, width: number}[]} sizes.x - words along x; `at` is a part of the width
 * @param {{at: number, width: number}[]} sizes.y
 * @param {Area} area - the plot area, about
 * @returns {Room}
 */
export function roomOf(sizes, area) {
  const { point, bare, title, legend } = sizes;
  const edge = EDGE * point;
  const above = (title ? title + TITLE_GAP * point : 0) + legend;
  if (bare) return { left: edge, right: edge, top: edge + above, bottom: edge };
  const words = (STROKE + WORDS_GAP) * point;
  const alongY = (sizes.tickMarks ? words : WORDS_GAP * point) + Math.max(0, ...sizes.y.map((tick) => tick.width));
  const left = (sizes.y.length ? alongY : 0) + (sizes.ylabel && sizes.ylabel + sizes.labelGap * point);
  const bottom = (sizes.x.length ? words + sizes.letters : 0) + (sizes.xlabel && sizes.xlabel + LABEL_GAP * point);
  const over = (tick) => tick.at * area.w + tick.width / 2 - area.w; // words at the ends stand out
  const under = (tick) => tick.width / 2 - tick.at * area.w;
  const topmost = sizes.y.some((tick) => tick.at * area.h > area.h - sizes.letters / 2);
  return {
    left: edge + Math.max(left, ...sizes.x.map(under)),
    right: edge + Math.max(0, ...sizes.x.map(over)),
    top: edge + Math.max(above, topmost ? sizes.letters / 2 : 0),
    bottom: edge + Math.max(bottom, sizes.letters / 2),
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
