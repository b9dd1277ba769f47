import type { NodeId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type {
  Act,
  CloseEntry,
  NodeOverview,
  PeerDetails,
  PeerPage,
  PeerQuery,
  PeerTarget,
  RefusalEntry,
  TraceLine,
} from './ports/operations.ts';

/** ADM15: a question of one node to another, for an operator. */
export type Question =
  | { readonly ask: 'overview' }
  | { readonly ask: 'peers'; readonly query: PeerQuery }
  | { readonly ask: 'peer'; readonly target: PeerTarget }
  | { readonly ask: 'expel'; readonly target: PeerTarget }
  /** Reads the bans of the cluster again, and closes the connections of banned clients. */
  | { readonly ask: 'apply-bans' }
  | { readonly ask: 'refusals' }
  | { readonly ask: 'closes' }
  | { readonly ask: 'drain'; readonly act: Act }
  /** ADM6: the new lines of a trace, which begins with the first question. @param trace names it in the cluster. */
  | { readonly ask: 'trace'; readonly trace: string; readonly target: PeerTarget; readonly isOver: boolean };

/** An entry of a journal with its age, because each node has a clock of its own. */
export interface Aged<Entry> {
  readonly ago: Millis;
  readonly entry: Entry;
}

/** The answer to each question, in an object of its own. */
export interface Answers {
  readonly overview: { readonly node: NodeOverview };
  readonly peers: Omit<PeerPage, 'missing'>;
  readonly peer: { readonly peer?: PeerDetails | undefined };
  readonly expel: { readonly closed: number };
  readonly 'apply-bans': { readonly closed: number };
  readonly refusals: { readonly entries: readonly Aged<Omit<RefusalEntry, 'at' | 'node'>>[] };
  readonly closes: { readonly entries: readonly Aged<Omit<CloseEntry, 'at' | 'node'>>[] };
  readonly drain: { readonly isDraining: boolean };
  readonly trace: { readonly lines: readonly Aged<Omit<TraceLine, 'at' | 'node'>>[]; readonly dropped: number };
}

/** The answer of one node. */
export interface NodeAnswer<Ask extends keyof Answers> {
  readonly node: NodeId;
  readonly answer: Answers[Ask];
}

/** A type by name, with `?` if the value may be missing; a list of one shape; or the members of an object. */
type Shape = string | readonly [Shape] | { readonly [member: string]: Shape };

const TARGET = { realm: 'string', id: 'string' };
const ACT = { reason: 'string?', from: 'string' };
const ACTIVITY = { opened: 'number', closed: 'number', refused: 'number', framesIn: 'number', framesOut: 'number' };
const PEER = {
  ...{ node: 'string', connection: 'number', realm: 'string', id: 'string', kind: 'string', state: 'string' },
  ...{ dialect: 'string', carrier: 'string', address: 'string', openFor: 'number', idleFor: 'number' },
};
const DETAILS = {
  ...PEER,
  ...{ framesIn: 'number', bytesIn: 'number', framesOut: 'number', bytesOut: 'number', topics: 'number', isPaused: 'boolean' },
  ...{ subject: 'string?', tokenId: 'string?', expiresIn: 'number?' },
};
const ENTRY = { why: 'string', address: 'string?', realm: 'string?', id: 'string?' };

const QUESTIONS: Readonly<Record<Question['ask'], Shape>> = {
  overview: {},
  peers: { query: { realm: 'string?', prefix: 'string?', node: 'string?', after: 'string?', limit: 'number' } },
  peer: { target: TARGET },
  expel: { target: TARGET },
  'apply-bans': {},
  refusals: {},
  closes: {},
  drain: { act: ACT },
  trace: { trace: 'string', target: TARGET, isOver: 'boolean' },
};

const ANSWERS: Readonly<Record<keyof Answers, Shape>> = {
  overview: {
    node: {
      ...{ node: 'string', version: 'string', upFor: 'number', isDraining: 'boolean', isEngineReachable: 'boolean' },
      ...{ connections: 'number', maxConnections: 'number', peers: 'number', bans: 'number', realmCount: 'number' },
      realms: [{ realm: 'string', peers: 'number', limit: 'number' }],
      topics: [{ space: 'string', topics: 'number' }],
      ...{ activity: ACTIVITY, perSecond: ACTIVITY },
    },
  },
  peers: { peers: [PEER], next: 'string?' },
  peer: { peer: 'object?' },
  expel: { closed: 'number' },
  'apply-bans': { closed: 'number' },
  refusals: {
    entries: [
      {
        ago: 'number',
        entry: { ...ENTRY, kind: 'string', detail: 'string?', path: 'string?', status: 'number?', limit: 'string?' },
      },
    ],
  },
  closes: { entries: [{ ago: 'number', entry: { ...ENTRY, by: 'string', code: 'number?', openFor: 'number?' } }] },
  drain: { isDraining: 'boolean' },
  trace: {
    lines: [{ ago: 'number', entry: { way: 'string', type: 'string', from: 'string?', to: 'string?', bytes: 'number' } }],
    dropped: 'number',
  },
};

/** @returns undefined for a text that is no question, such as one of another version. */
export function parseQuestion(text: string): Question | undefined {
  const value = parseJson(text);
  const ask = isObject(value) ? value['ask'] : undefined;
  const isKnown = typeof ask === 'string' && Object.hasOwn(QUESTIONS, ask);
  return isKnown && hasShape(value, QUESTIONS[ask as Question['ask']]) ? (value as unknown as Question) : undefined;
}

/** @returns undefined for a text that is no answer to that question. */
export function parseAnswer<Ask extends keyof Answers>(ask: Ask, text: string): Answers[Ask] | undefined {
  const value = parseJson(text);
  if (!hasShape(value, ANSWERS[ask])) return undefined;
  const answer = value as unknown as Answers[Ask];
  if (ask !== 'peer') return answer;
  const { peer } = answer as Answers['peer'];
  return peer === undefined || (hasShape(peer, DETAILS) && hasWaiting(peer)) ? answer : undefined;
}

function hasWaiting({ waiting }: { readonly waiting?: unknown }): boolean {
  return waiting === undefined || hasShape(waiting, { messages: 'number', bytes: 'number' });
}

/** Further members are ignored, so that later versions can add some. */
function hasShape(value: unknown, shape: Shape): value is object {
  if (typeof shape === 'string') {
    const isOptional = shape.endsWith('?');
    return (isOptional && value === undefined) || typeof value === (isOptional ? shape.slice(0, -1) : shape);
  }
  if (isList(shape)) return Array.isArray(value) && value.every((one) => hasShape(one, shape[0]));
  return isObject(value) && Object.entries(shape).every(([member, inner]) => hasShape(value[member], inner));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
