import { expect, it } from 'vitest';
import { OpenConnections } from '../../../../../src/adapters/transports/node/open-connections.ts';

function threeOpen() {
  const terminated: string[] = [];
  const open = new OpenConnections();
  const connections = ['a', 'b', 'c'].map((name) => ({ listPosition: -1, terminate: () => void terminated.push(name) }));
  for (const one of connections) open.add(one);
  return { open, connections, terminated };
}

it('terminates what is open, and resolves when all are reported as closed', async () => {
  const { open, connections, terminated } = threeOpen();
  open.delete(connections[0]!);
  open.delete(connections[0]!);
  let isOver = false;
  const over = open.terminateAll().then(() => (isOver = true));
  expect(terminated.toSorted()).toEqual(['b', 'c']);
  open.delete(connections[1]!);
  await Promise.resolve();
  expect(isOver).toBe(false);
  open.delete(connections[2]!);
  expect(await over).toBe(true);
});

it('terminates each connection although a termination removes it at once', async () => {
  const { open, connections, terminated } = threeOpen();
  for (const one of connections) {
    const { terminate } = one;
    one.terminate = () => {
      terminate();
      open.delete(one);
    };
  }
  await open.terminateAll();
  expect(terminated).toEqual(['a', 'b', 'c']);
});
