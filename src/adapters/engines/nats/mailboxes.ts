import type { Correspondent, ExpiredInRealm, HoldOutcome, MailboxStore } from '../../../application/ports/mailbox-store.ts';
import type { NodeId, PeerId, RealmKey } from '../../../domain/ids.ts';
import { matters, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import type { Answers } from './answers.ts';
import { writeLetter, type Letter } from './entries.ts';
import type { Journal } from './journal.ts';
import { countIn, letterKey } from './keys.ts';
import type { Waiting } from './letters.ts';
import type { Realms } from './realms.ts';
import type { Seats } from './seats.ts';

export interface NatsMailboxSettings {
  readonly expireTimeout: Millis;
  /** What one entry may have, in bytes, as the engine said. */
  readonly mostBytes: number;
}

/** Mailboxes that one look for what has expired goes through, in each realm. */
const EXPIRE_BATCH = 200;
/** How soon it is looked again, where another node should have done it. */
const AGAIN_MS: Millis = 1_000;
/** What is around the payload in an entry. */
const HEAD_BYTES = 4_096;

/** What waits for absent peers, and for those of other nodes, in the journals of NATS. Age counts by the time of the entries. */
export class NatsMailboxStore implements MailboxStore {
  readonly #realms: Realms;
  readonly #answers: Answers;
  readonly #settings: NatsMailboxSettings;
  #nextDeadline: Millis = NEVER;
  #lastPut: Promise<unknown> = Promise.resolve();

  constructor(realms: Realms, answers: Answers, settings: NatsMailboxSettings) {
    this.#realms = realms;
    this.#answers = answers;
    this.#settings = settings;
  }

  put(
    realm: RealmKey,
    sender: Correspondent | undefined,
    message: SignalMessage,
    now: Millis,
    answer: (outcome: HoldOutcome) => void,
  ): void {
    const seats = this.#realms.of(realm);
    // Not in its turn: what waits for its turn must not grow with an engine that hangs.
    if (seats.journal.isFull) return answer('full');
    const letOut = this.#answers.next();
    const { from, to, kind, payload } = message;
    const speaker = sender === undefined ? undefined : { node: sender.realm.node, connection: sender.connection };
    const letter = { from, sender: speaker, kind, payload };
    const refusal = this.#refusal(seats, to, letter);
    if (refusal !== undefined) return letOut(() => answer(refusal));
    this.#expect(now + this.#settings.expireTimeout);
    const put = this.#put(seats.journal, to, letter);
    this.#lastPut = put;
    void put.then((outcome) => letOut(() => answer(outcome)));
  }

  take(
    { realm, id, connection }: Correspondent,
    answer: (messages: readonly SignalMessage[], unread: readonly PeerId[]) => void,
  ): void {
    const letOut = this.#answers.next();
    const seats = this.#realms.of(realm.key);
    void this.#take(seats, id, { node: realm.node, connection }).then((messages) =>
      letOut(() => answer(messages, seats.journal.ledger.letters.addresseesOf(id))),
    );
  }

  waiting(realm: RealmKey, answer: (ids: readonly PeerId[]) => void): void {
    const letOut = this.#answers.next();
    const { journal } = this.#realms.of(realm);
    void journal.ready.then(() => letOut(() => answer([...journal.ledger.letters.addressees()])));
  }

  expire(now: Millis, answer: (expired: readonly ExpiredInRealm[]) => void): void {
    const letOut = this.#answers.next();
    this.#nextDeadline = NEVER;
    const all = this.#realms.entries().map(([realm, seats]) => this.#expire(realm, seats, now));
    void Promise.all(all).then((expired) => letOut(() => answer(expired.flat())));
  }

  /** Of what this node knows: what it has put since the last look for what has expired, and what that has found. */
  nextDeadline(): Millis {
    return this.#nextDeadline;
  }

  /** What the ledger knows already needs no entry. */
  #refusal(seats: Seats, to: PeerId, letter: Letter): HoldOutcome | undefined {
    const { ledger } = seats.journal;
    // A claim is answered when it has been read: who speaks without one had it before.
    const isNobody = ledger.seat(letter.from) === undefined && !seats.isChanging(letter.from);
    if (letter.sender !== undefined && isNobody) return 'moved';
    if ((letter.payload?.byteLength ?? 0) + HEAD_BYTES > this.#settings.mostBytes) return 'full';
    const outcome = ledger.judge(to, letter);
    // Whom the ledger does not know may have come meanwhile.
    return outcome === 'held' || outcome === 'unwanted' ? undefined : outcome;
  }

  async #put(journal: Journal, to: PeerId, letter: Letter): Promise<HoldOutcome> {
    const ticket = journal.nextTicket();
    const key = letterKey(to, ticket);
    const appended = await journal.append({ key, body: writeLetter(letter, journal.stamp), ticket });
    if (appended === 'failed' || !('at' in appended)) return 'full';
    const revision = appended.at;
    await journal.reads(revision);
    const outcome = journal.ledger.verdict(ticket);
    if (outcome !== 'held') journal.eraser.erase(revision);
    return outcome;
  }

  async #take(
    seats: Seats,
    id: PeerId,
    taker: { node: NodeId; connection: Correspondent['connection'] },
  ): Promise<SignalMessage[]> {
    const { journal } = seats;
    // What this node has put before is to be taken, too, and nothing that it puts from now on.
    const most = journal.tickets;
    await this.#lastPut;
    let messages: SignalMessage[] = [];
    let taken: readonly Waiting[] = [];
    const changed = await seats.change(id, async (ledger) => {
      const owner = ledger.owner(id);
      const all = ledger.letters.of(id);
      const younger = all.findIndex(({ ticket }) => (countIn(taker.node, ticket) ?? 0) > most);
      taken = all.slice(0, younger < 0 ? all.length : younger);
      const last = taken.at(-1);
      const isMine = owner === undefined || (owner.node === taker.node && owner.connection === taker.connection);
      if (!isMine || last === undefined) return undefined;
      messages = await Promise.all(taken.map((letter) => messageOf(journal, id, letter)));
      return { owner: ledger.seat(id)?.owner, collected: last.revision };
    });
    if (changed !== 'changed') return [];
    for (const { revision } of taken) journal.eraser.erase(revision);
    return messages;
  }

  async #expire(realm: RealmKey, seats: Seats, now: Millis): Promise<ExpiredInRealm[]> {
    const { journal } = seats;
    if (journal.ledger.letters.boxes === 0) return [];
    await journal.ready;
    await journal.sync();
    const { ledger } = journal;
    const then = ledger.now - this.#settings.expireTimeout;
    const due: PeerId[] = [];
    for (const id of ledger.letters.addressees()) {
      const wait = (ledger.letters.of(id)[0]?.at ?? 0) - then;
      if (wait <= 0 && ledger.isWarden() && due.length < EXPIRE_BATCH) due.push(id);
      else this.#expect(now + (wait > 0 ? wait : AGAIN_MS));
    }
    const expired = await Promise.all(due.map((id) => this.#expireFor(seats, id, then)));
    const next = expired.length === 0 ? NEVER : now + AGAIN_MS;
    if (ledger.letters.boxes > 0) this.#expect(next);
    return expired.flat().map((pair) => ({ realm, ...pair }));
  }

  /** M14: drops what came before `then`. */
  async #expireFor(seats: Seats, id: PeerId, then: Millis): Promise<{ from: PeerId; to: PeerId }[]> {
    let dropped: readonly Waiting[] = [];
    const changed = await seats.change(id, (ledger) => {
      dropped = ledger.letters.of(id).filter(({ at }) => at <= then);
      const last = dropped.at(-1);
      return last === undefined ? undefined : { owner: ledger.seat(id)?.owner, collected: last.revision };
    });
    if (changed !== 'changed') return [];
    for (const { revision } of dropped) seats.journal.eraser.erase(revision);
    const senders = new Set(dropped.filter(({ kind }) => matters(kind)).map(({ from }) => from));
    return [...senders].map((from) => ({ from, to: id }));
  }

  #expect(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

async function messageOf(journal: Journal, to: PeerId, letter: Waiting): Promise<SignalMessage> {
  const { from, kind, payload, hasPayload, ticket, revision } = letter;
  if (!hasPayload) return { kind, from, to, payload: undefined };
  return { kind, from, to, payload: payload ?? (await journal.payloadOf(letterKey(to, ticket), revision)) };
}
