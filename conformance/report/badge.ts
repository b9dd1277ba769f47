import type { CaseResult, RunResult, Verdict } from '../results.ts';
import { html } from './markup.ts';
import { outcomeOf } from './verdicts.ts';

const LABEL = 'PeerJS protocol';
const COLOURS: Readonly<Record<Verdict, string>> = {
  ok: '#1a7f37',
  loose: '#6f7d00',
  failed: '#b35900',
  dangerous: '#c0262d',
  'not testable': '#6e7781',
};
/** The width of a character of the badge, in pixels. */
const CHARACTER = 6.6;
const MARGIN = 10;

/** The outcome of a run as a badge: SVG, or for a file named `.json` the JSON that badge services read. */
export function reportAsBadge({ cases }: RunResult, file: string): string {
  const { verdict } = outcomeOf(cases);
  const message = messageOf(cases, verdict);
  const color = COLOURS[verdict];
  if (file.endsWith('.json')) return `${JSON.stringify({ schemaVersion: 1, label: LABEL, message, color })}\n`;
  const [left, right] = [widthOf(LABEL), widthOf(message)];
  const { markup } = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${left + right}"
    height="20"
    role="img"
    aria-label="${LABEL}: ${message}"
  >
    <title>${LABEL}: ${message}</title>
    <clipPath id="round"><rect width="${left + right}" height="20" rx="3" /></clipPath>
    <g clip-path="url(#round)">
      <rect width="${left}" height="20" fill="#3d444d" />
      <rect x="${left}" width="${right}" height="20" fill="${color}" />
    </g>
    <g fill="#fff" text-anchor="middle" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">
      <text x="${left / 2}" y="14">${LABEL}</text>
      <text x="${left + right / 2}" y="14">${message}</text>
    </g>
  </svg> `;
  return `${markup.trim()}\n`;
}

function messageOf(cases: readonly CaseResult[], verdict: Verdict): string {
  const count = (wanted: Verdict): number => cases.filter((one) => one.verdict === wanted).length;
  if (verdict === 'not testable') return 'not tested';
  const tested = cases.length - count('not testable');
  if (verdict === 'ok' || verdict === 'loose') return `conforms (${tested} cases)`;
  return verdict === 'dangerous' ? `${count('dangerous')} dangerous` : `${count('failed')} of ${tested} failed`;
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER + 2 * MARGIN);
}
