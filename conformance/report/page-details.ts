import type { CaseResult, TranscriptLine } from '../results.ts';
import { showInvisible, html, type Markup } from './markup.ts';
import type { Column, Matrix } from './matrix.ts';
import { glyph, slug } from './page-glyphs.ts';
import { detailsId, type NumberedRow } from './page-matrix.ts';
import { formatDuration } from './durations.ts';
import { SEVERITY_MEANINGS } from './verdicts.ts';

/** The details of the cells: popovers on screen, an appendix in print. */
export function details({ columns }: Matrix, rows: readonly NumberedRow[]): Markup {
  return html`<section class="details" aria-label="Details">
    <h2 class="on-paper">Observations</h2>
    ${rows.map((row) =>
      columns.map((column, i) => {
        const result = row.cells[i];
        return result === undefined ? '' : panel(detailsId(row.n, column), column, result, columns.length > 1);
      }),
    )}
  </section>`;
}

function panel(id: string, { tag, name }: Column, result: CaseResult, isTagged: boolean): Markup {
  const { verdict, title } = result;
  return html`<div
    class="panel is-${slug(verdict)}"
    id="${id}"
    popover
    role="dialog"
    aria-labelledby="${id}-title"
    tabindex="-1"
    autofocus
  >
    <header>
      <p class="cell ${slug(verdict)}">${glyph(verdict)} <span class="word">${verdict}</span></p>
      <p class="where">
        <span class="id">${result.id}</span>
        <span class="server">${isTagged ? html`<span class="tag">${tag}</span> ` : ''}<span class="name">${name}</span></span>
      </p>
      <button type="button" class="close" popovertarget="${id}" popovertargetaction="hide">Close</button>
    </header>
    <h3 id="${id}-title">${title}</h3>
    ${facts(result)} ${transcript(result)}
  </div> `;
}

function facts({ expected, why, reference, severity, took }: CaseResult): Markup {
  return html`<dl>
    <dt>Expected</dt>
    <dd>${showInvisible(expected)}</dd>
    ${
      why === undefined
        ? ''
        : html`<dt>Seen</dt>
            <dd class="why">${showInvisible(why)}</dd>`
    }
    ${
      reference === undefined
        ? ''
        : html`<dt><code>peer</code> 1.0.2</dt>
            <dd>${showInvisible(reference)}</dd>`
    }
    <dt>Severity</dt>
    <dd>${severity}: ${SEVERITY_MEANINGS[severity]}</dd>
    <dt>Took</dt>
    <dd>${formatDuration(took)}</dd>
  </dl>`;
}

const ARROWS: Readonly<Record<TranscriptLine['how'], string>> = { sent: '→', heard: '←', noted: '·' };

function transcript({ verdict, transcript: lines }: CaseResult): Markup {
  if (lines.length === 0) {
    return html`<p class="nothing">
      ${verdict === 'ok' ? 'No transcript is kept for the verdict ok.' : 'There is no transcript.'}
    </p>`;
  }
  return html`<table class="transcript">
    <caption>
      Transcript
      <span>→ sent to the server, ← received from it, times in milliseconds since the start of the case</span>
    </caption>
    <thead class="unseeable">
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Connection</th>
        <th scope="col">Direction</th>
        <th scope="col">Content</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(transcriptLine)}
    </tbody>
  </table>`;
}

function transcriptLine({ at, who, how, what }: TranscriptLine): Markup {
  return html`<tr class="${how}">
    <td class="at">${at}</td>
    <td class="who">${showInvisible(who)}</td>
    <td class="how"><span aria-hidden="true">${ARROWS[how]}</span><span class="unseeable">${how}</span></td>
    <td class="what"><span>${showInvisible(what)}</span></td>
  </tr> `;
}
