import { describe, expect, it } from 'vitest';
import { Turns } from '../../../src/application/turns.ts';

const ignoreFaults = (): void => undefined;

describe('Turns', () => {
  it('queues a fact that arrives in a turn until the turn ends', () => {
    const turns = new Turns(ignoreFaults);
    const done: string[] = [];
    turns.run(() => {
      turns.run(() => done.push('later'));
      done.push('now');
    });
    expect(done).toEqual(['now', 'later']);
  });

  it('handles facts in order of arrival', () => {
    const turns = new Turns(ignoreFaults);
    const done: number[] = [];
    turns.begin();
    for (const n of [1, 2]) turns.run(() => (done.push(n), n === 1 && turns.run(() => done.push(3))));
    turns.end();
    expect(done).toEqual([1, 2, 3]);
  });

  it('promise 6: handles the other facts if one throws', () => {
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

  it('rejects a report within a turn', () => {
    const turns = new Turns(ignoreFaults);
    turns.begin();
    expect(() => turns.begin()).toThrow('transports report only between turns');
  });
});
