// The table of runs in the browser; see _runs.py. Rows, buttons and words that have not changed are
// left as they are, so that who works in the table with keys keeps their place while the numbers go
// on; only the samples of the curves are drawn anew.

import { strokeOf } from "../plots/canvas/strokes.js";
import { themeOf } from "../plots/canvas/theme.js";

/**
 * A line of the table: a run, or one of its networks.
 * @typedef {{name: string, looks: object[], numbers: string[], turned: string}} Line
 * @typedef {Line & {key: number, present: boolean, shown: boolean, networks: Line[]}} Run
 */

const SVG = "http://www.w3.org/2000/svg";
const SWATCH = { width: 34, line: 6 }; // pixels
const LONGEST = 40; // letters of a name

/**
 * Make an element.
 * @param {string} kind
 * @param {object} properties
 * @param {...(Element | string)} children
 */
function make(kind, properties = {}, ...children) {
  const element = Object.assign(document.createElement(kind), properties);
  element.append(...children);
  return element;
}

/** Let an element say something, if it says something else now. */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** Lines as a run's curves are drawn, one below the other. */
class Swatch {
  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    this.element.classList.add("lessons-swatch");
    this.element.ariaHidden = "true";
  }

  /**
   * @param {object[]} looks
   * @param {object} theme
   */
  show(looks, theme) {
    this.element.setAttribute("width", looks.length && SWATCH.width);
    this.element.setAttribute("height", SWATCH.line * looks.length);
    const lines = looks.map((look, row) => {
      const { color, width, dashes } = strokeOf(theme, look);
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("d", `M0 ${(row + 0.5) * SWATCH.line}h${SWATCH.width}`);
      line.setAttribute("stroke", color);
      line.setAttribute("stroke-width", width);
      line.setAttribute("stroke-dasharray", dashes.join(" ") || "none");
      return line;
    });
    this.element.replaceChildren(...lines);
  }
}

/** A row: whose it is, what can be done with a run, numbers, what was turned. */
class Row {
  /**
   * @param {Element} name
   * @param {...Element} acts - buttons; a network of a run has none
   */
  constructor(name, ...acts) {
    this.swatch = new Swatch();
    this.name = name;
    const head = make("div", {}, this.swatch.element, name);
    const cells = acts.length
      ? [make("th", { scope: "rowgroup" }, head), make("td", { className: "lessons-acts" }, ...acts)]
      : [make("th", { scope: "row", colSpan: 2 }, head)];
    this.turned = make("td", { className: "lessons-turned" });
    this.element = make("tr", {}, ...cells, this.turned);
    this.numbers = [];
  }

  /** @param {Line} line */
  show({ name, looks, numbers, turned }, count, theme) {
    say(this.name, name);
    this.swatch.show(looks, theme);
    while (this.numbers.length < count) {
      this.numbers.push(make("td", { className: "lessons-number" }));
      this.turned.before(this.numbers.at(-1));
    }
    this.numbers.forEach((cell, place) => say(cell, numbers[place] ?? ""));
    say(this.turned, turned.replaceAll(" → ", "\u00a0→\u00a0")); // which stay on one line
  }
}

/** A run: its row with the buttons, and below it those of its networks. */
class RunRows {
  /** @param {(act: string, to?: any) => void} act */
  constructor(act) {
    this.act = act;
    this.name = this.button("lessons-name", () => this.rename());
    this.curve = this.button("lessons-curve", () => act("show", !this.run.shown));
    this.curve.append(make("i", { className: "fa fa-eye", ariaHidden: "true" }));
    this.back = this.button("lessons-back", () => act("go_to"), "Go back");
    this.drop = this.button("lessons-drop", () => act("drop"), "Drop");
    this.row = new Row(this.name, this.curve, this.back, this.drop);
    this.element = make("tbody", {}, this.row.element);
    this.networks = [];
  }

  /** Make a button; `jupyter-button` is one of a panel's, see _page.css and _page.js. */
  button(name, press, words = "") {
    const button = make("button", { className: `jupyter-button ${name}` }, words);
    button.addEventListener("click", press);
    return button;
  }

  /** @param {Run} run */
  show(run, count, theme) {
    this.run = run;
    const { name, present } = run;
    this.row.show(run, count, theme);
    this.element.classList.toggle("lessons-present", present);
    const does = [`Rename ${name}`, `Show the curve of ${name}`, `Go back to ${name}`, `Drop ${name}`];
    [this.name, this.curve, this.back, this.drop].forEach((button, place) => {
      button.ariaLabel = button.title = does[place];
      button.hidden = present && button !== this.name;
    });
    this.curve.ariaPressed = String(run.shown);
    this.curve.firstChild.className = `fa fa-eye${run.shown ? "" : "-slash"}`;
    while (this.networks.length > run.networks.length) this.networks.pop().element.remove();
    while (this.networks.length < run.networks.length) {
      this.networks.push(new Row(make("span")));
      this.element.append(this.networks.at(-1).element);
    }
    this.networks.forEach((row, place) => row.show(run.networks[place], count, theme));
  }

  /** Let the name be typed: Enter keeps it, Escape leaves the former one. */
  rename() {
    const { name } = this.run;
    const field = make("input", { value: name, maxLength: LONGEST, spellcheck: false });
    field.ariaLabel = `New name of ${name}`;
    let open = true; // a field that is taken away is left once more
    const close = (keep, keys) => {
      if (!open) return;
      open = false;
      field.replaceWith(this.name);
      if (keys) this.name.focus();
      if (keep && field.value !== name) this.act("rename", field.value);
    };
    field.addEventListener("keydown", (event) => {
      const { key } = event;
      // What is composed of several keys, such as Chinese, is ended by Enter too.
      if (event.isComposing || !["Enter", "Escape"].includes(key)) return;
      event.preventDefault();
      event.stopPropagation(); // from the panel and the notebook, which have their own use for it
      close(key === "Enter", true);
    });
    // Who looks into another window has not finished.
    field.addEventListener("blur", () => document.hasFocus() && close(true, false));
    this.name.replaceWith(field);
    field.select();
  }
}

/** The table, in one place where it is shown. */
class RunsTable {
  /**
   * @param {HTMLElement} place
   * @param {(message: object) => void} send
   */
  constructor(place, send) {
    this.place = place;
    this.send = send;
    this.runs = new Map(); // by key
    this.heads = null; // none yet
    const again = () => this.again();
    this.theme = new MutationObserver(again);
    this.theme.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
    // A widget is rendered before it is put into the page; only then has it colours.
    this.arrival = new ResizeObserver(again);
    this.arrival.observe(place);
  }

  /** @param {{losses?: string[], runs?: Run[]}} table */
  show(table) {
    this.shown = table;
    const { losses, runs = [] } = table;
    const had = document.activeElement;
    const where = [...this.runs.values()].findIndex((run) => run.element.contains(had));
    this.draw(losses, runs);
    // The button that had the keys may be gone.
    if (where >= 0 && !had.checkVisibility()) {
      const rest = [...this.runs.values()];
      (rest[where] ?? rest.at(-1))?.name.focus();
    }
  }

  draw(losses, runs) {
    if (String(losses) !== this.heads) this.begin(losses);
    for (const [key, run] of this.runs) {
      if (runs.some((one) => one.key === key)) continue;
      run.element.remove();
      this.runs.delete(key);
    }
    const theme = themeOf(this.place);
    runs.forEach((run, place) => {
      if (!this.runs.has(run.key)) this.add(run.key);
      const { element } = this.runs.get(run.key);
      const there = this.body.tBodies[place];
      if (there !== element) there.before(element);
      this.runs.get(run.key).show(run, 2 + 2 * losses.length, theme);
    });
  }

  /** Make an empty table with these losses; none at all where there are none to be shown. */
  begin(losses) {
    this.heads = String(losses);
    this.runs.clear();
    this.place.replaceChildren();
    if (!losses) return;
    const head = (words, more = {}) => make("th", { scope: "col", ...more }, words);
    const ends = losses.flatMap((loss) => [head(loss), head("lowest", { ariaLabel: `lowest ${loss}` })]);
    const row = make(
      ...["tr", {}, head("run"), head("", { ariaLabel: "what can be done" }), head("updates")],
      ...[head("seconds"), ...ends, head("turned at step")],
    );
    const caption = make("caption", {}, "Runs of this panel");
    this.body = make("table", {}, caption, make("thead", {}, row));
    this.place.append(this.body);
  }

  /** Add a run below the others. */
  add(key) {
    const run = new RunRows((act, to = null) => this.send({ act, run: run.run.name, to }));
    this.runs.set(key, run);
    this.body.append(run.element);
  }

  /** Draw all once more, in the colours that there are now. */
  again() {
    if (this.shown) this.show(this.shown);
  }

  leave() {
    this.theme.disconnect();
    this.arrival.disconnect();
  }
}

export default {
  /**
   * Show the table in one more place.
   * @param {{model: {get: Function, send: Function, on: Function, off: Function},
   *   el: HTMLElement}} view
   */
  render({ model, el }) {
    const table = new RunsTable(el, (message) => model.send(message));
    const follow = () => table.show(model.get("table"));
    model.on("change:table", follow);
    follow();
    return () => {
      model.off("change:table", follow);
      table.leave();
    };
  },
};
