import { describe, expect, it } from 'vitest';
import { ConnectionReporter } from '../../../../../src/adapters/transports/shared/connection-reporter.ts';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns, TASK_COST } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';
import type { Socket } from '../../../../../src/application/ports/socket.ts';
import { ADMISSION, RecordingGateway, textOf } from '../../../../../src/contracts/transports/recording-gateway.ts';

const MIB = 1024 * 1024;
const LOST = { by: 'network', code: 1006 } as const;
const SOCKET: Socket = {
  write: () => 'sent',
  ping: () => undefined,
  close: () => undefined,
  terminate: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** An event loop whose turns are passed by hand. */
class Loop {
  readonly gateway = new RecordingGateway();
  readonly #ends: (() => void)[] = [];
  readonly #microtasks: (() => void)[] = [];
  readonly turns = createTurns(
    new InputBudget(
      () => undefined,
      (end) => void this.#ends.push(end),
    ),
  );

  reporter(): ConnectionReporter {
    const { gateway, turns } = this;
    const defer = (task: () => void): void => void this.#microtasks.push(task);
    return new ConnectionReporter({ gateway, defer, maxBacklogBytes: 4 * MIB, turns }, ADMISSION);
  }

  /** Uses the budget of the turn. */
  fill(): void {
    while (this.turns.tasks.admits(TASK_COST.handshake));
  }

  endTurn(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const task of this.#microtasks.splice(0)) task();
  }

  endTurns(): number {
    let count = 0;
    for (; this.#ends.length + this.#microtasks.length > 0; count++) this.endTurn();
    return count;
  }
}

describe('M23: tasks of one turn of the event loop', () => {
  it('tasks beyond the budget run in later turns, in order', () => {
    const loop = new Loop();
    const { tasks } = loop.turns;
    const done: number[] = [];
    for (let n = 0; n < 500; n++) {
      const run = (): void => void done.push(n);
      if (tasks.admits(TASK_COST.handshake)) run();
      else tasks.defer(TASK_COST.handshake, run);
    }
    const counts = [done.length];
    for (let before = done.length; done.length < 500; before = done.length) {
      loop.endTurn();
      counts.push(done.length - before);
    }
    expect(Math.max(...counts)).toBeLessThan(60);
    expect(done).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  it('the next step of a task that waited runs with it, and uses the budget of the turn', () => {
    const loop = new Loop();
    const { tasks } = loop.turns;
    loop.fill();
    const done: string[] = [];
    for (let n = 0; n < 100; n++) {
      tasks.defer(TASK_COST.handshake, () => {
        done.push(`handshake ${n}`);
        tasks.run(TASK_COST.open, () => void done.push(`opening ${n}`));
      });
    }
    loop.endTurn();
    loop.endTurn();
    expect(done.length).toBeLessThan(2 * 45);
    loop.endTurns();
    expect(done).toEqual(Array.from({ length: 100 }, (_, n) => [`handshake ${n}`, `opening ${n}`]).flat());
  });

  it('beyond the memory limit, the oldest tasks run in the same turn', () => {
    const loop = new Loop();
    loop.fill();
    const done: number[] = [];
    for (let n = 0; n < 20; n++) loop.turns.tasks.defer(TASK_COST.handshake, () => void done.push(n), MIB);
    expect(done).toEqual([0, 1, 2, 3]);
    loop.endTurns();
    expect(done).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('tasks make progress while the frames of many connections use the budget of every turn', () => {
    const loop = new Loop();
    const reporters = Array.from({ length: 2_000 }, () => loop.reporter());
    for (const reporter of reporters) reporter.opened(SOCKET);
    loop.endTurns();
    loop.fill();
    const done: number[] = [];
    for (let n = 0; n < 3; n++) loop.turns.tasks.defer(TASK_COST.handshake, () => void done.push(n));
    for (const reporter of reporters) reporter.frame(Buffer.from('a'), false);
    loop.endTurn();
    expect(done).toEqual([0, 1, 2]);
  });
});

describe('M23: a connection that opens when the budget of the turn is exhausted', () => {
  it('is reported in a later turn, with its frames and pings in order', () => {
    const loop = new Loop();
    loop.fill();
    const earlier = loop.gateway.connections.length;
    const reporter = loop.reporter();
    reporter.opened(SOCKET);
    for (const text of ['a', 'b']) expect(reporter.frame(Buffer.from(text), false)).toBe(true);
    reporter.controlFrame();
    expect(loop.gateway.connections).toHaveLength(earlier);
    loop.endTurns();
    const connection = loop.gateway.connections.at(-1);
    expect(connection?.frames.map(textOf)).toEqual(['a', 'b']);
    expect(connection?.aliveCount).toBe(1);
  });

  it('is reported as open, and then as closed, if the client has disconnected meanwhile', () => {
    const loop = new Loop();
    loop.fill();
    const earlier = loop.gateway.connections.length;
    const reporter = loop.reporter();
    reporter.opened(SOCKET);
    reporter.frame(Buffer.from('a'), false);
    reporter.closed(LOST);
    loop.endTurns();
    expect(loop.gateway.connections).toHaveLength(earlier + 1);
    const connection = loop.gateway.connections.at(-1);
    expect(connection?.frames.map(textOf)).toEqual(['a']);
    expect([connection?.closedCount, connection?.end, connection?.late]).toEqual([1, LOST, []]);
  });

  it('is reported as closed by the broker if the transport has closed it meanwhile', () => {
    const loop = new Loop();
    loop.fill();
    const reporter = loop.reporter();
    reporter.opened(SOCKET);
    reporter.frame(Buffer.from('a'), false);
    reporter.stopReporting({ by: 'broker', code: 1009 });
    reporter.closed(LOST);
    loop.endTurns();
    const connection = loop.gateway.connections.at(-1);
    expect([connection?.frames, connection?.closedCount, connection?.end?.code]).toEqual([[], 1, 1009]);
  });

  it('is reported before the transport has stopped', () => {
    const loop = new Loop();
    loop.fill();
    const earlier = loop.gateway.connections.length;
    const reporters = [loop.reporter(), loop.reporter()];
    for (const reporter of reporters) reporter.opened(SOCKET);
    for (const reporter of reporters) reporter.closed(LOST);
    loop.turns.budget.flush();
    loop.endTurns();
    expect(loop.gateway.connections.slice(earlier).map(({ closedCount }) => closedCount)).toEqual([1, 1]);
  });
});

it('a connection that ends while the gateway handles its opening is reported as closed once, afterwards', () => {
  const loop = new Loop();
  const reporter = loop.reporter();
  loop.gateway.onOpened = () => {
    reporter.stopReporting({ by: 'broker', code: 1009 });
    reporter.closed(LOST);
  };
  reporter.opened(SOCKET);
  const [connection] = loop.gateway.connections;
  expect(connection?.closedCount).toBe(0);
  loop.endTurns();
  expect([connection?.closedCount, connection?.end?.code]).toEqual([1, 1009]);
});

it('M23: thousands of connections that end at once are reported in several turns', () => {
  const loop = new Loop();
  const reporters = Array.from({ length: 3_000 }, () => loop.reporter());
  for (const reporter of reporters) reporter.opened(SOCKET);
  loop.endTurns();
  for (const reporter of reporters) reporter.closed(LOST);
  const closed = (): number => loop.gateway.connections.filter(({ closedCount }) => closedCount === 1).length;
  const counts: number[] = [];
  for (let before = 0; closed() < 3_000; before += counts.at(-1) ?? 0) {
    loop.endTurn();
    counts.push(closed() - before);
  }
  // One call ends the first turn and runs the tasks of the second.
  expect(Math.max(...counts)).toBeLessThan(600);
});
