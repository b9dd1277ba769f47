import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { PacedEnds } from '../../../../../src/adapters/transports/node/paced-ends.ts';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns, TASK_COST, type TurnTasks } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';

/** A turn of the transports takes at most about 5 ms. */
const MAX_UNITS_OF_TURN = 5_000;

interface Connection {
  readonly client: Socket;
  readonly accepted: Socket;
}

/** Node emits `close` after the close of a handle, which libuv reports at the end of its turn. */
async function turnsOfTheLoop(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
}

/** The ends of connections in turns that the test begins. */
function pacedEnds(): { ends: PacedEnds; tasks: TurnTasks; turns: (() => void)[] } {
  const turns: (() => void)[] = [];
  const { tasks } = createTurns(new InputBudget(undefined, (then) => void turns.push(then)));
  return { ends: new PacedEnds(tasks), tasks, turns };
}

/** Connections of one server. */
async function connections(count: number): Promise<Connection[]> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opened: Connection[] = [];
  while (opened.length < count) {
    const accepting = once(server, 'connection');
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    onTestFinished(() => void client.destroy());
    opened.push({ client, accepted: (await accepting)[0] as Socket });
  }
  return opened;
}

it('M23: connections that end at once are closed in several turns', async () => {
  const { ends, turns } = pacedEnds();
  const opened = await connections(600);
  const closed = new Set<Socket>();
  const errors: Error[] = [];
  for (const { accepted } of opened) {
    ends.add(accepted);
    accepted.on('error', (error) => errors.push(error)).on('close', () => closed.add(accepted));
  }
  const reset = new Error('reset');
  for (const { accepted } of opened) accepted.destroy(reset);
  expect(opened.every(({ accepted }) => accepted.destroyed)).toBe(true);
  const closedInTurn: number[] = [];
  for (let turn: (() => void) | undefined = () => undefined; turn !== undefined; turn = turns.shift()) {
    const before = closed.size;
    turn();
    await turnsOfTheLoop();
    closedInTurn.push(closed.size - before);
  }
  expect(closed.size).toBe(opened.length);
  expect(errors).toEqual(opened.map(() => reset));
  expect(closedInTurn.length).toBeGreaterThan(1);
  expect(Math.max(...closedInTurn) * TASK_COST.socket).toBeLessThanOrEqual(MAX_UNITS_OF_TURN);
});

it.each([
  ['a stream', (accepted: Socket) => void accepted.on('data', () => undefined)],
  ['a paused stream', (accepted: Socket) => void accepted.pause()],
])('input of a connection that waits for its end is discarded: %s', async (_, read) => {
  const { ends, tasks, turns } = pacedEnds();
  const [opened] = await connections(1);
  const { client, accepted } = opened as Connection;
  read(accepted);
  ends.add(accepted);
  // Another task waits.
  tasks.defer(1, () => undefined);
  accepted.destroy();
  client.write('text');
  client.write('text');
  await new Promise((resolve) => void setTimeout(resolve, 50));
  expect(accepted.closed).toBe(false);
  const isClosed = new Promise((resolve) => void client.on('close', resolve));
  for (const turn of turns) turn();
  await isClosed;
  expect(accepted.closed).toBe(true);
});

it('another stream is closed at once', async () => {
  const { ends, tasks } = pacedEnds();
  tasks.defer(1, () => undefined);
  const stream = new Duplex({ read: () => undefined });
  ends.add(stream);
  stream.destroy();
  await turnsOfTheLoop();
  expect(stream.closed).toBe(true);
});
