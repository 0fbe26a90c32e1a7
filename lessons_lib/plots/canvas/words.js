// What is written: lines of runs of letters, from plain words with a bit of TeX. Pure.

/**
 * Letters of one look; `raise` is how far they stand above the line, `scale` their size, both
 * as parts of the letters around them.
 * @typedef {{text: string, italic: boolean, raise: number, scale: number}} Run
 */

const GREEK = (
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho " +
  "varsigma sigma tau upsilon phi chi psi omega"
).split(" ");
const SIGNS = {
  ",": "\u2009", " ": " ", cdot: "\u2009·\u2009", times: "\u2009×\u2009", le: "\u2009≤\u2009",
  partial: "∂", "{": "{", "}": "}",
}; // prettier-ignore
const ACCENTS = { hat: "\u0302", bar: "\u0304", tilde: "\u0303" };
const TOKEN = /\\([A-Za-z]+|.)|[\s\S]/gu;

/** Return a command's letters, and whether they are slanted. */
function command(name) {
  const small = GREEK.indexOf(name.toLowerCase());
  if (small >= 0) {
    const capital = name[0] < "a";
    return [String.fromCodePoint((capital ? 0x391 : 0x3b1) + small), !capital];
  }
  return [SIGNS[name] ?? `${name}\u2009`, false];
}

/** Return runs of what stands between dollar signs. */
function math(source) {
  const tokens = source.match(TOKEN) ?? [];
  const runs = [];
  let place = 0;
  const add = (text, italic, level) => {
    const [raise, scale] = level ? [0.38 * level, 0.7] : [0, 1];
    const last = runs.at(-1);
    if (last && last.italic === italic && last.raise === raise) last.text += text;
    else runs.push({ text, italic, raise, scale });
  };
  const one = (level) => {
    const token = tokens[place++];
    if (token === undefined) return;
    if (token === "{") {
      while (place < tokens.length && tokens[place] !== "}") one(level);
      place++;
    } else if (token === "^" || token === "_") {
      one(token === "^" ? 1 : -0.45);
    } else if (ACCENTS[token.slice(1)]) {
      one(level);
      runs.at(-1).text = (runs.at(-1).text + ACCENTS[token.slice(1)]).normalize("NFC");
    } else if (token[0] === "\\") {
      add(...command(token.slice(1)), level);
    } else if (token !== " ") {
      const before = tokens.slice(0, place - 1).findLast((other) => other !== " ");
      const binary = !level && before && !"([{,=^".includes(before);
      if ("+-=<>".includes(token)) add(spaced(token === "-" ? "−" : token, binary), false, level);
      else add(token === "," ? ", " : token, /\p{L}/u.test(token), level);
    }
  };
  while (place < tokens.length) one(0);
  return runs;
}

const spaced = (sign, wide) => (wide ? `\u2005${sign}\u2005` : sign);

/**
 * Return lines of runs.
 * @param {string} words - what stands between dollar signs is a formula; one alone is a dollar
 * @returns {Run[][]}
 */
export function linesOf(words) {
  const plain = (text) => (text ? [{ text, italic: false, raise: 0, scale: 1 }] : []);
  return words.split("\n").map((line) => {
    const parts = line.split("$");
    if (parts.length % 2 === 0) return plain(line);
    return parts.flatMap((part, i) => (i % 2 ? math(part) : plain(part)));
  });
}

/** Write a power, and what it is multiplied with, as words with a formula in them. */
export function powerWords(base, exponent, times = "") {
  const power = `$${base}^{${exponent}}$`;
  return times === "" ? power : `${times}×${power}`;
}
