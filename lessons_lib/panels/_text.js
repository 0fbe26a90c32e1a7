// A piece of code in the browser; see _furniture.py. It may be written anew while the panel plays:
// only what is different is exchanged, so that who reads there, marks or copies keeps their place.

/**
 * Exchange as few letters of a text as possible for those of another one.
 * @param {Text} text
 * @param {string} words
 */
function exchange(text, words) {
  const { data } = text;
  const shorter = Math.min(data.length, words.length);
  let begin = 0;
  while (begin < shorter && data[begin] === words[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && data.at(-1 - end) === words.at(-1 - end)) end += 1;
  text.replaceData(begin, data.length - begin - end, words.slice(begin, words.length - end));
}

export default {
  /**
   * Show the code in one more place.
   * @param {{model: {get: Function, on: Function, off: Function}, el: HTMLElement}} view
   */
  render({ model, el }) {
    const text = document.createTextNode(model.get("value"));
    const code = Object.assign(document.createElement("pre"), { tabIndex: 0, role: "group" });
    code.ariaLabel = model.get("heading");
    code.append(text);
    el.append(code);
    const follow = () => exchange(text, model.get("value"));
    model.on("change:value", follow);
    return () => model.off("change:value", follow);
  },
};
