import { JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import type { KV, KvWatchEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection, Status } from '@nats-io/transport-node';
import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { NatsClient } from '../../../src/adapters/engines/nats/engine.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { NodeProcess } from './node-process.ts';
import type { EngineConnection } from './simulated-engine.ts';
import type { StoredEntry, SimulatedStream } from './simulated-stream.ts';

const WRONG_LAST_SEQUENCE = 10_071;
const NOT_FOUND = 10_037;
/** Request timeout of the library and of the writer. */
const REQUEST_TIMEOUT_MS: Millis = 5_000;

/** A queue that is read by iteration. */
class Queue<T> implements AsyncIterable<T> {
  readonly #all: T[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;

  push(one: T): void {
    this.#all.push(one);
    this.#wake();
  }

  stop(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    while (!this.#isOver) {
      const one = this.#all.shift();
      if (one !== undefined) yield one;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}

/** A watch of the whole stream. Entries that were deleted or replaced before the watch reaches them are skipped. */
interface Watch {
  readonly queue: Queue<KvWatchEntry>;
  position: number;
}

export interface SimulatedNatsParts {
  readonly clock: ManualClock;
  readonly process: NodeProcess;
  /** The stream that NATS has now. */
  readonly stream: () => SimulatedStream;
  /** Notifies all connections of new entries. */
  readonly notifyAll: () => void;
}

/**
 * The connection of a node to a simulated NATS. Traffic keeps its order and is delayed. After a cut, requests in flight may
 * still arrive or are lost; replies never arrive.
 */
export class SimulatedNatsConnection implements EngineConnection {
  delay: Millis = 1;
  /** Not used: notifications arrive with the journal. */
  busDelay: Millis = 1;
  isCut = false;
  readonly client: NatsClient;
  readonly #clock: ManualClock;
  readonly #process: NodeProcess;
  readonly #stream: () => SimulatedStream;
  readonly #notifyAll: () => void;
  readonly #statuses = new Queue<Status>();
  #watches: Watch[] = [];
  #connection = 1;
  /** Number of losses of requests in flight. */
  #losses = 0;
  #lastTo: Millis = 0;
  #lastFrom: Millis = 0;

  constructor({ clock, process, stream, notifyAll }: SimulatedNatsParts) {
    this.#clock = clock;
    this.#process = process;
    this.#stream = stream;
    this.#notifyAll = notifyAll;
    this.client = { connection: this.#nats(), kvm: this.#kvm(), replicas: 1, address: 'nats://simulated' };
  }

  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    this.#connection += 1;
    this.#watches = [];
    this.#report('disconnect');
  }

  restore(): void {
    if (!this.isCut) return;
    this.isCut = false;
    this.#report('reconnect');
  }

  #report(type: 'disconnect' | 'reconnect'): void {
    this.#process.run('engine', () => this.#statuses.push({ type } as Status));
  }

  kill(): void {
    this.isCut = true;
    this.#connection += 1;
    this.#watches = [];
  }

  dropInFlight(): void {
    this.#losses += 1;
  }

  /** The server ends the watches, without an end of the connection. */
  endWatches(): void {
    for (const { queue } of this.#watches.splice(0)) queue.stop();
  }

  /** Delivers new entries to the watches. */
  notify(): void {
    for (const watch of this.#watches) this.#fromEngine(this.#connection, () => this.#read(watch));
  }

  #read(watch: Watch): void {
    for (const stored of this.#stream().after(watch.position)) {
      watch.position = stored.revision;
      watch.queue.push(entryOf(stored));
    }
  }

  /** A request without a connection, and a reply to a closed one, end in a timeout. */
  #request<T>(execute: () => T): Promise<T> {
    let isAnswered = false;
    return new Promise((resolve, reject) => {
      this.#process.wakeAt(this.#process.now() + REQUEST_TIMEOUT_MS, () => {
        if (!isAnswered) reject(new Error('timeout'));
      });
      if (this.isCut) return;
      const connection = this.#connection;
      // Every second cut loses the requests in flight; after the others they arrive late.
      const losses = this.#losses;
      const isLost = (): boolean => losses !== this.#losses || (connection !== this.#connection && connection % 2 === 0);
      this.#lastTo = Math.max(this.#lastTo, this.#clock.now() + this.delay);
      const answer = (settle: () => void): void =>
        this.#fromEngine(connection, () => {
          isAnswered = true;
          settle();
        });
      this.#clock.wakeAt(this.#lastTo, () => {
        if (isLost()) return;
        try {
          const result = execute();
          answer(() => resolve(result));
        } catch (error) {
          const failure = error instanceof Error ? error : new Error(String(error));
          answer(() => reject(failure));
        }
      });
    });
  }

  #fromEngine(connection: number, arrive: () => void): void {
    this.#lastFrom = Math.max(this.#lastFrom, this.#clock.now() + this.delay);
    this.#clock.wakeAt(this.#lastFrom, () =>
      this.#process.run('engine', () => {
        if (connection === this.#connection) arrive();
      }),
    );
  }

  #write(key: string, body: Uint8Array, expectedRevision?: number, messageId?: string): Promise<number> {
    return this.#request(() => {
      const written = this.#stream().write({ key, body, expectedRevision, messageId });
      if ('conflict' in written) throw refusal(WRONG_LAST_SEQUENCE, `wrong last sequence: ${written.conflict}`);
      this.#notifyAll();
      return written.revision;
    });
  }

  #nats(): NatsConnection {
    const connection = {
      info: { max_payload: 1024 * 1024 },
      subscribe: () => ({ unsubscribe: () => undefined }),
      publish: () => undefined,
      flush: () => Promise.resolve(),
      isClosed: () => false,
      close: () => Promise.resolve(),
      status: () => this.#statuses,
    };
    return connection as unknown as NatsConnection;
  }

  #kvm(): Kvm {
    const streams = {
      info: () => this.#request(() => ({ created: this.#stream().created })),
      deleteMessage: (_name: string, revision: number) =>
        this.#request(() => {
          if (!this.#stream().delete(revision)) throw refusal(NOT_FOUND, 'no message found');
          return true;
        }),
    };
    const js = {
      publish: async (
        subject: string,
        body: Uint8Array,
        { msgID, expect }: { msgID?: string; expect?: { lastSubjectSequence: number } },
      ) => ({ seq: await this.#write(keyIn(subject), body, expect?.lastSubjectSequence, msgID) }),
      jetstreamManager: () => this.#request(() => ({ streams })),
    } as unknown as JetStreamClient;
    return { js, create: () => this.#request(() => this.#kv()) } as unknown as Kvm;
  }

  #kv(): KV {
    const kv = {
      put: (key: string, body: Uint8Array) => this.#write(key, body),
      get: (_key: string, { revision }: { revision: number }) =>
        this.#request(() => {
          const stored = this.#stream().get(revision);
          return stored === undefined ? null : entryOf(stored);
        }),
      watch: () =>
        this.#request(() => {
          const watch = { queue: new Queue<KvWatchEntry>(), position: 0 };
          this.#watches.push(watch);
          this.notify();
          return watch.queue;
        }),
    };
    return kv as unknown as KV;
  }
}

function entryOf({ key, body, revision, at }: StoredEntry): KvWatchEntry {
  return { key, value: body, revision, created: new Date(at), operation: 'PUT' } as KvWatchEntry;
}

function keyIn(subject: string): string {
  return subject.split('.').slice(2).join('.');
}

function refusal(err_code: number, description: string): JetStreamApiError {
  return new JetStreamApiError({ code: 400, err_code, description });
}
