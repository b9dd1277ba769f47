import type {
  Correspondent,
  ExpiredInRealm,
  HoldOutcome,
  MailboxStore,
  TakeAnswer,
} from '../../../application/ports/mailbox-store.ts';
import type { Expired } from '../../../domain/decision.ts';
import type { PeerId, RealmKey } from '../../../domain/ids.ts';
import { matters, type SignalMessage } from '../../../domain/message.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { ownerOf, type Owner as TokenOwner } from '../../../domain/token.ts';
import type { Answers } from './answers.ts';
import { isSame, writeTaken, type Letter, type Owner, type Taken } from './entries.ts';
import type { Journal } from './journal.ts';
import { takenKey } from './keys.ts';
import { bagOf, type Waiting } from './letters.ts';
import { ENTRY_BYTES, sizeOf } from './packer.ts';
import type { Realms } from './realms.ts';
import type { Seats } from './seats.ts';

export interface NatsMailboxSettings {
  readonly expireTimeout: Millis;
  /** What one entry may have, in bytes, as the engine said. */
  readonly mostBytes: number;
}

/** Mailboxes that one look for what has expired goes through, in each realm. */
const EXPIRE_BATCH = 200;
/** How soon it is looked again, where somebody should have done it. */
const AGAIN_MS: Millis = 1_000;

/** What waits for absent peers, and for those of other nodes, in the journals of NATS. Age counts by the time of the entries. */
export class NatsMailboxStore implements MailboxStore {
  readonly #realms: Realms;
  readonly #answers: Answers;
  readonly #settings: NatsMailboxSettings;
  #nextDeadline: Millis = NEVER;

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
    const { from, to, kind, payload, owner } = message;
    const speaker = sender === undefined ? undefined : { node: sender.realm.node, connection: sender.connection };
    const letter = { from, to, sender: speaker, kind, payload, proof: owner?.proof };
    const refusal = this.#refusal(seats, letter);
    if (refusal !== undefined) return letOut(() => answer(refusal));
    this.#expect(now + this.#settings.expireTimeout);
    const put = seats.journal.post(letter);
    void this.#judged(seats.journal, put).then((outcome) => letOut(() => answer(outcome)));
  }

  take({ realm, id, connection }: Correspondent, answer: TakeAnswer): void {
    const letOut = this.#answers.next();
    const seats = this.#realms.of(realm.key);
    const take = this.#take(seats, id, { node: realm.node, connection }).catch((error: unknown) => {
      seats.journal.onFault(error);
      return [];
    });
    void take.then((messages) =>
      letOut(() => {
        if (messages === 'moved') return answer([], [], 'moved');
        answer(messages, seats.journal.ledger.letters.addresseesOf(id));
      }),
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
  #refusal(seats: Seats, letter: Letter): HoldOutcome | undefined {
    const { ledger } = seats.journal;
    // A claim is answered when it has been read: who speaks without one had it before.
    const isNobody = ledger.seat(letter.from) === undefined && !seats.isChanging(letter.from);
    if (letter.sender !== undefined && isNobody) return 'moved';
    if (sizeOf(letter) + ENTRY_BYTES > this.#settings.mostBytes) return 'full';
    const outcome = ledger.judge(letter);
    // Whom the ledger does not know may have come meanwhile.
    return outcome === 'held' || outcome === 'unwanted' ? undefined : outcome;
  }

  async #judged(journal: Journal, put: Promise<number | undefined>): Promise<HoldOutcome> {
    const position = await put;
    if (position === undefined) return 'full';
    await journal.reads(bagOf(position)[0]);
    return journal.ledger.verdict(position);
  }

  async #take({ journal }: Seats, id: PeerId, taker: Pick<Owner, 'node' | 'connection'>): Promise<SignalMessage[] | 'moved'> {
    // What this node has put before is to be taken, too, and nothing that it puts from now on.
    const { era } = journal;
    const posted = await journal.posted();
    await journal.reads(bagOf(posted)[0], era);
    await journal.ready;
    const lastOwn = era === undefined || era === journal.era ? posted : 0;
    const { ledger } = journal;
    const waiting = ledger.letters.of(id);
    const younger = waiting.findIndex(({ isOwn, position }) => isOwn && position > lastOwn);
    const all = waiting.slice(0, younger < 0 ? waiting.length : younger);
    const last = all.at(-1);
    const owner = ledger.owner(id);
    if (owner !== undefined && !isSame(owner, taker)) return 'moved';
    if (last === undefined) return [];
    // What is read after it was taken may be erased by then.
    const messages = await Promise.all(all.map(async (letter) => ({ letter, message: await messageOf(journal, id, letter) })));
    const before = await this.#takes(journal, id, { ...taker, upTo: last.position });
    return messages.flatMap(({ letter, message }) => (message !== undefined && letter.position > before ? [message] : []));
  }

  /** @returns up to which position others had taken it before: all of it, where the entry came to nothing. */
  async #takes(journal: Journal, id: PeerId, taken: Taken): Promise<number> {
    const body = writeTaken(taken, journal.stamp);
    const appended = await journal.append({ key: takenKey(id, taken.node), body, ticket: journal.nextTicket() });
    if (appended === 'failed' || !('at' in appended)) return taken.upTo;
    await journal.reads(appended.at);
    return journal.ledger.took(appended.at) ?? taken.upTo;
  }

  async #expire(realm: RealmKey, { journal }: Seats, now: Millis): Promise<ExpiredInRealm[]> {
    if (journal.ledger.letters.boxes === 0) return [];
    await journal.ready;
    await journal.sync();
    const { ledger } = journal;
    const then = ledger.now - this.#settings.expireTimeout;
    const due: PeerId[] = [];
    for (const id of ledger.letters.addressees()) {
      const wait = (ledger.letters.of(id)[0]?.at ?? 0) - then;
      if (wait <= 0 && ledger.isWarden() && due.length < EXPIRE_BATCH) due.push(id);
      // Where another node should have done it, it is looked again.
      else this.#expect(now + (wait > 0 ? wait : AGAIN_MS));
    }
    const expired = await Promise.all(due.map((id) => this.#expireFor(journal, id, then)));
    for (const id of due) {
      const next = journal.ledger.letters.of(id)[0];
      if (next !== undefined) this.#expect(now + Math.max(next.at - then, AGAIN_MS));
    }
    return expired.flat().map((pair) => ({ realm, ...pair }));
  }

  /** M14: drops what came before `then`. */
  async #expireFor(journal: Journal, id: PeerId, then: Millis): Promise<Expired[]> {
    const old = journal.ledger.letters.of(id).filter(({ at }) => at <= then);
    const last = old.at(-1);
    if (last === undefined) return [];
    const before = await this.#takes(journal, id, { node: journal.node, connection: undefined, upTo: last.position });
    const expired = old.filter(({ kind, position }) => matters(kind) && position > before);
    // M15: two owners of one id are two senders.
    const senders = new Map(
      expired.map(({ from, proof }) => [`${proof ?? ''} ${from}`, { from, to: id, owner: ownerIn(proof) }]),
    );
    return [...senders.values()];
  }

  #expect(deadline: Millis): void {
    this.#nextDeadline = Math.min(this.#nextDeadline, deadline);
  }
}

/** Undefined where the engine has it no more. */
async function messageOf(journal: Journal, to: PeerId, letter: Waiting): Promise<SignalMessage | undefined> {
  const { from, kind, hasPayload, position, proof } = letter;
  const payload = letter.payload ?? (hasPayload ? await journal.payloadOf(position) : undefined);
  return hasPayload && payload === undefined ? undefined : { kind, from, to, payload, owner: ownerIn(proof) };
}

function ownerIn(proof: string | undefined): TokenOwner | undefined {
  return proof === undefined ? undefined : ownerOf(proof);
}
