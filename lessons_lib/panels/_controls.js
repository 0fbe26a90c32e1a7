// What ipywidgets leaves out of a panel's controls: names, keys that stay with them, and readouts
// into which a value can be typed. The kernel says what a typed text means; see _typed.py.

const SLIDER = /(?:^|\s)lessons-slider-(\d+)(?:\s|$)/; // a class that the kernel gives, see _typed.py
const READOUT = '[class*="lessons-slider-"] > .widget-readout'; // others are ipywidgets' own
// These have their own use for letters and digits.
const TYPED = ".widget-readout, .noUi-handle, input, select, textarea";
const ALL = { childList: true, subtree: true, attributeFilter: ["class", "contenteditable"] };

/**
 * Set an attribute, if it is another now: who watches attributes must not wake himself.
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Select all that stands in an element. */
function selectAll(element) {
  getSelection().selectAllChildren(element);
}

/** The controls of a panel, in one place where it is shown. */
export class Controls {
  #panel;
  #type;
  #before = new Map(); // what stood in a readout before somebody came to it
  #typed = new Map(); // what was typed into readouts since; what they say changes by itself, too
  #over = new AbortController();
  #watch;

  /**
   * @param {Element} panel
   * @param {(slider: number, text: string) => void} type called with what was typed for a slider
   */
  constructor(panel, type) {
    this.#panel = panel;
    this.#type = type;
    this.#watch = new MutationObserver(() => this.#name());
    this.#watch.observe(panel, ALL);
    this.#name();
    const { signal } = this.#over;
    const on = (kind, act, capture) => panel.addEventListener(kind, act, { signal, capture });
    on("keydown", (event) => this.#key(event));
    on("keydown", (event) => this.#leap(event), true); // before the slider's own few steps
    on("mousedown", (event) => this.#press(event));
    // Who has pressed beside the handle goes on with arrow keys.
    on("click", ({ target }) => target.closest(".slider")?.querySelector(".noUi-handle").focus());
    on("focusin", ({ target }) => target.matches(READOUT) && this.#begin(target));
    on("input", ({ target }) => target.matches(READOUT) && this.#typed.set(target, target.textContent));
    // Who has pressed on the picture of an item goes on with the keys that answer.
    on("click", () => panel.contains(document.activeElement) || this.#answers?.focus());
    // Who looks into another window has not finished.
    on("focusout", ({ target }) => document.hasFocus() && this.#finish(target));
  }

  /** Leave the controls to themselves. */
  leave() {
    this.#watch.disconnect();
    this.#over.abort();
  }

  // --- names ------------------------------------------------------------------------------------

  #name() {
    // Where there is no tooltip ipywidgets writes the word null.
    for (const label of this.#panel.querySelectorAll('[title="null"]')) label.removeAttribute("title");
    for (const handle of this.#panel.querySelectorAll(".noUi-handle")) {
      const row = handle.closest(".widget-slider");
      const label = row?.querySelector(".widget-label")?.textContent;
      const readout = row?.querySelector(".widget-readout");
      if (label) set(handle, "aria-label", label);
      if (!readout) continue;
      this.#keep(readout);
      // A slider along a list knows only the position in the list; its readout has the value.
      if (!this.#before.has(readout)) set(handle, "aria-valuetext", readout.textContent);
      if (SLIDER.test(row.className)) this.#nameReadout(readout, label);
    }
    const words = this.#panel.querySelector(".lessons-words");
    if (words) {
      // It scrolls where it has much to say, so the keyboard comes to it.
      set(words, "role", "region");
      set(words, "aria-label", "what the pictures show");
    }
    // A sign of a font for signs is read as a letter that nobody knows.
    for (const sign of this.#panel.querySelectorAll("button > i")) set(sign, "aria-hidden", "true");
    for (const button of this.#panel.querySelectorAll(".widget-toggle-button")) {
      set(button, "aria-expanded", String(button.classList.contains("mod-active")));
    }
    if (this.#answers) {
      set(this.#answers, "role", "group");
      set(this.#answers, "tabindex", "-1"); // its buttons have their own place
      const label = this.#answers.parentElement.querySelector(".widget-label");
      set(this.#answers, "aria-label", label?.textContent ?? "");
    }
    for (const group of this.#panel.querySelectorAll(".widget-toggle-buttons")) {
      set(group, "role", "group");
      set(group, "aria-label", group.querySelector(".widget-label")?.textContent ?? "");
      for (const button of group.querySelectorAll("button")) {
        set(button, "aria-pressed", String(button.classList.contains("mod-active")));
      }
    }
  }

  #nameReadout(readout, label) {
    // Without styles and lines; and ipywidgets, which reads what is typed where this is "true" and
    // understands half of it, lets it be.
    if (readout.getAttribute("contenteditable") === "true") {
      set(readout, "contenteditable", "plaintext-only");
    }
    set(readout, "role", "textbox");
    set(readout, "aria-label", `${label}: type a value`);
    set(readout, "title", "Type a value and press Enter.");
    set(readout, "spellcheck", "false");
  }

  // --- typing -----------------------------------------------------------------------------------

  #begin(readout) {
    if (!this.#before.has(readout)) this.#before.set(readout, readout.textContent);
    selectAll(readout);
  }

  /** Hand on what was typed, unless it is nothing new; the kernel brings the value. */
  #finish(readout) {
    if (!this.#before.has(readout)) return;
    const typed = this.#typed.get(readout);
    const number = SLIDER.exec(readout.closest(".widget-slider").className);
    if (this.#takeBack(readout)) this.#type(Number(number[1]), typed.slice(0, 100));
  }

  /** Let a readout say again what it said before; tell whether it was changed. */
  #takeBack(readout) {
    const before = this.#before.get(readout);
    const typed = this.#typed.get(readout);
    this.#before.delete(readout);
    this.#typed.delete(readout);
    if (typed === undefined || typed === before) return false;
    readout.textContent = before;
    return true;
  }

  /** Keep what is being typed while a run goes on and its slider says another value. */
  #keep(readout) {
    const typed = this.#typed.get(readout);
    if (typed === undefined || readout.textContent === typed) return;
    readout.textContent = typed;
    selectAll(readout);
    getSelection().collapseToEnd();
  }

  /** A first press selects the value, so that the next letter replaces it. */
  #press(event) {
    const { target } = event;
    if (!target.matches(READOUT) || target === document.activeElement) return;
    event.preventDefault();
    target.focus();
  }

  // --- keys -------------------------------------------------------------------------------------

  /** Keep keys from the notebook, where d d deletes cells and 0 0 restarts the kernel. */
  #key(event) {
    const { target, key } = event;
    const readout = target.closest(READOUT);
    const code = target.closest("pre");
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (modified && key.toLowerCase() === "a" && code) {
      event.preventDefault();
      selectAll(code);
    } else if (modified || (key === "Enter" && event.shiftKey && !readout)) {
      return; // Ctrl+S saves, Shift+Enter runs the cell, as everywhere in a notebook
    } else if (key === "Enter" && readout) {
      event.preventDefault();
      this.#finish(readout);
      this.#handle(readout).focus();
    } else if (key === "Escape") {
      event.preventDefault();
      if (readout && this.#takeBack(readout)) this.#handle(readout).focus();
      else this.#panel.closest(".jp-Cell")?.focus();
    } else if (/^[-+.,\d]$/.test(key) && target.matches(".noUi-handle")) {
      target.closest(".widget-slider").querySelector(READOUT)?.focus(); // which gets it
    } else if (this.#answers && !target.matches(TYPED)) this.#give(event);
    event.stopPropagation();
  }

  /**
   * Let PageUp and PageDown go a twentieth of the whole run on and back, Home and End to where it
   * begins and ends: the slider itself goes to the ends that it had when it was made.
   */
  #leap(event) {
    const { target, key } = event;
    if (!target.matches(".lessons-timeline .noUi-handle")) return;
    const [first, last, now] = ["min", "max", "now"].map((which) => Number(target.getAttribute(`aria-value${which}`)));
    const step = { Home: first, End: last, PageUp: now + last / 20, PageDown: now - last / 20 }[key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const near = Math.round(Math.min(Math.max(step, first), last));
    this.#type(Number(SLIDER.exec(target.closest(".widget-slider").className)[1]), String(near));
  }

  /** Where the answers of a pile of items stand, if the panel has any; see _labels.py. */
  get #answers() {
    return this.#panel.querySelector(".lessons-answers");
  }

  /** Press the button whose key this is; a key that is held down gives one answer. */
  #give(event) {
    const { key } = event;
    const answers = [...this.#answers.querySelectorAll("button")];
    const undo = this.#answers.parentElement.querySelector(".lessons-undo");
    const button = key === "Backspace" ? undo : answers.find((one) => one.textContent === key);
    if (!button) return;
    event.preventDefault();
    if (!event.repeat) button.click();
  }

  #handle(readout) {
    return readout.closest(".widget-slider").querySelector(".noUi-handle");
  }
}
