import { expect, it } from 'vitest';
import { UseCount } from '../../../src/domain/use-count.ts';

it('R2: reports the first user and the end of the last one, each time', () => {
  const changes: boolean[] = [];
  const use = new UseCount((isUsed) => void changes.push(isUsed));
  use.add();
  use.add();
  use.remove();
  expect(changes).toEqual([true]);
  use.remove();
  use.add();
  expect(changes).toEqual([true, false, true]);
});

it('has no user to remove at first', () => expect(() => new UseCount().remove()).toThrow('a user is removed once'));
