import type { CatchUp } from '../domain/catch-up.ts';
import type { Decision } from '../domain/decision.ts';
import type { ConnectionId, RealmKey } from '../domain/ids.ts';
import type { Realm } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { NEVER } from '../domain/time.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { NextTurn } from './next-turn.ts';
import type { Performer } from './performer.ts';
import type { Clock } from './ports/clock.ts';
import type { Turns } from './turns.ts';

export interface MissedReplayParts {
  readonly connections: Connections;
  readonly performer: Performer;
  readonly clock: Clock;
  readonly turns: Turns;
}

/** M23: work in one turn of the event loop. A unit takes about a microsecond. */
const UNITS_PER_TURN = 4_000;
const UNITS_PER_PUBLICATION = 18;
const BYTES_PER_UNIT = 128;

type Opening = (spend: (units: number) => void) => void;

interface Replay {
  readonly realm: Realm;
  readonly session: Session;
  readonly missed: CatchUp;
}

/**
 * MER5: sends missed publications in slices, one slice in each turn of the event loop. A session joins its topics when it has
 * received them all. The next stream with a replay is opened when the replays before it have ended, so that few publications
 * wait. Realms take turns, so that many streams of one do not delay another.
 */
export class MissedReplay {
  readonly #parts: MissedReplayParts;
  /** The oldest first. */
  readonly #replays = new Map<ConnectionId, Replay>();
  /** By realm, the oldest first. The realms take turns. */
  readonly #waiting = new Map<RealmKey, Opening[]>();
  /** Units of this turn of the event loop. */
  #spent = 0;
  readonly #nextTurn: NextTurn;

  constructor(parts: MissedReplayParts) {
    this.#parts = parts;
    this.#nextTurn = new NextTurn(parts.clock, () => this.#runTurn());
    parts.performer.onReplay((realm, session, missed) => this.#start({ realm, session, missed }));
  }

  /**
   * Opens a stream that needs a replay, now or in a later turn. Must not be called within a turn of the broker.
   * @param open must not throw. Passes the units that it takes to `spend`, before the replay starts.
   * @returns the units that were spent now, each about a microsecond.
   */
  open(realm: RealmKey, open: Opening): number {
    const before = this.#spent;
    const isNext = this.#waiting.size === 0;
    const openings = this.#waiting.get(realm);
    if (openings === undefined) this.#waiting.set(realm, [open]);
    else openings.push(open);
    if (isNext) this.#openSome();
    this.#nextTurn.request();
    return this.#spent - before;
  }

  #start(replay: Replay): void {
    this.#replays.set(replay.session.connection, replay);
    this.#nextTurn.request();
    if (this.#replays.size === 1) this.#sendSome();
  }

  #runTurn(): void {
    this.#spent = 0;
    this.#parts.turns.run(() => this.#sendSome());
    this.#openSome();
    if (this.#spent > 0 || this.#replays.size > 0 || this.#waiting.size > 0) this.#nextTurn.request();
  }

  #openSome(): void {
    for (const [realm, openings] of this.#waiting) {
      if (this.#replays.size > 0 || this.#spent >= UNITS_PER_TURN) return;
      const open = openings.shift();
      this.#waiting.delete(realm);
      if (openings.length > 0) this.#waiting.set(realm, openings);
      open?.((units) => (this.#spent += units));
    }
  }

  #sendSome(): void {
    for (const [id, replay] of this.#replays) {
      const connection = this.#parts.connections.find(id);
      const isOver = connection === undefined || !this.#mayReceive(replay, connection) || this.#sendSlice(replay, connection);
      replay.session.memory?.set('replay', isOver ? 0 : replay.missed.bytes);
      if (!isOver) return;
      replay.missed.end();
      this.#replays.delete(id);
    }
  }

  /** MER12, B3. */
  #mayReceive({ session }: Replay, { memory }: Connection): boolean {
    const { expiresAt = NEVER } = session.requestedTopics ?? {};
    return session.state === 'open' && memory?.isEnding !== true && this.#parts.clock.now() < expiresAt;
  }

  /** @returns whether the session has received all, and has joined its topics. */
  #sendSlice({ realm, session, missed }: Replay, connection: Connection): boolean {
    const { connections } = this.#parts;
    // The slice before waits for its delivery.
    if (connection.pendingBatches !== undefined) return false;
    while (this.#spent < UNITS_PER_TURN) {
      const before = missed.bytes;
      const publication = missed.next();
      if (publication === undefined) {
        this.#join(realm, session);
        return true;
      }
      this.#spent += UNITS_PER_PUBLICATION + (before - missed.bytes) / BYTES_PER_UNIT;
      const to = [session.connection];
      connections.fanOut.publishFor(session.memory, () =>
        connections.notify(to, { event: 'publication', publication, subscribers: 1 }),
      );
    }
    return false;
  }

  #join(realm: Realm, session: Session): void {
    const { performer, clock } = this.#parts;
    const decisions: Decision[] = [];
    const selectors = session.requestedTopics?.selectors ?? [];
    if (!realm.topics(session.traits).joinWithin(session, selectors, decisions)) decisions.push(realm.limitExceeded(session));
    performer.performAll(realm, decisions, clock.now());
  }
}
