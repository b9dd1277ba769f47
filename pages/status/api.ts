/* The parts of the admin API that the page uses: docs/admin-openapi.json. */

/** A request without an answer must not end the updates of a view. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface Activity {
  readonly opened: number;
  readonly closed: number;
  readonly refused: number;
  readonly framesIn: number;
  readonly framesOut: number;
}

export interface NodeView {
  readonly node: string;
  readonly version: string;
  readonly upSeconds: number;
  readonly isDraining: boolean;
  readonly isEngineReachable: boolean;
  readonly connections: number;
  readonly maxConnections: number;
  readonly peers: number;
  readonly bans: number;
  readonly realms: readonly { readonly realm: string; readonly peers: number; readonly limit: number }[];
  readonly realmCount: number;
  readonly topics: readonly { readonly space: string; readonly topics: number }[];
}

export interface Overview {
  readonly nodes: readonly NodeView[];
  readonly missing: readonly string[];
}

export interface Second {
  readonly node: string;
  readonly connections: number;
  readonly peers: number;
  readonly perSecond: Activity;
}

export interface Peer {
  readonly node: string;
  readonly connection: number;
  readonly realm: string;
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly dialect: string;
  readonly carrier: string;
  readonly address: string;
  readonly openedAt: string;
  readonly idleSeconds: number;
}

export interface PeerPage {
  readonly peers: readonly Peer[];
  readonly next: string | null;
  readonly missing: readonly string[];
}

export interface PeerDetails extends Peer {
  readonly framesIn: number;
  readonly bytesIn: number;
  readonly framesOut: number;
  readonly bytesOut: number;
  readonly topics: number;
  readonly isPaused: boolean;
  readonly waiting?: { readonly messages: number; readonly bytes: number };
  readonly subject?: string;
  readonly tokenId?: string;
  readonly expiresAt?: string;
}

export interface Ban {
  readonly id: string;
  readonly what: string;
  readonly value: string;
  readonly realm?: string;
  readonly until?: string;
  readonly reason?: string;
}

export interface OptionView {
  readonly name: string;
  readonly value?: unknown;
  readonly source?: string;
}

export type Entry = Readonly<Record<string, string | number | undefined>>;

export async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!response.ok) throw new Error(await problemIn(response));
  return (await response.json()) as Answer;
}

/** A list, and the names of the nodes that did not answer (ADM15). */
export async function getList<Item>(path: string): Promise<{ readonly items: readonly Item[]; readonly missing: string }> {
  const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!response.ok) throw new Error(await problemIn(response));
  return { items: (await response.json()) as readonly Item[], missing: response.headers.get(MISSING) ?? '' };
}

/** ADM11. @returns the names of the nodes that did not answer (ADM15). @throws Error with the text of the problem. */
export async function act(method: 'POST' | 'DELETE', path: string, body?: object): Promise<string> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(path, { method, headers: { 'x-signalbox-admin': 'page' }, ...content });
  if (!response.ok) throw new Error(await problemIn(response));
  const { missing = [] } = (await response.json()) as { missing?: readonly string[] };
  return response.headers.get(MISSING) ?? missing.join(', ');
}

const MISSING = 'x-signalbox-missing';

/** Words about nodes without an answer, to append; empty if all have answered. */
export function withoutAnswer(missing: string): string {
  return missing === '' ? '' : `; without an answer: ${missing}`;
}

/** The session has ended: the page shows the form again. */
async function problemIn(response: Response): Promise<string> {
  if (response.status === 401) location.reload();
  const problem = (await response.json()) as { detail?: string };
  return problem.detail ?? `status ${response.status}`;
}

/** A browser removes the segments `.` and `..` of a path, also in percent-encoding. */
export function peerPath(peer: Pick<Peer, 'realm' | 'id'>): string {
  const [realm, id] = [encodeURIComponent(peer.realm), encodeURIComponent(peer.id)];
  const isRemoved = [realm, id].some((segment) => segment === '.' || segment === '..');
  return isRemoved ? `/api/peers/-/-?realm=${realm}&id=${id}` : `/api/peers/${realm}/${id}`;
}
