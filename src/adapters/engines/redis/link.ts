import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { elapsed, LAST_WORD_MS } from '../shared/reaching.ts';
import { realmPrefix } from './keys.ts';
import { SCRIPTS, type ScriptName } from './scripts.ts';

/** What a script gave back: texts are bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** One thing that the engine is asked. */
interface Errand {
  readonly run: () => Promise<unknown>;
  readonly then: (reply: Reply) => void;
  /** What is answered where it can't be asked. */
  readonly otherwise: () => void;
  readonly bytes: number;
}

const DIGESTS = Object.fromEntries(
  Object.entries(SCRIPTS).map(([name, text]) => [name, createHash('sha1').update(text).digest('hex')]),
) as Readonly<Record<ScriptName, string>>;

/** What may wait for an engine that does not answer; more is answered without it. */
const MOST_WAITING = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The one connection on which a node asks the engine. All is asked, and all is answered, in the order of the calls. While
 * there is no connection, errands wait, as many as there is room for.
 */
export class RedisLink {
  readonly #redis: Redis;
  readonly #onFault: (error: unknown) => void;
  readonly #time: () => Millis | '';
  #waiting: Errand[] = [];
  /** What the engine did not do, because it had forgotten its scripts. */
  #again: Errand[] = [];
  #isReady = false;
  #isClosed = false;
  #underWay = 0;
  /** Of what is under way and what waits. */
  #bytes = 0;

  /** @param time where it is not the engine's that counts, but that of a test. */
  constructor(redis: Redis, onFault: (error: unknown) => void, time: () => Millis | '' = () => '') {
    this.#redis = redis;
    this.#onFault = onFault;
    this.#time = time;
    redis.on('ready', () => void this.#begin());
    redis.on('close', () => (this.#isReady = false));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Runs a script on a realm. @param otherwise is called instead of `then`, where the engine gave no answer. */
  ask(
    script: ScriptName,
    realm: RealmKey,
    given: readonly (string | number | Uint8Array)[],
    then: (reply: Reply) => void,
    otherwise: () => void,
  ): void {
    // Copied now: what was given is borrowed, and may have to wait.
    const all = ['1', realmPrefix(realm), this.#time(), ...given.map(argument)];
    const run = (): Promise<unknown> => this.#redis.callBuffer('EVALSHA', DIGESTS[script], ...all);
    this.#send({ run, then, otherwise, bytes: given.reduce(bytesIn, 0) });
  }

  publish(channel: string, text: string): void {
    const run = (): Promise<unknown> => this.#redis.publish(channel, text);
    this.#send({ run, then: () => undefined, otherwise: () => undefined, bytes: text.length });
  }

  /** What is under way is done first, as claims that are given back; what waits for a connection never will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    this.#again = [];
    if (this.#isReady) await Promise.race([this.#redis.quit().catch(() => undefined), elapsed(LAST_WORD_MS)]);
    this.#redis.disconnect();
  }

  #send(errand: Errand): void {
    if (this.#isClosed) return;
    if (this.#bytes + errand.bytes > MOST_BYTES) return errand.otherwise();
    if (this.#isReady && this.#underWay < MOST_WAITING) {
      this.#bytes += errand.bytes;
      return this.#run(errand);
    }
    if (this.#waiting.length >= MOST_WAITING) return errand.otherwise();
    this.#waiting.push(errand);
    this.#bytes += errand.bytes;
  }

  #run(errand: Errand): void {
    const { run, then, otherwise, bytes } = errand;
    this.#underWay += 1;
    run().then(
      (reply) => {
        this.#settle(bytes);
        this.#answer(() => then(reply as Reply));
        this.#goOn();
      },
      (error: unknown) => {
        this.#settle(bytes);
        if (this.#isClosed) return;
        if (isForgotten(error)) return this.#learnAgain(errand);
        this.#onFault(error);
        this.#answer(otherwise);
        this.#goOn();
      },
    );
  }

  #settle(bytes: number): void {
    this.#underWay -= 1;
    this.#bytes -= bytes;
  }

  #answer(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.#onFault(error);
    }
  }

  /** Scripts are known before anything is asked: a new engine, or one that was restarted, has none. */
  async #begin(): Promise<void> {
    try {
      await Promise.all(Object.values(SCRIPTS).map((text) => this.#redis.script('LOAD', text)));
    } catch (error) {
      if (!this.#isClosed) this.#onFault(error);
      return;
    }
    this.#waiting.unshift(...this.#again.splice(0));
    this.#isReady = true;
    this.#goOn();
  }

  /** All that was under way comes back in order, before the scripts are there again. */
  #learnAgain(errand: Errand): void {
    this.#bytes += errand.bytes;
    this.#again.push(errand);
    if (!this.#isReady) return;
    this.#isReady = false;
    void this.#begin();
  }

  #goOn(): void {
    while (this.#isReady && this.#waiting.length > 0 && this.#underWay < MOST_WAITING) {
      const errand = this.#waiting.shift();
      if (errand !== undefined) this.#run(errand);
    }
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function bytesIn(sum: number, given: string | number | Uint8Array): number {
  return sum + (given instanceof Uint8Array ? given.byteLength : 0);
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
