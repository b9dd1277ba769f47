import { expect, it } from 'vitest';
import { Turns } from '../../../../../src/adapters/transports/memory/turns.ts';

it('a turn that is started within another one runs after it, and before the outer run returns', () => {
  const turns = new Turns();
  const order: string[] = [];
  turns.run(() => {
    turns.run(() => order.push('inner'));
    turns.defer(() => order.push('later'));
    order.push('outer');
  });
  expect(order).toEqual(['outer', 'inner', 'later']);
});

it('a deferred turn runs with the next run or settle', () => {
  const turns = new Turns();
  const order: string[] = [];
  turns.defer(() => order.push('later'));
  expect(order).toEqual([]);
  turns.run(() => order.push('run'));
  expect(order).toEqual(['later', 'run']);
  turns.defer(() => order.push('settled'));
  turns.settle();
  expect(order.at(-1)).toBe('settled');
});

it('a deferred turn runs by itself when the stack is empty', async () => {
  const turns = new Turns();
  let hasCome = false;
  turns.defer(() => {
    hasCome = true;
  });
  await Promise.resolve();
  expect(hasCome).toBe(true);
});

it('a turn that throws stops the run, and no later one', () => {
  const turns = new Turns();
  const order: string[] = [];
  const failing = () =>
    turns.run(() => {
      turns.defer(() => order.push('later'));
      throw new Error('a bug');
    });
  expect(failing).toThrow('a bug');
  turns.settle();
  expect(order).toEqual(['later']);
});
