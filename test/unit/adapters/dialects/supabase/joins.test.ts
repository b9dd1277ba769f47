import { describe, expect, it } from 'vitest';
import { joinOptions, tokenIn } from '../../../../../src/adapters/dialects/supabase/joins.ts';

const options = (payload: unknown): unknown => joinOptions(Buffer.from(JSON.stringify(payload)));
const DEFAULTS = {
  ...{ self: false, ack: false, isPrivate: false, token: undefined, refusal: undefined },
  ...{ presenceKey: undefined, watches: false },
};

describe('the payload of a join', () => {
  it('SB3: has options, each with a default', () => {
    const config = { broadcast: { self: true, ack: true }, private: true, postgres_changes: [] };
    expect(options({ config, access_token: 't' })).toEqual({ ...DEFAULTS, self: true, ack: true, isPrivate: true, token: 't' });
  });

  it.each([[null], [1], [[]], [{}], [{ config: 1 }], [{ config: { broadcast: 'x', private: 1 }, access_token: '' }]])(
    'SB3: the options of %j are the defaults',
    (payload) => expect(options(payload)).toEqual(DEFAULTS),
  );

  it('SB13: may have a presence key, and asks for members', () => {
    const ask = (presence: unknown): unknown => options({ config: { presence } });
    expect(ask({ key: 'ann', enabled: true })).toEqual({ ...DEFAULTS, presenceKey: 'ann', watches: true });
    expect([ask({ key: '', enabled: 'yes' }), ask({ key: 1 }), ask(null)]).toEqual([DEFAULTS, DEFAULTS, DEFAULTS]);
    expect(ask({ key: 'ä'.repeat(128) })).toHaveProperty('refusal', 'The presence key has more than 255 bytes');
  });

  it('SB14, SB16: is refused for changes of a database, and for replay', () => {
    expect(options({ config: { postgres_changes: [{}] } })).toHaveProperty('refusal', expect.stringMatching(/^postgres_changes/));
    expect(options({ config: { broadcast: { replay: { since: 1 } } } })).toHaveProperty(
      'refusal',
      expect.stringMatching(/^replay/),
    );
  });

  it('SB12: a message with a token has a text', () => {
    const tokens = [{ access_token: 't' }, { access_token: 1 }, {}, null].map((one) => tokenIn(Buffer.from(JSON.stringify(one))));
    expect(tokens).toEqual(['t', undefined, undefined, undefined]);
  });
});
