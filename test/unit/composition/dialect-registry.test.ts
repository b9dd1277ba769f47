import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { DIALECT_NAMES } from '../../../src/composition/configuration/dialect-options.ts';
import { dialectsOf } from '../../../src/composition/dialect-registry.ts';

const namesOf = (names: readonly (typeof DIALECT_NAMES)[number][]): readonly string[] =>
  dialectsOf({ ...defaultConfig(), dialects: names }).map(({ name }) => name);

describe('the registry of dialects', () => {
  it('has each dialect, and PeerJS behind the others', () => {
    const names = namesOf(DIALECT_NAMES);
    const others = DIALECT_NAMES.filter((name) => name !== 'peerjs');
    expect(names.slice(0, others.length + 1)).toEqual([...others, 'peerjs']);
  });

  it('I2: has the route of ICE servers without PeerJS too', () => expect(namesOf(['relay'])).toEqual(['relay', 'ice', 'doctor']));

  it('SB12, A9: a text of any form is a token where a backend decides', () => {
    const tokenOf = (hasBackend: boolean): unknown => {
      const [supabase] = dialectsOf({ ...defaultConfig(), dialects: ['supabase'] }, hasBackend);
      return supabase?.connectRequest('apikey=anon');
    };
    expect([tokenOf(false), tokenOf(true)]).toMatchObject([{ token: undefined }, { token: 'anon' }]);
  });
});
