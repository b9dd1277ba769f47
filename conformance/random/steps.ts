import type { Line } from './line.ts';
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
  | ({ readonly do: 'steal' } & Actor)
  | ({ readonly do: 'relay'; readonly kind: Kind; readonly to: string } & Actor)
  | ({ readonly do: 'flood'; readonly to: string; readonly count: number } & Actor)
  | { readonly do: 'chorus'; readonly realm: number; readonly to: string }
  | ({ readonly do: 'beat' } & Actor)
  | ({ readonly do: 'stumble'; readonly over: string; readonly times: number } & Actor)
  | ({ readonly do: 'mutter'; readonly what: string } & Actor)
  | ({ readonly do: 'leave' } & Actor)
  | ({ readonly do: 'close' } & Actor)
  | ({ readonly do: 'cut' } & Actor)
  | { readonly do: 'wait'; readonly ms: number };

/** Whom the steps speak of. */
export const IDS = ['ann', 'bob', '__proto__', 'čtyři', 'eve', 'fay'] as const;

/** O7: nobody can have it. */
export const NOBODY = 'no\u0007body';

/** A line, and the seat that it has in the steps. */
export interface Seated extends Seat {
  readonly line: Line;
}

/** Whoever does what a step says: to a broker in the same process, or to a server over sockets. `Done` says when. */
export interface Hand<Done> {
  /** The lines that speak for an id. */
  seated(): readonly Seated[];
  connect(seat: Seat, token: string): Done;
  relay(line: Line, to: string, kind: Kind): Done;
  /** Many messages, and nobody waits for anything between them. */
  flood(line: Line, to: string, count: number): Done;
  /** Each line sends one message, all at once. */
  chorus(lines: readonly Line[], to: string): Done;
  beat(line: Line): Done;
  /** @param over a name in `STUMBLES`. */
  stumble(line: Line, over: string, times: number): Done;
  /** @param what a name in `MUTTERS`. */
  mutter(line: Line, what: string): Done;
  leave(line: Line): Done;
  hangUp(line: Line, how: 'close' | 'cut'): Done;
  wait(ms: number): Done;
}

/** A step that somebody is there to do. */
export interface Deed<Done> {
  /** What it is in plain words. */
  readonly words: string;
  /** The same step, with whom it is about by name. */
  readonly step: Step;
  run(): Done;
}

/** Who does a step, and what. @returns undefined where nobody is there to do it. */
export function deedOf<Done>(step: Step, hand: Hand<Done>): Deed<Done> | undefined {
  switch (step.do) {
    case 'connect':
      return { words: `${called(step)} connects with token ${step.token}`, step, run: () => hand.connect(step, step.token) };
    case 'chorus':
      return chorus(step, hand);
    case 'wait':
      return { words: `${step.ms} ms pass`, step, run: () => hand.wait(step.ms) };
    default:
      return deedOfOne(step, hand);
  }
}

function chorus<Done>(step: Extract<Step, { do: 'chorus' }>, hand: Hand<Done>): Deed<Done> | undefined {
  const seated = hand.seated().filter(({ realm }) => realm === step.realm);
  if (seated.length === 0) return undefined;
  const lines = seated.map(({ line }) => line);
  const [first, ...others] = seated.map(called);
  const each = others.length === 0 ? '' : ` and ${others.join(', ')}, each and all at once,`;
  const words = `${first}${each} sends CANDIDATE to ${shown(step.to)}`;
  return { words, step, run: () => hand.chorus(lines, step.to) };
}

type OnesStep = Extract<Step, Actor>;

function deedOfOne<Done>(step: OnesStep, hand: Hand<Done>): Deed<Done> | undefined {
  const seated = find(step, hand.seated());
  if (seated === undefined) return undefined;
  const [what, run] = act(step, hand, seated);
  return { words: `${called(seated)} ${what}`, step: { ...step, realm: seated.realm, who: seated.id }, run };
}

function act<Done>(step: OnesStep, hand: Hand<Done>, { line, realm, id }: Seated): [what: string, run: () => Done] {
  switch (step.do) {
    case 'reconnect':
      return ['connects again with the same token', () => hand.connect({ realm, id }, line.token)];
    case 'steal':
      return ['is asked for by somebody with another token', () => hand.connect({ realm, id }, `not ${line.token}`)];
    case 'relay':
      return [`sends ${step.kind} to ${shown(step.to)}`, () => hand.relay(line, step.to, step.kind)];
    case 'flood':
      return [
        `sends CANDIDATE ${step.count} times to ${shown(step.to)}, without a pause`,
        () => hand.flood(line, step.to, step.count),
      ];
    case 'beat':
      return ['sends HEARTBEAT', () => hand.beat(line)];
    case 'stumble':
      return [
        `sends what is no JSON object${step.times === 1 ? '' : `, ${step.times} times`}: ${step.over}`,
        () => hand.stumble(line, step.over, step.times),
      ];
    case 'mutter':
      return [`sends what means nothing: ${step.what}`, () => hand.mutter(line, step.what)];
    case 'leave':
      return ['says LEAVE', () => hand.leave(line)];
    case 'close':
      return ['closes its socket', () => hand.hangUp(line, 'close')];
    case 'cut':
      return ['is cut off', () => hand.hangUp(line, 'cut')];
  }
}

/** An id that nobody has stands for the next one, so that most steps of a random run have somebody to do them. */
function find({ realm, who }: Actor, seated: readonly Seated[]): Seated | undefined {
  const exact = seated.find((other) => other.realm === realm && other.id === who);
  if (exact !== undefined) return exact;
  const from = rank({ realm, id: who });
  const inOrder = [...seated].sort((one, other) => rank(one) - rank(other));
  return inOrder.find((other) => rank(other) > from) ?? inOrder[0];
}

function rank({ realm, id }: Seat): number {
  return realm * (IDS.length + 1) + (IDS as readonly string[]).indexOf(id);
}

function called({ realm, id }: Seat): string {
  return realm === 0 ? shown(id) : `${shown(id)} in realm ${realm + 1}`;
}

/** With quotes only where they are needed to see it. */
function shown(id: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(id) ? id : JSON.stringify(id);
}
