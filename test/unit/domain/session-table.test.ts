import { describe, expect, it } from 'vitest';
import { SessionTable } from '../../../src/domain/session-table.ts';
import { session } from './session-fixture.ts';

describe('the roster', () => {
  it('M1: finds who speaks for an id, and nobody for any other text', () => {
    const roster = new SessionTable();
    const ann = session('__proto__');
    roster.register(ann);
    expect([roster.find('__proto__'), roster.find('toString'), roster.find('')]).toEqual([ann, undefined, undefined]);
  });

  it('O5: gives back who spoke for the id before', () => {
    const roster = new SessionTable();
    const [old, young] = [session('ann'), session('ann')];
    expect([roster.register(old), roster.register(young), roster.find('ann'), roster.size]).toEqual([undefined, old, young, 1]);
  });

  it('L4: frees a seat only for who sits there', () => {
    const roster = new SessionTable();
    const [old, young] = [session('ann'), session('ann')];
    roster.register(old);
    roster.register(young);
    expect([roster.remove(old), roster.size, roster.remove(young), roster.size]).toEqual([false, 1, true, 0]);
  });

  it('H4: lists those that are open, in the order they came', () => {
    const roster = new SessionTable();
    for (const id of ['bob', 'ann', 'eve']) roster.register(session(id));
    roster.find('bob')?.transition('registered');
    roster.find('eve')?.transition('registered');
    expect(roster.present()).toEqual(['bob', 'eve']);
    expect([...roster.sessions()].map(({ id }) => id)).toEqual(['bob', 'ann', 'eve']);
  });

  it('seats a session once', () => {
    const roster = new SessionTable();
    const ann = session('ann');
    roster.register(ann);
    expect(() => roster.register(ann)).toThrow('a session takes its seat once');
  });
});
