import type { Finding } from '../../doctor/findings.ts';
import type { State } from '../../doctor/verdicts/verdict.ts';
import { button, element } from '../shared/elements.ts';

/** D15: the findings as people and programs read them. They have no address of the user. */
export function copyButtons(text: () => string, json: () => string): HTMLElement[] {
  const state = element('span', { role: 'status' });
  const copy = (content: string): void => {
    if (!isSecureContext) return showText(content);
    navigator.clipboard.writeText(content).then(
      () => (state.textContent = 'Copied'),
      () => showText(content),
    );
  };
  return [button('Copy as text', () => copy(text())), button('Copy as JSON', () => copy(json())), state];
}

/** Without https, browsers allow no access to the clipboard. */
function showText(content: string): void {
  const area = element('textarea', { readonly: true, rows: 12, 'aria-label': 'Findings' });
  area.value = content;
  const dialog = element(
    'dialog',
    { 'aria-label': 'Findings' },
    area,
    button('Close', () => dialog.close()),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}

const WORDS: Readonly<Record<State | 'running' | 'waiting', string>> = {
  ...{ good: 'good', doubtful: 'doubtful', bad: 'bad', skipped: 'skipped', running: 'running …', waiting: 'waiting' },
};

export function wordOf(state: State | 'running' | 'waiting'): HTMLElement {
  return element('span', { class: state }, WORDS[state]);
}

/** The worst state of the findings of a step. */
export function worstOf(findings: readonly Finding[]): State {
  const states: readonly State[] = ['bad', 'doubtful', 'good'];
  return states.find((state) => findings.some((one) => one.state === state)) ?? 'skipped';
}

export function findingItem({ state, is, effect, remedy, setting, link }: Finding, prefix?: string): HTMLElement {
  const isFault = state === 'bad' || state === 'doubtful';
  const names = setting === undefined ? undefined : element('p', {}, 'Setting: ', element('code', {}, setting));
  const page = link === undefined ? '' : ` See docs/${link}.`;
  return element(
    'li',
    {},
    element('p', {}, prefix === undefined ? '' : `${prefix}: `, isFault ? element('strong', { class: state }, is) : is),
    ...(isFault ? [element('p', {}, effect), element('p', {}, remedy + page), names] : []),
  );
}
