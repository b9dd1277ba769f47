import { expect, it } from 'vitest';
import { TurnEnd } from '../../../../../src/adapters/transports/shared/turn-end.ts';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('uncorks all scheduled writers once, and again after they were scheduled again', async () => {
  const out: string[] = [];
  const turnEnd = new TurnEnd();
  const corked = (name: string) => ({ uncork: () => void out.push(name) });
  turnEnd.schedule(corked('ann'));
  turnEnd.schedule(corked('bob'));
  expect(out).toEqual([]);
  await turnOfTheLoop();
  expect(out).toEqual(['ann', 'bob']);
  turnEnd.schedule(corked('eve'));
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(out).toEqual(['ann', 'bob', 'eve']);
});

it('notifies of the end after all writers, also those that another one has scheduled', async () => {
  const out: string[] = [];
  const turnEnd = new TurnEnd();
  turnEnd.afterAll(() => void out.push('end'));
  const bob = { uncork: () => void out.push('bob') };
  const ann = {
    uncork: () => {
      out.push('ann');
      turnEnd.schedule(bob);
    },
  };
  turnEnd.schedule(ann);
  await turnOfTheLoop();
  expect(out).toEqual(['ann', 'bob', 'end']);
});
