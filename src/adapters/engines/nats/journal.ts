import { JetStreamApiError } from '@nats-io/jetstream';
import { KvWatchInclude, type Kvm, type KV, type KvWatchEntry } from '@nats-io/kv';
import type { NodeId } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { elapsed } from '../shared/reaching.ts';
import { GRACE } from './bags.ts';
import { readBag, writeSign, type EntryFault, type Letter } from './entries.ts';
import { Eraser } from './eraser.ts';
import { bagKey, tickKey, ticketOf } from './keys.ts';
import { HISTORY, type Ledger, type LedgerSettings, type News } from './ledger.ts';
import { bagOf } from './letters.ts';
import { Packer } from './packer.ts';
import { Reading } from './reading.ts';
import { Writer, type Appended, type Entry } from './writer.ts';

export interface JournalParts {
  readonly kvm: Kvm;
  readonly bucket: string;
  /** Copies that the engine keeps. */
  readonly replicas: number;
  readonly settings: LedgerSettings;
  /** What one entry may have, in bytes, as the engine said. */
  readonly mostBytes: number;
  readonly onNews: (news: News) => void;
  readonly onRefused: (fault: EntryFault) => void;
  readonly onFault: (error: unknown) => void;
  /** What counts instead of the engine's time, in tests. */
  readonly time?: () => Millis;
  /** What waits instead of a timer, in tests. */
  readonly elapsed?: (span: Millis) => Promise<void>;
}

type Watch = Awaited<ReturnType<KV['watch']>>;

const RETRY_MS = 250;
/** Who is later than that with what it has written itself may have missed what others have erased. */
const LATE = GRACE / 2;

/**
 * One realm in the engine: a bucket, of which every node reads every entry in the one order in which they were written, and
 * keeps what they amount to. So a question costs nothing, and a claim or a letter one entry.
 */
export class Journal {
  readonly node: NodeId;
  readonly eraser: Eraser;
  readonly #parts: JournalParts;
  readonly #writer: Writer;
  readonly #packer: Packer;
  readonly #elapsed: (span: Millis) => Promise<void>;
  #reading: Reading;
  #kv: KV | undefined;
  #watch: Watch | undefined;
  #ready = new Gate();
  #tick: Promise<void> | undefined;
  #tickets = 0;
  #isClosed = false;
  /** How often it was begun: what an older beginning still brings does not count. */
  #beginnings = 0;
  /** When the stream was created that is read: positions of another one say nothing. */
  #era: string | undefined;

  constructor(parts: JournalParts) {
    const { bucket, settings, onRefused, onFault } = parts;
    this.#parts = parts;
    this.node = settings.node;
    this.eraser = new Eraser(bucket, onFault);
    this.#elapsed = parts.elapsed ?? elapsed;
    this.#writer = new Writer(bucket, onFault, () => this.#again());
    this.#packer = new Packer({
      append: (entry) => this.append(entry),
      nextTicket: () => this.nextTicket(),
      stamp: () => this.stamp,
      mostBytes: parts.mostBytes,
    });
    this.#reading = new Reading(settings, onRefused);
  }

  get ledger(): Ledger {
    return this.#reading.ledger;
  }

  /** A name for something that this node writes. */
  nextTicket(): string {
    return ticketOf(this.node, ++this.#tickets);
  }

  /** What is to be written as the time of an entry; undefined for the engine's. */
  get stamp(): Millis | undefined {
    return this.#parts.time?.();
  }

  /** Whether all is read that stood there, and the engine has written the last entry of this node. */
  get isReady(): boolean {
    return this.#ready.isOpen && !this.#writer.isRefused;
  }

  /** Resolves when all is read that stood there when the connection was made. */
  get ready(): Promise<void> {
    return this.#ready.passed;
  }

  /** Reads everything from the beginning: what was missed may have been erased meanwhile. */
  async open(): Promise<void> {
    const beginning = ++this.#beginnings;
    while (this.#counts(beginning)) {
      try {
        await this.#begin(beginning);
        return;
      } catch (error) {
        if (this.#counts(beginning)) this.#parts.onFault(error);
        await this.#elapsed(RETRY_MS);
      }
    }
  }

  /** The connection is lost. */
  shut(): void {
    this.#beginnings += 1;
    this.#writer.shut();
    this.eraser.shut();
    this.#watch?.stop();
    if (this.#ready.isOpen) this.#ready = new Gate();
  }

  close(): void {
    this.#isClosed = true;
    this.#writer.close();
    this.eraser.shut();
    this.#watch?.stop();
  }

  get onFault(): (error: unknown) => void {
    return this.#parts.onFault;
  }

  /** Whether so much waits for the engine that no more is taken. */
  get isFull(): boolean {
    return this.#writer.isFull || this.#packer.isFull;
  }

  /** See `Writer.append`. */
  append(entry: Entry): Promise<Appended> {
    return this.#writer.append(entry);
  }

  /** See `Packer.post`. */
  post(letter: Letter): Promise<number | undefined> {
    return this.#packer.post(letter);
  }

  /** See `Packer.settled`. */
  posted(): Promise<number> {
    return this.#packer.settled();
  }

  /** Of the stream that is read, among all that were ever read. */
  get era(): string | undefined {
    return this.#era;
  }

  /** Resolves when the ledger knows of an entry. @param era of the stream in which it stands, where that may be another one. */
  async reads(revision: number, era = this.#era): Promise<void> {
    if (era === this.#era) await this.#reading.reaches(revision);
  }

  /** The same of one that this node has just written: if that takes too long, all is read from the beginning. */
  async catchesUp(revision: number): Promise<void> {
    const beginning = this.#beginnings;
    let isThere = false;
    const there = this.reads(revision).then(() => (isThere = true));
    await Promise.race([there, this.#elapsed(LATE)]);
    if (!isThere && this.#counts(beginning) && this.#ready.isOpen) this.#again();
    await there;
  }

  /** Resolves when the ledger knows all that was written before the call, by whomever. */
  sync(): Promise<void> {
    // One that has not left yet does for all who ask.
    this.#tick ??= Promise.resolve().then(async () => {
      this.#tick = undefined;
      const appended = await this.append({ key: tickKey(this.node), body: writeSign(this.stamp) });
      if (appended !== 'failed' && 'at' in appended) await this.reads(appended.at);
    });
    return this.#tick;
  }

  /** What a letter carries, where this node has not kept it; undefined where it is erased. */
  async payloadOf(position: number): Promise<Uint8Array | undefined> {
    const [revision, index] = bagOf(position);
    const bag = this.ledger.bags.get(revision);
    const entry = bag === undefined ? undefined : await this.#kv?.get(bagKey(bag.ticket), { revision });
    const said = entry?.operation === 'PUT' ? readBag(entry.value) : undefined;
    return said === undefined || 'why' in said ? undefined : said.letters[index]?.payload;
  }

  async #begin(beginning: number): Promise<void> {
    const { kvm, bucket, replicas, settings, onRefused } = this.#parts;
    const kv = await bucketIn(kvm, bucket, replicas);
    const manager = await kvm.js.jetstreamManager(false);
    const { created: era } = await manager.streams.info(`KV_${bucket}`);
    const watch = await kv.watch({ include: KvWatchInclude.AllHistory });
    if (!this.#counts(beginning)) return watch.stop();
    this.#watch = watch;
    const reading = new Reading(settings, onRefused, this.#reading);
    void this.#follow(watch, reading, beginning);
    await reading.reaches(await kv.put(tickKey(this.node), writeSign(this.stamp)));
    if (!this.#counts(beginning)) return;
    const before = this.#reading;
    const isSameStream = this.#era === undefined || this.#era === era;
    if (!isSameStream) this.#packer.forgets();
    this.#era = era;
    this.#kv = kv;
    this.#reading = reading;
    before.finish();
    this.#writer.open(kvm.js, isSameStream);
    this.eraser.open(manager);
    reading.ledger.begun(before.ledger, isSameStream);
    this.#ready.open();
  }

  async #follow(watch: AsyncIterable<KvWatchEntry>, reading: Reading, beginning: number): Promise<void> {
    for await (const entry of watch) {
      if (!this.#counts(beginning)) return;
      const all = reading.read(entry);
      if (reading !== this.#reading) continue;
      for (const news of all) this.#parts.onNews(news);
      for (const revision of reading.ledger.bags.ripe(reading.ledger.now)) this.eraser.erase(revision);
    }
    if (this.#counts(beginning)) this.#again();
  }

  #again(): void {
    this.shut();
    void this.open();
  }

  #counts(beginning: number): boolean {
    return !this.#isClosed && beginning === this.#beginnings;
  }
}

/** Several nodes may make it at once; all but one are refused then. */
async function bucketIn(kvm: Kvm, bucket: string, replicas: number): Promise<KV> {
  try {
    return await kvm.create(bucket, { history: HISTORY, replicas });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    return await kvm.create(bucket, { history: HISTORY, replicas });
  }
}

class Gate {
  readonly passed: Promise<void>;
  isOpen = false;
  #go: () => void = () => undefined;

  constructor() {
    this.passed = new Promise((resolve) => (this.#go = resolve));
  }

  open(): void {
    this.isOpen = true;
    this.#go();
  }
}
