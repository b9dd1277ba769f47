import { button, element } from '../shared/elements.ts';
import { withoutAnswer } from './api.ts';

/** Seconds that a ban lasts, by what the operator selects. */
const SPANS: readonly (readonly [string, number | undefined])[] = [
  ['1 hour', 3_600],
  ['1 day', 86_400],
  ['30 days', 30 * 86_400],
  ['no end', undefined],
];

export interface Question {
  readonly title: string;
  readonly effect: string;
  readonly hasEnd?: boolean;
}

export interface Answer {
  readonly reason: string;
  /** An ISO date; undefined for no end. */
  readonly until: string | undefined;
}

/**
 * Asks before an act, and shows why it failed.
 * @param perform the act. An error keeps the question open, and so do the names of nodes that did not answer.
 */
export function confirm(question: Question, perform: (answer: Answer) => Promise<string>): void {
  const reason = element('input', { name: 'reason', maxlength: 256 });
  const end = endSelect();
  const failure = element('p', { class: 'bad', role: 'alert' });
  const yes = element('button', { class: 'danger' }, question.title);
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { id: 'question' }, `${question.title}?`),
    element('p', {}, question.effect),
    element(
      'div',
      { class: 'row search' },
      labelled('Reason, for the log', reason),
      question.hasEnd ? labelled('Ends after', end) : undefined,
    ),
    failure,
  );
  const dialog = element('dialog', { 'aria-labelledby': 'question' }, form);
  const close = (): void => dialog.close();
  form.append(element('div', { class: 'row' }, yes, button('Cancel', close)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    yes.disabled = true;
    perform({ reason: reason.value, until: untilDate(end.value) })
      .then((missing) => {
        document.dispatchEvent(new Event('acted'));
        if (missing === '') return close();
        failure.textContent = `Done${withoutAnswer(missing)}. Repeat it when they answer again.`;
      })
      .catch((error: unknown) => {
        failure.textContent = error instanceof Error ? error.message : String(error);
        yes.disabled = false;
      });
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function labelled(text: string, field: HTMLElement): HTMLLabelElement {
  return element('label', {}, text, field);
}

function endSelect(): HTMLSelectElement {
  return element(
    'select',
    { name: 'until' },
    ...SPANS.map(([name, seconds]) => element('option', { value: seconds ?? '' }, name)),
  );
}

function untilDate(seconds: string): string | undefined {
  return seconds === '' ? undefined : new Date(Date.now() + Number(seconds) * 1000).toISOString();
}

export function withReason(path: string, reason: string): string {
  return reason === '' ? path : `${path}${path.includes('?') ? '&' : '?'}reason=${encodeURIComponent(reason)}`;
}
