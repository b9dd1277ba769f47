import type { Finding } from '../../doctor/findings.ts';
import { reportInJson, reportInText } from '../../doctor/report/reports.ts';
import { STEPS, type StepId } from '../../doctor/verdicts/verdict.ts';
import { brokerUrl, givenKey, uniqueName } from '../shared/broker.ts';
import { button, byId, element } from '../shared/elements.ts';
import { startTheme } from '../shared/theme.ts';
import type { PageContext, PageStep } from './context.ts';
import { ICE_STEPS } from './ice-steps.ts';
import { Pair } from './pair.ts';
import { copyButtons, findingItem, wordOf, worstOf } from './report.ts';
import { IDLE_STEP, WAY_STEPS } from './way-steps.ts';

startTheme();
const form = byId<HTMLFormElement>('settings');
const needsToken = document.documentElement.dataset['token'] === 'yes';
const room = /^#([\w-]{4,64})$/.exec(location.hash)?.[1];
const findings = new Map<StepId, readonly Finding[]>();
field('key').value = givenKey();
byId('token-field').hidden = !needsToken;
for (const [id, title] of Object.entries(STEPS)) if (id !== 'D14') byId('steps').append(stepItem(id as StepId, title));
byId('copies').append(
  ...copyButtons(
    () => reportInText(allFindings()),
    () => reportInJson(brokerUrl(), allFindings()),
  ),
);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
addEventListener('hashchange', () => location.reload());
byId('pair-start').addEventListener('click', () => (location.hash = uniqueName('pair').slice(0, 20)));
if (room !== undefined) showLink();
if (room !== undefined && !needsToken) void run();

function field(name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

async function run(): Promise<void> {
  byId<HTMLButtonElement>('start').disabled = true;
  findings.clear();
  const token = field('token').value;
  const context: PageContext = {
    broker: brokerUrl(),
    identity: { key: field('key').value, id: uniqueName('doctor'), token: token === '' ? uniqueName('token') : token },
    ...{ token: token === '' ? undefined : token, idle: Number(field('idle').value), servers: [] },
  };
  const pair = room === undefined ? undefined : new Pair(context, room, { showState: showPairState, showResult });
  const joined = pair?.join();
  for (const { id } of [...WAY_STEPS, ...ICE_STEPS]) showStep(id, 'waiting', []);
  let idle: Promise<void> | undefined;
  for (const step of [...WAY_STEPS, ...ICE_STEPS]) {
    await runStep(step, context);
    // D8 takes long, so other steps run meanwhile.
    if (step.id === 'D3') idle = runStep(IDLE_STEP, context);
  }
  await joined;
  pair?.report(allFindings().filter(({ step }) => step !== 'D8'));
  await idle;
  context.signal?.close();
  summarize();
}

async function runStep({ id, run: perform }: PageStep, context: PageContext): Promise<void> {
  showStep(id, 'running', []);
  const found = await perform(context);
  findings.set(id, found);
  showStep(id, worstOf(found), found);
}

function stepItem(id: StepId, title: string): HTMLElement {
  const name = element('span', {}, `${id}: ${title}`);
  return element('li', { id, class: 'card' }, element('h2', {}, name, wordOf('waiting')), element('ul', { class: 'findings' }));
}

function showStep(id: StepId, state: Parameters<typeof wordOf>[0], found: readonly Finding[]): void {
  const item = byId(id);
  item.querySelector('h2')?.lastElementChild?.replaceWith(wordOf(state));
  item.querySelector('ul')?.replaceChildren(...found.map((one) => findingItem(one)));
}

/** In the order of the steps. */
function allFindings(): Finding[] {
  return (Object.keys(STEPS) as StepId[]).flatMap((id) => findings.get(id) ?? []);
}

function summarize(): void {
  const all = allFindings();
  const worst = worstOf(all);
  const texts = {
    good: 'No fault was found.',
    doubtful: 'Some findings are doubtful.',
    bad: 'Some findings are bad.',
    skipped: '',
  };
  byId('summary').className = worst;
  byId('summary').textContent = texts[worst];
  byId('copies').hidden = false;
  byId<HTMLButtonElement>('start').disabled = false;
  byId('start').textContent = 'Start again';
}

function showLink(): void {
  const copy = button('Copy the link', () => void navigator.clipboard.writeText(location.href));
  byId('pair-link').hidden = false;
  byId('pair-link').append(element('code', {}, location.href), isSecureContext ? copy : '');
  byId('pair-start').hidden = true;
  showPairState(needsToken ? 'Enter the token, and start.' : 'This page tests its own side first.');
}

function showPairState(text: string): void {
  byId('pair-state').textContent = text;
}

function showResult(own: readonly Finding[], other: readonly Finding[]): void {
  findings.set('D14', own);
  const known = new Set(allFindings().map(({ verdict }) => verdict));
  const faults = other.filter(({ state, verdict }) => (state === 'bad' || state === 'doubtful') && !known.has(verdict));
  byId('pair-findings').replaceChildren(
    ...own.map((one) => findingItem(one)),
    ...faults.map((one) => findingItem(one, 'The other side')),
  );
}
