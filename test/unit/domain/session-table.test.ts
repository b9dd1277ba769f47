import { describe, expect, it } from 'vitest';
import { SessionTable } from '../../../src/domain/session-table.ts';
import { session } from './session-fixture.ts';

describe('SessionTable', () => {
  it('M1: finds the session of an id, and none for any other text', () => {
    const table = new SessionTable();
    const ann = session('__proto__');
    table.register(ann);
    expect([table.find('__proto__'), table.find('toString'), table.find('')]).toEqual([ann, undefined, undefined]);
  });

  it('M1: finds the likely session of an id, if it is open and has this id', () => {
    const table = new SessionTable();
    const [old, ann, bob] = [session('ann'), session('ann'), session('bob')];
    for (const one of [old, bob]) {
      table.register(one);
      one.transition('registered');
    }
    expect([table.find('ann', old), table.find('ann', bob), table.find('eve', bob)]).toEqual([old, old, undefined]);
    table.register(ann);
    old.transition('superseded');
    expect(table.find('ann', old)).toBe(ann);
  });

  it('O5: returns the replaced session', () => {
    const table = new SessionTable();
    const [old, young] = [session('ann'), session('ann')];
    expect([table.register(old), table.register(young), table.find('ann'), table.size]).toEqual([undefined, old, young, 1]);
  });

  it('L4: removes only the current session of an id', () => {
    const table = new SessionTable();
    const [old, young] = [session('ann'), session('ann')];
    table.register(old);
    table.register(young);
    expect([table.remove(old), table.size, table.remove(young), table.size]).toEqual([false, 1, true, 0]);
  });

  it('H4: lists open peers in order of registration', () => {
    const table = new SessionTable();
    for (const id of ['bob', 'ann', 'eve']) table.register(session(id));
    table.find('bob')?.transition('registered');
    table.find('eve')?.transition('registered');
    expect(table.present()).toEqual(['bob', 'eve']);
    expect([...table.sessions()].map(({ id }) => id)).toEqual(['bob', 'ann', 'eve']);
  });

  it('rejects a second registration of a session', () => {
    const table = new SessionTable();
    const ann = session('ann');
    table.register(ann);
    expect(() => table.register(ann)).toThrow('a session is registered once');
  });
});
