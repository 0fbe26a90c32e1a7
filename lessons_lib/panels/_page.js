// The part of a panel that runs in the browser; see _page.py.

/**
 * What anywidget hands over: the traits of `Page`, as they are in the browser.
 * @typedef {{get: Function, set: Function, save_changes: Function, on: Function, off: Function}}
 *   Model
 */

const PICTURE = "Picture; the sentence with it says what it shows.";

/**
 * Give the panel's sliders and pictures the names that ipywidgets leaves out.
 * @param {Element} panel
 */
function name(panel) {
  for (const handle of panel.querySelectorAll(".noUi-handle")) {
    const row = handle.closest(".widget-inline-hbox");
    const label = row?.querySelector(".widget-label");
    const readout = row?.querySelector(".widget-readout");
    if (label) handle.setAttribute("aria-label", label.textContent);
    // A slider along a list knows only the position in the list; its readout has the value.
    if (readout) handle.setAttribute("aria-valuetext", readout.textContent);
  }
  for (const picture of panel.querySelectorAll("img.widget-image:not([alt])")) {
    picture.alt = PICTURE;
  }
}

/**
 * Call `act` once `element` is in the page; a widget is rendered before it is put there.
 * @param {HTMLElement} element
 * @param {() => void} act
 * @returns {ResizeObserver} to be disconnected where it never comes to that
 */
function whenInPage(element, act) {
  const watch = new ResizeObserver(() => {
    if (element.isConnected) {
      watch.disconnect();
      act();
    }
  });
  watch.observe(element);
  return watch;
}

export default () => {
  /** @type {Map<HTMLElement, boolean>} a mark in each place where the panel is shown -> on stage */
  const seen = new Map();

  return {
    /**
     * Answer every number that the kernel sends; once for each page, wherever the panel is shown.
     * @param {{model: Model}} panel
     */
    initialize({ model }) {
      const answer = () => {
        model.set("answered", model.get("sent"));
        model.save_changes();
      };
      model.on("change:sent", answer);
      return () => model.off("change:sent", answer);
    },

    /**
     * Count one more place where the panel is shown, and watch over it.
     * @param {{model: Model, el: HTMLElement}} view
     */
    render({ model, el }) {
      const count = (/** @type {number} */ more) => {
        model.set("views", model.get("views") + more);
        model.save_changes();
      };
      const mark = document.createElement("div"); // the style of `el` belongs to ipywidgets
      mark.style.cssText = "position:absolute;width:1px;height:1px";
      el.append(mark);
      const watches = [];

      const look = () => {
        const presenting = document.body.dataset.jpDeckMode === "presenting";
        seen.set(mark, !presenting || mark.checkVisibility({ visibilityProperty: true }));
        const onStage = [...seen.values()].some(Boolean);
        if (model.get("on_stage") !== onStage) {
          model.set("on_stage", onStage);
          model.save_changes();
        }
      };

      watches.push(whenInPage(mark, () => {
        const panel = mark.closest(".lessons-panel");
        const cell = mark.closest(".jp-Cell");
        if (panel) {
          const naming = new MutationObserver(() => name(panel));
          naming.observe(panel, { childList: true, subtree: true });
          watches.push(naming);
          name(panel);
        }
        if (cell) {
          const stage = new MutationObserver(look);
          // A slide is shown and hidden by classes of its cells, a show begins on the body.
          stage.observe(cell, { attributeFilter: ["class"] });
          stage.observe(document.body, { attributeFilter: ["data-jp-deck-mode"] });
          watches.push(stage);
          look();
        }
      }));
      count(1);

      return () => {
        count(-1);
        watches.forEach((watch) => watch.disconnect());
        seen.delete(mark);
      };
    },
  };
};
