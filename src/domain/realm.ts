import type { AllowanceLimits } from './allowance.ts';
import { Allowances } from './allowances.ts';
import { Board, type BoardLimits } from './board.ts';
import { allFor, collect, collectMore, inherit, type Collecting } from './collecting.ts';
import { IGNORE, type Decision, type Expired, type Replaced } from './decision.ts';
import { echoed, parsePeerId, type ConnectionId, type NodeId, type PeerId, type RealmKey } from './ids.ts';
import { matters, notice, type Outgoing, type SignalMessage } from './message.ts';
import type { Ending } from './refusal.ts';
import { askToLeave } from './leaving.ts';
import { Notices } from './notices.ts';
import { Roster } from './roster.ts';
import type { Manner, Session, SessionEvent } from './session.ts';
import type { Millis } from './time.ts';
import type { Token } from './token.ts';
import { Vigil, type VigilLimits } from './vigil.ts';

/** What one tenant may use. */
export interface RealmLimits extends AllowanceLimits, BoardLimits, VigilLimits {
  /** O6: peers at one time. */
  readonly concurrentLimit: number;
  /** O7: characters of an id. */
  readonly idLength: number;
  /** M19: what happens to a peer that sends more than it may. */
  readonly onFlood: 'close' | 'pause';
}

/** Which realm it is, and of which node. */
interface Place {
  readonly key: RealmKey;
  readonly node: NodeId;
  readonly isAlone?: boolean;
}

/** A session with the rules of its realm at hand. */
export type RealmSession = Session<Realm>;

/** The rules of one tenant, authoritative for the connections of its node: facts in, decisions out, no side effects. */
export class Realm {
  readonly key: RealmKey;
  readonly node: NodeId;
  /** Whether there is no other node: who is not here is nowhere. */
  readonly isAlone: boolean;
  readonly limits: RealmLimits;
  readonly #roster = new Roster<RealmSession>();
  readonly #notices: Notices;
  readonly vigil: Vigil;
  readonly #allowances: Allowances;
  readonly #guests = new Set<Session>();
  readonly #boards = new Map<string, Board>();

  constructor({ key, node, isAlone = true }: Place, limits: RealmLimits) {
    this.key = key;
    this.node = node;
    this.isAlone = isAlone;
    this.limits = limits;
    this.#notices = new Notices(this.#roster, isAlone);
    this.vigil = new Vigil(limits);
    this.#allowances = new Allowances(limits);
  }

  /** How many peers and guests are here. */
  get size(): number {
    return this.#roster.size + this.#guests.size;
  }

  /** O6. */
  get isFull(): boolean {
    return this.size >= this.limits.concurrentLimit;
  }

  /** T2: the topics of one space. */
  board({ space, remembers }: Pick<Manner, 'space' | 'remembers'>): Board {
    const known = this.#boards.get(space);
    if (known !== undefined) return known;
    const board = new Board(this.limits, remembers);
    this.#boards.set(space, board);
    return board;
  }

  has(id: string): boolean {
    return this.#roster.find(id) !== undefined;
  }

  /** H4: the ids of all peers that are open. */
  present(): PeerId[] {
    return this.#roster.present();
  }

  /** X5, X6: the open peer with that id, if the token is its own. */
  bearer(id: string, token: Token): RealmSession | undefined {
    const session = this.#roster.find(id);
    return session?.state === 'open' && session.token.matches(token) ? session : undefined;
  }

  /** A connection asks to be a peer or a guest. Who owns an id is the directory's to say. */
  arrive(session: Session, now: Millis): void {
    this.vigil.watch(session, now);
  }

  /** T9, O6: lets in who is not to be addressed. */
  enter(session: Session, out: Decision[]): void {
    if (this.isFull) return void out.push(this.refuse(session, 'realm-full'));
    this.#guests.add(session);
    this.#open(session, 'nothing', [], out);
  }

  /** O4, O6: the connection does not become a peer. */
  refuse(session: Session, reason: 'id-taken' | 'realm-full'): Decision {
    this.#remove(session, 'refused');
    return { do: 'refuse', session, refusal: { reason } };
  }

  /** O3, O6: the directory granted a free id. */
  admit(session: RealmSession): Decision {
    if (this.isFull) return this.refuse(session, 'realm-full');
    this.#roster.seat(session);
    this.#allowances.recall(session);
    return collect(session, 'nothing');
  }

  /** O5: the directory granted an id that is seated here: it has a new socket, the old one is over. */
  reconnect(session: RealmSession, out: Decision[]): void {
    const before = this.#roster.seat(session);
    if (before !== undefined) out.push(this.#end(before, 'superseded', 'superseded'));
    this.#allowances.recall(session);
    out.push(collect(session, before === undefined ? 'nothing' : before.manner.carrier));
  }

  /**
   * O3, O11: the mailbox is here. First the welcome, then what waited, in order. What came to wait meanwhile is collected,
   * too, before anything is told directly: nothing overtakes it.
   * @param unread have not collected yet what the peer sent from elsewhere. They are asked to when it arrives.
   */
  collected(
    { session, replaces, earlier }: Omit<Collecting, 'do'>,
    messages: readonly SignalMessage[],
    unread: readonly PeerId[],
    out: Decision[],
  ): void {
    const all = allFor(session, earlier, messages);
    const goesOn = session.hasMore && !session.isLeaving;
    if (session.state === 'connecting' && goesOn) return void out.push(collect(session, replaces, all));
    if (session.state === 'connecting') {
      this.#open(session, replaces, all, out);
      // Only now, and not of itself: those who may take nothing would have one another ask for ever.
      out.push(...unread.flatMap((id) => (id === session.id ? [] : (this.mailWaits(id) ?? []))));
    } else if (session.state === 'open') {
      for (const message of all) out.push({ do: 'deliver', to: session.connection, message });
    } else return this.#passOn(session, all, out);
    session.isCollecting = goesOn;
    if (goesOn) out.push(collect(session, replaces));
    else if (session.isLeaving) out.push(this.#end(session, 'ended', 'restarting'));
  }

  /** O11: something waits for an id. @returns undefined where nobody here speaks for it, or is asking already. */
  mailWaits(id: PeerId): Decision | undefined {
    const session = this.#roster.find(id);
    return session === undefined ? undefined : collectMore(session);
  }

  /** O5: the directory has given the id of a connection to one of another node. */
  superseded(id: PeerId, connection: ConnectionId): Decision | undefined {
    const session = this.#roster.find(id);
    return session?.connection === connection ? this.#end(session, 'superseded', 'superseded') : undefined;
  }

  /** All that speak for an id here, or are about to. */
  seated(): Iterable<RealmSession> {
    return this.#roster.sessions();
  }

  /** M8, M19: a message came: its peer lives, and has one token less. @returns the decision of `charge` */
  heard(session: Session, now: Millis): Decision | undefined {
    this.vigil.heard(session, now);
    return this.charge(session, now);
  }

  /** M19, M20: takes a token. @returns the decision for a peer that is over its rate limit; undefined within the allowance */
  charge(session: Session, now: Millis): Decision | undefined {
    const debt = session.allowance.spend(this.limits, now);
    if (debt === 0) return undefined;
    return this.limits.onFlood === 'pause'
      ? { do: 'pause', session, until: now + debt }
      : this.#end(session, 'ended', 'flooding');
  }

  /** M1, M4, M6, M12, M13. */
  relay(sender: Session, outgoing: Outgoing): Decision {
    const { kind, to, payload } = outgoing;
    if (to === undefined || to.length === 0) return IGNORE.missing;
    const recipient = this.#roster.find(to);
    const owner = matters(kind) ? sender.token : undefined;
    if (recipient?.state === 'open' && !recipient.isCollecting) {
      return { do: 'deliver', to: recipient.connection, message: { kind, from: sender.id, to: recipient.id, payload, owner } };
    }
    if (!matters(kind) && recipient === undefined && this.isAlone) return IGNORE.absent;
    const absent = parsePeerId(to, this.limits.idLength);
    if (recipient !== undefined) recipient.hasMore = true;
    if (absent.ok) return { do: 'hold', sender, message: { kind, from: sender.id, to: absent.value, payload, owner } };
    if (!matters(kind)) return IGNORE.absent;
    return { do: 'deliver', to: sender.connection, message: notice('expire', echoed(to), sender.id, sender.token) };
  }

  /** M10: a peer may stumble; only a habit is closed, so that one bad frame does not end a call. */
  malformed(session: Session, now: Millis): Decision {
    if (session.allowance.stumble(this.limits, now)) return this.#end(session, 'ended', 'malformed');
    return IGNORE.malformed;
  }

  /** T5, O14, B3: it asked for more topics than it may have, sent more than is kept, or holds the most of an exhausted budget. */
  overreached(session: Session, ending: 'overreaching' | 'flooding' | 'hoarding' = 'overreaching'): Decision {
    return this.#end(session, 'ended', ending);
  }

  /** M7, T8: the peer says goodbye. */
  leave(session: Session): Decision {
    session.will = undefined;
    return this.#end(session, 'left', 'left');
  }

  /** T7, T8: the connection is gone: those in its topics are told. */
  departed(session: Session, out: Decision[]): void {
    if (session.joined !== undefined) this.board(session.manner).left(session, out);
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

  /** M16. */
  undelivered(message: SignalMessage): Decision {
    return this.#notices.undelivered(message);
  }

  /** M13. */
  unheld(message: SignalMessage): Decision {
    return this.#notices.unheld(message);
  }

  /** M14, M15. */
  expired(expired: Expired): Decision {
    return this.#notices.expired(expired);
  }

  /** L1, L5: closes every session that was silent for too long. Costs what it finds, not what lives. */
  sweep(now: Millis, out: Decision[]): void {
    this.#allowances.sweep(now);
    for (const session of this.vigil.silent(now)) out.push(this.#end(session, 'ended', 'silent'));
    for (const session of this.vigil.expired(now)) out.push(this.#end(session, 'ended', 'expired'));
    for (const session of this.vigil.due(now)) out.push({ do: 'prompt', session });
  }

  /** When a session falls silent, if none is heard before, or is to be pinged. */
  nextDeadline(): Millis {
    return this.vigil.nextDeadline();
  }

  /** The node goes: so many are asked to come back elsewhere. @param waits see `askToLeave`. @returns how many were asked. */
  drain(out: Decision[], most: number, waits: boolean): number {
    const { asked, ready } = askToLeave([...this.#roster.sessions(), ...this.#guests], most, waits);
    out.push(...ready.map((session) => this.#end(session, 'ended', 'restarting')));
    return asked;
  }

  /** O3, O11, T3: first the welcome, then what waited, in order, then the topics that it came for. */
  #open(session: Session, replaces: Replaced, messages: readonly SignalMessage[], out: Decision[]): void {
    session.take('registered');
    out.push({ do: 'welcome', session, replaces });
    for (const message of messages) out.push({ do: 'deliver', to: session.connection, message });
    const { wishes, manner } = session;
    if (wishes !== undefined && !this.board(manner).begin(session, wishes, out)) out.push(this.overreached(session));
  }

  /** It was collected for a connection that is over. */
  #passOn({ id }: Session, messages: readonly SignalMessage[], out: Decision[]): void {
    if (!inherit(this.#roster.find(id), messages)) out.push(...messages.map((message) => this.#notices.returned(message)));
  }

  #end(session: Session, event: SessionEvent, ending: Ending): Decision {
    this.#remove(session, event);
    return { do: 'close', session, ending };
  }

  #remove(session: Session, event: SessionEvent): void {
    session.take(event);
    this.vigil.forget(session);
    if (this.#guests.delete(session)) return;
    this.#roster.vacate(session);
    this.#allowances.remember(session);
  }
}
