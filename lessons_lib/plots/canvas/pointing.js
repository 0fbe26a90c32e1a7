// Pointing at a figure's pictures, by mouse, by finger and by keyboard: what is heard and done.
// Keys and roles follow the WAI-ARIA Authoring Practices 1.2: Tab leads in and out, arrows inside.

import {
  ARROWS, axesOf, cellAt, cellsBetween, countOf, grabAt, hitAt, hitOf, isInk, isMovable, isOn, isPainted, isPicked,
  isPressable, isPressed, isSwept, isTakeable, nearestCell, placeOf, pointable, walkFrom,
} from "./hits.js";
import { lettersIn, tipLines } from "./tips.js";
import { appended, Bubble } from "./bubble.js";
import { Holds } from "./holds.js";

const GRASP = { mouse: 16, finger: 24 }; // pixels from a hand to what it takes
const HINTS = {
  paint: "Arrow keys lead from cell to cell; Space paints or wipes.",
  pick: "Arrow keys lead from pixel to pixel, with Shift they span a rectangle; Enter takes the pixel or the rectangle.",
  sweep: "Arrow keys lead from place to place; Enter does there what the mouse does.",
  press: "Arrow keys lead from one to the next, Page Down to what else is drawn; Enter presses it.",
  take: "Arrow keys lead from one to the next; Enter takes it, then arrow keys move it, with Shift farther, and Enter lets go.",
  move: "Arrow keys move it, with Shift farther; Page Down leads to what else is drawn.",
  look: "Arrow keys lead from value to value, Page Down to what else is drawn; Escape leaves.",
};

// Which of them belong to a picture in which there is something to press.
const DEEDS = {
  paint: isPainted, pick: isPicked, sweep: isSwept, press: isPressed, take: isTakeable,
  move: (item) => isMovable(item) && !isTakeable(item),
};
const TAKEN = "taken: arrow keys move it, Enter lets go";

let hintsMade = 0; // each has an id of its own

const TAP = 10; // pixels that a finger may slip and still has tapped
const isSameCell = (one, other) => one[0] === other[0] && one[1] === other[1];
const clipTo = (at, start, size) => Math.min(Math.max(at, start), start + size);

/** Return an array with some of its numbers replaced. */
function withChanges(array, changes) {
  const copy = Object.assign(array.slice(), { shape: array.shape });
  for (const [at, number] of changes) copy[at] = number;
  return copy;
}

/** Return the mouse's shape over an item. */
function cursorOn(item) {
  if (isMovable(item)) return "grab";
  if (isPressed(item)) return "pointer";
  return isPressable(item) ? "crosshair" : "";
}

export class Pointing {
  #figure;
  #bubble;
  #holds = new Holds();
  // What is pressed: its view and hit, from which pixel, the cell it is at; whether it only `taps`.
  #hand = null;
  #pointer = null; // where a mouse or finger is: view, px, py, how
  #place = null; // where the keyboard is: view, name, index; `shown` if there is a tip; `taken`
  #told = null; // pixel at which what is moved was told to be
  #spanned = false; // whether a rectangle is shown that the picture will draw itself
  #asked = false;
  #hints = {};
  #aside; // what is not in a view
  #over = new AbortController();

  /** @param {import("./figure.js").Figure} figure */
  constructor(figure) {
    this.#figure = figure;
    const { root } = figure;
    this.#aside = appended(root, "canvas-tips");
    this.#bubble = new Bubble(this.#aside);
    for (const [kind, words] of Object.entries(HINTS)) {
      this.#hints[kind] = `canvas-hint-${(hintsMade += 1)}`;
      Object.assign(appended(this.#aside, ""), { id: this.#hints[kind], textContent: words, hidden: true });
    }
    const on = (target, kind, act, how = {}) =>
      target.addEventListener(kind, act, { signal: this.#over.signal, ...how });
    on(root, "pointerdown", (event) => this.#press(event));
    on(root, "pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      on(root, kind, (event) => this.#lift(event));
    }
    on(root, "pointerleave", (event) => event.pointerType === "mouse" && this.#leave());
    // A finger that takes something does not scroll the page; one that takes nothing does.
    on(root, "touchstart", (event) => this.#touch(event), { passive: false });
    on(root, "keydown", (event) => this.#key(event));
    on(root, "focusin", (event) => this.#enter(event));
    on(root, "focusout", (event) => this.#exit(event));
    on(window, "pointerdown", (event) => root.contains(event.target) || this.#leave());
    on(window, "scroll", () => this.#ask(), { capture: true, passive: true });
    figure.beforeDraw = (view) => this.#holds.keep(view);
    figure.afterDraw = (view) => this.#drawn(view);
  }

  /** Hear nothing any longer. */
  destroy() {
    this.#over.abort();
    this.#bubble.hide();
    this.#aside.remove();
  }

  /** Return the view in which something happens, and the pixel there. */
  #where({ target, clientX, clientY, pointerType }) {
    const view = this.#hand?.view ?? this.#figure.views.find((one) => one.element.contains(target));
    if (!view) return null;
    const { left, top } = view.element.getBoundingClientRect();
    return { view, px: clientX - left, py: clientY - top, how: pointerType === "mouse" ? "mouse" : "finger" };
  }

  /** Whether a picture still has an item, and that place on it. */
  #isThere(view, name, index) {
    const item = this.#figure.views.includes(view) && view.scene.items.get(name);
    return Boolean(item) && (Array.isArray(index) || index < countOf(item));
  }

  #touch(event) {
    const here = event.touches.length === 1 && this.#where(event.touches[0]);
    const hit = here && grabAt(here.view, here.px, here.py, GRASP.finger);
    if (hit && !this.#hand?.taps) event.preventDefault(); // pointerdown comes first
  }

  /** Whether a finger is on the cell or line that it has chosen before: from there it drags. */
  #isHeld({ view, px, py }, { name }) {
    const isKnown = this.#place?.view === view && this.#place.name === name;
    return isKnown && isOn(view, name, this.#place.index, px, py, GRASP.finger);
  }

  #press(event) {
    const here = event.button === 0 && !this.#hand && this.#where(event);
    if (!here) return;
    const { view, px, py, how } = here;
    this.#pointer = here;
    const hit = grabAt(view, px, py, GRASP[how]);
    if (hit) {
      event.preventDefault();
      this.#hand = { ...here, hit, cell: hit.index, from: [px, py], id: event.pointerId, taps: isPressed(hit.item) };
      if (how === "finger" && (isPicked(hit.item) || hit.item.kind === "segments")) {
        // Elsewhere a finger that moves scrolls the page.
        if (this.#isHeld(here, hit)) hit.index = this.#hand.cell = this.#place.index;
        else this.#hand.taps = true;
      }
      if (isPainted(hit.item)) this.#hand.value = Number(!isInk(hit.item, hit.index));
      this.#place = { view, name: hit.name, index: hit.index };
      view.element.setPointerCapture(event.pointerId);
      view.element.focus({ preventScroll: true, focusVisible: false });
      this.#act("start");
    }
    this.#ask();
  }

  #move(event) {
    const here = this.#where(event);
    if (!here && event.pointerType === "mouse") this.#leave();
    if (!here || (this.#hand && event.pointerId !== this.#hand.id)) return;
    this.#pointer = here;
    this.#ask();
  }

  #lift(event) {
    if (!this.#hand) return void (event.type === "pointercancel" && this.#leave()); // page scrolls
    if (event.pointerId !== this.#hand.id) return;
    this.#follow();
    const { taps, hit, from, px, py } = this.#hand;
    const slipped = taps && Math.hypot(px - from[0], py - from[1]) > TAP;
    const cancelled = event.type === "pointercancel" && (taps || isPicked(hit.item));
    if (!slipped && !cancelled) this.#act("end");
    this.#hand = null;
    this.#ask();
  }

  #leave() {
    if (this.#hand) return;
    if (this.#pointer && !this.#place?.shown) this.#bubble.hide();
    if (this.#pointer) this.#pointer.view.element.style.cursor = "";
    this.#pointer = null;
  }

  /** Follow the pointer once in the next frame of the screen, however often it moves. */
  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (!this.#aside.isConnected) return; // the panel has left the page meanwhile
      if (this.#hand) this.#follow();
      this.#look();
    });
  }

  /** Bring what is pressed to where the pointer is. */
  #follow() {
    const { view, hit, value, cell, px, py } = this.#hand;
    const to = this.#pointer;
    if (px === to.px && py === to.py) return;
    Object.assign(this.#hand, { px: to.px, py: to.py });
    const item = view.scene.items.get(hit.name);
    if (isPicked(hit.item) && item && !this.#hand.taps) {
      this.#hand.cell = nearestCell(item, ...view.toData(to.px, to.py));
    }
    if (!isPainted(hit.item) && !isSwept(hit.item)) return this.#act("move");
    const last = item && cellAt(item, ...view.toData(to.px, to.py));
    const way = last ? cellsBetween(cell, last) : [];
    way.forEach((next, at) => {
      const part = (at + 1) / way.length;
      Object.assign(this.#hand, { cell: next, px: px + part * (to.px - px), py: py + part * (to.py - py) });
      const isDone = value !== undefined && isInk({ data: this.#holds.dataOf(view, hit.name) }, next) === Boolean(value);
      if (!isDone) this.#act("move");
    });
  }

  /** Do what the hand does: press or move something, or go over cells. */
  #act(phase) {
    const { view, hit, value, cell, px, py, from, taps } = this.#hand;
    if (!this.#isThere(view, hit.name, hit.index)) return undefined; // another picture by now
    if (isPicked(hit.item)) return this.#span(view, hit.name, hit.index, cell, phase);
    if (isPressed(hit.item)) return phase === "end" && this.#tell(view, hit, { phase });
    if (taps) return undefined; // it is chosen by that
    if (value !== undefined) return this.#paint(view, hit.name, cell, value, phase);
    if (isSwept(hit.item)) {
      const { area } = view;
      const [x, y] = view.toData(clipTo(px, area.x, area.w), clipTo(py, area.y, area.h));
      return this.#tell(view, { ...hit, index: cell, x, y }, { phase });
    }
    return this.#shift(view, hit, px - from[0], py - from[1], phase);
  }

  /** Choose a cell, or the cells from one to another. */
  #span(view, name, index, to, phase) {
    const item = view.scene.items.get(name);
    const one = isSameCell(index, to);
    this.#bubble.span(view, one ? null : item, index, to);
    if (phase !== "end") return;
    this.#place = { view, name, index: to };
    this.#spanned = !one;
    this.#tell(view, hitOf(view, name, index), { phase, ...(one ? {} : { to }) });
  }

  /**
   * Move an item from where it was hit by some pixels, as far as the picture reaches; a key says
   * which `way` its numbers go, for a control whose next value may be farther than these pixels.
   */
  #shift(view, hit, right, down, phase, way) {
    const { name, item, index, px, py } = hit;
    const { area } = view;
    const [qx, qy] = [clipTo(px + right, area.x, area.w), clipTo(py + down, area.y, area.h)];
    const axes = axesOf(item);
    const place = view.toData(qx, qy).map((number, axis) => (axes[axis] ? number : [hit.x, hit.y][axis]));
    if (item.kind !== "segments") {
      const { data } = item;
      const moved = (at, axis) => {
        const [ax, ay] = view.toPixel(...placeOf(item, at));
        return view.toData(ax + qx - px, ay + qy - py)[axis];
      };
      const own = {};
      for (const axis of [0, 1]) {
        if (!axes[axis]) continue;
        if (item.kind === "curve") { // it moves as a whole
          const key = "xy"[axis];
          own[key] = withChanges(data[key], Array.from(data[key], (_, at) => [at, moved(at, axis)]));
        } else own.xy = withChanges(own.xy ?? data.xy, [[2 * index + axis, moved(index, axis)]]);
      }
      this.#hold(view, name, index, own, phase);
    }
    const [fromX, fromY] = phase === "start" ? [qx, qy] : this.#told;
    const by = [(qx - fromX) / area.w, (fromY - qy) / area.h].map((part, axis) => (axes[axis] ? part : 0));
    this.#told = [qx, qy];
    this.#tell(view, { ...hit, x: place[0], y: place[1] }, { phase, by, ...(way && { way }) });
  }

  /** Paint or wipe a cell. */
  #paint(view, name, index, value, phase) {
    const data = this.#holds.dataOf(view, name);
    const blank = data.values.includes(255) ? 255 : 0;
    const at = index[0] * data.values.shape[1] + index[1];
    this.#hold(view, name, index, { values: withChanges(data.values, [[at, value ? 254 : blank]]) }, phase);
    this.#tell(view, hitOf(view, name, index), { value, phase });
  }

  #hold(view, name, index, data, phase) {
    this.#holds.hold(view, name, index, data);
    if (phase === "end") this.#holds.release(() => this.#figure.draw(view));
    this.#figure.draw(view);
  }

  #tell(view, { name, item: { kind }, index, x, y }, more) {
    this.#figure.onPick({ view: this.#figure.views.indexOf(view), item: name, kind, index, x, y, ...more });
  }

  /** Show what is said of the place of the hand, the keyboard or the pointer. */
  #look() {
    const pointer = this.#pointer;
    const place = this.#hand ? { view: this.#hand.view, name: this.#hand.hit.name, index: this.#hand.cell } : this.#place;
    if ((this.#hand || this.#place?.shown) && this.#isThere(place.view, place.name, place.index)) {
      const hit = hitOf(place.view, place.name, place.index);
      const isLine = hit.item.kind === "curve" && hit.item.look.dash !== "";
      if (this.#hand && isLine && isMovable(hit.item) && !axesOf(hit.item)[1]) hit.py = pointer.py;
      const how = this.#hand ? pointer.how : "keys";
      if (this.#hand) place.view.element.style.cursor = isMovable(hit.item) ? "grabbing" : "";
      const isStroke = this.#hand && (isPainted(hit.item) || isSwept(hit.item));
      const lines = isStroke ? [] : tipLines(place.view.scene.frame, hit);
      if (place.taken) lines.push(TAKEN);
      return this.#bubble.show(place.view, hit, lines, { px: hit.px, py: hit.py, how });
    }
    if (!pointer) return this.#bubble.hide();
    const { view, px, py, how } = pointer;
    const hit = hitAt(view, px, py, how === "mouse" ? undefined : GRASP.finger);
    view.element.style.cursor = hit ? cursorOn(hit.item) : "";
    if (!hit) return this.#bubble.hide();
    return this.#bubble.show(view, hit, isPainted(hit.item) ? [] : tipLines(view.scene.frame, hit), pointer);
  }

  /** After a view was drawn: what is said of it may be another thing now. */
  #drawn(view) {
    this.#describe(view);
    if (this.#spanned) {
      this.#spanned = false;
      this.#bubble.span();
    }
    if (this.#pointer?.view === view || this.#place?.view === view) this.#ask();
  }

  /** Let a view's role, name and hint say what can be done with it. */
  #describe({ scene, element }) {
    const items = pointable(scene).map(([, item]) => item);
    const deeds = Object.keys(DEEDS).filter((kind) => items.some(DEEDS[kind]));
    const hints = items.length && !deeds.length ? ["look"] : deeds;
    const { title, xlabel, ylabel } = scene.frame;
    const name = lettersIn(title) || [ylabel, xlabel].filter(Boolean).map(lettersIn).join(" over ");
    const label = name ? `Picture: ${name}` : "Picture";
    const attributes = {
      role: items.length ? "application" : "img",
      "aria-label": label,
      "aria-describedby": [this.#figure.describedBy, ...hints.map((kind) => this.#hints[kind])].filter(Boolean).join(" "),
      tabindex: items.length ? "0" : "",
    };
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value === (element.getAttribute(attribute) ?? "")) continue;
      if (value) element.setAttribute(attribute, value);
      else element.removeAttribute(attribute);
    }
  }

  /** Return the names of what the keyboard can visit: first what can be changed. */
  #stops({ scene }) {
    const items = pointable(scene).filter(([, item]) => countOf(item));
    const first = ([, item]) => isPressable(item);
    return [...items.filter(first), ...items.filter((entry) => !first(entry))].map(([name]) => name);
  }

  #enter({ target }) {
    const view = this.#figure.views.find((one) => one.element === target);
    if (!view) return;
    // Who has only clicked has keys for what is around.
    if (this.#hand || target.matches(":focus-visible")) this.#figure.onKeys(target, true);
    if (!this.#hand && target.matches(":focus-visible")) this.#visit(view, this.#stops(view)[0], null);
  }

  #exit({ target }) {
    this.#figure.onKeys(target, false);
    if (this.#place?.shown) this.#bubble.hide();
    if (this.#place?.from) this.#bubble.span();
    this.#place = null;
  }

  #key(event) {
    const view = this.#figure.views.find((one) => one.element === event.target);
    if (!view || this.#hand || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.#obey(view, event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show the tip of an item's place, where a key leads along it. */
  #visit(view, name, index, key = "", { from = null, taken = false } = {}) {
    const item = view.scene.items.get(name);
    if (!item) return false;
    const had = this.#place?.from;
    this.#place = { view, name, index: walkFrom(item, index, key), shown: true, from, taken };
    if (from || had) this.#bubble.span(view, from && item, from, this.#place.index);
    this.#ask();
    return true;
  }

  /** Do what a key says; return whether it said anything. */
  #obey(view, key, far) {
    const stops = this.#stops(view);
    const { name, index, shown, from, taken } = this.#place?.view === view && stops.includes(this.#place.name)
      ? this.#place : { name: stops[0], index: null, shown: false };
    const item = view.scene.items.get(name);
    if (!item) return false;
    if (key === "Escape" && (from || taken)) return this.#visit(view, name, index);
    if (key === "Escape") {
      this.#place = null;
      this.#bubble.hide();
      return shown;
    }
    if (key === "PageDown" || key === "PageUp") {
      // Who has not begun to walk here turns a slide, and who is at the end, too.
      const next = stops[stops.indexOf(name) + (key === "PageDown" ? 1 : -1)];
      return Boolean(shown && next) && this.#visit(view, next, null);
    }
    if (key === " " || key === "Enter") return isPressable(item) && this.#pressKey(view, name, index, { from, taken });
    if (key !== "Home" && key !== "End" && !ARROWS[key]) return false;
    const isMoved = isMovable(item) && (taken || !isTakeable(item));
    if (isMoved && ARROWS[key]) return this.#moveBy(view, name, index, ARROWS[key], far ? 10 : 50);
    return this.#visit(view, name, index, key, { from: far && isPicked(item) ? from ?? index : null });
  }

  #pressKey(view, name, index, { from, taken }) {
    this.#visit(view, name, index, "", { from });
    const hit = hitOf(view, name, this.#place.index);
    const { item } = hit;
    const both = (act) => ["start", "end"].forEach(act);
    if (isPicked(item)) {
      this.#span(view, name, from ?? hit.index, hit.index, "end");
      this.#place.shown = true;
    } else if (isPainted(item)) {
      const value = Number(!isInk({ data: this.#holds.dataOf(view, name) }, hit.index));
      both((phase) => this.#paint(view, name, hit.index, value, phase));
    } else if (isPressed(item)) this.#tell(view, hit, { phase: "end" });
    else if (isSwept(item)) both((phase) => this.#tell(view, hit, { phase }));
    else if (isTakeable(item)) this.#place.taken = !taken;
    else both((phase) => this.#shift(view, hit, 0, 0, phase));
    return true;
  }

  /** Move a point by a part of the picture's width or height. */
  #moveBy(view, name, index, [right, up], parts) {
    this.#visit(view, name, index, "", { taken: this.#place.taken });
    const hit = hitOf(view, name, this.#place.index);
    const [across, down] = [right * view.area.w, -up * view.area.h].map((way) => way / parts);
    const [from, to] = [view.toData(hit.px, hit.py), view.toData(hit.px + across, hit.py + down)];
    const way = to.map((number, axis) => Math.sign(number - from[axis]));
    this.#shift(view, hit, 0, 0, "start");
    this.#shift(view, hit, across, down, "end", way);
    return true;
  }
}
