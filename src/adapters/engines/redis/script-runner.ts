import type { Redis } from 'ioredis';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { sleep, CLOSE_TIMEOUT_MS } from '../shared/engine-connection.ts';
import { realmPrefix } from './keys.ts';
import { outageOf, rejectsWrites, type Outage } from './outages.ts';
import type { Reply } from './replies.ts';
import { DIGESTS, READ_ONLY_SCRIPTS, SCRIPTS, type ScriptName } from './scripts.ts';
import { WriteCheck } from './write-check.ts';

/** A script, or a function that selects it at each attempt. */
type ScriptSelector = ScriptName | (() => ScriptName);

/** One script call. */
interface Command {
  readonly execute: () => Promise<unknown>;
  readonly onReply: (reply: Reply) => void;
  /** Called instead of `onReply` if Redis cannot run the command. */
  readonly onUnavailable: () => void;
  /** Called if Redis may have run the command. Not for a command without a number. */
  readonly onReplyLost?: () => void;
  readonly bytes: number;
  /** Order of the calls: a retried command keeps its place. */
  readonly sequence: number;
}

/**
 * Command numbers of one realm, by which scripts detect retries: the last one issued, the last one whose reply was lost with a
 * connection, and the last one with a reply.
 */
interface CommandNumbers {
  issued: number;
  uncertain: number;
  answered: number;
}

/** A command without a number. */
const READ_ONLY = ['', '', ''];

/** Pause before the next attempt while Redis rejects writes, or commands must wait. */
const WRITE_RETRY_MS: Millis = 250;
/** Limits of the commands in flight and in the queue. Beyond them, `onUnavailable` is called at once. */
const MAX_QUEUED = 10_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Runs scripts on Redis over one connection. Commands are sent, and replies delivered, in the order of the calls. Without a
 * connection, commands wait in a bounded queue. Commands whose reply was lost are retried first.
 */
export class ScriptRunner {
  readonly node: NodeId;
  /** Resolves when the first connection is ready and the scripts are loaded. */
  readonly started: Promise<void>;
  readonly #redis: Redis;
  readonly #onFault: (error: unknown) => void;
  readonly #time: () => Millis | '';
  readonly #writeCheck: WriteCheck;
  readonly #commandNumbers = new Map<RealmKey, CommandNumbers>();
  #queue: Command[] = [];
  /** Commands without a reply, to be retried before the queue. */
  #retryQueue: Command[] = [];
  #sequence = 0;
  #check: () => Promise<boolean> = () => Promise.resolve(true);
  /** Recovery starts when no command is in flight. */
  #outage: Outage | undefined;
  #isReady = false;
  #isClosed = false;
  #inFlight = 0;
  /** Bytes of the commands in flight and in the queue. */
  #pendingBytes = 0;

  /** @param time overrides the clock of Redis, in tests. */
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

  /** Whether a connection is open. */
  get isConnected(): boolean {
    return !this.#isClosed && this.#redis.status === 'ready';
  }

  /** The error of the last write; undefined while Redis accepts writes. */
  get writeError(): Error | undefined {
    return this.#writeCheck.error;
  }

  /** @param onChange receives the error when Redis starts to reject writes, and undefined when Redis accepts them again. */
  onWriteErrorChange(onChange: (error: Error | undefined) => void): void {
    this.#writeCheck.onChange(onChange);
  }

  /** @param check runs after each connect. Commands wait while it returns false. */
  checkBeforeCommands(check: () => Promise<boolean>): void {
    this.#check = check;
  }

  /** Sends no command until the check passes again. */
  pause(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    void this.#start();
  }

  /** Runs a script at once, outside the queue and without retries. @throws the error of Redis. */
  runDirectly(script: ScriptName, realm: RealmKey, args: readonly (string | number)[]): Promise<Reply> {
    return this.#call(script, realm, [this.#time(), this.node, ...READ_ONLY, ...args]);
  }

  /**
   * Runs a script on a realm.
   * @param onUnavailable is called instead of `onReply` if Redis cannot run the script.
   */
  run(
    script: ScriptSelector,
    realm: RealmKey,
    args: readonly (string | number | Uint8Array)[],
    onReply: (reply: Reply) => void,
    onUnavailable: () => void,
  ): void {
    // Copied now, because the arguments are borrowed and the command may wait.
    const copies = args.map(argument);
    const bytes = args.reduce(bytesIn, 0);
    const time = this.#time();
    if (typeof script === 'string' && READ_ONLY_SCRIPTS.has(script)) {
      const execute = (): Promise<unknown> => this.#call(script, realm, [time, this.node, ...READ_ONLY, ...copies]);
      if (!this.#submit({ execute, onReply, onUnavailable, bytes, sequence: ++this.#sequence })) onUnavailable();
      return;
    }
    const numbers = this.#numbersOf(realm);
    const number = numbers.issued + 1;
    const command: Command = {
      execute: () => this.#call(script, realm, [time, this.node, number, numbers.answered, numbers.uncertain, ...copies]),
      onReplyLost: () => (numbers.uncertain = Math.max(numbers.uncertain, number)),
      onReply(reply) {
        numbers.answered = number;
        onReply(reply);
      },
      onUnavailable() {
        numbers.answered = number;
        onUnavailable();
      },
      bytes,
      sequence: ++this.#sequence,
    };
    if (this.#submit(command)) numbers.issued = number;
    else onUnavailable();
  }

  /** Waits for commands in flight, such as released claims. Queued commands are dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#writeCheck.stop();
    this.#queue = [];
    this.#retryQueue = [];
    if (this.#isReady) await Promise.race([this.#redis.quit().catch(() => undefined), sleep(CLOSE_TIMEOUT_MS)]);
    this.#redis.disconnect();
  }

  /** @returns whether the command was accepted. After `close`, it is accepted and dropped. */
  #submit(command: Command): boolean {
    if (this.#isClosed) return true;
    if (this.#pendingBytes + command.bytes > MAX_QUEUED_BYTES) return false;
    if (this.#isReady && this.#inFlight < MAX_QUEUED) {
      this.#pendingBytes += command.bytes;
      this.#execute(command);
      return true;
    }
    if (this.#queue.length >= MAX_QUEUED) return false;
    this.#queue.push(command);
    this.#pendingBytes += command.bytes;
    return true;
  }

  #call(script: ScriptSelector, realm: RealmKey, args: readonly (string | number | Buffer)[]): Promise<Reply> {
    const name = typeof script === 'string' ? script : script();
    return this.#redis.callBuffer('EVALSHA', DIGESTS[name], '1', realmPrefix(realm), ...args) as Promise<Reply>;
  }

  #numbersOf(realm: RealmKey): CommandNumbers {
    const numbers = this.#commandNumbers.get(realm) ?? { issued: 0, uncertain: 0, answered: 0 };
    this.#commandNumbers.set(realm, numbers);
    return numbers;
  }

  #execute(command: Command): void {
    const { execute, onReply, onUnavailable, bytes } = command;
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
        if (outage !== undefined) return this.#requeue(command, outage);
        // Rejected writes are logged once, when they start.
        if (!(error instanceof Error && rejectsWrites(error))) this.#onFault(error);
        this.#invoke(onUnavailable);
        this.#runQueued();
      },
    );
  }

  /** Stops sending until every command in flight has returned, so that no later command overtakes this one. */
  #requeue(command: Command, outage: Outage): void {
    this.#isReady = false;
    if (outage === 'no connection') command.onReplyLost?.();
    this.#pendingBytes += command.bytes;
    this.#retryQueue.push(command);
    this.#outage = outage;
    this.#runQueued();
  }

  /** The library itself recovers from `no connection`. */
  #recover(outage: Outage): void {
    this.#outage = undefined;
    if (outage === 'no scripts') void this.#start();
    // Reconnect, because another server is the primary or will be.
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

  /** Loads the scripts and starts sending when Redis accepts writes. @param onDone is called then. */
  async #start(onDone: () => void = () => undefined): Promise<void> {
    if (this.#isClosed || !(await this.#loadScripts())) return;
    await this.#writeCheck.run();
    const { error } = this.#writeCheck;
    const outage = error === undefined ? undefined : outageOf(error);
    if (outage === 'no writes') return sleep(WRITE_RETRY_MS).then(() => this.#start(onDone));
    if (outage !== undefined) return this.#recover(outage);
    if (!(await this.#check())) return sleep(WRITE_RETRY_MS).then(() => this.#start(onDone));
    if (this.#isClosed || this.#redis.status !== 'ready') return;
    this.#writeCheck.start();
    this.#retryQueue.sort((a, b) => a.sequence - b.sequence);
    this.#queue.unshift(...this.#retryQueue.splice(0));
    this.#isReady = true;
    this.#runQueued();
    onDone();
  }

  /** A new or restarted Redis has no scripts. */
  async #loadScripts(): Promise<boolean> {
    try {
      await Promise.all(Object.values(SCRIPTS).map((text) => this.#redis.script('LOAD', text)));
      return true;
    } catch (error) {
      // Without a connection, the next `ready` event starts again.
      if (!this.#isClosed && this.#redis.status === 'ready') this.#onFault(error);
      return false;
    }
  }

  #runQueued(): void {
    if (this.#outage !== undefined && this.#inFlight === 0) this.#recover(this.#outage);
    while (this.#isReady && this.#queue.length > 0 && this.#inFlight < MAX_QUEUED) {
      const command = this.#queue.shift();
      if (command !== undefined) this.#execute(command);
    }
  }
}

function bytesIn(sum: number, arg: string | number | Uint8Array): number {
  if (typeof arg === 'number') return sum;
  return sum + Buffer.byteLength(arg);
}

function argument(arg: string | number | Uint8Array): string | number | Buffer {
  return arg instanceof Uint8Array ? Buffer.from(arg) : arg;
}
