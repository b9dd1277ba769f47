import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, readOptions } from '../../../../../src/adapters/dialects/nats/options.ts';

const read = (options: unknown, before = DEFAULT_OPTIONS): unknown => readOptions(JSON.stringify(options), before);

describe('the options of a NATS client', () => {
  it('NA3: names are in any case, and null is like none', () => {
    expect(read({ Verbose: false, ECHO: null, headers: true, no_responders: true, protocol: 1, name: 7 })).toEqual({
      ...{ verbose: false, pedantic: true, echo: true, headers: true, noResponders: true, token: undefined },
    });
  });

  it('NA3: a later CONNECT changes only what it names', () => {
    expect(read({ verbose: true }, { ...DEFAULT_OPTIONS, verbose: false, echo: false })).toMatchObject({
      verbose: true,
      echo: false,
    });
  });

  it('NA3: a token is preferred to a password', () => {
    expect([read({ auth_token: 'a', pass: 'b' }), read({ user: 'u', pass: 'b' }), read({ pass: '' })]).toMatchObject([
      ...[{ token: 'a' }, { token: 'b' }, { token: undefined }],
    ]);
  });
});
