/** Escaped HTML. */
export interface Markup {
  readonly markup: string;
}

/** The allowed values in a template: HTML, text to escape, lists of both, or undefined. */
export type Part = Markup | string | number | undefined | readonly Part[];

/** A tagged template for HTML. All values other than `Markup` are escaped. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return trustedHtml(literals.map((literal, i) => literal.replaceAll(INDENT, '\n') + written(parts[i])).join(''));
}

/** Marks text as HTML without escaping. Only for text that is defined in this folder. */
export function trustedHtml(markup: string): Markup {
  return { markup };
}

/** Makes invisible characters visible: control characters, lone surrogates and bidirectional marks. Line feeds and tabs stay. */
export function showInvisible(text: string): Markup {
  const pieces = text
    .split(UNSEEN)
    .map((piece, i) => (i % 2 === 0 ? html`${piece}` : html`<span class="unseen">${piece}</span>`));
  return html`${pieces}`;
}

/** The indentation of a template literal. */
const INDENT = /\n\s+/g;
const UNSEEN =
  /((?:[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])+)/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(written).join('');
}

/** HTML cannot represent some characters; they are shown as `\u` escapes. */
function escaped(text: string): string {
  return text
    .replaceAll(new RegExp(UNSEEN, 'g'), (run) =>
      Array.from({ length: run.length }, (_, i) => `\\u${run.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
    )
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
