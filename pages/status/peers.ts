import { button, element } from '../shared/elements.ts';
import { get, withoutAnswer, type Peer, type PeerPage } from './api.ts';
import { labelled } from './confirm.ts';
import { repeatWhileVisible, sinceDate, span } from './page.ts';
import { openPeer } from './peer-dialog.ts';
import { Table, type Column } from './table.ts';

const PAGE = 100;

const COLUMNS: readonly Column<Peer>[] = [
  { name: 'Id', cell: (peer) => button(peer.id, () => openPeer(peer)) },
  { name: 'Realm', cell: ({ realm }) => realm },
  { name: 'State', cell: ({ state, kind }) => (kind === 'guest' ? `${state}, guest` : state) },
  { name: 'Dialect', cell: ({ dialect, carrier }) => `${dialect}, ${carrier}` },
  { name: 'Address', cell: ({ address }) => address },
  { name: 'Open for', cell: ({ openedAt }) => sinceDate(openedAt) },
  { name: 'Idle for', cell: ({ idleSeconds }) => span(idleSeconds) },
  { name: 'Node', cell: ({ node }) => node },
];

/** ADM2: peers by realm and beginning of the id. */
export function peersView(): { readonly view: HTMLElement; readonly offerRealms: (realms: readonly string[]) => void } {
  const realm = element('select', { name: 'realm' }, element('option', { value: '' }, 'all'));
  const prefix = element('input', { name: 'prefix', type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const table = new Table(COLUMNS, ({ node, connection, id }) => `${node} ${connection} ${id}`);
  const more = button('More', () => void ((pages += 1), load()));
  const form = element(
    'form',
    { class: 'row search', role: 'search' },
    labelled('Realm', realm),
    labelled('Id begins with', prefix),
    element('button', { class: 'main' }, 'Search'),
  );
  const view = element('section', { 'aria-label': 'Peers' }, element('div', { class: 'card' }, form, table.root, more));
  let pages = 1;
  const load = repeatWhileVisible(view, 2, async () => {
    const { peers, next, missing } = await list(realm.value, prefix.value, pages);
    table.show(peers, `${peers.length} peers${next === null ? '' : ', and more'}`, withoutAnswer(missing.join(', ')));
    more.hidden = next === null;
  });
  const search = (): void => {
    pages = 1;
    load();
  };
  realm.addEventListener('change', search);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  return { view, offerRealms: (realms) => offer(realm, realms) };
}

async function list(realm: string, prefix: string, pages: number): Promise<PeerPage> {
  const peers: Peer[] = [];
  let page: PeerPage | undefined;
  for (let at = 0; at < pages && page?.next !== null; at++) {
    const query = new URLSearchParams({ realm, prefix, limit: String(PAGE), after: page?.next ?? '' });
    page = await get<PeerPage>(`/api/peers?${query.toString()}`);
    peers.push(...page.peers);
  }
  return { peers, next: page?.next ?? null, missing: page?.missing ?? [] };
}

function offer(select: HTMLSelectElement, realms: readonly string[]): void {
  const offered = new Set([...select.options].map(({ value }) => value));
  for (const realm of realms) if (!offered.has(realm)) select.append(element('option', { value: realm }, realm));
}
