import { Expiries } from './expiries.ts';
import { PingSchedule } from './ping-schedule.ts';
import type { Session } from './session.ts';
import { IdleQueue } from './idle-queue.ts';
import type { Millis } from './time.ts';

/** Liveness timeouts. */
export interface LivenessTimeouts {
  /** L1: how long a peer may be silent. */
  readonly aliveTimeout: Millis;
  /** REL3, X7: how often a connection that sends nothing by itself is pinged. */
  readonly pingInterval: Millis;
  /** MER9: how often a stream is sent something, so that no proxy takes it for dead. */
  readonly streamHeartbeat: Millis;
}

/** L5: the share of `aliveTimeout` after which a silent peer is pinged. The rest is for its pong. */
const PING_AT = 0.5;

/** Which connections are alive, which were silent for too long, and which are to be pinged. */
export class LivenessMonitor {
  readonly #limits: LivenessTimeouts;
  readonly #senders = new IdleQueue();
  readonly #responders = new IdleQueue();
  readonly #pings = new PingSchedule();
  readonly #heartbeats = new PingSchedule();
  /** L6: how long in all the process did not run. */
  #pausedFor: Millis = 0;
  readonly #expiries = new Expiries();

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
    if (session.traits.liveness === 'sends') return this.#senders.remove(session);
    this.#responders.remove(session);
    this.#pings.remove(session);
    this.#heartbeats.remove(session);
  }

  /** L1, M8: a message came. */
  received(session: Session, now: Millis): void {
    const { liveness } = session.traits;
    if (liveness === 'reads') return;
    session.lastMessageAt = now - this.#pausedFor;
    (liveness === 'sends' ? this.#senders : this.#responders).received(session, now - this.#pausedFor);
  }

  /** REL3, X7, L5: a pong or a ping came. Of a peer that has to send messages it counts for a while only. */
  pongReceived(session: Session, now: Millis): void {
    const { liveness } = session.traits;
    const moment = now - this.#pausedFor;
    if (liveness === 'answers') this.#responders.received(session, moment);
    if (liveness === 'sends' && moment - session.lastMessageAt < this.#limits.aliveTimeout)
      {this.#senders.received(session, moment);}
  }

  /** L6: for `span` the process did not run, so what a connection sent meanwhile was not read: no silence of it counts. */
  addPause(duration: Millis): void {
    this.#pausedFor += duration;
  }

  /** How long nothing was heard of a session. */
  idleTimeOf(session: Session, now: Millis): Millis {
    return Math.max(0, now - this.#pausedFor - session.lastReceivedAt);
  }

  /** L1: every session that was silent for too long. */
  *timedOut(now: Millis): Generator<Session> {
    const { aliveTimeout } = this.#limits;
    yield* this.#senders.timedOut(now - this.#pausedFor, aliveTimeout);
    yield* this.#responders.timedOut(now - this.#pausedFor, aliveTimeout);
  }

  /** MER12: each session whose token has ended. */
  expired(now: Millis): Iterable<Session> {
    return this.#expiries.due(now);
  }

  /** L5, REL3, X7, MER9: every session that is to be pinged, or sent something. */
  *due(now: Millis): Generator<Session> {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    yield* this.#senders.unpinged(now - this.#pausedFor, aliveTimeout * PING_AT);
    yield* this.#pings.due(now, pingInterval);
    yield* this.#heartbeats.due(now, streamHeartbeat);
  }

  /** When a session falls silent, if none is heard before, or is to be pinged. */
  nextDeadline(): Millis {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    const timeout = Math.min(
      this.#senders.nextDeadline(aliveTimeout),
      this.#senders.nextPing(aliveTimeout * PING_AT),
      this.#responders.nextDeadline(aliveTimeout),
    );
    const pings = Math.min(this.#pings.nextDeadline(pingInterval), this.#heartbeats.nextDeadline(streamHeartbeat));
    return Math.min(timeout + this.#pausedFor, pings, this.#expiries.nextDeadline());
  }
}
