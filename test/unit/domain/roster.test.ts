import { describe, expect, it } from 'vitest';
import { Roster } from '../../../src/domain/roster.ts';
import { session } from './sessions.ts';

describe('the roster', () => {
  it('M1: finds who speaks for an id, and nobody for any other text', () => {
    const roster = new Roster();
    const ann = session('__proto__');
    roster.seat(ann);
    expect([roster.find('__proto__'), roster.find('toString'), roster.find('')]).toEqual([ann, undefined, undefined]);
  });

  it('O5: gives back who spoke for the id before', () => {
    const roster = new Roster();
    const [old, young] = [session('ann'), session('ann')];
    expect([roster.seat(old), roster.seat(young), roster.find('ann'), roster.size]).toEqual([undefined, old, young, 1]);
  });

  it('L4: frees a seat only for who sits there', () => {
    const roster = new Roster();
    const [old, young] = [session('ann'), session('ann')];
    roster.seat(old);
    roster.seat(young);
    expect([roster.vacate(old), roster.size, roster.vacate(young), roster.size]).toEqual([false, 1, true, 0]);
  });

  it('H4: lists those that are open, in the order they came', () => {
    const roster = new Roster();
    for (const id of ['bob', 'ann', 'eve']) roster.seat(session(id));
    roster.find('bob')?.take('registered');
    roster.find('eve')?.take('registered');
    expect(roster.present()).toEqual(['bob', 'eve']);
    expect([...roster.sessions()].map(({ id }) => id)).toEqual(['bob', 'ann', 'eve']);
  });

  it('seats a session once', () => {
    const roster = new Roster();
    const ann = session('ann');
    roster.seat(ann);
    expect(() => roster.seat(ann)).toThrow('a session takes its seat once');
  });
});
