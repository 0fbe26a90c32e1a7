// The code below a panel, in the browser: brought before the eyes, and copied; see _furniture.py.

const TOLD_FOR = 2000; // milliseconds for which the button says what has come of it

/** What is shown of a panel's code in one place. */
export class Code {
  /** @param {Element} panel the place's */
  constructor(panel) {
    this.box = panel.querySelector(".lessons-code");
    this.shown = false;
    this.told = new Map(); // words on a button: what they were, and the timer that brings it back
    this.sizes = new ResizeObserver(() => this.bring(panel));
    if (!this.box) return;
    this.sizes.observe(this.box);
    this.box.addEventListener("click", ({ target }) => {
      const button = target.closest(".lessons-copy");
      if (button) this.copy(button);
    });
  }

  /** Bring the code before the eyes of whoever asks for it: it stands below everything else. */
  bring(panel) {
    const before = this.shown;
    this.shown = this.box.offsetHeight > 0;
    if (!this.shown || before || !panel.contains(document.activeElement)) return;
    this.box.scrollIntoView({ block: "nearest" });
  }

  /** Copy the code beside a button, or select it where a browser does not let a page copy. */
  async copy(button) {
    const code = button.parentElement.querySelector("pre");
    getSelection().selectAllChildren(code);
    let copied = document.execCommand("copy"); // everywhere, while the clipboard needs https
    try {
      await navigator.clipboard.writeText(code.textContent);
      copied = true;
    } catch {
      // There is none, or it is not allowed.
    }
    const words = button.lastChild;
    const before = this.told.get(words) ?? { data: words.data };
    clearTimeout(before.timer);
    words.data = copied ? "Copied" : "Press Ctrl+C";
    before.timer = setTimeout(() => (words.data = before.data), TOLD_FOR);
    this.told.set(words, before);
  }

  /** Watch no longer. */
  leave() {
    this.sizes.disconnect();
    for (const { timer } of this.told.values()) clearTimeout(timer);
  }
}
