import { Expiries } from './expiries.ts';
import { IdleQueue } from './idle-queue.ts';
import { KeepAlives } from './keep-alives.ts';
import { PingSchedule } from './ping-schedule.ts';
import type { Session } from './session.ts';
import type { Millis } from './time.ts';

/** Liveness timeouts. */
export interface LivenessTimeouts {
  /** L1: idle time after which a connection is closed. */
  readonly aliveTimeout: Millis;
  /** REL3, X7: interval of pings to a connection that sends nothing by itself. */
  readonly pingInterval: Millis;
  /** MER9: interval of keep-alives on a stream, shorter than the idle timeout of proxies. */
  readonly streamHeartbeat: Millis;
}

/** A session that is due, and why. */
export interface DueSession {
  readonly session: Session;
  readonly is: 'silent' | 'expiring' | 'pinged';
}

/** L5: fraction of `aliveTimeout` after which an idle peer is pinged. The rest is for its pong. */
const PING_AT = 0.5;

/** Finds connections that have timed out, have expired, or are due for a ping. */
export class LivenessMonitor {
  readonly #limits: LivenessTimeouts;
  readonly #senders = new IdleQueue();
  readonly #responders = new IdleQueue();
  readonly #pings = new PingSchedule();
  readonly #heartbeats = new PingSchedule();
  /** L6: total time for which the process was suspended. */
  #pausedFor: Millis = 0;
  readonly #expiries = new Expiries();
  readonly #keepAlives = new KeepAlives();

  constructor(limits: LivenessTimeouts) {
    this.#limits = limits;
  }

  add(session: Session, now: Millis): void {
    const { liveness } = session.traits;
    session.lastMessageAt = now - this.#pausedFor;
    if (liveness === 'sends') this.#senders.add(session, now - this.#pausedFor);
    if (liveness === 'answers') this.#responders.add(session, now - this.#pausedFor);
    if (liveness === 'answers') this.#pings.add(session, now);
    if (liveness === 'reads') this.#heartbeats.add(session, now);
    this.#expiries.add(session);
  }

  remove(session: Session): void {
    this.#expiries.remove(session);
    this.#keepAlives.remove(session);
    if (session.traits.liveness === 'sends') return this.#senders.remove(session);
    this.#responders.remove(session);
    this.#pings.remove(session);
    this.#heartbeats.remove(session);
  }

  /** MQ10: closes a session that was added also after this time without a message. Pongs are no messages. */
  limitSilence(session: Session, maxSilence: Millis, now: Millis): void {
    this.#keepAlives.add(session, maxSilence, now - this.#pausedFor);
  }

  /** MQ10, M19: messages of a paused connection are read later. */
  readingPaused(session: Session, until: Millis): void {
    if (this.#keepAlives.has(session)) session.lastMessageAt = Math.max(session.lastMessageAt, until - this.#pausedFor);
  }

  /** L1, M8: a message arrived. */
  received(session: Session, now: Millis): void {
    const { liveness } = session.traits;
    if (liveness === 'reads') return;
    session.lastMessageAt = now - this.#pausedFor;
    (liveness === 'sends' ? this.#senders : this.#responders).received(session, now - this.#pausedFor);
  }

  /** REL3, X7, L5: a pong or a ping arrived. For a peer that must send messages, it counts for `aliveTimeout` after the last. */
  pongReceived(session: Session, now: Millis): void {
    const { liveness } = session.traits;
    const moment = now - this.#pausedFor;
    if (liveness === 'answers') this.#responders.received(session, moment);
    if (liveness === 'sends' && moment - session.lastMessageAt < this.#limits.aliveTimeout) {
      this.#senders.received(session, moment);
    }
  }

  /** L6: excludes a suspension of the process from all idle times, because frames of that time are not read yet. */
  addPause(duration: Millis): void {
    this.#pausedFor += duration;
  }

  /** Time since the last frame of a session. */
  idleTimeOf(session: Session, now: Millis): Millis {
    return Math.max(0, now - this.#pausedFor - session.lastReceivedAt);
  }

  /** L1, MQ10: yields every session that has timed out. */
  *timedOut(now: Millis): Generator<Session> {
    const { aliveTimeout } = this.#limits;
    yield* this.#senders.timedOut(now - this.#pausedFor, aliveTimeout);
    yield* this.#responders.timedOut(now - this.#pausedFor, aliveTimeout);
    yield* this.#keepAlives.timedOut(now - this.#pausedFor);
  }

  /** A5, A7: the session expires at another time, or has another time of its notice. */
  expiryChanged(session: Session): void {
    this.#expiries.add(session);
  }

  /** A5, A7, MER12: yields every session whose token has expired, or whose notice of the expiry is due. */
  expiring(now: Millis): Iterable<Session> {
    return this.#expiries.due(now);
  }

  /** L5, REL3, X7, MER9: yields every session that is due for a ping or a keep-alive. */
  *due(now: Millis): Generator<Session> {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    yield* this.#senders.unpinged(now - this.#pausedFor, aliveTimeout * PING_AT);
    yield* this.#pings.due(now, pingInterval);
    yield* this.#heartbeats.due(now, streamHeartbeat);
  }

  /** All sessions that are due. Those to be closed precede the pings. */
  *allDue(now: Millis): Generator<DueSession> {
    if (now < this.nextDeadline()) return;
    for (const session of this.timedOut(now)) yield { session, is: 'silent' };
    for (const session of this.expiring(now)) yield { session, is: 'expiring' };
    for (const session of this.due(now)) yield { session, is: 'pinged' };
  }

  /** When the next session times out, expires, or is due for a ping. */
  nextDeadline(): Millis {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    const timeout = Math.min(
      this.#senders.nextDeadline(aliveTimeout),
      this.#senders.nextPing(aliveTimeout * PING_AT),
      this.#responders.nextDeadline(aliveTimeout),
      this.#keepAlives.nextDeadline(),
    );
    const pings = Math.min(this.#pings.nextDeadline(pingInterval), this.#heartbeats.nextDeadline(streamHeartbeat));
    return Math.min(timeout + this.#pausedFor, pings, this.#expiries.nextDeadline());
  }
}
