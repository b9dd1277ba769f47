import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/application/turns.ts';

const silent = (): void => undefined;

describe('turns', () => {
  it('a fact that comes up in a turn waits for its end', () => {
    const turns = new Turns(silent);
    const done: string[] = [];
    turns.run(() => {
      turns.run(() => done.push('later'));
      done.push('now');
    });
    expect(done).toEqual(['now', 'later']);
  });

  it('facts are taken in the order they came up', () => {
    const turns = new Turns(silent);
    const done: number[] = [];
    turns.begin();
    for (const n of [1, 2]) turns.run(() => (done.push(n), n === 1 && turns.run(() => done.push(3))));
    turns.end();
    expect(done).toEqual([1, 2, 3]);
  });

  it('promise 6: a fact that throws costs the others nothing', () => {
    const faults: unknown[] = [];
    const turns = new Turns((error) => faults.push(error));
    const done: string[] = [];
    turns.begin();
    turns.run(() => {
      throw new Error('one');
    });
    turns.run(() => done.push('other'));
    turns.end();
    turns.run(() => done.push('next turn'));
    expect([done, faults]).toEqual([['other', 'next turn'], [new Error('one')]]);
  });

  it('the world reports only between turns', () => {
    const turns = new Turns(silent);
    turns.begin();
    expect(() => turns.begin()).toThrow('the world reports only between turns');
  });
});
