import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { PacedEnds } from '../../../../../src/adapters/transports/node/paced-ends.ts';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns, TASK_COST } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';

const COUNT = 3_000;
/** A turn of the transports takes at most about 5 ms. */
const MAX_UNITS_OF_TURN = 5_000;

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** The TCP connection of a client. */
class Connection extends Duplex {
  isClosed = false;
  readonly errors: Error[] = [];

  constructor() {
    super({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    this.on('error', (error) => this.errors.push(error));
    this.on('close', () => (this.isClosed = true));
    this.resume();
  }
}

it('M23: connections that are reset at once are closed in several turns, the first ones first', async () => {
  const turns: (() => void)[] = [];
  const { tasks } = createTurns(new InputBudget(undefined, (then) => void turns.push(then)));
  const pacedEnds = new PacedEnds(tasks);
  const connections = Array.from({ length: COUNT }, () => new Connection());
  const reset = new Error('reset');
  for (const connection of connections) pacedEnds.add(connection);
  for (const connection of connections) connection.destroy(reset);
  expect(connections.every(({ destroyed }) => destroyed)).toBe(true);
  const closedAfterTurn: number[] = [];
  for (let turn: (() => void) | undefined = () => undefined; turn !== undefined; turn = turns.shift()) {
    turn();
    await turnOfTheLoop();
    const closed = connections.filter(({ isClosed }) => isClosed).length;
    expect(connections.slice(0, closed).every(({ isClosed }) => isClosed)).toBe(true);
    closedAfterTurn.push(closed);
  }
  const closedInTurn = closedAfterTurn.map((closed, i) => closed - (closedAfterTurn[i - 1] ?? 0));
  expect(Math.max(...closedInTurn) * TASK_COST.socket).toBeLessThanOrEqual(MAX_UNITS_OF_TURN);
  expect(closedAfterTurn.at(-1)).toBe(COUNT);
  expect(connections.every(({ errors }) => errors.length === 1 && errors[0] === reset)).toBe(true);
});

it('a connection that waits for its end is not read', () => {
  const { tasks } = createTurns(new InputBudget(undefined, () => undefined));
  const pacedEnds = new PacedEnds(tasks);
  tasks.defer(1, () => undefined);
  const connection = new Connection();
  pacedEnds.add(connection);
  connection.destroy();
  expect(connection.isPaused()).toBe(true);
});
