import { createHash } from 'node:crypto';
import type { RunResult, Verdict } from '../results.ts';
import { html, trustedHtml, type Markup } from './markup.ts';
import { matrixOf, type Matrix, type Row } from './matrix.ts';
import { causes } from './page-causes.ts';
import { details } from './page-details.ts';
import { glyph, GLYPHS, slug } from './page-glyphs.ts';
import { familyId, tables, type NumberedRow } from './page-matrix.ts';
import { SCRIPT } from './page-script.ts';
import { STYLE } from './page-style.ts';
import { summary } from './page-summary.ts';
import { familiesOf, type Family } from './rule-families.ts';
import { VERDICT_MEANINGS, WORST_FIRST } from './verdicts.ts';

/**
 * One page for one or more runs: a summary of each, and a matrix of cases and servers whose cells open the details. The page is
 * self-contained and fetches nothing; only the search needs scripts.
 * @param title the page title; the default lists the servers.
 */
export function reportInHtml(runs: readonly RunResult[], title: string = titleOf(runs)): string {
  const matrix = matrixOf(runs);
  const rows = familiesOf(matrix.rows)
    .flatMap(({ members }) => members)
    .map((row, n): NumberedRow => ({ ...row, n }));
  const families = familiesOf(rows);
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${trustedHtml(`<style>${STYLE}</style>`)}
      </head>
      <body>
        ${GLYPHS}
        <main>
          ${intro(title, runs, matrix)} ${summary(matrix.columns)} ${causes(matrix.columns, rows)} ${filters(matrix)}
          ${contents(families)}
          <p class="status" role="status"></p>
          ${tables(matrix, families)} ${details(matrix, rows)}
        </main>
        ${trustedHtml(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `;
  return markup;
}

/** Prevents the page from running or loading anything from elsewhere. */
const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function titleOf(runs: readonly RunResult[]): string {
  return runs.length === 1 ? `Conformance of ${runs[0]?.server}` : `Conformance of ${runs.length} servers`;
}

function intro(title: string, runs: readonly RunResult[], { rows }: Matrix): Markup {
  const versions = [...new Set(runs.map(({ version }) => version))].sort().join(', ');
  const cases = rows.length === 1 ? '1 case' : `${rows.length} cases`;
  return html`<header class="intro">
    <h1>${title}</h1>
    <p>${cases}, run by <code>signalbox conform</code> ${versions}.</p>
    <details>
      <summary>Meaning of the verdicts</summary>
      <dl>
        ${WORST_FIRST.map(
          (verdict) =>
            html`<dt class="cell ${slug(verdict)}">${glyph(verdict)} <span class="word">${verdict}</span></dt>
              <dd>${VERDICT_MEANINGS[verdict]}</dd>`,
        )}
      </dl>
    </details>
  </header>`;
}

function filters({ columns, rows }: Matrix): Markup {
  return html`<search class="filters" aria-label="Filter the cases">
    <fieldset>
      <legend>Show</legend>
      ${WORST_FIRST.map((verdict) => filter(verdict, countOf(verdict, rows)))}
    </fieldset>
    ${
      columns.length > 1
        ? html`<label class="chip"><input type="checkbox" id="differing" /> <span>only where servers differ</span></label>`
        : ''
    }
    <label class="find" hidden>Find <input type="search" id="find" placeholder="M14, reconnect, 1005 …" /></label>
  </search>`;
}

function filter(verdict: Verdict, count: number): Markup {
  const mark = html`<span class="mark ${slug(verdict)}">${glyph(verdict)}</span>`;
  return html`<label class="chip">
    <input type="checkbox" id="show-${slug(verdict)}" checked /> <span>${mark} ${verdict} <b>${count}</b></span>
  </label>`;
}

function countOf(verdict: Verdict, rows: readonly Row[]): number {
  return rows.filter(({ cells }) => cells.some((one) => one?.verdict === verdict)).length;
}

function contents(families: readonly Family<unknown>[]): Markup {
  const entries = families.map(
    (family) =>
      html`<li>
        <a href="#${familyId(family)}">${family.name} <b>${family.members.length}</b></a>
      </li>`,
  );
  return html`<nav aria-label="Families of rules">
    <ul>
      ${entries}
    </ul>
  </nav>`;
}
