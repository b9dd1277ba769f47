import type { Verdict } from '../results.ts';
import { html, trustedHtml, type Markup } from './markup.ts';

/** A verdict, or `absent` for a case that the run did not include. */
export type Mark = Verdict | 'absent';

/** Inline SVG, independent of fonts. The shapes differ, not only the colours. */
const SHAPES: Readonly<Record<Mark, string>> = {
  dangerous: '<path d="M8 1.6 15 14.2H1z" fill="currentColor" stroke="none"/><path class="hole" d="M8 6v4M8 12v.2"/>',
  failed: '<path d="m3.8 3.8 8.4 8.4m0-8.4-8.4 8.4"/>',
  loose: '<path d="M2.5 9.6c1.8-3.6 3.7-3.6 5.5-1.6s3.7 2 5.5-1.6"/>',
  'not testable': '<path d="M4 8h8"/>',
  ok: '<path d="m2.8 8.6 3.5 3.5 7-8"/>',
  absent: '<circle cx="8" cy="8" r="1.2" fill="currentColor" stroke="none"/>',
};

/** The definitions of all symbols. */
export const GLYPHS: Markup = trustedHtml(
  `<svg class="sprite" aria-hidden="true">${Object.entries(SHAPES)
    .map(([mark, shape]) => `<symbol id="glyph-${slug(mark)}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join('')}</svg>`,
);

/** Decorative: the verdict is also shown as text. */
export function glyph(mark: Mark): Markup {
  return html`<svg class="glyph" aria-hidden="true"><use href="#glyph-${slug(mark)}" /></svg>`;
}

/** The verdict as part of a class name or id. */
export function slug(mark: string): string {
  return mark.replaceAll(' ', '-');
}
