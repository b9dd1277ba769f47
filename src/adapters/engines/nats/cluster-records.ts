import { JetStreamApiError, type StreamInfo } from '@nats-io/jetstream';
import type { Kvm } from '@nats-io/kv';
import { createHash } from 'node:crypto';
import {
  MAX_STORED_BANS,
  type BanSnapshot,
  type ClusterRecords,
  type StoredBan,
} from '../../../application/ports/cluster-records.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { decodeBan, encodeBan } from '../shared/stored-bans.ts';
import type { Journal } from './journal.ts';
import { BANS_BUCKET } from './keys.ts';

export interface NatsRecordsOptions {
  readonly kvm: Kvm;
  readonly replicas: number;
  /** The journal of a realm of all nodes: for its leases, and for the time of the engine. */
  readonly journal: Pick<Journal, 'ready' | 'sync' | 'state'>;
  readonly onRejected: (fault: { readonly why: string }) => void;
  readonly onFault: (error: unknown) => void;
}

const STREAM_NOT_FOUND = 10_059;
/** A removed ban leaves an entry, by which other nodes notice the change. */
const REMOVAL_RETENTION: Millis = 3_600_000;

/** Bans in a bucket of NATS, with one key for each. The revision is that of the stream. */
export class NatsClusterRecords implements ClusterRecords {
  readonly #options: NatsRecordsOptions;

  constructor(options: NatsRecordsOptions) {
    this.#options = options;
  }

  nodes(answer: (nodes: readonly NodeId[]) => void): void {
    const { state } = this.#options.journal;
    answer([...state.leases.aliveNodes(state.now)]);
  }

  putBan(ban: StoredBan, answer: (outcome: 'done' | 'full' | 'unavailable') => void): void {
    void this.#put(ban)
      .catch(() => 'unavailable' as const)
      .then(answer)
      .catch(this.#options.onFault);
  }

  removeBan(id: string, answer: (outcome: 'done' | 'unavailable') => void): void {
    void this.#remove(id)
      .catch(() => 'unavailable' as const)
      .then(answer)
      .catch(this.#options.onFault);
  }

  readBans(known: string | undefined, answer: (outcome: BanSnapshot | 'unchanged' | 'unavailable') => void): void {
    void this.#read(known)
      .catch(() => 'unavailable' as const)
      .then(answer)
      .catch(this.#options.onFault);
  }

  async #put(ban: StoredBan): Promise<'done' | 'full'> {
    const { kvm, replicas } = this.#options;
    const endsAt = ban.endsIn === NEVER ? undefined : (await this.#time()) + ban.endsIn;
    const kv = await kvm.create(BANS_BUCKET, { history: 1, replicas });
    const count = (await this.#streamInfo())?.state.messages ?? 0;
    if (count >= MAX_STORED_BANS && (await kv.get(keyOf(ban.id)))?.operation !== 'PUT') return 'full';
    await kv.put(keyOf(ban.id), JSON.stringify({ id: ban.id, endsAt, ban: encodeBan(ban) }));
    return 'done';
  }

  async #remove(id: string): Promise<'done'> {
    const kv = await this.#options.kvm.create(BANS_BUCKET, { history: 1, replicas: this.#options.replicas });
    await kv.delete(keyOf(id));
    return 'done';
  }

  async #read(known: string | undefined): Promise<BanSnapshot | 'unchanged'> {
    const info = await this.#streamInfo();
    // A stream without an entry was just created.
    if (info === undefined || info.state.last_seq === 0) return { revision: undefined, bans: [] };
    const revision = `${info.created} ${info.state.last_seq}`;
    if (revision === known) return 'unchanged';
    const now = await this.#time();
    const bans: StoredBan[] = [];
    const kv = await this.#options.kvm.open(BANS_BUCKET);
    const obsolete: number[] = [];
    for await (const entry of await kv.history()) {
      const ban = entry.operation === 'PUT' ? this.#decode(entry.string(), now) : undefined;
      if (ban !== undefined && ban.endsIn > 0) bans.push(ban);
      else if (ban !== undefined || entry.created.getTime() < now - REMOVAL_RETENTION) obsolete.push(entry.revision);
    }
    await this.#delete(obsolete);
    return { revision, bans };
  }

  /** The time by the clock of NATS. */
  async #time(): Promise<Millis> {
    const { journal } = this.#options;
    await journal.ready;
    await journal.sync();
    return journal.state.now;
  }

  async #streamInfo(): Promise<StreamInfo | undefined> {
    const manager = await this.#options.kvm.js.jetstreamManager(false);
    try {
      return await manager.streams.info(`KV_${BANS_BUCKET}`);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
      throw error;
    }
  }

  #decode(text: string, now: Millis): StoredBan | undefined {
    const { id, endsAt, ban } = fieldsOf(text);
    const endsIn = typeof endsAt === 'number' ? endsAt - now : NEVER;
    const decoded = typeof id === 'string' && typeof ban === 'string' ? decodeBan(id, ban, endsIn) : undefined;
    if (decoded === undefined) this.#options.onRejected({ why: 'unreadable' });
    return decoded;
  }

  /** Another node may have deleted the entry. */
  async #delete(revisions: readonly number[]): Promise<void> {
    const manager = await this.#options.kvm.js.jetstreamManager(false);
    for (const revision of revisions) {
      await manager.streams.deleteMessage(`KV_${BANS_BUCKET}`, revision, false).catch((error: unknown) => {
        if (!(error instanceof JetStreamApiError)) throw error;
      });
    }
  }
}

/** Ids may contain characters that keys of NATS do not allow. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
