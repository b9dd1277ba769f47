import type { ClientConnection } from './client-connection.ts';
import type { Kind } from './message-kinds.ts';

/* Steps are plain values that can be generated, reduced, printed and parsed. */

/** An id, and the index of its realm. */
interface PeerSlot {
  readonly realm: number;
  readonly id: string;
}

/** The peer that performs the step: the one with this id or, if it is absent, the next one in the order of `IDS`. */
interface Actor {
  readonly realm: number;
  readonly who: string;
}

/** One action of a peer. */
export type Step =
  | ({ readonly do: 'connect'; readonly token: string } & PeerSlot)
  | ({ readonly do: 'reconnect' } & Actor)
  | ({ readonly do: 'takeover' } & Actor)
  | ({ readonly do: 'relay'; readonly kind: Kind; readonly to: string } & Actor)
  | ({ readonly do: 'flood'; readonly to: string; readonly count: number } & Actor)
  | { readonly do: 'from-all'; readonly realm: number; readonly to: string }
  | ({ readonly do: 'heartbeat' } & Actor)
  | ({ readonly do: 'malformed'; readonly frame: string; readonly times: number } & Actor)
  | ({ readonly do: 'ignored'; readonly frame: string } & Actor)
  | ({ readonly do: 'leave' } & Actor)
  | ({ readonly do: 'close' } & Actor)
  | ({ readonly do: 'cut' } & Actor)
  | { readonly do: 'wait'; readonly ms: number };

/** The ids in steps. */
export const IDS = ['ann', 'bob', '__proto__', 'čtyři', 'eve', 'fay'] as const;

/** Ids that some servers take for the same. */
const SIMILAR_IDS = ['ann', 'Ann', 'ann ', 'ANN', 'bob', 'bob.'] as const;
/** Ids that change if they are normalized, or decoded twice. */
const ENCODED_IDS = ['é', 'e\u0301', 'a+b', 'a b', '%41', 'A'] as const;

/** Each list of random steps uses the ids of one set. */
export const ID_SETS: readonly (readonly string[])[] = [IDS, IDS, SIMILAR_IDS, ENCODED_IDS];

const ALL_IDS: readonly string[] = ID_SETS.flat();

/** O7: an invalid id. */
export const UNUSABLE_ID = 'no\u0007body';

/** A present peer and its connection. */
export interface ActivePeer extends PeerSlot {
  readonly connection: ClientConnection;
}

/** Executes steps: on a broker in the same process, or on a server over WebSockets. `Done` is the result of a step. */
export interface StepDriver<Done> {
  /** The connections that own an id. */
  activePeers(): readonly ActivePeer[];
  connect(slot: PeerSlot, token: string): Done;
  relay(connection: ClientConnection, to: string, kind: Kind): Done;
  /** Sends messages without waiting in between. */
  flood(connection: ClientConnection, to: string, count: number): Done;
  /** Each connection sends one message at the same time. */
  sendFromAll(connections: readonly ClientConnection[], to: string): Done;
  sendHeartbeat(connection: ClientConnection): Done;
  /** @param frame a name in `MALFORMED_FRAMES`. */
  sendMalformed(connection: ClientConnection, frame: string, times: number): Done;
  /** @param frame a name in `IGNORED_FRAMES`. */
  sendIgnored(connection: ClientConnection, frame: string): Done;
  leave(connection: ClientConnection): Done;
  hangUp(connection: ClientConnection, how: 'close' | 'cut'): Done;
  wait(ms: number): Done;
}

/** An executable step. */
export interface Action<Done> {
  /** The step as text. */
  readonly description: string;
  /** The step with the actual peer. */
  readonly step: Step;
  run(): Done;
}

/** Selects the peer and the action of a step. @returns undefined if no peer is present */
export function actionFor<Done>(step: Step, driver: StepDriver<Done>): Action<Done> | undefined {
  switch (step.do) {
    case 'connect':
      return {
        description: `${describePeer(step)} connects with token ${step.token}`,
        step,
        run: () => driver.connect(step, step.token),
      };
    case 'from-all':
      return sendFromAllAction(step, driver);
    case 'wait':
      return { description: `${step.ms} ms pass`, step, run: () => driver.wait(step.ms) };
    default:
      return singlePeerAction(step, driver);
  }
}

function sendFromAllAction<Done>(step: Extract<Step, { do: 'from-all' }>, driver: StepDriver<Done>): Action<Done> | undefined {
  const peers = driver.activePeers().filter(({ realm }) => realm === step.realm);
  if (peers.length === 0) return undefined;
  const connections = peers.map(({ connection }) => connection);
  const names = peers.map(describePeer);
  const sends = `CANDIDATE to ${quoteIfNeeded(step.to)}`;
  const description =
    names.length === 1 ? `${names[0]} sends ${sends}` : `${names.join(' and ')} each send ${sends} at the same time`;
  return { description, step, run: () => driver.sendFromAll(connections, step.to) };
}

type SinglePeerStep = Extract<Step, Actor>;

function singlePeerAction<Done>(step: SinglePeerStep, driver: StepDriver<Done>): Action<Done> | undefined {
  const peer = findActor(step, driver.activePeers());
  if (peer === undefined) return undefined;
  const [what, run] = describeAndRun(step, driver, peer);
  return { description: `${describePeer(peer)} ${what}`, step: { ...step, realm: peer.realm, who: peer.id }, run };
}

function describeAndRun<Done>(
  step: SinglePeerStep,
  driver: StepDriver<Done>,
  { connection, realm, id }: ActivePeer,
): [what: string, run: () => Done] {
  switch (step.do) {
    case 'reconnect':
      return ['reconnects with the same token', () => driver.connect({ realm, id }, connection.token)];
    case 'takeover':
      return [
        'is claimed by another connection with another token',
        () => driver.connect({ realm, id }, `${connection.token} and more`),
      ];
    case 'relay':
      return [`sends ${step.kind} to ${quoteIfNeeded(step.to)}`, () => driver.relay(connection, step.to, step.kind)];
    case 'flood':
      return [
        `sends ${step.count} messages to ${quoteIfNeeded(step.to)}, without a pause`,
        () => driver.flood(connection, step.to, step.count),
      ];
    case 'heartbeat':
      return ['sends HEARTBEAT', () => driver.sendHeartbeat(connection)];
    case 'malformed':
      return [
        `sends a frame that is not a JSON object${step.times === 1 ? '' : `, ${step.times} times`}: ${step.frame}`,
        () => driver.sendMalformed(connection, step.frame, step.times),
      ];
    case 'ignored':
      return [`sends a frame that the server must ignore: ${step.frame}`, () => driver.sendIgnored(connection, step.frame)];
    case 'leave':
      return ['sends LEAVE', () => driver.leave(connection)];
    case 'close':
      return ['closes its socket', () => driver.hangUp(connection, 'close')];
    case 'cut':
      return ['loses its connection', () => driver.hangUp(connection, 'cut')];
  }
}

/** If the peer is absent, the next one acts, so that most random steps have an effect. */
function findActor({ realm, who }: Actor, peers: readonly ActivePeer[]): ActivePeer | undefined {
  const exact = peers.find((other) => other.realm === realm && other.id === who);
  if (exact !== undefined) return exact;
  const from = rank({ realm, id: who });
  const inOrder = [...peers].sort((one, other) => rank(one) - rank(other));
  return inOrder.find((other) => rank(other) > from) ?? inOrder[0];
}

function rank({ realm, id }: PeerSlot): number {
  return realm * (ALL_IDS.length + 1) + ALL_IDS.indexOf(id);
}

function describePeer({ realm, id }: PeerSlot): string {
  return realm === 0 ? quoteIfNeeded(id) : `${quoteIfNeeded(id)} in realm ${realm + 1}`;
}

/** Quotes the id only if it contains special characters. */
function quoteIfNeeded(id: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(id) ? id : JSON.stringify(id);
}
