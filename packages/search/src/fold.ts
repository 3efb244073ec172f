/** Letters that Unicode does not take apart into a base and a mark, and what people without the key for them type. */
const LETTERS: Readonly<Record<string, string>> = {
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ё: 'е',
};
const OTHER_LETTERS = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
/** Marks of Latin and Greek only: a Thai vowel, a Japanese voicing mark or the breve of й make another letter. */
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]+/gu;

/** One spelling for what is the same word in the same language: NFKC, without regard to case. Accents stay. */
export function caseFolded(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFKC');
  // The lower case of some letters is a sequence that composes anew.
  return folded === text ? text : caseFolded(folded);
}

/** As {@link caseFolded}, and without accents: `Phở` is `pho`, `Đà Nẵng` is `da nang`. Folding twice changes nothing. */
export function folded(text: string): string {
  return caseFolded(text)
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(OTHER_LETTERS, (letter) => LETTERS[letter] ?? letter);
}

/** The plural -s of a folded word goes: `shoes` and `shoe` are one word. (After D. Harman's S stemmer; letters a–z only.) */
export function withoutPlural(word: string): string {
  if (word.length < 4 || !/^[a-z]+s$/u.test(word)) return word;
  if (/[^ea]ies$/u.test(word)) return word.length === 4 ? word.slice(0, -1) : `${word.slice(0, -3)}y`;
  if (/(?:ss|us|is)$/u.test(word)) return word;
  return word.slice(0, -1);
}
