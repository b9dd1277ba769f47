import type { ClusterOverview, NodeOverview } from '../../../application/ports/operations.ts';
import type { Role } from './login-sessions.ts';
import type { AdminResponse } from './problems.ts';

/** The status page: a document with its style and script inside. */
export interface BuiltPage {
  readonly html: string;
  /** The content security policy that allows this style and script only. */
  readonly policy: string;
}

/** The reader of the page; `role` is undefined before the login. */
export interface PageAccess {
  readonly role: Role | undefined;
  readonly hasLogin: boolean;
}

/** ADM14: the page, with an overview for browsers without script. */
export function statusPage(
  { html, policy }: BuiltPage,
  { role, hasLogin }: PageAccess,
  overview: ClusterOverview,
): AdminResponse {
  const access = `data-role="${role ?? 'none'}" data-login="${hasLogin ? 'yes' : 'no'}"`;
  const body = html
    .replace('data-role="none" data-login="no"', () => access)
    .replace(' hidden data-before-login', () => (role === undefined ? '' : ' hidden'))
    .replace('<!--overview-->', () => (role === undefined ? '' : overviewTable(overview)));
  return {
    status: 200,
    // A browser sends no Origin with the forms of a page without referrer (ADM11).
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'referrer-policy': 'same-origin' },
    body,
  };
}

function overviewTable({ nodes, missing }: ClusterOverview): string {
  const heads = ['Node', 'State', 'Connections', 'Peers', 'Realms'].map((name) => `<th scope="col">${name}</th>`).join('');
  const rows = [...nodes.map(cellsOf), ...missing.map((node) => [node, 'does not answer', '', '', ''])]
    .map((cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
    .join('');
  return `<p>Without JavaScript, this page has this table only.</p><table><tr>${heads}</tr>${rows}</table>`;
}

function cellsOf({ node, isDraining, isEngineReachable, connections, maxConnections, peers, realms }: NodeOverview): string[] {
  const state = isDraining ? 'draining' : isEngineReachable ? 'accepts connections' : 'engine unreachable';
  const fullest = realms.map(({ realm, peers: used, limit }) => `${realm}: ${used} of ${limit}`).join(', ');
  return [node, state, `${connections} of ${maxConnections}`, String(peers), fullest];
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
