import { button, element } from '../shared/elements.ts';
import { act, getList, withoutAnswer, type Ban, type Entry, type OptionView } from './api.ts';
import { confirm, labelled, withReason } from './confirm.ts';
import { clockTime, mayAct, repeatWhileVisible, span } from './page.ts';
import { Table, type Column } from './table.ts';

/** ADM5. */
export function refusalsView(): HTMLElement {
  return listView<Entry>('Refusals', '/api/refusals', [
    { name: 'Time', cell: ({ at }) => clockTime(String(at)) },
    { name: 'Refused', cell: ({ kind }) => kind },
    { name: 'Why', cell: ({ why, limit, status }) => [why, limit, status].filter((part) => part !== undefined).join(', ') },
    { name: 'Detail', cell: ({ detail, path }) => detail ?? path },
    { name: 'Realm and id', cell: ({ realm, id }) => [realm, id].filter((part) => part !== undefined).join(' / ') || undefined },
    { name: 'Address', cell: ({ address }) => address },
  ]);
}

/** ADM5. */
export function closesView(): HTMLElement {
  return listView<Entry>('Closes', '/api/closed', [
    { name: 'Time', cell: ({ at }) => clockTime(String(at)) },
    { name: 'Id', cell: ({ id }) => id },
    { name: 'Realm', cell: ({ realm }) => realm },
    { name: 'Why', cell: ({ why, code }) => (code === undefined ? why : `${why}, ${code}`) },
    { name: 'By', cell: ({ by }) => by },
    { name: 'Open for', cell: ({ openSeconds }) => (openSeconds === undefined ? undefined : span(Number(openSeconds))) },
    { name: 'Address', cell: ({ address }) => address },
  ]);
}

/** The options in effect, and the place of each value. */
export function configurationView(): HTMLElement {
  return listView<OptionView>('Configuration', '/api/config', [
    { name: 'Option', cell: ({ name }) => name },
    { name: 'Value', cell: ({ value }) => element('code', {}, value === undefined ? '–' : JSON.stringify(value)) },
    { name: 'Set by', cell: ({ source }) => source ?? 'default' },
  ]);
}

/** ADM4. */
export function bansView(): HTMLElement {
  const lift: Column<Ban> = { name: 'Act', cell: (ban) => button('Lift …', () => askLift(ban)) };
  return listView<Ban>('Bans', '/api/bans', [
    { name: 'What', cell: ({ what }) => what },
    { name: 'Value', cell: ({ value, realm }) => (realm === undefined ? value : `${value} in ${realm}`) },
    { name: 'Until', cell: ({ until }) => (until === undefined ? 'no end' : new Date(until).toLocaleString()) },
    { name: 'Reason', cell: ({ reason }) => reason },
    ...(mayAct() ? [lift] : []),
  ]);
}

function askLift({ id, value }: Ban): void {
  const question = { title: `Lift the ban of ${value}`, effect: 'The client may connect again.' };
  confirm(question, ({ reason }) => act('DELETE', withReason(`/api/bans/${encodeURIComponent(id)}`, reason)));
}

/** A list of the API with a filter: rows that contain the text. */
function listView<Item>(title: string, path: string, columns: readonly Column<Item>[]): HTMLElement {
  const filter = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const table = new Table(columns.map(inKeyed), ({ key }: Keyed<Item>) => key);
  const view = element(
    'section',
    { 'aria-label': title },
    element('div', { class: 'card' }, element('div', { class: 'search' }, labelled('Filter', filter)), table.root),
  );
  const load = repeatWhileVisible(view, 3, async () => {
    const { items, missing } = await getList<Item>(path);
    const wanted = filter.value.toLowerCase();
    const shown = items.map((item) => JSON.stringify(item)).filter((text) => text.toLowerCase().includes(wanted));
    table.show(keyed<Item>(shown), `${shown.length} of ${items.length}`, withoutAnswer(missing));
  });
  filter.addEventListener('input', load);
  return view;
}

interface Keyed<Item> {
  readonly key: string;
  readonly item: Item;
}

function inKeyed<Item>({ name, cell }: Column<Item>): Column<Keyed<Item>> {
  return { name, cell: ({ item }) => cell(item) };
}

/** Equal items are told apart by their count. */
function keyed<Item>(texts: readonly string[]): Keyed<Item>[] {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return { key: `${count} ${text}`, item: JSON.parse(text) as Item };
  });
}
