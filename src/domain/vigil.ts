import { Expiries } from './expiries.ts';
import { Prompts } from './prompts.ts';
import type { Session } from './session.ts';
import { Silence } from './silence.ts';
import type { Millis } from './time.ts';

/** Liveness timeouts. */
export interface VigilLimits {
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
export class Vigil {
  readonly #limits: VigilLimits;
  readonly #speakers = new Silence();
  readonly #answerers = new Silence();
  readonly #askable = new Prompts();
  readonly #streams = new Prompts();
  /** L6: how long in all the process did not run. */
  #standstill: Millis = 0;
  readonly #expiries = new Expiries();

  constructor(limits: VigilLimits) {
    this.#limits = limits;
  }

  watch(session: Session, now: Millis): void {
    const { liveness } = session.manner;
    session.spokeAt = now - this.#standstill;
    if (liveness === 'speaks') this.#speakers.watch(session, now - this.#standstill);
    if (liveness === 'answers') this.#answerers.watch(session, now - this.#standstill);
    if (liveness === 'answers') this.#askable.watch(session, now);
    if (liveness === 'reads') this.#streams.watch(session, now);
    this.#expiries.watch(session);
  }

  forget(session: Session): void {
    this.#expiries.forget(session);
    if (session.manner.liveness === 'speaks') return this.#speakers.forget(session);
    this.#answerers.forget(session);
    this.#askable.forget(session);
    this.#streams.forget(session);
  }

  /** L1, M8: a message came. */
  heard(session: Session, now: Millis): void {
    const { liveness } = session.manner;
    if (liveness === 'reads') return;
    session.spokeAt = now - this.#standstill;
    (liveness === 'speaks' ? this.#speakers : this.#answerers).heard(session, now - this.#standstill);
  }

  /** REL3, X7, L5: a pong or a ping came. Of a peer that has to send messages it counts for a while only. */
  alive(session: Session, now: Millis): void {
    const { liveness } = session.manner;
    const moment = now - this.#standstill;
    if (liveness === 'answers') this.#answerers.heard(session, moment);
    if (liveness === 'speaks' && moment - session.spokeAt < this.#limits.aliveTimeout) this.#speakers.heard(session, moment);
  }

  /** L6: for `span` the process did not run, so what a connection sent meanwhile was not read: no silence of it counts. */
  stoodStill(span: Millis): void {
    this.#standstill += span;
  }

  /** How long nothing was heard of a session. */
  silenceOf(session: Session, now: Millis): Millis {
    return Math.max(0, now - this.#standstill - session.heardAt);
  }

  /** L1: every session that was silent for too long. */
  *silent(now: Millis): Generator<Session> {
    const { aliveTimeout } = this.#limits;
    yield* this.#speakers.silent(now - this.#standstill, aliveTimeout);
    yield* this.#answerers.silent(now - this.#standstill, aliveTimeout);
  }

  /** MER12: each session whose token has ended. */
  expired(now: Millis): Iterable<Session> {
    return this.#expiries.due(now);
  }

  /** L5, REL3, X7, MER9: every session that is to be pinged, or sent something. */
  *due(now: Millis): Generator<Session> {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    yield* this.#speakers.unpinged(now - this.#standstill, aliveTimeout * PING_AT);
    yield* this.#askable.due(now, pingInterval);
    yield* this.#streams.due(now, streamHeartbeat);
  }

  /** When a session falls silent, if none is heard before, or is to be pinged. */
  nextDeadline(): Millis {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    const silence = Math.min(
      this.#speakers.nextDeadline(aliveTimeout),
      this.#speakers.nextPing(aliveTimeout * PING_AT),
      this.#answerers.nextDeadline(aliveTimeout),
    );
    const prompts = Math.min(this.#askable.nextDeadline(pingInterval), this.#streams.nextDeadline(streamHeartbeat));
    return Math.min(silence + this.#standstill, prompts, this.#expiries.nextDeadline());
  }
}
