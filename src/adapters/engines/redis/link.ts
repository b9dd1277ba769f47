import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { elapsed, LAST_WORD_MS } from '../shared/reaching.ts';
import { realmPrefix } from './keys.ts';
import { outageOf, refusesWrites, type Outage } from './outages.ts';
import { QUESTIONS, SCRIPTS, type ScriptName } from './scripts.ts';
import { WriteCheck } from './write-check.ts';

/** What a script gave back: texts are bytes. */
export type Reply = Buffer | number | null | readonly Reply[];

/** A script, or what says which one whenever the engine is asked. */
type Which = ScriptName | (() => ScriptName);

/** One thing that the engine is asked. */
interface Errand {
  readonly run: () => Promise<unknown>;
  readonly then: (reply: Reply) => void;
  /** What is answered where it can't be asked. */
  readonly otherwise: () => void;
  readonly bytes: number;
  /** What is asked first has a lower one. */
  readonly order: number;
}

/** The errands of one realm, which the engine does once each: how many there were, and up to which all are answered. */
interface Count {
  asked: number;
  answered: number;
}

const DIGESTS = Object.fromEntries(
  Object.entries(SCRIPTS).map(([name, text]) => [name, createHash('sha1').update(text).digest('hex')]),
) as Readonly<Record<ScriptName, string>>;

/** How long to wait before writing again to a Redis that refuses writes. */
const RETRY_MS: Millis = 250;
/** What may wait for an engine that does not answer; more is answered without it. */
const MOST_WAITING = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The one connection on which a node asks the engine. All is asked, and all is answered, in the order of the calls. While
 * there is no connection, errands wait, as many as there is room for.
 */
export class RedisLink {
  readonly node: NodeId;
  /** Resolves when the engine can be asked for the first time. */
  readonly begun: Promise<void>;
  readonly #redis: Redis;
  readonly #onFault: (error: unknown) => void;
  readonly #time: () => Millis | '';
  readonly #check: WriteCheck;
  readonly #counts = new Map<RealmKey, Count>();
  #waiting: Errand[] = [];
  /** What has to be asked again, before anything else. */
  #again: Errand[] = [];
  #order = 0;
  /** Recovery from it begins when no command is in flight. */
  #outage: Outage | undefined;
  #isReady = false;
  #isClosed = false;
  #underWay = 0;
  /** Of what is under way and what waits. */
  #bytes = 0;

  /** @param time where it is not the engine's that counts, but that of a test. */
  constructor(redis: Redis, node: NodeId, onFault: (error: unknown) => void, time: () => Millis | '' = () => '') {
    this.#redis = redis;
    this.node = node;
    this.#onFault = onFault;
    this.#time = time;
    this.#check = new WriteCheck(redis, node);
    this.begun = new Promise((resolve) => {
      redis.on('ready', () => void this.#start(resolve));
    });
    redis.on('close', () => (this.#isReady = false));
  }

  /** Whether Redis can be reached and accepts writes. */
  get isReady(): boolean {
    return this.#isReady && this.#check.refusal === undefined;
  }

  /** Why Redis refuses writes; undefined if it does not. */
  get refusal(): Error | undefined {
    return this.#check.refusal;
  }

  /** @param onChange is called when Redis begins to refuse writes, with its error, and when it accepts them again. */
  onRefusal(onChange: (refusal: Error | undefined) => void): void {
    this.#check.onChange(onChange);
  }

  /**
   * Runs a script on a realm.
   * @param otherwise is called instead of `then`, where the engine gave no answer.
   */
  ask(
    script: Which,
    realm: RealmKey,
    given: readonly (string | number | Uint8Array)[],
    then: (reply: Reply) => void,
    otherwise: () => void,
  ): void {
    // Copied now: what was given is borrowed, and may have to wait.
    const all = given.map(argument);
    const bytes = given.reduce(bytesIn, 0);
    const time = this.#time();
    if (typeof script === 'string' && QUESTIONS.has(script)) {
      const run = (): Promise<unknown> => this.#call(script, realm, [time, this.node, '', '', ...all]);
      if (!this.#send({ run, then, otherwise, bytes, order: ++this.#order })) otherwise();
      return;
    }
    const count = this.#countOf(realm);
    const number = count.asked + 1;
    const errand: Errand = {
      run: () => this.#call(script, realm, [time, this.node, number, count.answered, ...all]),
      then(reply) {
        count.answered = number;
        then(reply);
      },
      otherwise() {
        count.answered = number;
        otherwise();
      },
      bytes,
      order: ++this.#order,
    };
    if (this.#send(errand)) count.asked = number;
    else otherwise();
  }

  /** What is under way is done first, as claims that are given back; what waits for a connection never will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#check.stop();
    this.#waiting = [];
    this.#again = [];
    if (this.#isReady) await Promise.race([this.#redis.quit().catch(() => undefined), elapsed(LAST_WORD_MS)]);
    this.#redis.disconnect();
  }

  /** @returns whether it is taken. Whoever closes a link waits for no answer. */
  #send(errand: Errand): boolean {
    if (this.#isClosed) return true;
    if (this.#bytes + errand.bytes > MOST_BYTES) return false;
    if (this.#isReady && this.#underWay < MOST_WAITING) {
      this.#bytes += errand.bytes;
      this.#begin(errand);
      return true;
    }
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(errand);
    this.#bytes += errand.bytes;
    return true;
  }

  #call(script: Which, realm: RealmKey, given: readonly (string | number | Buffer)[]): Promise<unknown> {
    const name = typeof script === 'string' ? script : script();
    return this.#redis.callBuffer('EVALSHA', DIGESTS[name], '1', realmPrefix(realm), ...given);
  }

  #countOf(realm: RealmKey): Count {
    const count = this.#counts.get(realm) ?? { asked: 0, answered: 0 };
    this.#counts.set(realm, count);
    return count;
  }

  #begin(errand: Errand): void {
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
        if (error instanceof Error) this.#check.failed(error);
        const outage = outageOf(error);
        if (outage !== undefined) return this.#putBack(errand, outage);
        // A refusal of writes is logged once, when it begins.
        if (!(error instanceof Error && refusesWrites(error))) this.#onFault(error);
        this.#answer(otherwise);
        this.#goOn();
      },
    );
  }

  /** Nothing younger may be asked before it: what is under way comes back first. */
  #putBack(errand: Errand, outage: Outage): void {
    this.#isReady = false;
    this.#bytes += errand.bytes;
    this.#again.push(errand);
    this.#outage = outage;
    this.#goOn();
  }

  /** For a connection, the library sees to it. */
  #recover(outage: Outage): void {
    this.#outage = undefined;
    if (outage === 'no scripts') void this.#start();
    // Another server is the primary now, or will be.
    else if (outage === 'no primary') this.#redis.disconnect(true);
    else if (outage === 'no writes') void elapsed(RETRY_MS).then(() => this.#start());
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

  /** Sends commands from now on, if Redis accepts them. @param onDone is called when it does. */
  async #start(onDone: () => void = () => undefined): Promise<void> {
    if (this.#isClosed || !(await this.#loadScripts())) return;
    await this.#check.run();
    const { refusal } = this.#check;
    const outage = refusal === undefined ? undefined : outageOf(refusal);
    if (outage === 'no writes') return elapsed(RETRY_MS).then(() => this.#start(onDone));
    if (outage !== undefined) return this.#recover(outage);
    if (this.#isClosed || this.#redis.status !== 'ready') return;
    this.#check.start();
    this.#again.sort((a, b) => a.order - b.order);
    this.#waiting.unshift(...this.#again.splice(0));
    this.#isReady = true;
    this.#goOn();
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

  #goOn(): void {
    if (this.#outage !== undefined && this.#underWay === 0) this.#recover(this.#outage);
    while (this.#isReady && this.#waiting.length > 0 && this.#underWay < MOST_WAITING) {
      const errand = this.#waiting.shift();
      if (errand !== undefined) this.#begin(errand);
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
