// What is seen in a picture, and how a message changes it. Pure.

/**
 * A mark: what it is, how it looks, its numbers. An n-dimensional array has its `shape` on it.
 * @typedef {{name: string, kind: string, look: Object<string, any>,
 *   data: Object<string, any>}} Item
 *
 * A picture; its `items` stand in drawing order.
 * @typedef {{frame: Object<string, any>, legend: ?Object<string, any>, items: Map<string, Item>}}
 *   Scene
 */

const ARRAYS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };

/** Return a value of a message; what it has sent as bytes becomes an array. */
function decoded(value, buffers) {
  if (value?.buffer === undefined) return value;
  const bytes = buffers[value.buffer];
  const start = bytes.byteOffset ?? 0;
  // A copy: a part of a message begins anywhere, numbers only at multiples of their size.
  const copy = (bytes.buffer ?? bytes).slice(start, start + bytes.byteLength);
  return Object.assign(new ARRAYS[value.type](copy), { shape: value.shape });
}

/** Return the item after news of it: what they do not tell of its data and its look stays. */
function renewed(item, { name, kind, look, data }, buffers) {
  const before = item?.kind === kind ? item : { look: {}, data: {} };
  const entries = Object.entries(data ?? {}).map(([key, value]) => [key, decoded(value, buffers)]);
  const after = data ? { ...before.data, ...Object.fromEntries(entries) } : before.data;
  return { name, kind, look: look ?? before.look, data: after };
}

/**
 * Bring scenes up to date with a message.
 * @param {Scene[]} scenes - changed in place
 * @param {{whole: boolean, scenes: Object<string, any>[]}} message
 * @param {(ArrayBuffer|DataView)[]} buffers
 * @returns {number[]} which scenes have changed
 */
export function merge(scenes, message, buffers = []) {
  if (message.whole) scenes.length = 0;
  const changed = [];
  message.scenes.forEach((news, place) => {
    if (!message.whole && !Object.keys(news).length) return;
    const scene = (scenes[place] ??= { frame: {}, legend: null, items: new Map() });
    if (news.frame) scene.frame = news.frame;
    if (news.legend !== undefined) scene.legend = news.legend;
    for (const item of news.items ?? []) {
      scene.items.set(item.name, renewed(scene.items.get(item.name), item, buffers));
    }
    if (news.order) {
      scene.items = new Map(news.order.map((name) => [name, scene.items.get(name)]));
    }
    changed.push(place);
  });
  return changed;
}
