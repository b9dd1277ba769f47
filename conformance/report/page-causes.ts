import { causesOf, type Cause } from './causes.ts';
import { showInvisible, html, type Markup } from './markup.ts';
import type { Column } from './matrix.ts';
import { glyph, slug } from './page-glyphs.ts';
import { detailsId, type NumberedRow } from './page-matrix.ts';

/** For each server, the causes of its wrong verdicts, worst first; each case opens its details. */
export function causes(columns: readonly Column[], rows: readonly NumberedRow[]): Markup {
  const numbers = new Map(rows.map(({ id, n }) => [id, n]));
  const found = columns.map((column) => ({ column, all: causesOf(column.run.cases) })).filter(({ all }) => all.length > 0);
  return html`${found.map(
    ({ column, all }) =>
      html`<section class="causes" aria-label="Causes">
        <h2>
          ${columns.length > 1 ? html`<span class="tag">${column.tag}</span> ` : ''}${all.length === 1 ? 'One cause' : `${all.length} causes`}
        </h2>
        <ol>
          ${all.map((one) => item(one, column, numbers))}
        </ol>
      </section>`,
  )}`;
}

function item({ cause, verdict, cases }: Cause, column: Column, numbers: ReadonlyMap<string, number>): Markup {
  const count = cases.length === 1 ? '1 case' : `${cases.length} cases`;
  return html`<li>
    <span class="cell ${slug(verdict)}">${glyph(verdict)} <span class="word">${verdict}</span></span>
    <span class="why">${showInvisible(cause)}</span> <span class="count">${count}</span>
    <span class="ids">
      ${cases.map(({ id }) => {
        const n = numbers.get(id);
        return n === undefined ? '' : html`<button type="button" popovertarget="${detailsId(n, column)}">${id}</button> `;
      })}
    </span>
  </li>`;
}
