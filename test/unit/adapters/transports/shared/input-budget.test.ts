import { describe, expect, it } from 'vitest';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import type { Socket } from '../../../../../src/application/ports/socket.ts';
import {
  ADMISSION,
  RecordingGateway,
  textOf,
  type RecordedConnection,
} from '../../../../../src/contracts/transports/recording-gateway.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SOCKET: Socket = {
  write: () => 'sent',
  ping: () => undefined,
  close: () => undefined,
  terminate: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};
const LOST = { by: 'network', code: 1006 } as const;

/** Connections that share a budget, on an event loop whose turns are passed by hand. */
class Loop {
  readonly gateway = new RecordingGateway();
  readonly #ends: (() => void)[] = [];
  readonly #microtasks: (() => void)[] = [];
  flushes = 0;
  readonly budget = new InputBudget(
    () => void this.flushes++,
    (end) => void this.#ends.push(end),
  );

  open(maxBacklogBytes = 4 * MIB): { readonly reporter: ConnectionReporter; readonly connection: RecordedConnection } {
    const defer = (task: () => void): void => void this.#microtasks.push(task);
    const reporter = new ConnectionReporter(
      { gateway: this.gateway, defer, maxBacklogBytes, turns: createTurns(this.budget) },
      ADMISSION,
    );
    reporter.opened(SOCKET);
    return { reporter, connection: this.gateway.connections.at(-1) as RecordedConnection };
  }

  endTurn(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const task of this.#microtasks.splice(0)) task();
  }

  /** The bytes that each turn handles, until nothing waits. */
  bytesOfTurns(): number[] {
    const bytes: number[] = [];
    let before = this.#bytesHandled();
    do {
      this.endTurn();
      bytes.push(this.#bytesHandled() - before);
      before = this.#bytesHandled();
    } while (this.#ends.length > 0);
    return bytes;
  }

  #bytesHandled(): number {
    return this.gateway.connections.flatMap(({ frames }) => frames).reduce((sum, frame) => sum + frame.bytes.length, 0);
  }
}

describe('M23: the input of one turn of the event loop', () => {
  it('one turn handles one large frame; the others follow in order, one in each turn', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 4; n++) expect(reporter.frame(new Uint8Array(MIB).fill(97 + n), false)).toBe(true);
    expect(connection.frames).toHaveLength(1);
    expect(loop.bytesOfTurns().filter((bytes) => bytes > 0)).toEqual([MIB, MIB, MIB]);
    expect(connection.frames.map(({ bytes }) => bytes[0])).toEqual([97, 98, 99, 100]);
  });

  it('one turn handles about 1000 small frames of a connection', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 3_000; n++) reporter.frame(Buffer.from(String(n)), false);
    const first = connection.frames.length;
    expect(first).toBeGreaterThan(900);
    expect(first).toBeLessThan(1_100);
    expect(Math.max(...loop.bytesOfTurns())).toBeLessThan(5 * 1_100);
    expect(connection.frames.map(textOf)).toEqual(Array.from({ length: 3_000 }, (_, n) => String(n)));
  });

  it.each([0, 1])(
    'frames that cause much work are handled a few in each turn, in order (with %i other connections)',
    (others) => {
      const loop = new Loop();
      const { reporter, connection } = loop.open();
      const other = Array.from({ length: others }, () => loop.open());
      loop.gateway.onFrame = () => void reporter.spend(2_000);
      for (let n = 0; n < 12; n++) {
        reporter.frame(Buffer.from(String(n)), false);
        for (const each of other) each.reporter.frame(Buffer.from('x'), false);
      }
      const counts = [connection.frames.length];
      while (connection.frames.length < 12) {
        loop.endTurn();
        counts.push(connection.frames.length);
      }
      expect(Math.max(...counts.map((count, at) => count - (counts[at - 1] ?? 0)))).toBeLessThanOrEqual(3);
      expect(connection.frames.map(textOf)).toEqual(Array.from({ length: 12 }, (_, n) => String(n)));
    },
  );

  it('the requests of a frame are handled some in each turn, before its next frame and its end, also while it is paused', () => {
    const loop = new Loop();
    const [attacker, ann] = [loop.open(), loop.open()];
    const left = new Map<RecordedConnection, number>();
    const handled: string[] = [];
    const handle = (recorded: RecordedConnection): void => {
      for (let rest = left.get(recorded) ?? 0; rest > 0; rest--) {
        left.set(recorded, rest - 1);
        handled.push(`${recorded.frames.length}.${rest}`);
        if (rest > 1 && !attacker.reporter.mayContinue()) return;
      }
    };
    loop.gateway.onContinue = handle;
    loop.gateway.onFrame = (recorded) => {
      if (recorded !== attacker.connection) return;
      left.set(recorded, 4_000);
      handle(recorded);
    };
    for (let n = 0; n < 2; n++) attacker.reporter.frame(Buffer.from('many'), false);
    const counts = [handled.length];
    attacker.reporter.pause();
    ann.reporter.frame(Buffer.from('one'), false);
    expect(ann.connection.frames).toHaveLength(1);
    while (handled.length < 4_000) counts.push((loop.endTurn(), handled.length));
    loop.endTurn();
    expect([attacker.connection.frames.length, attacker.reporter.isDeferring]).toEqual([1, false]);
    attacker.reporter.resume();
    attacker.reporter.closed(LOST);
    while (attacker.connection.closedCount === 0) counts.push((loop.endTurn(), handled.length));
    const inTurns = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    expect(Math.max(...inTurns)).toBeLessThanOrEqual(1_300);
    expect(handled).toEqual([1, 2].flatMap((frame) => Array.from({ length: 4_000 }, (_, n) => `${frame}.${4_000 - n}`)));
    expect(attacker.connection.late).toEqual([]);
  });

  it('small frames of other connections do not wait for the large frames of one', () => {
    const loop = new Loop();
    const [attacker, ann] = [loop.open(), loop.open()];
    for (let turn = 0; turn < 5; turn++) {
      for (let n = 0; n < 3; n++) attacker.reporter.frame(new Uint8Array(MIB), false);
      ann.reporter.frame(Buffer.from(String(turn)), false);
      expect(ann.connection.frames).toHaveLength(turn + 1);
      loop.endTurn();
    }
  });

  it('connections whose frames wait are served in rounds, within the budget of the turn', () => {
    const loop = new Loop();
    const flooding = Array.from({ length: 50 }, () => loop.open());
    for (const { reporter } of flooding) for (let n = 0; n < 400; n++) reporter.frame(Buffer.from('x'), false);
    const ann = loop.open();
    for (let n = 0; n < 30; n++) ann.reporter.frame(Buffer.from('y'), false);
    loop.endTurn();
    const handled = (): number => flooding.reduce((sum, { connection }) => sum + connection.frames.length, 0);
    const before = handled();
    loop.endTurn();
    expect(handled() - before).toBeLessThan(1_050);
    expect(ann.connection.frames).toHaveLength(30);
  });

  it('output does not wait for the rest of the input that waited', () => {
    const loop = new Loop();
    const { reporter } = loop.open();
    for (let n = 0; n < 3_000; n++) reporter.frame(Buffer.from('x'), false);
    expect(loop.flushes).toBe(0);
    loop.endTurn();
    const before = loop.flushes;
    expect(before).toBeGreaterThan(0);
    loop.endTurn();
    expect(loop.flushes - before).toBeGreaterThanOrEqual(4);
  });

  it('thousands of connections with a few frames each are not deferred', () => {
    const loop = new Loop();
    const connections = Array.from({ length: 2_000 }, () => loop.open());
    for (const { reporter } of connections) for (let n = 0; n < 10; n++) reporter.frame(new Uint8Array(300), false);
    expect(connections.every(({ connection }) => connection.frames.length === 10)).toBe(true);
  });

  it('connections with large frames are served in turn: none is more than two frames ahead', () => {
    const loop = new Loop();
    const connections = Array.from({ length: 3 }, () => loop.open());
    for (const { reporter } of connections) for (let n = 0; n < 3; n++) reporter.frame(new Uint8Array(MIB), false);
    const counts = (): number[] => connections.map(({ connection }) => connection.frames.length);
    const seen = [counts()];
    for (let turn = 0; turn < 9; turn++) {
      loop.endTurn();
      seen.push(counts());
    }
    expect(seen.every((each) => Math.max(...each) - Math.min(...each) <= 2)).toBe(true);
    expect(seen.at(-1)).toEqual([3, 3, 3]);
  });

  it('the end of a connection is reported after the frames that wait', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 3; n++) reporter.frame(new Uint8Array(MIB), false);
    reporter.closed(LOST);
    loop.endTurn();
    expect([connection.frames.length, connection.closedCount]).toEqual([2, 0]);
    loop.bytesOfTurns();
    loop.endTurn();
    expect([connection.frames.length, connection.closedCount, connection.late]).toEqual([3, 1, []]);
  });

  it('a connection that the broker closes drops the frames that wait', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 3; n++) reporter.frame(new Uint8Array(MIB), false);
    reporter.closed(LOST);
    reporter.stopReporting({ by: 'broker', code: 1008 });
    loop.bytesOfTurns();
    expect([connection.frames.length, connection.closedCount, connection.end?.code]).toEqual([1, 1, 1008]);
  });

  it('M19: a pause stops the frames that wait, and they follow after the resume', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    loop.gateway.onFrame = () => reporter.pause();
    for (const text of ['a', 'b', 'c']) reporter.frame(Buffer.from(text), false);
    loop.bytesOfTurns();
    expect(connection.frames.map(textOf)).toEqual(['a']);
    loop.gateway.onFrame = () => undefined;
    reporter.resume();
    reporter.frame(Buffer.from('d'), false);
    loop.bytesOfTurns();
    expect(connection.frames.map(textOf)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('frames beyond the limit of the queue are not refused: the oldest are handled in the same turn', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open(2 * MIB);
    const kept = Array.from({ length: 10 }, (_, n) => reporter.frame(new Uint8Array(MIB).fill(n), false));
    expect(kept).toEqual(kept.map(() => true));
    // One is within the budget of the turn, and at most twice the limit waits.
    expect(connection.frames).toHaveLength(7);
    loop.bytesOfTurns();
    expect(connection.frames.map(({ bytes }) => bytes[0])).toEqual(kept.map((_, n) => n));
  });

  it('M19: frames beyond the limit of the queue are refused after the broker has paused the connection', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open(2 * MIB);
    loop.gateway.onFrame = ({ frames }) => {
      if (frames.length === 3) reporter.pause();
    };
    const kept = Array.from({ length: 10 }, () => reporter.frame(new Uint8Array(MIB), false));
    expect([kept.indexOf(false), connection.frames.length]).toEqual([5, 3]);
  });

  it('M20: pings beyond the limit of the queue are not refused', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 2; n++) reporter.frame(new Uint8Array(MIB), false);
    const kept = Array.from({ length: 1_500 }, () => reporter.controlFrame());
    expect(kept).toEqual(kept.map(() => true));
    loop.bytesOfTurns();
    expect([connection.frames.length, connection.aliveCount]).toEqual([2, 1_500]);
  });

  it('a transport that stops handles all frames at once', () => {
    const loop = new Loop();
    const { reporter, connection } = loop.open();
    for (let n = 0; n < 4; n++) reporter.frame(new Uint8Array(MIB), false);
    reporter.closed(LOST);
    loop.budget.flush();
    loop.endTurn();
    expect([connection.frames.length, connection.closedCount]).toEqual([4, 1]);
  });
});
