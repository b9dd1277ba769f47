import type { AdminListener, AdminServices } from '../../../src/application/ports/admin-listener.ts';
import type { Act, Operations, PeerTarget, TraceListener } from '../../../src/application/ports/operations.ts';
import type { NodeId } from '../../../src/domain/ids.ts';

/** `stranger`: without a token. */
export type AdminRole = 'operator' | 'viewer' | 'stranger';

/** The answer to an operator: `refused` if the role does not allow the request, `failed` for an internal error. */
export type Answered<Value> = Value | 'refused' | 'failed' | 'absent';

/** A stream of events that is open. */
export interface AdminStream {
  /** Resolves with the event. @returns undefined when the stream has ended. */
  next(): Promise<unknown>;
  /** The reader leaves. */
  leave(): void;
}

/** The requests of an operator, without the protocol of the listener. */
export interface AdminClient {
  isHealthy(): Promise<boolean>;
  /** The names of the nodes, and of those that did not answer. */
  overview(): Promise<Answered<{ readonly nodes: readonly string[]; readonly missing: readonly string[] }>>;
  /** The ids of the peers. */
  peers(prefix: string): Promise<Answered<readonly string[]>>;
  /** The number of closed connections. */
  expel(target: PeerTarget, reason: string): Promise<Answered<number>>;
  drain(reason: string): Promise<Answered<true>>;
  metrics(accept: string): Promise<Answered<string>>;
  configuration(): Promise<Answered<readonly unknown[]>>;
  seconds(): Promise<Answered<AdminStream>>;
  trace(target: PeerTarget): Promise<Answered<AdminStream>>;
}

/** A listener, and clients that reach it. */
export interface AdminSubject {
  readonly listener: AdminListener;
  /** Another listener at the place of the first one, once that one listens. */
  rival(): AdminListener;
  client(role: AdminRole): AdminClient;
  dispose(): Promise<void>;
}

/** The services of a broker that a test controls. */
export class ScriptedServices {
  /** The calls, in their order. */
  readonly calls: unknown[] = [];
  readonly missing: NodeId[] = [];
  isReady = true;
  /** Streams of seconds that have not ended. */
  readonly onSecond = new Set<() => void>();
  /** Traces that have not ended. */
  readonly traces = new Set<TraceListener>();
  maxTraces = 4;
  /** A list of peers whose ids begin with this text throws. */
  readonly failingPrefix: string;
  /** Peers that `expel` finds. */
  readonly present = new Set<string>();
  /** Overviews that wait for `answerOverviews`; undefined while they are answered at once. */
  waiting: (() => void)[] | undefined = undefined;
  #overviews = 0;

  constructor(failingPrefix: string) {
    this.failingPrefix = failingPrefix;
  }

  asServices(): AdminServices {
    return {
      operations: this.#operations() as Operations,
      now: () => 0,
      onSecond: (listener) => {
        this.onSecond.add(listener);
        return () => void this.onSecond.delete(listener);
      },
      probe: (method, path) => {
        if (method !== 'GET' || path !== '/readyz') return undefined;
        return { status: this.isReady ? 200 : 503, headers: [], body: '' };
      },
      metrics: (accept) => Promise.resolve({ contentType: 'text/plain', text: `metrics as ${accept ?? 'anything'}` }),
      configuration: () => [
        { name: 'port', value: 9000, source: undefined },
        { name: 'admin_token', value: 'hidden', source: '--admin_token' },
      ],
    };
  }

  /** Operations that a listener calls with its requests. Others fail. */
  #operations(): Partial<Operations> {
    return {
      overview: (answer) => {
        const overview = { nodes: [nodeOverview(`node-${++this.#overviews}`)], missing: [...this.missing] };
        if (this.waiting === undefined) answer(overview);
        else this.waiting.push(() => answer(overview));
      },
      peers: ({ prefix = '' }, answer) => {
        if (prefix === this.failingPrefix) throw new Error('a fault of the services');
        this.calls.push(['peers', prefix]);
        answer({ peers: [], next: undefined, missing: [] });
      },
      expel: ({ realm, id }, act, answer) => {
        this.calls.push(['expel', realm, id, ...actIn(act)]);
        answer({ closed: this.present.delete(`${realm}/${id}`) ? 1 : 0, missing: [] });
      },
      drain: (_node, act, answer) => {
        this.calls.push(['drain', ...actIn(act)]);
        answer(true);
      },
      trace: ({ realm, id }, _act, listener) => {
        this.calls.push(['trace', realm, id]);
        if (this.traces.size >= this.maxTraces) return undefined;
        this.traces.add(listener);
        return () => void this.traces.delete(listener);
      },
    };
  }
}

/** The reason, and whether the act says where it comes from. */
function actIn({ reason, from }: Act): [string | undefined, boolean] {
  return [reason, from !== ''];
}

function nodeOverview(name: string) {
  const activity = { opened: 0, closed: 0, refused: 0, framesIn: 0, framesOut: 0 };
  return {
    ...{ node: name as NodeId, version: '1.0.0', upFor: 0, isDraining: false, isEngineReachable: true },
    ...{ connections: 0, maxConnections: 1, peers: 0, bans: 0, realms: [], realmCount: 0, topics: [] },
    ...{ activity, perSecond: activity },
  };
}
