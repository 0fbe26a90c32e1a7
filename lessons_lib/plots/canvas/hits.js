// What lies under the pointer, and where the keyboard can go: geometry alone, no page.

/**
 * A place on an item: `index` is the number of a point, bar or box, or row and column of a cell.
 * `px` and `py` are its pixels, `distance` how far from them the pointer is.
 * @typedef {{name: string, item: object, index: number | number[], x: number, y: number,
 *   px: number, py: number, distance: number}} Hit
 * @typedef {{scene: object, area: object, toPixel: Function, toData: Function}} View
 */

const NEAR = 12; // pixels

/** Whether an item is a curve that shows its points only. */
const isDotted = (item) => item.kind === "curve" && item.look.dash === "";

/** Whether an item is an image to paint on. */
export const isPainted = (item) => item.kind === "image" && Boolean(item.look.sets);

/** Whether a cell of a painted image is painted. */
export function isInk({ data: { values } }, [row, column]) {
  const byte = values[row * values.shape[1] + column];
  return byte > 127 && byte < 255;
}

/**
 * Return whether a hand moves x and y of an item: what its controls set, or what it says itself.
 * Which places mean `zero` and `one` of them, whoever sent the scene knows.
 * @returns {boolean[]}
 */
export function axesOf({ kind, look }) {
  const moves = (name, axis) => Boolean(look.sets?.[axis] || look.moves?.includes(name));
  return kind === "image" ? [false, false] : ["x", "y"].map(moves);
}

/** Whether an item can be moved. */
export const isMovable = (item) => axesOf(item).some(Boolean);

/** Whether an item is one of many to be moved, of which the keyboard takes one first. */
export const isTakeable = (item) => Boolean(item.look.moves);

/** Whether an item is an image whose cells can be chosen, one or a rectangle of them. */
export const isPicked = (item) => item.kind === "image" && item.look.picks === true;

/** Whether an item is an image that tells of every cell that a hand passes. */
export const isSwept = (item) => item.kind === "image" && item.look.picks === "each";

/** Whether an item's points or boxes can be pressed. */
export const isPressed = (item) => item.kind !== "image" && Boolean(item.look.picks);

/** Whether pressing on an item tells something to whoever listens. */
export const isPressable = ({ look }) => Boolean(look.sets || look.picks || look.moves);

/**
 * Return x and y of an item's point, of a bar's end or the middle of a line, box or cell.
 * @returns {number[]}
 */
export function placeOf(item, index) {
  const { data } = item;
  if (item.kind === "points") return [data.xy[2 * index], data.xy[2 * index + 1]];
  if (item.kind === "bars") {
    return [(data.edges[index] + data.edges[index + 1]) / 2, data.heights[index]];
  }
  if (item.kind === "curve") return [data.x[index], data.y[index]];
  if (item.kind === "segments") {
    const corners = cornersOf(item, index);
    const middle = (corners.length - 1) / 2;
    const [one, other] = [corners[Math.floor(middle)], corners[Math.ceil(middle)]];
    return one ? [0, 1].map((axis) => (one[axis] + other[axis]) / 2) : [NaN, NaN];
  }
  const [left, right, bottom, top] = boxOf(item, index);
  return [(left + right) / 2, (bottom + top) / 2];
}

/**
 * Return the corners of one of several lines; none of one that is not there.
 * @returns {number[][]}
 */
export function cornersOf({ data: { counts, xy } }, index) {
  const start = counts.slice(0, index).reduce((sum, count) => sum + count, 0);
  return Array.from({ length: counts[index] ?? 0 }, (_, at) => {
    return [xy[2 * (start + at)], xy[2 * (start + at) + 1]];
  });
}

/** Return left, right, bottom and top of a lens's box or an image's cell. */
export function boxOf(item, index) {
  if (item.kind === "lens") return Array.from(item.data.boxes.slice(4 * index, 4 * index + 4));
  const [left, right, bottom, top] = item.data.extent;
  const [rows, columns] = item.data.values.shape;
  const width = (right - left) / columns;
  const height = (top - bottom) / rows;
  const row = item.data.top_down ? rows - 1 - index[0] : index[0];
  const corner = [left + index[1] * width, bottom + row * height];
  return [corner[0], corner[0] + width, corner[1], corner[1] + height];
}

/** Return row and column of the cell of an image at (x, y), or null beside it. */
export function cellAt(item, x, y) {
  const [left, right, bottom, top] = item.data.extent;
  const [rows, columns] = item.data.values.shape;
  const column = Math.floor(((x - left) / (right - left)) * columns);
  const low = Math.floor(((y - bottom) / (top - bottom)) * rows);
  if (!(column >= 0 && column < columns && low >= 0 && low < rows)) return null;
  return [item.data.top_down ? rows - 1 - low : low, column];
}

/** Return the row and column nearest to (x, y), also of a place beside the image. */
export function nearestCell(item, x, y) {
  const [left, right, bottom, top] = item.data.extent;
  const [rows, columns] = item.data.values.shape;
  const part = (at, start, end) => Math.min(Math.max((at - start) / (end - start), 0), 1 - 1e-9);
  return cellAt(item, left + part(x, left, right) * (right - left), bottom + part(y, bottom, top) * (top - bottom))
    ?? [rows - 1, columns - 1];
}

/** Return the cells on the way from one to another, without the first. */
export function cellsBetween([row, column], [lastRow, lastColumn]) {
  const steps = Math.max(Math.abs(lastRow - row), Math.abs(lastColumn - column));
  return Array.from({ length: steps }, (_, step) => [
    Math.round(row + ((lastRow - row) * (step + 1)) / steps),
    Math.round(column + ((lastColumn - column) * (step + 1)) / steps),
  ]);
}

/** Return a number of a byte image or of byte values: they lie between the look's limits. */
export function valueOf(item, index) {
  const { values } = item.data;
  const limits = item.look.limits;
  if (!values || !limits || values.shape?.length > 2) return null;
  const at = Array.isArray(index) ? index[0] * values.shape[1] + index[1] : index;
  return values[at] === 255 ? null : limits[0] + (values[at] / 254) * (limits[1] - limits[0]);
}

/** Return the hit at a place of an item that is known. */
export function hitOf(view, name, index, distance = 0, place = null) {
  const item = view.scene.items.get(name);
  const [x, y] = place ?? placeOf(item, index);
  const [px, py] = view.toPixel(x, y);
  return { name, item, index, x, y, px, py, distance };
}

/** Return the nearest point of a curve or of points, if it is near enough. */
function nearestPoint(view, name, item, px, py, reach) {
  let best = null;
  const radius = 0.65 * (item.look.size ?? 6); // about: sizes are diameters in points
  for (let index = 0; index < countOf(item); index += 1) {
    const [qx, qy] = view.toPixel(...placeOf(item, index));
    const distance = Math.max(0, Math.hypot(qx - px, qy - py) - radius);
    if (distance <= (best?.distance ?? reach)) best = { index, distance };
  }
  return best && hitOf(view, name, best.index, best.distance);
}

/** Return the nearest place on a line: a point of its data where one is near, else between. */
function nearestOnLine(view, name, item, px, py, reach) {
  const { x, y } = item.data;
  let best = null;
  let from = view.toPixel(x[0], y[0]);
  for (let index = 1; index < x.length; index += 1) {
    const to = view.toPixel(x[index], y[index]);
    const { part, square, near, distance } = nearestBetween(from, to, px, py);
    if (distance <= (best?.distance ?? reach)) { // never in a gap, where it is NaN
      const away = Math.min(part, 1 - part) * Math.sqrt(square);
      best = { index: part < 0.5 ? index - 1 : index, distance, place: away <= NEAR ? null : view.toData(...near) };
    }
    from = to;
  }
  return best && hitOf(view, name, best.index, best.distance, best.place);
}

/** Return how far (px, py) is from the straight line between two pixels, and where it is nearest. */
function nearestBetween([ax, ay], [bx, by], px, py) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square ? ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square : 0;
  const part = Math.min(1, Math.max(0, along));
  const near = [ax + part * (bx - ax), ay + part * (by - ay)];
  return { part, square, near, distance: Math.hypot(near[0] - px, near[1] - py) };
}

/** Return the nearest of several lines, or one of them, if it is near enough. */
function nearestSegment(view, name, item, px, py, reach, only = null) {
  const { counts, xy } = item.data;
  let [best, start] = [null, 0];
  counts.forEach((count, index) => {
    for (let at = start + 1; at < start + count && (only ?? index) === index; at += 1) {
      const ends = [at - 1, at].map((end) => view.toPixel(xy[2 * end], xy[2 * end + 1]));
      const { near, distance } = nearestBetween(...ends, px, py);
      if (distance <= (best?.distance ?? reach)) best = { index, distance, near };
    }
    start += count;
  });
  return best && hitOf(view, name, best.index, best.distance, view.toData(...best.near));
}

/** Whether a pointer at (px, py) is on a place of an item that is known, about. */
export function isOn(view, name, index, px, py, reach) {
  const item = view.scene.items.get(name);
  if (item.kind === "segments") return Boolean(nearestSegment(view, name, item, px, py, reach, index));
  const hit = hitOf(view, name, index);
  return Math.hypot(hit.px - px, hit.py - py) <= reach;
}

/** Return where a pointer at (px, py) touches one item, or null. */
function hitItem(view, name, item, px, py, reach) {
  if (item.kind === "points" || isDotted(item) || (item.kind === "curve" && item.data.x.length < 2)) {
    return nearestPoint(view, name, item, px, py, reach);
  }
  if (item.kind === "curve") return nearestOnLine(view, name, item, px, py, reach);
  if (item.kind === "segments") return nearestSegment(view, name, item, px, py, reach / 2);
  const [x, y] = view.toData(px, py);
  if (item.kind === "image") {
    const cell = cellAt(item, x, y);
    return cell && hitOf(view, name, cell);
  }
  for (let index = 0; index < countOf(item); index += 1) {
    const { edges, heights, base } = item.data;
    const box = item.kind === "lens" ? boxOf(item, index)
      : [edges[index], edges[index + 1], base, heights[index]];
    const [[left, low], [right, high]] = [view.toPixel(box[0], box[2]), view.toPixel(box[1], box[3])];
    const inside = (at, one, other) => at >= Math.min(one, other) && at <= Math.max(one, other);
    const slack = item.kind === "bars" ? 3 : 0; // a bar of height 0 can be pointed at, too
    if (inside(px, left, right) && inside(py, Math.max(low, high) + slack, Math.min(low, high) - slack)) {
      return hitOf(view, name, index);
    }
  }
  return null;
}

/** Whether there is something to say of an item. */
function speaks({ frame }, item) {
  const { kind, look, data } = item;
  if (isPressable({ look }) || kind === "lens") return true;
  if (kind === "segments") return Boolean(data.words);
  if (frame.bare) return Boolean(look.label) && ["curve", "points", "bars"].includes(kind);
  if (kind === "curve") return Boolean(look.label) || isDotted(item) || data.x.length !== 2; // an aid
  if (kind === "image") return Boolean(look.limits) && data.values.shape.length === 2;
  return kind === "points" || kind === "bars";
}

/**
 * Return what can be pointed at, the topmost first.
 * @returns {[string, object][]} names and items
 */
export function pointable(scene) {
  return Array.from(scene.items).filter(([, item]) => speaks(scene, item)).reverse()
    .sort(([, one], [, other]) => (other.look.zorder ?? 0) - (one.look.zorder ?? 0));
}

/** Return the first hit whose item fulfils `wanted`; among curves and points the nearest one. */
function firstHit(view, px, py, reach, wanted) {
  const ranks = [["curve", "points"], ["bars"], ["lens"], ["segments"], ["image"]];
  const { x, y, w, h } = view.area;
  if (px < x - reach || px > x + w + reach || py < y - reach || py > y + h + reach) return null;
  const items = pointable(view.scene).filter(([, item]) => wanted(item));
  for (const kinds of ranks) {
    const hits = items.filter(([, item]) => kinds.includes(item.kind))
      .map(([name, item]) => hitItem(view, name, item, px, py, reach))
      .filter((hit) => hit && isSeen(view, hit));
    if (hits.length) return hits.reduce((best, hit) => (hit.distance < best.distance ? hit : best));
  }
  return null;
}

function isSeen(view, { item, px, py }) {
  const { x, y, w, h } = view.area;
  const within = px >= x - 1 && px <= x + w + 1 && py >= y - 1 && py <= y + h + 1;
  return within || item.look.clip === false || ["bars", "lens", "image"].includes(item.kind);
}

/** Return what can be pressed or dragged at (px, py), or null. */
export const grabAt = (view, px, py, reach = 16) => firstHit(view, px, py, reach, isPressable);

/** Return what a pointer at (px, py) is told about, or null. */
export function hitAt(view, px, py, reach = NEAR) {
  const grabbed = grabAt(view, px, py, reach);
  if (grabbed && !isPainted(grabbed.item) && !isSwept(grabbed.item)) return grabbed;
  return firstHit(view, px, py, reach, (item) => item.kind === "lens")
    ?? firstHit(view, px, py, reach, (item) => !isPainted(item)) ?? grabbed;
}

/** Return how many places of an item can be visited along it. */
export function countOf({ kind, data }) {
  if (kind === "image") return data.values.shape[0] * data.values.shape[1];
  const { x, heights, xy, boxes, counts } = data;
  return { curve: x, bars: heights, points: xy, lens: boxes, segments: counts }[kind].length
    / ({ points: 2, lens: 4 }[kind] ?? 1);
}

/** Where the arrow keys lead: to the right and up. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };


/**
 * Return where a key leads along an item from place `index`: its next point or cell, first, last.
 * @param {number | number[] | null} index null to come to the item
 */
export function walkFrom(item, index, key) {
  if (index !== null && !key) return index;
  if (item.kind === "image") return walkCells(item, index ?? item.data.at ?? [0, 0], index ? key : "");
  const order = Array.from({ length: countOf(item) }, (_, at) => at)
    .filter((at) => placeOf(item, at).every(Number.isFinite));
  if (item.kind === "points" || isDotted(item)) {
    order.sort((i, j) => placeOf(item, i)[0] - placeOf(item, j)[0]); // from left to right
  }
  if (item.kind === "segments") return walkLines(item, index, key, order);
  if (index === null || key === "Home") return order[0];
  if (key === "End") return order.at(-1);
  const [right, up] = ARROWS[key];
  if (item.kind === "lens" && up) return boxBeyond(item, index, up, order);
  const at = order.indexOf(index) + (right || up);
  return order[Math.min(Math.max(at, 0), order.length - 1)];
}

function walkCells(item, [row, column], key) {
  const [rows, columns] = item.data.values.shape;
  if (key === "Home") return [row, 0];
  if (key === "End") return [row, columns - 1];
  const [right, up] = ARROWS[key] ?? [0, 0];
  const clip = (at, count) => Math.min(Math.max(at, 0), count - 1);
  return [clip(row + (item.data.top_down ? -up : up), rows), clip(column + right, columns)];
}

/** Return the next of several lines: down and up by their middles, across to those beside them. */
function walkLines(item, index, key, order) {
  const places = new Map(order.map((at) => [at, placeOf(item, at)]));
  const right = (at) => places.get(at)[0];
  const beside = (one, other) => (Math.abs(right(one) - right(other)) > 1e-6 ? right(one) - right(other) : 0);
  order.sort((i, j) => beside(i, j) || places.get(j)[1] - places.get(i)[1]);
  if (!places.has(index) || key === "Home") return order[0];
  if (key === "End") return order.at(-1);
  const [across, up] = ARROWS[key];
  if (!across) return order[Math.min(Math.max(order.indexOf(index) - up, 0), order.length - 1)];
  const far = order.filter((at) => across * beside(at, index) > 0);
  const next = across > 0 ? far[0] : far.at(-1);
  return far.find((at) => !beside(at, next)) ?? index;
}

/** Return the nearest box above or below, or the same one. */
function boxBeyond(item, index, up, order) {
  const [x, y] = placeOf(item, index);
  const away = (at) => {
    const [qx, qy] = placeOf(item, at);
    return up * (qy - y) > 1e-6 ? Math.abs(qx - x) + 3 * Math.abs(qy - y) : Infinity;
  };
  return order.reduce((best, at) => (away(at) < away(best) ? at : best), index);
}
