/** Control characters, separators of lines, and marks of direction. A terminal or a log reader obeys them. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const EACH_HIDDEN = new RegExp(HIDDEN, 'gu');

/** Whether a text has a character that is not shown. */
export function hasHidden(text: string): boolean {
  return HIDDEN.test(text);
}

/** The text on one line, with an escape in place of each character that is not shown. */
export function visible(text: string, show: (character: string) => string = escaped): string {
  return text.replaceAll(EACH_HIDDEN, show);
}

/** The same for a text of several lines, such as indented JSON, which remains valid. */
export function visibleLines(text: string, show?: (character: string) => string): string {
  return text
    .split('\n')
    .map((line) => visible(line, show))
    .join('\n');
}

/** As in JSON. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
