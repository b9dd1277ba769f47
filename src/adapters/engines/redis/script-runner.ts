import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { sleep, CLOSE_TIMEOUT_MS } from '../shared/engine-connection.ts';
import { realmPrefix } from './keys.ts';
import { outageOf, rejectsWrites, type Outage } from './outages.ts';
import { READ_ONLY_SCRIPTS, SCRIPTS, type ScriptName } from './scripts.ts';
import { WriteCheck } from './write-check.ts';

/** What a script gave back: texts are bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** A script, or what says which one whenever the engine is asked. */
type ScriptSelector = ScriptName | (() => ScriptName);

/** One thing that the engine is asked. */
interface Command {
  readonly execute: () => Promise<unknown>;
  readonly onReply: (reply: Reply) => void;
  /** What is answered where it can't be asked. */
  readonly onUnavailable: () => void;
  readonly bytes: number;
  /** What is asked first has a lower one. */
  readonly sequence: number;
}

/** The errands of one realm, which the engine does once each: how many there were, and up to which all are answered. */
interface CommandNumbers {
  issued: number;
  answered: number;
}

const DIGESTS = Object.fromEntries(
  Object.entries(SCRIPTS).map(([name, text]) => [name, createHash('sha1').update(text).digest('hex')]),
) as Readonly<Record<ScriptName, string>>;

/** How long to wait before writing again to a Redis that refuses writes. */
const WRITE_RETRY_MS: Millis = 250;
/** What may wait for an engine that does not answer; more is answered without it. */
const MAX_QUEUED = 10_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * The one connection on which a node asks the engine. All is asked, and all is answered, in the order of the calls. While
 * there is no connection, errands wait, as many as there is room for.
 */
export class ScriptRunner {
  readonly node: NodeId;
  /** Resolves when the engine can be asked for the first time. */
  readonly started: Promise<void>;
  readonly #redis: Redis;
  readonly #onFault: (error: unknown) => void;
  readonly #time: () => Millis | '';
  readonly #writeCheck: WriteCheck;
  readonly #commandNumbers = new Map<RealmKey, CommandNumbers>();
  #queue: Command[] = [];
  /** What has to be asked again, before anything else. */
  #retryQueue: Command[] = [];
  #sequence = 0;
  /** Recovery from it begins when no command is in flight. */
  #outage: Outage | undefined;
  #isReady = false;
  #isClosed = false;
  #inFlight = 0;
  /** Of what is under way and what waits. */
  #pendingBytes = 0;

  /** @param time where it is not the engine's that counts, but that of a test. */
  constructor(redis: Redis, node: NodeId, onFault: (error: unknown) => void, time: () => Millis | '' = () => '') {
    this.#redis = redis;
    this.node = node;
    this.#onFault = onFault;
    this.#time = time;
    this.#writeCheck = new WriteCheck(redis, node);
    this.started = new Promise((resolve) => {
      redis.on('ready', () => void this.#start(resolve));
    });
    redis.on('close', () => (this.#isReady = false));
  }

  /** Whether Redis can be reached and accepts writes. */
  get isReady(): boolean {
    return this.#isReady && this.#writeCheck.error === undefined;
  }

  /** Why Redis refuses writes; undefined if it does not. */
  get writeError(): Error | undefined {
    return this.#writeCheck.error;
  }

  /** @param onChange is called when Redis begins to refuse writes, with its error, and when it accepts them again. */
  onWriteErrorChange(onChange: (refusal: Error | undefined) => void): void {
    this.#writeCheck.onChange(onChange);
  }

  /**
   * Runs a script on a realm.
   * @param onUnavailable is called instead of `then`, where the engine gave no answer.
   */
  run(
    script: ScriptSelector,
    realm: RealmKey,
    given: readonly (string | number | Uint8Array)[],
    onReply: (reply: Reply) => void,
    onUnavailable: () => void,
  ): void {
    // Copied now: what was given is borrowed, and may have to wait.
    const all = given.map(argument);
    const bytes = given.reduce(bytesIn, 0);
    const time = this.#time();
    if (typeof script === 'string' && READ_ONLY_SCRIPTS.has(script)) {
      const execute = (): Promise<unknown> => this.#call(script, realm, [time, this.node, '', '', ...all]);
      if (!this.#submit({ execute, onReply, onUnavailable, bytes, sequence: ++this.#sequence })) onUnavailable();
      return;
    }
    const count = this.#numbersOf(realm);
    const number = count.issued + 1;
    const errand: Command = {
      execute: () => this.#call(script, realm, [time, this.node, number, count.answered, ...all]),
      onReply(reply) {
        count.answered = number;
        onReply(reply);
      },
      onUnavailable() {
        count.answered = number;
        onUnavailable();
      },
      bytes,
      sequence: ++this.#sequence,
    };
    if (this.#submit(errand)) count.issued = number;
    else onUnavailable();
  }

  /** What is under way is done first, as claims that are given back; what waits for a connection never will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#writeCheck.stop();
    this.#queue = [];
    this.#retryQueue = [];
    if (this.#isReady) await Promise.race([this.#redis.quit().catch(() => undefined), sleep(CLOSE_TIMEOUT_MS)]);
    this.#redis.disconnect();
  }

  /** @returns whether it is taken. Whoever closes a link waits for no answer. */
  #submit(errand: Command): boolean {
    if (this.#isClosed) return true;
    if (this.#pendingBytes + errand.bytes > MAX_QUEUED_BYTES) return false;
    if (this.#isReady && this.#inFlight < MAX_QUEUED) {
      this.#pendingBytes += errand.bytes;
      this.#execute(errand);
      return true;
    }
    if (this.#queue.length >= MAX_QUEUED) return false;
    this.#queue.push(errand);
    this.#pendingBytes += errand.bytes;
    return true;
  }

  #call(script: ScriptSelector, realm: RealmKey, given: readonly (string | number | Buffer)[]): Promise<unknown> {
    const name = typeof script === 'string' ? script : script();
    return this.#redis.callBuffer('EVALSHA', DIGESTS[name], '1', realmPrefix(realm), ...given);
  }

  #numbersOf(realm: RealmKey): CommandNumbers {
    const count = this.#commandNumbers.get(realm) ?? { issued: 0, answered: 0 };
    this.#commandNumbers.set(realm, count);
    return count;
  }

  #execute(errand: Command): void {
    const { execute, onReply, onUnavailable, bytes } = errand;
    this.#inFlight += 1;
    execute().then(
      (reply) => {
        this.#complete(bytes);
        this.#invoke(() => onReply(reply as Reply));
        this.#runQueued();
      },
      (error: unknown) => {
        this.#complete(bytes);
        if (this.#isClosed) return;
        if (error instanceof Error) this.#writeCheck.report(error);
        const outage = outageOf(error);
        if (outage !== undefined) return this.#requeue(errand, outage);
        // A refusal of writes is logged once, when it begins.
        if (!(error instanceof Error && rejectsWrites(error))) this.#onFault(error);
        this.#invoke(onUnavailable);
        this.#runQueued();
      },
    );
  }

  /** Nothing younger may be asked before it: what is under way comes back first. */
  #requeue(errand: Command, outage: Outage): void {
    this.#isReady = false;
    this.#pendingBytes += errand.bytes;
    this.#retryQueue.push(errand);
    this.#outage = outage;
    this.#runQueued();
  }

  /** For a connection, the library sees to it. */
  #recover(outage: Outage): void {
    this.#outage = undefined;
    if (outage === 'no scripts') void this.#start();
    // Another server is the primary now, or will be.
    else if (outage === 'no primary') this.#redis.disconnect(true);
    else if (outage === 'no writes') void sleep(WRITE_RETRY_MS).then(() => this.#start());
  }

  #complete(bytes: number): void {
    this.#inFlight -= 1;
    this.#pendingBytes -= bytes;
  }

  #invoke(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.#onFault(error);
    }
  }

  /** Sends commands from now on, if Redis accepts them. @param onDone is called when it does. */
  async #start(onDone: () => void = () => undefined): Promise<void> {
    if (this.#isClosed || !(await this.#loadScripts())) return;
    await this.#writeCheck.run();
    const { error } = this.#writeCheck;
    const outage = error === undefined ? undefined : outageOf(error);
    if (outage === 'no writes') return sleep(WRITE_RETRY_MS).then(() => this.#start(onDone));
    if (outage !== undefined) return this.#recover(outage);
    if (this.#isClosed || this.#redis.status !== 'ready') return;
    this.#writeCheck.start();
    this.#retryQueue.sort((a, b) => a.sequence - b.sequence);
    this.#queue.unshift(...this.#retryQueue.splice(0));
    this.#isReady = true;
    this.#runQueued();
    onDone();
  }

  /** Scripts are known before anything is asked: a new engine, or one that was restarted, has none. */
  async #loadScripts(): Promise<boolean> {
    try {
      await Promise.all(Object.values(SCRIPTS).map((text) => this.#redis.script('LOAD', text)));
      return true;
    } catch (error) {
      // Without a connection, it is begun again when there is one.
      if (!this.#isClosed && this.#redis.status === 'ready') this.#onFault(error);
      return false;
    }
  }

  #runQueued(): void {
    if (this.#outage !== undefined && this.#inFlight === 0) this.#recover(this.#outage);
    while (this.#isReady && this.#queue.length > 0 && this.#inFlight < MAX_QUEUED) {
      const errand = this.#queue.shift();
      if (errand !== undefined) this.#execute(errand);
    }
  }
}

function bytesIn(sum: number, given: string | number | Uint8Array): number {
  if (typeof given === 'number') return sum;
  return sum + (typeof given === 'string' ? given.length : given.byteLength);
}

function argument(given: string | number | Uint8Array): string | number | Buffer {
  return given instanceof Uint8Array ? Buffer.from(given) : given;
}

/** A reply that is text. */
export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : '';
}

/** A reply that is a list. */
export function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}
