// The cells of a grid to paint on: by mouse, by finger and by keyboard; see _grid.py.
// Keys and roles follow the WAI-ARIA Authoring Practices 1.2, "Grid" and "Button".

/** Return which cell an arrow key, Home or End leads to from cell `here`, if any. */
function destination(key, here, width, count) {
  const column = here % width;
  const moves = {
    ArrowLeft: column > 0 ? here - 1 : here,
    ArrowRight: column < width - 1 ? here + 1 : here,
    ArrowUp: here - width,
    ArrowDown: here + width,
    Home: here - column,
    End: here - column + width - 1,
  };
  const next = moves[key];
  return next >= 0 && next < count ? next : undefined;
}

function render({ model, el }) {
  const width = model.get("width");
  const count = model.get("painted").length;
  const board = document.createElement("div"); // the style of `el` belongs to ipywidgets
  board.className = "lessons-cells";
  board.style.gridTemplateColumns = `repeat(${width}, max-content)`;

  const cells = Array.from({ length: count }, (_, index) => {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.tabIndex = index === 0 ? 0 : -1; // Tab leads to the grid, arrows lead on
    const place = `row ${Math.floor(index / width) + 1}, column ${(index % width) + 1}`;
    cell.setAttribute("aria-label", place);
    cell.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take letters for commands
    return cell;
  });
  board.append(...cells);
  el.append(board);

  const show = () => {
    const painted = model.get("painted");
    cells.forEach((cell, index) => cell.setAttribute("aria-pressed", painted[index] === 1));
  };
  const paint = (index, ink) => {
    const painted = [...model.get("painted")];
    if (painted[index] === ink) return;
    painted[index] = ink;
    model.set("painted", painted);
    model.save_changes();
  };
  const turn = (index) => paint(index, 1 - model.get("painted")[index]);
  const focus = (index) => {
    cells.forEach((cell, other) => { cell.tabIndex = other === index ? 0 : -1; });
    cells[index].focus();
  };

  let ink = null; // what a stroke leaves: 1, or 0 where it began on a painted cell
  board.addEventListener("pointerdown", (event) => {
    const index = cells.indexOf(event.target);
    if (index < 0 || event.button !== 0) return;
    event.preventDefault();
    board.setPointerCapture(event.pointerId); // so that a stroke ends wherever the pointer is lifted
    ink = 1 - model.get("painted")[index];
    paint(index, ink);
    focus(index);
  });
  board.addEventListener("pointermove", (event) => {
    if (ink === null) return;
    const index = cells.indexOf(document.elementFromPoint(event.clientX, event.clientY));
    if (index >= 0) paint(index, ink);
  });
  const lift = () => { ink = null; };
  board.addEventListener("pointerup", lift);
  board.addEventListener("pointercancel", lift);
  board.addEventListener("keydown", (event) => {
    const here = cells.indexOf(event.target);
    const next = destination(event.key, here, width, count);
    if (event.key === " " || event.key === "Enter") turn(here);
    else if (next !== undefined) focus(next);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  // Software such as a screen reader clicks without a pointer.
  board.addEventListener("click", (event) => {
    const index = cells.indexOf(event.target);
    if (index >= 0 && event.detail === 0) turn(index);
  });

  model.on("change:painted", show);
  show();
  return () => model.off("change:painted", show);
}

export default { render };
