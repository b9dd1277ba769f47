import { visible } from '../../domain/visible-text.ts';
import type { NodeInOverview, Overview } from './overview.ts';

/** Cells of the terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const GAP = '  ';

/** The overview as lines of plain text. @param size undefined for all lines in full. */
export function screenLines({ nodes, missing }: Overview, size: ScreenSize | undefined): string[] {
  const lines = [
    headline(nodes, missing),
    totals(nodes),
    '',
    ...table(
      ['NODE', 'STATE', 'UP', 'CONNECTIONS', 'PEERS', 'IN/S', 'OUT/S', 'OPENED/S', 'CLOSED/S', 'REFUSED/S', 'VERSION'],
      [...nodes.map(nodeCells), ...missing.map((node) => [node, 'no answer'])],
    ),
    '',
    ...table(['REALM', 'PEERS', 'LIMIT', 'USED'], realmCells(nodes)),
  ];
  const printable = lines.map((line) => visible(line, () => '?').trimEnd());
  if (size === undefined) return printable;
  return printable.slice(0, Math.max(1, size.rows - 1)).map((line) => line.slice(0, size.columns));
}

function headline(nodes: readonly NodeInOverview[], missing: readonly string[]): string {
  const count = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  return missing.length === 0 ? `signalbox: ${count}` : `signalbox: ${count}, no answer from ${missing.join(', ')}`;
}

function totals(nodes: readonly NodeInOverview[]): string {
  const sum = (valueOf: (node: NodeInOverview) => number): string =>
    nodes.reduce((total, node) => total + valueOf(node), 0).toLocaleString('en');
  return [
    `peers ${sum(({ peers }) => peers)}`,
    `connections ${sum(({ connections }) => connections)} of ${sum(({ maxConnections }) => maxConnections)}`,
    `frames in ${sum(({ perSecond }) => perSecond.framesIn)}/s, out ${sum(({ perSecond }) => perSecond.framesOut)}/s`,
    `refused ${sum(({ perSecond }) => perSecond.refused)}/s`,
    // Each node knows all bans.
    `bans ${Math.max(0, ...nodes.map(({ bans }) => bans)).toLocaleString('en')}`,
  ].join(' | ');
}

function nodeCells(node: NodeInOverview): string[] {
  const { framesIn, framesOut, opened, closed, refused } = node.perSecond;
  const rates = [framesIn, framesOut, opened, closed, refused].map((rate) => rate.toLocaleString('en'));
  const counts = [node.connections, node.peers].map((count) => count.toLocaleString('en'));
  return [node.node, stateOf(node), upTime(node.upSeconds), ...counts, ...rates, node.version];
}

function stateOf({ isDraining, isEngineReachable }: NodeInOverview): string {
  if (isDraining) return 'draining';
  return isEngineReachable ? 'ready' : 'cut off';
}

/** The realms of all nodes, the largest first. A limit is for the whole cluster. */
function realmCells(nodes: readonly NodeInOverview[]): string[][] {
  const realms = new Map<string, { peers: number; limit: number }>();
  for (const { realm, peers, limit } of nodes.flatMap((node) => node.realms)) {
    realms.set(realm, { peers: peers + (realms.get(realm)?.peers ?? 0), limit });
  }
  return [...realms]
    .sort(([, one], [, other]) => other.peers - one.peers)
    .map(([realm, { peers, limit }]) => {
      const used = limit > 0 ? `${Math.round((100 * peers) / limit)} %` : '';
      return [realm, peers.toLocaleString('en'), limit.toLocaleString('en'), used];
    });
}

/** The first column and texts are on the left, numbers on the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map((_, column) => column > 0 && rows.some((row) => /^\d/.test(row[column] ?? '')));
  return all.map((row) =>
    row
      .map((cell, column) => (isNumber[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join(GAP),
  );
}

function upTime(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  return seconds < DAY ? `${Math.floor(seconds / HOUR)}h` : `${Math.floor(seconds / DAY)}d`;
}
