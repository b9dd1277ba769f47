import { button, element } from '../shared/elements.ts';
import { act, get, type NodeView, type Overview } from './api.ts';
import { confirm, withReason } from './confirm.ts';
import { mayAct, repeatWhileVisible, span, summarize } from './page.ts';
import { startRates } from './rates.ts';
import { share, Table, type Column } from './table.ts';

type NodeRow = NodeView | { readonly node: string; readonly isMissing: true };
type RealmRow = NodeView['realms'][number];

/** ADM7: the state of all nodes. */
export function overviewView(onRealms: (realms: readonly string[]) => void): HTMLElement {
  const nodes = new Table(NODES, ({ node }) => node);
  const realms = new Table(REALMS, ({ realm }) => realm);
  const topics = new Table<NodeView['topics'][number]>(
    [
      { name: 'Space', cell: ({ space }) => space },
      { name: 'Topics', cell: (item) => item.topics },
    ],
    ({ space }) => space,
  );
  const view = element(
    'section',
    { 'aria-label': 'Overview' },
    startRates(),
    card('Nodes', nodes.root, mayAct() ? drainButton() : undefined),
    card('Realms', realms.root),
    card('Topics', topics.root),
  );
  const load = async (): Promise<void> => {
    const overview = await get<Overview>('/api/overview');
    showSummary(overview);
    nodes.show(
      [...overview.nodes, ...overview.missing.map((node) => ({ node, isMissing: true }) as const)],
      `${overview.nodes.length} of ${overview.nodes.length + overview.missing.length} answer`,
    );
    const sums = realmSums(overview.nodes);
    const count = Math.max(0, ...overview.nodes.map(({ realmCount }) => realmCount));
    realms.show(sums, count > sums.length ? `The ${sums.length} largest of ${count}` : `${sums.length} in use`);
    topics.show(topicSums(overview.nodes), 'With subscribers');
    onRealms(sums.map(({ realm }) => realm));
  };
  repeatWhileVisible(view, 2, load)();
  return view;
}

function card(title: string, ...children: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element('div', { class: 'card' }, element('h2', {}, title), ...children);
}

const NODES: readonly Column<NodeRow>[] = [
  { name: 'Node', cell: ({ node }) => node },
  { name: 'State', cell: (row) => stateOf(row) },
  { name: 'Version', cell: (row) => ('isMissing' in row ? undefined : row.version) },
  { name: 'Up for', cell: (row) => ('isMissing' in row ? undefined : span(row.upSeconds)) },
  { name: 'Connections', cell: (row) => ('isMissing' in row ? undefined : share(row.connections, row.maxConnections)) },
  { name: 'Peers', cell: (row) => ('isMissing' in row ? undefined : row.peers) },
  { name: 'Bans', cell: (row) => ('isMissing' in row ? undefined : row.bans) },
];

const REALMS: readonly Column<RealmRow>[] = [
  { name: 'Realm', cell: ({ realm }) => realm },
  { name: 'Peers', cell: ({ peers, limit }) => share(peers, limit) },
];

function stateOf(row: NodeRow): HTMLElement {
  if ('isMissing' in row) return element('span', { class: 'bad' }, 'does not answer');
  if (row.isDraining) return element('span', { class: 'doubtful' }, 'draining');
  if (!row.isEngineReachable) return element('span', { class: 'bad' }, 'engine unreachable');
  return element('span', { class: 'good' }, 'accepts connections');
}

function showSummary({ nodes, missing }: Overview): void {
  const drained = nodes.filter(({ isDraining }) => isDraining).length;
  const cut = nodes.filter(({ isEngineReachable }) => !isEngineReachable).length;
  if (missing.length > 0) summarize(`Without an answer: ${missing.join(', ')}`, 'bad');
  else if (cut > 0) summarize(`The engine is unreachable for ${cut} of ${nodes.length} nodes`, 'bad');
  else if (drained > 0) summarize(`${drained} of ${nodes.length} nodes are draining`, 'doubtful');
  else summarize(nodes.length === 1 ? 'The broker accepts connections' : `All ${nodes.length} nodes accept connections`, 'good');
}

/** Each node has the whole limit for its own peers. */
function realmSums(nodes: readonly NodeView[]): RealmRow[] {
  const sums = new Map<string, RealmRow>();
  for (const { realm, peers, limit } of nodes.flatMap(({ realms }) => realms)) {
    const known = sums.get(realm) ?? { realm, peers: 0, limit: 0 };
    sums.set(realm, { realm, peers: known.peers + peers, limit: known.limit + limit });
  }
  return [...sums.values()].sort((one, other) => other.peers - one.peers);
}

function topicSums(nodes: readonly NodeView[]): NodeView['topics'][number][] {
  const sums = new Map<string, number>();
  for (const { space, topics } of nodes.flatMap((node) => node.topics)) sums.set(space, (sums.get(space) ?? 0) + topics);
  return Array.from(sums, ([space, topics]) => ({ space, topics }));
}

function drainButton(): HTMLElement {
  const question = {
    title: 'Drain this node',
    effect: 'The node that serves this page closes all connections with 1012, and its process ends.',
  };
  const drain = (): void => confirm(question, ({ reason }) => act('POST', withReason('/api/drain', reason)));
  return element('p', {}, button('Drain this node …', drain, { class: 'danger' }));
}
