import type { CaseResult, Severity } from '../results.ts';
import { html, type Markup } from './markup.ts';
import type { Column, Matrix, Row } from './matrix.ts';
import { glyph, slug, type Mark } from './page-glyphs.ts';
import type { Family } from './rule-families.ts';
import { WORST_FIRST } from './verdicts.ts';

/** The maximum number of columns on a wide page without horizontal scrolling. */
const FEW_COLUMNS = 5;

/** A row with its number in the whole matrix, which identifies its details. */
export type NumberedRow = Row & { readonly n: number };

/** One table for each rule family. */
export function tables({ columns }: Matrix, families: readonly Family<NumberedRow>[]): Markup {
  return html`${families.map((family) => table(family, columns))}`;
}

/** The id of the details of a cell. */
export function detailsId(row: number, { tag }: Column): string {
  return `case-${row}-${tag}`;
}

/** The id of the section of a rule family. */
export function familyId({ letters }: Family<unknown>): string {
  return `family-${letters}`;
}

function table(family: Family<NumberedRow>, columns: readonly Column[]): Markup {
  const { letters, name, members } = family;
  const marks = new Set(members.flatMap(marksOf));
  return html`<section class="family ${[...marks].map((mark) => `has-${slug(mark)} `)}" id="${familyId(family)}">
    <h2>${name} <span class="letters">${letters}</span></h2>
    <div class="scroll ${columns.length <= FEW_COLUMNS ? 'few' : ''}" role="group" aria-label="Cases about ${name}" tabindex="0">
      <table class="${columns.length === 1 ? 'alone' : ''}">
        <thead>
          <tr>
            <th scope="col" class="case">Case</th>
            ${columns.map((column) => columnHead(column, columns.length > 1))}
          </tr>
        </thead>
        <tbody>
          ${members.map((row, i) => tableRow(row, columns, row.rule !== members[i - 1]?.rule))}
        </tbody>
      </table>
    </div>
  </section> `;
}

function columnHead({ tag, name }: Column, isTagged: boolean): Markup {
  if (!isTagged) return html`<th scope="col">Verdict</th>`;
  return html`<th scope="col" title="${name}">
    <span class="head"><span class="tag">${tag}</span> <span class="name">${name}</span></span>
  </th>`;
}

function tableRow(row: NumberedRow, columns: readonly Column[], isFirstOfRule: boolean): Markup {
  const marks = new Set(marksOf(row));
  const classes = [...Array.from(marks, (mark) => `has-${slug(mark)}`), ...(marks.size === 1 ? ['same'] : [])];
  const [rule, rest] = row.id.startsWith(row.rule) ? [row.rule, row.id.slice(row.rule.length)] : ['', row.id];
  return html`<tr class="${classes.join(' ')}${isFirstOfRule ? ' first' : ''}">
    <th scope="row" class="case">
      <span class="id"><b>${rule}</b>${rest}</span> <span class="severity">${severityOf(row)}</span>
      <span class="title">${row.title}</span>
    </th>
    ${columns.map((column, i) => html`<td>${cell(row, column, row.cells[i])}</td>`)}
  </tr> `;
}

/** If versions of the suite differ in severity, the first one is used. */
function severityOf({ cells }: Row): Severity | '' {
  return cells.find((one) => one !== undefined)?.severity ?? '';
}

function cell(row: NumberedRow, column: Column, result: CaseResult | undefined): Markup {
  if (result === undefined) return html`<span class="cell absent">${glyph('absent')} <span class="word">not run</span></span>`;
  const name = `${result.verdict}, ${row.id}, ${column.name}`;
  const opens = detailsId(row.n, column);
  return html`<button type="button" class="cell ${slug(result.verdict)}" popovertarget="${opens}" aria-label="${name}">
    ${glyph(result.verdict)} <span class="word">${result.verdict}</span>
  </button>`;
}

/** Worst first, so that the order of class names is stable. */
function marksOf({ cells }: Row): Mark[] {
  const found = new Set<Mark>(cells.map((result) => result?.verdict ?? 'absent'));
  return [...WORST_FIRST, 'absent' as const].filter((mark) => found.has(mark));
}
