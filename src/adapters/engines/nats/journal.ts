import { JetStreamApiError } from '@nats-io/jetstream';
import { KvWatchInclude, type Kvm, type KV, type KvWatchEntry } from '@nats-io/kv';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../shared/engine-connection.ts';
import { DELETE_GRACE_MS } from './batch-table.ts';
import { decodeBatch, encodeMarker, type EntryFault, type StoredMessage } from './entries.ts';
import { EntryDeleter } from './entry-deleter.ts';
import { batchKey, tickKey, messageIdOf } from './keys.ts';
import { BUCKET_HISTORY, type JournalState, type JournalStateSettings, type JournalEvent } from './journal-state.ts';
import { batchPositionOf } from './pending-messages.ts';
import { BatchWriter } from './batch-writer.ts';
import { JournalReader } from './journal-reader.ts';
import { EntryWriter, type AppendResult, type JournalEntry } from './entry-writer.ts';

export interface JournalOptions {
  readonly kvm: Kvm;
  readonly bucket: string;
  /** Copies that the engine keeps. */
  readonly replicas: number;
  readonly settings: JournalStateSettings;
  /** What one entry may have, in bytes, as the engine said. */
  readonly maxEntryBytes: number;
  readonly onEvent: (news: JournalEvent) => void;
  readonly onRejected: (fault: EntryFault) => void;
  readonly onFault: (error: unknown) => void;
  /** What counts instead of the engine's time, in tests. */
  readonly timeOverride?: () => Millis;
  /** What waits instead of a timer, in tests. */
  readonly sleep?: (span: Millis) => Promise<void>;
}

type Watch = Awaited<ReturnType<KV['watch']>>;

const RETRY_MS = 250;
/** Who is later than that with what it has written itself may have missed what others have erased. */
const MAX_READ_LAG_MS = DELETE_GRACE_MS / 2;

/**
 * One realm in the engine: a bucket, of which every node reads every entry in the one order in which they were written, and
 * keeps what they amount to. So a question costs nothing, and a claim or a letter one entry.
 */
export class Journal {
  readonly node: NodeId;
  readonly deleter: EntryDeleter;
  readonly #options: JournalOptions;
  readonly #writer: EntryWriter;
  readonly #batchWriter: BatchWriter;
  readonly #sleep: (span: Millis) => Promise<void>;
  #reader: JournalReader;
  #kv: KV | undefined;
  #watch: Watch | undefined;
  #ready = new Gate();
  #pendingSync: Promise<void> | undefined;
  #messageCount = 0;
  #isClosed = false;
  /** How often it was begun: what an older beginning still brings does not count. */
  #generation = 0;
  /** When the stream was created that is read: positions of another one say nothing. */
  #streamId: string | undefined;

  constructor(parts: JournalOptions) {
    const { bucket, settings, onRejected, onFault } = parts;
    this.#options = parts;
    this.node = settings.node;
    this.deleter = new EntryDeleter(bucket, onFault);
    this.#sleep = parts.sleep ?? sleep;
    this.#writer = new EntryWriter(bucket, onFault, () => this.#restart());
    this.#batchWriter = new BatchWriter({
      append: (entry) => this.append(entry),
      nextMessageId: () => this.nextMessageId(),
      timeOverride: () => this.timeOverride,
      maxEntryBytes: parts.maxEntryBytes,
    });
    this.#reader = new JournalReader(settings, onRejected);
  }

  get state(): JournalState {
    return this.#reader.ledger;
  }

  /** A name for something that this node writes. */
  nextMessageId(): string {
    return messageIdOf(this.node, ++this.#messageCount);
  }

  /** What is to be written as the time of an entry; undefined for the engine's. */
  get timeOverride(): Millis | undefined {
    return this.#options.timeOverride?.();
  }

  /** Whether all is read that stood there, and the engine has written the last entry of this node. */
  get isReady(): boolean {
    return this.#ready.isOpen && !this.#writer.isRejected;
  }

  /** Resolves when all is read that stood there when the connection was made. */
  get ready(): Promise<void> {
    return this.#ready.opened;
  }

  /** Reads everything from the beginning: what was missed may have been erased meanwhile. */
  async open(): Promise<void> {
    const beginning = ++this.#generation;
    while (this.#isCurrent(beginning)) {
      try {
        await this.#startReading(beginning);
        return;
      } catch (error) {
        if (this.#isCurrent(beginning)) this.#options.onFault(error);
        await this.#sleep(RETRY_MS);
      }
    }
  }

  /** The connection is lost. */
  disconnect(): void {
    this.#generation += 1;
    this.#writer.disconnect();
    this.deleter.disconnect();
    this.#watch?.stop();
    if (this.#ready.isOpen) this.#ready = new Gate();
  }

  close(): void {
    this.#isClosed = true;
    this.#writer.close();
    this.deleter.disconnect();
    this.#watch?.stop();
  }

  get onFault(): (error: unknown) => void {
    return this.#options.onFault;
  }

  /** Whether so much waits for the engine that no more is taken. */
  get isFull(): boolean {
    return this.#writer.isFull || this.#batchWriter.isFull;
  }

  /** See `Writer.append`. */
  append(entry: JournalEntry): Promise<AppendResult> {
    return this.#writer.append(entry);
  }

  /** See `Packer.post`. */
  put(letter: StoredMessage): Promise<number | undefined> {
    return this.#batchWriter.put(letter);
  }

  /** See `Packer.settled`. */
  flush(): Promise<number> {
    return this.#batchWriter.flush();
  }

  /** Of the stream that is read, among all that were ever read. */
  get streamId(): string | undefined {
    return this.#streamId;
  }

  /** Resolves when the ledger knows of an entry. @param era of the stream in which it stands, where that may be another one. */
  async waitFor(revision: number, era = this.#streamId): Promise<void> {
    if (era === this.#streamId) await this.#reader.waitFor(revision);
  }

  /** The same of one that this node has just written: if that takes too long, all is read from the beginning. */
  async waitForOwn(revision: number): Promise<void> {
    const beginning = this.#generation;
    let isThere = false;
    const there = this.waitFor(revision).then(() => (isThere = true));
    await Promise.race([there, this.#sleep(MAX_READ_LAG_MS)]);
    if (!isThere && this.#isCurrent(beginning) && this.#ready.isOpen) this.#restart();
    await there;
  }

  /** Resolves when the ledger knows all that was written before the call, by whomever. */
  sync(): Promise<void> {
    // One that has not left yet does for all who ask.
    this.#pendingSync ??= Promise.resolve().then(async () => {
      this.#pendingSync = undefined;
      const appended = await this.append({ key: tickKey(this.node), body: encodeMarker(this.timeOverride) });
      if (appended !== 'failed' && 'at' in appended) await this.waitFor(appended.at);
    });
    return this.#pendingSync;
  }

  /** What a letter carries, where this node has not kept it; undefined where it is erased. */
  async fetchPayload(position: number): Promise<Uint8Array | undefined> {
    const [revision, index] = batchPositionOf(position);
    const bag = this.state.batches.get(revision);
    const entry = bag === undefined ? undefined : await this.#kv?.get(batchKey(bag.messageId), { revision });
    const said = entry?.operation === 'PUT' ? decodeBatch(entry.value) : undefined;
    return said === undefined || 'why' in said ? undefined : said.letters[index]?.payload;
  }

  async #startReading(beginning: number): Promise<void> {
    const { kvm, bucket, replicas, settings, onRejected } = this.#options;
    const kv = await openBucket(kvm, bucket, replicas);
    const manager = await kvm.js.jetstreamManager(false);
    const { created: era } = await manager.streams.info(`KV_${bucket}`);
    const watch = await kv.watch({ include: KvWatchInclude.AllHistory });
    if (!this.#isCurrent(beginning)) return watch.stop();
    this.#watch = watch;
    const reading = new JournalReader(settings, onRejected, this.#reader);
    void this.#consume(watch, reading, beginning);
    await reading.waitFor(await kv.put(tickKey(this.node), encodeMarker(this.timeOverride)));
    if (!this.#isCurrent(beginning)) return;
    const before = this.#reader;
    const isSameStream = this.#streamId === undefined || this.#streamId === era;
    if (!isSameStream) this.#batchWriter.resetStream();
    this.#streamId = era;
    this.#kv = kv;
    this.#reader = reading;
    before.stop();
    this.#writer.connect(kvm.js, isSameStream);
    this.deleter.connect(manager);
    reading.ledger.finishInitialRead(before.ledger, isSameStream);
    this.#ready.open();
  }

  async #consume(watch: AsyncIterable<KvWatchEntry>, reading: JournalReader, beginning: number): Promise<void> {
    for await (const entry of watch) {
      if (!this.#isCurrent(beginning)) return;
      const all = reading.apply(entry);
      if (reading !== this.#reader) continue;
      for (const news of all) this.#options.onEvent(news);
      for (const revision of reading.ledger.batches.takeDeletable(reading.ledger.now)) this.deleter.delete(revision);
    }
    if (this.#isCurrent(beginning)) this.#restart();
  }

  #restart(): void {
    this.disconnect();
    void this.open();
  }

  #isCurrent(beginning: number): boolean {
    return !this.#isClosed && beginning === this.#generation;
  }
}

/** Several nodes may make it at once; all but one are refused then. */
async function openBucket(kvm: Kvm, bucket: string, replicas: number): Promise<KV> {
  try {
    return await kvm.create(bucket, { history: BUCKET_HISTORY, replicas });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    return await kvm.create(bucket, { history: BUCKET_HISTORY, replicas });
  }
}

class Gate {
  readonly opened: Promise<void>;
  isOpen = false;
  #resolve: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => (this.#resolve = resolve));
  }

  open(): void {
    this.isOpen = true;
    this.#resolve();
  }
}
