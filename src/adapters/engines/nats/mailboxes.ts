import type {
  MailboxPeer,
  ExpiredInRealm,
  ExceededBound,
  HoldAnswer,
  HoldOutcome,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { Expired } from '../../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { ownerOf, type Owner as TokenOwner } from '../../../domain/token.ts';
import type { OrderedAnswers } from './ordered-answers.ts';
import { isSameConnection, encodeRemoval, type StoredMessage, type ClaimOwner, type RemovalEntry } from './entries.ts';
import type { Journal } from './journal.ts';
import type { PreviousPosition } from './removal-table.ts';
import { removalKey } from './keys.ts';
import { RequestError } from './request-error.ts';
import { batchPositionOf, type PendingMessage } from './pending-messages.ts';
import { ENTRY_OVERHEAD_BYTES, storedSizeOf } from './batch-writer.ts';
import type { ClaimTables } from './claim-tables.ts';
import type { ClaimTable } from './claim-table.ts';

export interface NatsMailboxSettings {
  readonly expireTimeout: Millis;
  /** Maximum size of one entry in bytes: `max_payload` of the server. */
  readonly maxEntryBytes: number;
}

/** Mailboxes that one expiry check covers, in each realm. */
const MAX_EXPIRED_MAILBOXES = 200;
/** Delay of the next check if the leader should have expired the messages. */
const RECHECK_MS: Millis = 1_000;
const ALWAYS = (): boolean => true;

/** Mailboxes on NATS, for absent peers and peers of other nodes. Messages expire by the timestamps of the entries. */
export class NatsMailboxStore implements MailboxStore {
  readonly #claimTables: ClaimTables;
  readonly #answers: OrderedAnswers;
  readonly #settings: NatsMailboxSettings;
  #nextDeadline: Millis = NEVER;
  /** Removed messages whose payload was deleted, for the next expiry check. */
  #lost: ExpiredInRealm[] = [];

  constructor(claimTables: ClaimTables, answers: OrderedAnswers, settings: NatsMailboxSettings) {
    this.#claimTables = claimTables;
    this.#answers = answers;
    this.#settings = settings;
  }

  put(realm: RealmKey, sender: MailboxPeer | undefined, message: SignalMessage, now: Millis, answer: HoldAnswer): void {
    const table = this.#claimTables.of(realm);
    // Answered out of order, because the ordered answers must not pile up while NATS hangs.
    if (table.journal.isFull) return answer('full', 'engine');
    const deliver = this.#answers.reserve();
    const { from, to, kind, payload, owner } = message;
    const connection = sender === undefined ? undefined : { node: sender.realm.node, connection: sender.connection };
    const stored = { from, to, sender: connection, kind, payload, proof: owner?.proof };
    const refusal = this.#earlyOutcome(table, stored);
    if (refusal !== undefined) return deliver(() => answer(...refusal));
    this.#scheduleExpiry(now + this.#settings.expireTimeout);
    const put = table.journal.put(stored);
    void this.#outcomeOf(table.journal, put).then((outcome) =>
      deliver(() => answer(outcome, outcome === 'full' ? 'engine' : undefined)),
    );
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer, _now?: Millis, isWanted: () => boolean = ALWAYS): void {
    const deliver = this.#answers.reserve();
    const table = this.#claimTables.of(realm.key);
    const take = this.#take(table, realm.key, id, { node: realm.node, connection }, isWanted).catch((error: unknown) => {
      table.journal.onFault(new RequestError(`fetch the mailbox of ${JSON.stringify(id)}`, error));
      return 'failed' as const;
    });
    void take.then((taken) =>
      deliver(() => {
        if (taken === 'moved') return answer([], [], 'moved');
        const { state } = table.journal;
        const all = taken === 'failed' ? [] : taken;
        const messages = all.map(({ message }) => message);
        const waits = all.map(({ waited }) => waited);
        const claim = taken === 'failed' ? undefined : 'held';
        answer(messages, state.messages.recipientsOf(id), state.claim(id)?.owner === undefined ? 'free' : claim, waits);
      }),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    const deliver = this.#answers.reserve();
    const { journal } = this.#claimTables.of(realm);
    void journal.ready.then(() => deliver(() => answer([...journal.state.messages.recipients()])));
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const deliver = this.#answers.reserve();
    this.#nextDeadline = NEVER;
    const lost = this.#lost;
    this.#lost = [];
    const all = this.#claimTables.entries().map(([realm, table]) => this.#expire(realm, table, now));
    void Promise.all(all).then((expired) => deliver(() => answer([...lost, ...expired.flat()])));
  }

  /** Covers the messages that this node has put since the last expiry check, and the deadlines which that check found. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  /** A rejection that the current state already implies, so that no entry is written. */
  #earlyOutcome(table: ClaimTable, stored: StoredMessage): readonly [HoldOutcome, ExceededBound?] | undefined {
    const { state } = table.journal;
    // A claim is granted only after its entry is read, so a sender without one has lost it.
    const isUnclaimed = state.claim(stored.from) === undefined && !table.isUpdating(stored.from);
    if (stored.sender !== undefined && isUnclaimed) return ['moved'];
    if (storedSizeOf(stored) + ENTRY_OVERHEAD_BYTES > this.#settings.maxEntryBytes) return ['full', 'bytes'];
    const outcome = state.outcomeOf(stored);
    if (outcome === 'held') {
      const exceeded = table.journal.boundOf(stored);
      return exceeded === undefined ? undefined : ['full', exceeded];
    }
    // An addressee without a claim may have connected meanwhile.
    return outcome === 'unwanted' ? undefined : [outcome];
  }

  async #outcomeOf(journal: Journal, put: Promise<number | undefined>): Promise<HoldOutcome> {
    const position = await put;
    if (position === undefined) return 'full';
    await journal.waitFor(batchPositionOf(position)[0]);
    return journal.state.takeOutcome(position);
  }

  async #take(
    { journal }: ClaimTable,
    realm: RealmKey,
    id: PeerId,
    taker: Pick<ClaimOwner, 'node' | 'connection'>,
    isWanted: () => boolean,
  ): Promise<TakenMessage[] | 'moved' | 'failed'> {
    // Take the messages that this node has put before the call, and none that it puts later.
    const lastPut = await journal.flush();
    const putStream = journal.streamId;
    await journal.waitFor(batchPositionOf(lastPut)[0], putStream);
    for (;;) {
      await journal.ready;
      const { state, streamId } = journal;
      const waiting = state.messages.for(id);
      const lastOwn = streamId === putStream ? lastPut : 0;
      const firstLater = waiting.findIndex(({ isOwn, position }) => isOwn && position > lastOwn);
      const all = waiting.slice(0, firstLater < 0 ? waiting.length : firstLater);
      const last = all.at(-1);
      const owner = state.claim(id)?.owner;
      if (owner !== undefined && !isSameConnection(owner, taker)) return 'moved';
      if (last === undefined) return [];
      // Payloads are fetched before the removal, because afterwards they may be deleted.
      const messages = await Promise.all(all.map(async (stored) => ({ stored, message: await messageOf(journal, id, stored) })));
      if (!isWanted()) return [];
      // The positions belong to a stream that NATS has lost.
      if (streamId !== journal.streamId) continue;
      const before = await this.#remove(journal, id, { ...taker, upTo: last.position });
      if (before === undefined) return 'failed';
      if (before === 'unknown') {
        // Another node may deliver them, and none may deliver them twice.
        this.#reportLost(realm, id, all);
        return 'failed';
      }
      const { now } = journal.state;
      const removed = messages.filter(({ stored }) => stored.position > before);
      this.#reportLost(
        realm,
        id,
        removed.flatMap(({ stored, message }) => (message === undefined ? [stored] : [])),
      );
      return removed.flatMap(({ stored: { at }, message }) =>
        message === undefined ? [] : [{ message, waited: Math.max(0, now - at) }],
      );
    }
  }

  /** Writes a removal. @returns undefined if the removal failed or is invalid. */
  async #remove(journal: Journal, id: PeerId, removal: RemovalEntry): Promise<PreviousPosition | undefined> {
    const changeId = journal.nextMessageId();
    const body = encodeRemoval({ ...removal, changeId }, journal.timeOverride);
    // Positions of another stream are invalid. The first copy counts, so the result is known after a long outage, too.
    const kind = { isStreamBound: true, isRepeatable: true };
    const result = await journal.append({ key: removalKey(id, removal.node), body, messageId: changeId, ...kind });
    if (result === 'failed' || !('revision' in result)) return undefined;
    await journal.waitFor(result.revision);
    return journal.state.takePreviousPosition(changeId);
  }

  async #expire(realm: RealmKey, { journal }: ClaimTable, now: Millis): Promise<ExpiredInRealm[]> {
    if (journal.state.messages.mailboxCount === 0) return [];
    await journal.ready;
    await journal.sync();
    const { state } = journal;
    const then = state.now - this.#settings.expireTimeout;
    const due: PeerId[] = [];
    for (const id of state.messages.recipients()) {
      const wait = (state.messages.for(id)[0]?.at ?? 0) - then;
      if (wait <= 0 && state.isLeader() && due.length < MAX_EXPIRED_MAILBOXES) due.push(id);
      // Check again if the leader has not expired the messages yet.
      else this.#scheduleExpiry(now + (wait > 0 ? wait : RECHECK_MS));
    }
    const expired = await Promise.all(due.map((id) => this.#expireFor(journal, id, then)));
    for (const id of due) {
      const next = journal.state.messages.for(id)[0];
      if (next !== undefined) this.#scheduleExpiry(now + Math.max(next.at - then, RECHECK_MS));
    }
    return expired.flat().map((pair) => ({ realm, ...pair }));
  }

  /** M14: removes the messages that arrived up to `then`. */
  async #expireFor(journal: Journal, id: PeerId, then: Millis): Promise<Expired[]> {
    const waiting = journal.state.messages.for(id);
    // With the earlier messages, whose timestamps are later if the clock of NATS was set back: a removal covers them, too.
    const old = waiting.slice(0, waiting.findLastIndex(({ at }) => at <= then) + 1);
    const last = old.at(-1);
    if (last === undefined) return [];
    const before = await this.#remove(journal, id, { node: journal.node, connection: undefined, upTo: last.position });
    if (typeof before !== 'number') return [];
    return expiredPairs(
      id,
      old.filter(({ position }) => position > before),
    );
  }

  /** M14: a message that is removed and cannot be delivered has expired. */
  #reportLost(realm: RealmKey, id: PeerId, messages: readonly PendingMessage[]): void {
    this.#lost.push(...expiredPairs(id, messages).map((pair) => ({ realm, ...pair })));
    if (this.#lost.length > 0) this.#scheduleExpiry(0);
  }

  #scheduleExpiry(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

interface TakenMessage {
  readonly message: SignalMessage;
  /** By the timestamps of the journal. */
  readonly waited: Millis;
}

/** Undefined if the payload is deleted. */
async function messageOf(journal: Journal, to: PeerId, stored: PendingMessage): Promise<SignalMessage | undefined> {
  const { from, kind, hasPayload, position, proof } = stored;
  const payload = stored.payload ?? (hasPayload ? await journal.payloads.read(position) : undefined);
  return hasPayload && payload === undefined ? undefined : { kind, from, to, payload, owner: ownerFrom(proof) };
}

/** M6. M15: two owners of one id count as two senders. */
function expiredPairs(to: PeerId, messages: readonly PendingMessage[]): Expired[] {
  const pairs = new Map(
    messages
      .filter(({ kind }) => needsDelivery(kind))
      .map(({ from, proof }) => [`${proof ?? ''} ${from}`, { from, to, owner: ownerFrom(proof) }]),
  );
  return [...pairs.values()];
}

function ownerFrom(proof: string | undefined): TokenOwner | undefined {
  return proof === undefined ? undefined : ownerOf(proof);
}
