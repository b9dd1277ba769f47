import type { AllowanceLimits } from './allowance.ts';
import type { Decision, Expired } from './decision.ts';
import { echoed, parsePeerId, type NodeId, type PeerId, type RealmKey } from './ids.ts';
import { matters, notice, type MessageKind, type Payload, type SignalMessage } from './message.ts';
import type { Ending } from './refusal.ts';
import { Roster } from './roster.ts';
import type { Session, SessionEvent } from './session.ts';
import { Silence } from './silence.ts';
import type { Millis } from './time.ts';

/** What one tenant may use. */
export interface RealmLimits extends AllowanceLimits {
  /** O6: peers at one time. */
  readonly concurrentLimit: number;
  /** L1: how long a peer may be silent. */
  readonly aliveTimeout: Millis;
  /** O7: characters of an id. */
  readonly idLength: number;
  /** M19: what happens to a peer that sends more than it may. */
  readonly onFlood: 'close' | 'pause';
}

/** What a sender wrote, as its dialect read it. */
export interface Outgoing {
  readonly kind: MessageKind;
  /** As it was written: it may name nobody, or be something that nobody can be named. */
  readonly to: string | undefined;
  readonly payload: Payload | undefined;
}

const IGNORE_MISSING: Decision = { do: 'ignore', why: 'destination-missing' };
const IGNORE_ABSENT: Decision = { do: 'ignore', why: 'destination-absent' };
const IGNORE_GONE: Decision = { do: 'ignore', why: 'sender-gone' };
const IGNORE_MALFORMED: Decision = { do: 'ignore', why: 'malformed' };

/**
 * The rules of one tenant: facts in, decisions out. It is the truth for the connections of its
 * node. It touches nothing: what it decides, `application/perform.ts` does.
 */
export class Realm {
  readonly key: RealmKey;
  readonly node: NodeId;
  readonly limits: RealmLimits;
  readonly #roster = new Roster();
  readonly #silence = new Silence();

  constructor({ key, node }: { readonly key: RealmKey; readonly node: NodeId }, limits: RealmLimits) {
    this.key = key;
    this.node = node;
    this.limits = limits;
  }

  /** How many peers hold a seat. */
  get size(): number {
    return this.#roster.size;
  }

  has(id: string): boolean {
    return this.#roster.find(id) !== undefined;
  }

  /** H4: the ids of all peers that are open. */
  present(): PeerId[] {
    return this.#roster.present();
  }

  /** A connection asks to be a peer: who owns the id is the directory's to say. */
  arrive(session: Session, now: Millis): void {
    this.#silence.watch(session, now);
  }

  /** O4, O6: the connection does not become a peer. */
  refuse(session: Session, reason: 'id-taken' | 'realm-full'): Decision {
    this.#remove(session, 'refused');
    return { do: 'refuse', session, refusal: { reason } };
  }

  /** O3, O6: the directory granted a free id. */
  admit(session: Session): Decision {
    if (this.#roster.size >= this.limits.concurrentLimit) return this.refuse(session, 'realm-full');
    this.#roster.seat(session);
    return { do: 'collect', session };
  }

  /** O5: the directory granted an id that is seated here: it has a new socket, the old one is over. */
  reconnect(session: Session, out: Decision[]): void {
    const before = this.#roster.seat(session);
    if (before !== undefined) out.push(this.#end(before, 'superseded', 'superseded'));
    out.push({ do: 'collect', session });
  }

  /** O3, O11: the mailbox is here. First the welcome, then what waited, in order. */
  collected(session: Session, messages: readonly SignalMessage[], out: Decision[]): void {
    if (session.state !== 'connecting') {
      for (const message of messages) out.push(this.unheld(message));
      return;
    }
    session.take('registered');
    out.push({ do: 'welcome', session });
    for (const message of messages) out.push({ do: 'deliver', to: session.connection, message });
  }

  /**
   * M8, M19: a message came, whatever it says: its peer lives, and has one token less.
   * @returns what its haste costs it; undefined almost always.
   */
  heard(session: Session, now: Millis): Decision | undefined {
    this.#silence.heard(session, now);
    const debt = session.allowance.spend(this.limits, now);
    if (debt === 0) return undefined;
    if (this.limits.onFlood === 'pause') return { do: 'pause', session, until: now + debt };
    return this.#end(session, 'ended', 'flooding');
  }

  /** M1, M4, M6, M12, M13. */
  relay(sender: Session, outgoing: Outgoing): Decision {
    const { kind, to, payload } = outgoing;
    if (to === undefined || to.length === 0) return IGNORE_MISSING;
    const recipient = this.#roster.find(to);
    if (recipient?.state === 'open') {
      return { do: 'deliver', to: recipient.connection, message: { kind, from: sender.id, to: recipient.id, payload } };
    }
    if (!matters(kind)) return IGNORE_ABSENT;
    const absent = parsePeerId(to, this.limits.idLength);
    if (absent.ok) return { do: 'hold', message: { kind, from: sender.id, to: absent.value, payload } };
    return { do: 'deliver', to: sender.connection, message: notice('expire', echoed(to), sender.id) };
  }

  /** M10: a peer may stumble; only a habit is closed, so that one bad frame does not end a call. */
  malformed(session: Session, now: Millis): Decision {
    if (session.allowance.stumble(this.limits, now)) return this.#end(session, 'ended', 'malformed');
    return IGNORE_MALFORMED;
  }

  /** M7: the peer says goodbye. */
  leave(session: Session): Decision {
    return this.#end(session, 'left', 'left');
  }

  /** L2, L4: the connection is gone, and with it its claim to the id. */
  lost(session: Session): Decision {
    this.#remove(session, 'lost');
    return { do: 'release', session };
  }

  /** The broker itself stumbled over this connection; it alone pays. */
  faulted(session: Session): Decision {
    return this.#end(session, 'ended', 'fault');
  }

  /** M16: nobody took it, and nobody will. */
  undelivered(message: SignalMessage): Decision {
    return matters(message.kind) ? this.#tell('leave', message) : IGNORE_GONE;
  }

  /** M13: the mailbox had no room for it. */
  unheld(message: SignalMessage): Decision {
    return this.#tell('expire', message);
  }

  /** M14, M15: it waited long enough. */
  expired(expired: Expired): Decision {
    return this.#tell('expire', expired);
  }

  /** L1: everyone silent for too long. Costs what it finds, not what lives. */
  sweep(now: Millis, out: Decision[]): void {
    for (const session of this.#silence.silent(now, this.limits.aliveTimeout)) {
      out.push(this.#end(session, 'ended', 'silent'));
    }
  }

  /** When someone falls silent, if nobody is heard before. */
  nextDeadline(): Millis {
    return this.#silence.nextDeadline(this.limits.aliveTimeout);
  }

  /** The node goes: everyone is asked to come back elsewhere. */
  drain(out: Decision[]): void {
    for (const session of [...this.#roster.sessions()]) out.push(this.#end(session, 'ended', 'restarting'));
  }

  #tell(kind: 'expire' | 'leave', undone: Expired): Decision {
    const sender = this.#roster.find(undone.from);
    if (sender?.state !== 'open') return IGNORE_GONE;
    return { do: 'deliver', to: sender.connection, message: notice(kind, undone.to, sender.id) };
  }

  #end(session: Session, event: SessionEvent, ending: Ending): Decision {
    this.#remove(session, event);
    return { do: 'close', session, ending };
  }

  #remove(session: Session, event: SessionEvent): void {
    session.take(event);
    this.#silence.forget(session);
    this.#roster.vacate(session);
  }
}
