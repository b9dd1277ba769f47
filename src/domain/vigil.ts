import { Prompts } from './prompts.ts';
import type { Session } from './session.ts';
import { Silence } from './silence.ts';
import type { Millis } from './time.ts';

/** How long who may say nothing. */
export interface VigilLimits {
  /** L1: how long a peer may be silent. */
  readonly aliveTimeout: Millis;
  /** REL3, X7: how often a connection that does not speak by itself is asked for a sign of life. */
  readonly pingInterval: Millis;
  /** MER9: how often a stream is told something, so that nobody between takes it for dead. */
  readonly streamHeartbeat: Millis;
}

/** Who shows that it lives, who has been silent for too long, and who is to be asked. */
export class Vigil {
  readonly #limits: VigilLimits;
  readonly #silence = new Silence();
  readonly #askable = new Prompts();
  readonly #streams = new Prompts();

  constructor(limits: VigilLimits) {
    this.#limits = limits;
  }

  watch(session: Session, now: Millis): void {
    const { liveness } = session.manner;
    if (liveness !== 'reads') this.#silence.watch(session, now);
    if (liveness === 'answers') this.#askable.watch(session, now);
    if (liveness === 'reads') this.#streams.watch(session, now);
  }

  forget(session: Session): void {
    this.#silence.forget(session);
    if (session.manner.liveness === 'speaks') return;
    this.#askable.forget(session);
    this.#streams.forget(session);
  }

  /** It said something. */
  heard(session: Session, now: Millis): void {
    if (session.manner.liveness !== 'reads') this.#silence.heard(session, now);
  }

  /** X7, REL3: its connection shows that it lives. L3: that is not enough for who is to speak. */
  alive(session: Session, now: Millis): void {
    if (session.manner.liveness === 'answers') this.#silence.heard(session, now);
  }

  /** L1: everyone silent for too long. */
  silent(now: Millis): Iterable<Session> {
    return this.#silence.silent(now, this.#limits.aliveTimeout);
  }

  /** REL3, X7, MER9: everyone who is to be asked, or told something. */
  *due(now: Millis): Generator<Session> {
    yield* this.#askable.due(now, this.#limits.pingInterval);
    yield* this.#streams.due(now, this.#limits.streamHeartbeat);
  }

  /** When someone falls silent, if nobody is heard before, or is to be asked. */
  nextDeadline(): Millis {
    const { aliveTimeout, pingInterval, streamHeartbeat } = this.#limits;
    const prompts = Math.min(this.#askable.nextDeadline(pingInterval), this.#streams.nextDeadline(streamHeartbeat));
    return Math.min(this.#silence.nextDeadline(aliveTimeout), prompts);
  }
}
