import type { ClientConnection } from './client-connection.ts';
import type { Kind } from './message-kinds.ts';

/* Steps are plain values: they can be drawn, shrunk, printed and read again. */

/** A place at the table: an id, and the number of a realm among those that are played with. */
interface Seat {
  readonly realm: number;
  readonly id: string;
}

/** Whoever acts: the one with this id, or where nobody has it the next one in the order of `IDS`. */
interface Actor {
  readonly realm: number;
  readonly who: string;
}

/** One thing that peers can do to a server. */
export type Step =
  | ({ readonly do: 'connect'; readonly token: string } & Seat)
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

/** Whom the steps speak of. */
export const IDS = ['ann', 'bob', '__proto__', 'čtyři', 'eve', 'fay'] as const;

/** O7: nobody can have it. */
export const UNUSABLE_ID = 'no\u0007body';

/** A line, and the seat that it has in the steps. */
export interface ActivePeer extends Seat {
  readonly connection: ClientConnection;
}

/** Whoever does what a step says: to a broker in the same process, or to a server over sockets. `Done` says when. */
export interface StepDriver<Done> {
  /** The lines that speak for an id. */
  activePeers(): readonly ActivePeer[];
  connect(seat: Seat, token: string): Done;
  relay(line: ClientConnection, to: string, kind: Kind): Done;
  /** Many messages, and nobody waits for anything between them. */
  flood(line: ClientConnection, to: string, count: number): Done;
  /** Each line sends one message, all at once. */
  sendFromAll(lines: readonly ClientConnection[], to: string): Done;
  sendHeartbeat(line: ClientConnection): Done;
  /** @param over a name in `STUMBLES`. */
  sendMalformed(line: ClientConnection, over: string, times: number): Done;
  /** @param what a name in `MUTTERS`. */
  sendIgnored(line: ClientConnection, what: string): Done;
  leave(line: ClientConnection): Done;
  hangUp(line: ClientConnection, how: 'close' | 'cut'): Done;
  wait(ms: number): Done;
}

/** A step that somebody is there to do. */
export interface Action<Done> {
  /** What it is in plain words. */
  readonly description: string;
  /** The same step, with whom it is about by name. */
  readonly step: Step;
  run(): Done;
}

/** Who does a step, and what. @returns undefined where nobody is there to do it. */
export function actionFor<Done>(step: Step, hand: StepDriver<Done>): Action<Done> | undefined {
  switch (step.do) {
    case 'connect':
      return {
        description: `${describeSeat(step)} connects with token ${step.token}`,
        step,
        run: () => hand.connect(step, step.token),
      };
    case 'from-all':
      return sendFromAllAction(step, hand);
    case 'wait':
      return { description: `${step.ms} ms pass`, step, run: () => hand.wait(step.ms) };
    default:
      return singlePeerAction(step, hand);
  }
}

function sendFromAllAction<Done>(step: Extract<Step, { do: 'from-all' }>, hand: StepDriver<Done>): Action<Done> | undefined {
  const seated = hand.activePeers().filter(({ realm }) => realm === step.realm);
  if (seated.length === 0) return undefined;
  const lines = seated.map(({ connection }) => connection);
  const [first, ...others] = seated.map(describeSeat);
  const each = others.length === 0 ? '' : ` and ${others.join(', ')}, each and all at once,`;
  const description = `${first}${each} sends CANDIDATE to ${quoteIfNeeded(step.to)}`;
  return { description, step, run: () => hand.sendFromAll(lines, step.to) };
}

type SinglePeerStep = Extract<Step, Actor>;

function singlePeerAction<Done>(step: SinglePeerStep, hand: StepDriver<Done>): Action<Done> | undefined {
  const seated = findActor(step, hand.activePeers());
  if (seated === undefined) return undefined;
  const [what, run] = describeAndRun(step, hand, seated);
  return { description: `${describeSeat(seated)} ${what}`, step: { ...step, realm: seated.realm, who: seated.id }, run };
}

function describeAndRun<Done>(
  step: SinglePeerStep,
  hand: StepDriver<Done>,
  { connection, realm, id }: ActivePeer,
): [what: string, run: () => Done] {
  switch (step.do) {
    case 'reconnect':
      return ['connects again with the same token', () => hand.connect({ realm, id }, connection.token)];
    case 'takeover':
      return ['is asked for by somebody with another token', () => hand.connect({ realm, id }, `not ${connection.token}`)];
    case 'relay':
      return [`sends ${step.kind} to ${quoteIfNeeded(step.to)}`, () => hand.relay(connection, step.to, step.kind)];
    case 'flood':
      return [
        `sends CANDIDATE ${step.count} times to ${quoteIfNeeded(step.to)}, without a pause`,
        () => hand.flood(connection, step.to, step.count),
      ];
    case 'heartbeat':
      return ['sends HEARTBEAT', () => hand.sendHeartbeat(connection)];
    case 'malformed':
      return [
        `sends what is no JSON object${step.times === 1 ? '' : `, ${step.times} times`}: ${step.frame}`,
        () => hand.sendMalformed(connection, step.frame, step.times),
      ];
    case 'ignored':
      return [`sends what means nothing: ${step.frame}`, () => hand.sendIgnored(connection, step.frame)];
    case 'leave':
      return ['says LEAVE', () => hand.leave(connection)];
    case 'close':
      return ['closes its socket', () => hand.hangUp(connection, 'close')];
    case 'cut':
      return ['is cut off', () => hand.hangUp(connection, 'cut')];
  }
}

/** An id that nobody has stands for the next one, so that most steps of a random run have somebody to do them. */
function findActor({ realm, who }: Actor, seated: readonly ActivePeer[]): ActivePeer | undefined {
  const exact = seated.find((other) => other.realm === realm && other.id === who);
  if (exact !== undefined) return exact;
  const from = rank({ realm, id: who });
  const inOrder = [...seated].sort((one, other) => rank(one) - rank(other));
  return inOrder.find((other) => rank(other) > from) ?? inOrder[0];
}

function rank({ realm, id }: Seat): number {
  return realm * (IDS.length + 1) + (IDS as readonly string[]).indexOf(id);
}

function describeSeat({ realm, id }: Seat): string {
  return realm === 0 ? quoteIfNeeded(id) : `${quoteIfNeeded(id)} in realm ${realm + 1}`;
}

/** With quotes only where they are needed to see it. */
function quoteIfNeeded(id: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(id) ? id : JSON.stringify(id);
}
