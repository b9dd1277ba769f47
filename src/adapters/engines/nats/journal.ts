import { JetStreamApiError } from '@nats-io/jetstream';
import { KvWatchInclude, type Kvm, type KV } from '@nats-io/kv';
import type { NodeId } from '../../../domain/ids.ts';
import type { MailboxBound } from '../../../domain/mailbox-table.ts';
import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../shared/engine-connection.ts';
import { CHECKS_PER_LEASE } from '../shared/format-version.ts';
import { DELETE_GRACE_MS } from './batch-table.ts';
import { encodeMarker, type EntryFault, type StoredMessage } from './entries.ts';
import { EntryDeleter } from './entry-deleter.ts';
import { Gate } from './gate.ts';
import { tickKey, messageIdOf } from './keys.ts';
import type { JournalState, JournalStateSettings } from './journal-state.ts';
import { BUCKET_HISTORY } from './known-claim.ts';
import type { JournalEvent } from './journal-events.ts';
import { MessageAdmission } from './message-admission.ts';
import { PayloadReader } from './payload-reader.ts';
import { BatchWriter } from './batch-writer.ts';
import { JournalReader } from './journal-reader.ts';
import { RequestError } from './request-error.ts';
import { EntryWriter, type AppendResult, type JournalEntry } from './entry-writer.ts';

export interface JournalOptions {
  readonly kvm: Kvm;
  readonly bucket: string;
  /** Number of replicas of the stream. */
  readonly replicas: number;
  readonly settings: JournalStateSettings;
  /** Maximum size of one entry in bytes: `max_payload` of the server. */
  readonly maxEntryBytes: number;
  readonly onEvent: (news: JournalEvent) => void;
  /** Called when the journal was read again without a reconnect. The events of the entries in between are not reported. */
  readonly onEventsMissed: () => void;
  readonly onRejected: (fault: EntryFault) => void;
  readonly onFault: (error: unknown) => void;
  /** Replaces the timestamps of NATS, in tests. */
  readonly timeOverride?: () => Millis;
  /** Replaces a timer, in tests. */
  readonly sleep?: (span: Millis) => Promise<void>;
}

type Watch = Awaited<ReturnType<KV['watch']>>;

const RETRY_MS = 250;
/** A node that reads its own write later than this may have missed deleted entries. */
const MAX_READ_LAG_MS = DELETE_GRACE_MS / 2;

/**
 * One realm in NATS: a bucket that every node reads completely and in the same order. The node keeps the resulting state in
 * memory, so a query costs nothing, a claim one entry, and a message a share of one.
 */
export class Journal {
  readonly node: NodeId;
  readonly deleter: EntryDeleter;
  readonly payloads = new PayloadReader({ state: () => this.state, ready: () => this.ready });
  readonly #options: JournalOptions;
  readonly #writer: EntryWriter;
  readonly #batchWriter: BatchWriter;
  readonly #admission = new MessageAdmission({
    state: () => this.state,
    waitFor: (revision) => this.waitFor(revision),
  });
  readonly #sleep: (span: Millis) => Promise<void>;
  #reader: JournalReader;
  #watch: Watch | undefined;
  #ready = new Gate();
  #pendingSync: Promise<boolean> | undefined;
  #messageCount = 0;
  #isClosed = false;
  /** Incremented with each reading of the journal. Results of an older one are ignored. */
  #generation = 0;
  /** Creation time of the stream. Positions of another stream are invalid. */
  #streamId: string | undefined;
  #foreignVersion: number | undefined;
  #onFormatChange: () => void = () => undefined;

  constructor(options: JournalOptions) {
    const { bucket, settings, onRejected, onFault } = options;
    this.#options = options;
    this.node = settings.node;
    this.deleter = new EntryDeleter(bucket, onFault);
    this.#sleep = options.sleep ?? sleep;
    this.#writer = new EntryWriter(bucket, onFault, () => this.#restart());
    this.#batchWriter = new BatchWriter({
      append: (entry) => this.append(entry),
      nextMessageId: () => this.nextMessageId(),
      timeOverride: () => this.timeOverride,
      maxEntryBytes: options.maxEntryBytes,
      admit: (message) => this.#admission.admit(message),
      onWritten: (message, revision) => this.#admission.written(message, revision),
    });
    this.#reader = new JournalReader(settings, onRejected);
  }

  get state(): JournalState {
    return this.#reader.state;
  }

  /** A new id for deduplication by NATS. */
  nextMessageId(): string {
    return messageIdOf(this.node, ++this.#messageCount);
  }

  /** The time to write into an entry; undefined to use the timestamp of NATS. */
  get timeOverride(): Millis | undefined {
    return this.#options.timeOverride?.();
  }

  /** Whether the stored entries are read, and NATS accepted the last write. */
  get isReady(): boolean {
    return this.#ready.isOpen && !this.#writer.isRejected;
  }

  /** Resolves when the entries that were stored at the connect are read. */
  get ready(): Promise<void> {
    return this.#ready.opened;
  }

  /** The format version of the live nodes, if it is not that of this node. The journal is not used meanwhile. */
  get foreignVersion(): number | undefined {
    return this.#foreignVersion;
  }

  /** @param onChange is called when `foreignVersion` has changed. */
  onFormatChange(onChange: () => void): void {
    this.#onFormatChange = onChange;
  }

  /** Reads the whole journal, because entries missed during an outage may have been deleted. */
  async open(): Promise<void> {
    const generation = ++this.#generation;
    while (this.#isCurrent(generation)) {
      try {
        if (await this.#startReading(generation)) return;
        await this.#sleep(this.#options.settings.lease / CHECKS_PER_LEASE);
      } catch (error) {
        if (this.#isCurrent(generation)) this.#options.onFault(new RequestError(`read ${this.#options.bucket}`, error));
        await this.#sleep(RETRY_MS);
      }
    }
  }

  /** Stops reading and writing, because the connection is lost. */
  disconnect(): void {
    this.#generation += 1;
    this.#writer.disconnect();
    this.deleter.disconnect();
    this.#watch?.stop();
    if (this.#ready.isOpen) this.#ready = new Gate();
    this.payloads.disconnect();
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

  /** Whether the limits of waiting writes are reached. */
  get isFull(): boolean {
    return this.#writer.isFull || this.#batchWriter.isFull;
  }

  /** M13: whether the limits allow a message now. */
  boundOf(message: StoredMessage): MailboxBound | undefined {
    return this.#admission.boundOf(message);
  }

  /** See `EntryWriter.append`. */
  append(entry: JournalEntry): Promise<AppendResult> {
    return this.#writer.append(entry);
  }

  /** See `BatchWriter.put`. */
  put(message: StoredMessage): Promise<number | undefined> {
    return this.#batchWriter.put(message);
  }

  /** See `BatchWriter.flush`. */
  flush(): Promise<number> {
    return this.#batchWriter.flush();
  }

  /** Identifies the stream that is read. */
  get streamId(): string | undefined {
    return this.#streamId;
  }

  /** Resolves when an entry is applied, or at once if it belongs to another stream. */
  async waitFor(revision: number, streamId = this.#streamId): Promise<void> {
    if (streamId === this.#streamId) await this.#reader.waitFor(revision);
  }

  /** The same for an entry that this node has just written. If reading it takes too long, the whole journal is read again. */
  async waitForOwn(revision: number): Promise<void> {
    const generation = this.#generation;
    let isApplied = false;
    const applied = this.waitFor(revision).then(() => (isApplied = true));
    await Promise.race([applied, this.#sleep(MAX_READ_LAG_MS)]);
    if (!isApplied && this.#isCurrent(generation) && this.#ready.isOpen) this.#restart();
    await applied;
  }

  /** Resolves when all entries of all nodes that were written before the call are applied; to false if that is not certain. */
  sync(): Promise<boolean> {
    // Concurrent calls share a tick that is not sent yet.
    this.#pendingSync ??= Promise.resolve().then(async () => {
      this.#pendingSync = undefined;
      const result = await this.append({ key: tickKey(this.node), body: encodeMarker(this.timeOverride) });
      if (result === 'failed' || !('revision' in result)) return false;
      await this.waitFor(result.revision);
      return true;
    });
    return this.#pendingSync;
  }

  /** @returns false if live nodes of another format version use the realm. */
  async #startReading(generation: number): Promise<boolean> {
    const { kvm, bucket, replicas, settings, onRejected } = this.#options;
    const kv = await openBucket(kvm, bucket, replicas);
    const manager = await kvm.js.jetstreamManager(false);
    const { created: streamId } = await manager.streams.info(`KV_${bucket}`);
    const watch = await kv.watch({ include: KvWatchInclude.AllHistory });
    if (!this.#isCurrent(generation)) {
      watch.stop();
      return true;
    }
    this.#watch = watch;
    const reader = new JournalReader(settings, onRejected, this.#reader);
    void this.#consume(watch, reader, generation);
    await reader.waitFor(await kv.put(tickKey(this.node), encodeMarker(this.timeOverride)));
    if (!this.#isCurrent(generation)) return true;
    this.#setForeignVersion(reader.formats.foreignVersionAt(reader.state.now));
    if (this.#foreignVersion !== undefined) {
      this.#watch = undefined;
      watch.stop();
      return false;
    }
    const before = this.#reader;
    const isSameStream = this.#streamId === undefined || this.#streamId === streamId;
    if (!isSameStream) this.#batchWriter.resetStream();
    this.#streamId = streamId;
    this.payloads.connect(kv);
    this.#reader = reader;
    before.stop();
    this.#writer.connect(kvm.js, isSameStream);
    this.deleter.connect(manager);
    reader.state.finishInitialRead(before.state, isSameStream);
    this.#ready.open();
    return true;
  }

  #setForeignVersion(version: number | undefined): void {
    const hasChanged = version !== this.#foreignVersion;
    this.#foreignVersion = version;
    if (hasChanged) this.#onFormatChange();
  }

  async #consume(watch: Watch, reader: JournalReader, generation: number): Promise<void> {
    for await (const entry of watch) {
      if (!this.#isCurrent(generation)) return;
      const events = reader.apply(entry);
      if (reader !== this.#reader) continue;
      if (reader.formats.foreignVersionAt(reader.state.now) !== undefined) return this.#restart();
      for (const event of events) this.#options.onEvent(event);
      for (const revision of reader.state.batches.takeDeletable(reader.state.now)) this.deleter.delete(revision);
    }
    if (this.#isCurrent(generation) && watch === this.#watch) this.#restart();
  }

  #restart(): void {
    this.disconnect();
    void this.open().then(() => {
      if (this.#ready.isOpen) this.#options.onEventsMissed();
    });
  }

  #isCurrent(generation: number): boolean {
    return !this.#isClosed && generation === this.#generation;
  }
}

/** Retries once, because NATS rejects all but one of several nodes that create the bucket at the same moment. */
async function openBucket(kvm: Kvm, bucket: string, replicas: number): Promise<KV> {
  try {
    return await kvm.create(bucket, { history: BUCKET_HISTORY, replicas });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    return await kvm.create(bucket, { history: BUCKET_HISTORY, replicas });
  }
}
