/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: HTML, text that is escaped, several of both, or nothing. */
export type Part = Markup | string | number | undefined | readonly Part[];

/** HTML with parts in it. Whatever is not `Markup` is escaped, so that no part can end the text or attribute it stands in. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return trustedHtml(literals.map((literal, i) => literal.replaceAll(INDENT, '\n') + written(parts[i])).join(''));
}

/** For what a template can't say. Only for text that nobody outside of this folder has a part in. */
export function trustedHtml(markup: string): Markup {
  return { markup };
}

/**
 * Text from a wire, in which what can't be seen is shown: control characters, halves of surrogate pairs, and what turns the
 * direction of writing. Line feeds and tabs stay.
 */
export function showInvisible(text: string): Markup {
  const pieces = text
    .split(UNSEEN)
    .map((piece, i) => (i % 2 === 0 ? html`${piece}` : html`<span class="unseen">${piece}</span>`));
  return html`${pieces}`;
}

/** Of a template, which is no part of the page. */
const INDENT = /\n\s+/g;
const UNSEEN =
  /((?:[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])+)/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(written).join('');
}

/** HTML has no way to write some characters: they are told by their number. */
function escaped(text: string): string {
  return text
    .replaceAll(new RegExp(UNSEEN, 'g'), (run) =>
      Array.from({ length: run.length }, (_, i) => `\\u${run.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
    )
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
