import type {
  MailboxPeer,
  ExpiredInRealm,
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
import { removalKey } from './keys.ts';
import { batchPositionOf, type PendingMessage } from './pending-messages.ts';
import { ENTRY_OVERHEAD_BYTES, storedSizeOf } from './batch-writer.ts';
import type { ClaimTables } from './claim-tables.ts';
import type { ClaimTable } from './claim-table.ts';

export interface NatsMailboxSettings {
  readonly expireTimeout: Millis;
  /** What one entry may have, in bytes, as the engine said. */
  readonly maxEntryBytes: number;
}

/** Mailboxes that one look for what has expired goes through, in each realm. */
const MAX_EXPIRED_MAILBOXES = 200;
/** How soon it is looked again, where somebody should have done it. */
const RECHECK_MS: Millis = 1_000;

/** What waits for absent peers, and for those of other nodes, in the journals of NATS. Age counts by the time of the entries. */
export class NatsMailboxStore implements MailboxStore {
  readonly #claimTables: ClaimTables;
  readonly #answers: OrderedAnswers;
  readonly #settings: NatsMailboxSettings;
  #nextDeadline: Millis = NEVER;

  constructor(realms: ClaimTables, answers: OrderedAnswers, settings: NatsMailboxSettings) {
    this.#claimTables = realms;
    this.#answers = answers;
    this.#settings = settings;
  }

  put(
    realm: RealmKey,
    sender: MailboxPeer | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void {
    const seats = this.#claimTables.of(realm);
    // Not in its turn: what waits for its turn must not grow with an engine that hangs.
    if (seats.journal.isFull) return answer('full');
    const letOut = this.#answers.reserve();
    const { from, to, kind, payload, owner } = message;
    const speaker = sender === undefined ? undefined : { node: sender.realm.node, connection: sender.connection };
    const letter = { from, to, sender: speaker, kind, payload, proof: owner?.proof };
    const refusal = this.#earlyOutcome(seats, letter);
    if (refusal !== undefined) return letOut(() => answer(refusal));
    this.#scheduleExpiry(now + this.#settings.expireTimeout);
    const put = seats.journal.put(letter);
    void this.#outcomeOf(seats.journal, put).then((outcome) => letOut(() => answer(outcome)));
  }

  take({ realm, id, connection }: MailboxPeer, answer: TakeAnswer): void {
    const letOut = this.#answers.reserve();
    const seats = this.#claimTables.of(realm.key);
    const take = this.#take(seats, id, { node: realm.node, connection }).catch((error: unknown) => {
      seats.journal.onFault(error);
      return [];
    });
    void take.then((messages) =>
      letOut(() => {
        if (messages === 'moved') return answer([], [], 'moved');
        answer(messages, seats.journal.state.messages.recipientsOf(id));
      }),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    const letOut = this.#answers.reserve();
    const { journal } = this.#claimTables.of(realm);
    void journal.ready.then(() => letOut(() => answer([...journal.state.messages.recipients()])));
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const letOut = this.#answers.reserve();
    this.#nextDeadline = NEVER;
    const all = this.#claimTables.entries().map(([realm, seats]) => this.#expire(realm, seats, now));
    void Promise.all(all).then((expired) => letOut(() => answer(expired.flat())));
  }

  /** Of what this node knows: what it has put since the last look for what has expired, and what that has found. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  /** What the ledger knows already needs no entry. */
  #earlyOutcome(seats: ClaimTable, letter: StoredMessage): HoldOutcome | undefined {
    const { state } = seats.journal;
    // A claim is answered when it has been read: who speaks without one had it before.
    const isNobody = state.claim(letter.from) === undefined && !seats.isUpdating(letter.from);
    if (letter.sender !== undefined && isNobody) return 'moved';
    if (storedSizeOf(letter) + ENTRY_OVERHEAD_BYTES > this.#settings.maxEntryBytes) return 'full';
    const outcome = state.outcomeOf(letter);
    // Whom the ledger does not know may have come meanwhile.
    return outcome === 'held' || outcome === 'unwanted' ? undefined : outcome;
  }

  async #outcomeOf(journal: Journal, put: Promise<number | undefined>): Promise<HoldOutcome> {
    const position = await put;
    if (position === undefined) return 'full';
    await journal.waitFor(batchPositionOf(position)[0]);
    return journal.state.takeOutcome(position);
  }

  async #take(
    { journal }: ClaimTable,
    id: PeerId,
    taker: Pick<ClaimOwner, 'node' | 'connection'>,
  ): Promise<SignalMessage[] | 'moved'> {
    // What this node has put before is to be taken, too, and nothing that it puts from now on.
    const { streamId } = journal;
    const posted = await journal.flush();
    await journal.waitFor(batchPositionOf(posted)[0], streamId);
    await journal.ready;
    const lastOwn = streamId === undefined || streamId === journal.streamId ? posted : 0;
    const { state } = journal;
    const waiting = state.messages.for(id);
    const younger = waiting.findIndex(({ isOwn, position }) => isOwn && position > lastOwn);
    const all = waiting.slice(0, younger < 0 ? waiting.length : younger);
    const last = all.at(-1);
    const owner = state.activeOwner(id);
    if (owner !== undefined && !isSameConnection(owner, taker)) return 'moved';
    if (last === undefined) return [];
    // What is read after it was taken may be erased by then.
    const messages = await Promise.all(all.map(async (letter) => ({ letter, message: await messageOf(journal, id, letter) })));
    const before = await this.#remove(journal, id, { ...taker, upTo: last.position });
    return messages.flatMap(({ letter, message }) => (message !== undefined && letter.position > before ? [message] : []));
  }

  /** @returns up to which position others had taken it before: all of it, where the entry came to nothing. */
  async #remove(journal: Journal, id: PeerId, taken: RemovalEntry): Promise<number> {
    const body = encodeRemoval(taken, journal.timeOverride);
    const appended = await journal.append({ key: removalKey(id, taken.node), body, messageId: journal.nextMessageId() });
    if (appended === 'failed' || !('at' in appended)) return taken.upTo;
    await journal.waitFor(appended.at);
    return journal.state.takePreviousPosition(appended.at) ?? taken.upTo;
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
      // Where another node should have done it, it is looked again.
      else this.#scheduleExpiry(now + (wait > 0 ? wait : RECHECK_MS));
    }
    const expired = await Promise.all(due.map((id) => this.#expireFor(journal, id, then)));
    for (const id of due) {
      const next = journal.state.messages.for(id)[0];
      if (next !== undefined) this.#scheduleExpiry(now + Math.max(next.at - then, RECHECK_MS));
    }
    return expired.flat().map((pair) => ({ realm, ...pair }));
  }

  /** M14: drops what came before `then`. */
  async #expireFor(journal: Journal, id: PeerId, then: Millis): Promise<Expired[]> {
    const old = journal.state.messages.for(id).filter(({ at }) => at <= then);
    const last = old.at(-1);
    if (last === undefined) return [];
    const before = await this.#remove(journal, id, { node: journal.node, connection: undefined, upTo: last.position });
    const expired = old.filter(({ kind, position }) => needsDelivery(kind) && position > before);
    // M15: two owners of one id are two senders.
    const senders = new Map(
      expired.map(({ from, proof }) => [`${proof ?? ''} ${from}`, { from, to: id, owner: ownerFrom(proof) }]),
    );
    return [...senders.values()];
  }

  #scheduleExpiry(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

/** Undefined where the engine has it no more. */
async function messageOf(journal: Journal, to: PeerId, letter: PendingMessage): Promise<SignalMessage | undefined> {
  const { from, kind, hasPayload, position, proof } = letter;
  const payload = letter.payload ?? (hasPayload ? await journal.fetchPayload(position) : undefined);
  return hasPayload && payload === undefined ? undefined : { kind, from, to, payload, owner: ownerFrom(proof) };
}

function ownerFrom(proof: string | undefined): TokenOwner | undefined {
  return proof === undefined ? undefined : ownerOf(proof);
}
