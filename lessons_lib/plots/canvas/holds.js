// What the hand has moved stays where it is, whatever arrives of it that was sent before.

import { isInk, placeOf } from "./hits.js";

const LATE = 1000; // milliseconds in which the hand knows better
const ARRIVED = 4; // pixels: a slider has steps, and puts what was moved to the nearest one

/** Whether an item shows the same with other data, as far as the hand could have changed it. */
function isSame(view, item, index, data, other) {
  if (item.kind === "image") {
    const [ours, theirs] = [data, other].map((one) => Array.from(one.values, (_, at) => isInk({ data: one }, [0, at])));
    return ours.every((ink, at) => ink === theirs[at]);
  }
  const [[x, y], [u, v]] = [data, other].map((one) => view.toPixel(...placeOf({ ...item, data: one }, index)));
  return Math.hypot(x - u, y - v) < ARRIVED;
}

export class Holds {
  #all = [];

  #of(view, name) {
    return this.#all.find((held) => held.view === view && held.name === name);
  }

  /** Return an item's data as the hand has left it. */
  dataOf(view, name) {
    const { theirs, ours } = this.#of(view, name) ?? { theirs: view.scene.items.get(name).data };
    return { ...theirs, ...ours };
  }

  /** Show an item with these arrays of its data from now on; the others may change. */
  hold(view, name, index, ours) {
    let held = this.#of(view, name);
    if (!held) this.#all.push((held = { view, name, theirs: view.scene.items.get(name).data }));
    Object.assign(held, { index, ours, until: Infinity });
    this.#show(held, { ...held.theirs, ...ours });
  }

  /** After a while what arrives is right again, whatever it is; `act` is then called. */
  release(act) {
    for (const held of this.#all) held.until = Math.min(held.until, performance.now() + LATE);
    setTimeout(act, LATE + 50);
  }

  /** Put what is held in a view to where the hand has left it; called before the view is drawn. */
  keep(view) {
    this.#all = this.#all.filter((held) => {
      if (held.view !== view) return true;
      const item = view.scene.items.get(held.name);
      if (!item) return false;
      const { index, ours, until } = held;
      const news = Object.entries(item.data).filter(([key, value]) => value !== ours[key]);
      held.theirs = { ...held.theirs, ...Object.fromEntries(news) };
      const kept = { ...held.theirs, ...ours };
      const over = until < Infinity
        && (performance.now() > until || isSame(view, item, index, kept, held.theirs));
      this.#show(held, over ? held.theirs : kept);
      return !over;
    });
  }

  #show({ view, name }, data) {
    view.scene.items.set(name, { ...view.scene.items.get(name), data });
  }
}
