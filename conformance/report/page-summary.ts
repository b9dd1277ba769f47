import type { CaseResult, Severity, Verdict } from '../results.ts';
import { html, type Markup } from './markup.ts';
import type { Column } from './matrix.ts';
import { glyph, slug } from './page-glyphs.ts';
import { protocolsOf } from './protocols.ts';
import { formatUtcTime, formatDuration } from './durations.ts';
import { MOST_SEVERE_FIRST, outcomeOf, WORST_FIRST } from './verdicts.ts';

/** A card for each server: the outcome and the count of each verdict, worst first. */
export function summary(columns: readonly Column[]): Markup {
  return html`<section class="summary${columns.length > 1 ? '' : ' alone'}" aria-label="Summary">
    ${columns.map((column) => card(column, columns.length > 1))}
  </section>`;
}

function card({ tag, name, run }: Column, isTagged: boolean): Markup {
  const { verdict, words } = outcomeOf(run.cases);
  const count = run.cases.length === 1 ? '1 case' : `${run.cases.length} cases`;
  return html`<article class="card">
    <h2>${isTagged ? html`<span class="tag">${tag}</span> ` : ''}<span class="name">${name}</span></h2>
    <p class="outcome ${slug(verdict)}">${glyph(verdict)} ${words}</p>
    ${bar(run.cases)}
    <ul class="counts">
      ${WORST_FIRST.map((one) => line(one, run.cases))}
    </ul>
    ${protocolsOf(run.cases).map((statement) => html`<p class="about">${statement}</p>`)}
    <p class="about">
      ${count} in ${formatDuration(run.took)}, <time datetime="${run.startedAt}">${formatUtcTime(run.startedAt)}</time>
    </p>
  </article>`;
}

/** Decorative: the counts are also shown as text. */
function bar(cases: readonly CaseResult[]): Markup {
  let from = 0;
  const parts = WORST_FIRST.map((verdict) => {
    const width = cases.filter((one) => one.verdict === verdict).length;
    const part = width === 0 ? '' : html`<rect class="${slug(verdict)}" x="${from}" width="${width}" height="1" />`;
    from += width;
    return part;
  });
  return html`<svg class="bar" viewBox="0 0 ${Math.max(from, 1)} 1" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function line(verdict: Verdict, cases: readonly CaseResult[]): Markup {
  const found = cases.filter((one) => one.verdict === verdict);
  const isWrong = verdict === 'dangerous' || verdict === 'failed' || verdict === 'loose';
  return html`<li class="${found.length === 0 ? 'none' : slug(verdict)}">
    ${glyph(verdict)} <b>${found.length}</b> ${verdict}${isWrong ? bySeverity(found) : ''}
  </li>`;
}

function bySeverity(cases: readonly CaseResult[]): Markup | string {
  const counted = MOST_SEVERE_FIRST.map((severity) => [severity, countOf(severity, cases)] as const);
  const words = counted.flatMap(([severity, count]) => (count === 0 ? [] : [`${count} ${severity}`]));
  const parts = words.map((word, i) => html`<span>${word}${i < words.length - 1 ? ',' : ''}</span> `);
  return words.length === 0 ? '' : html` <span class="weights">${parts}</span>`;
}

function countOf(wanted: Severity, cases: readonly CaseResult[]): number {
  return cases.filter(({ severity }) => severity === wanted).length;
}
