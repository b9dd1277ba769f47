import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

const URL = 'https://app.example.org/signalbox?code=secret';
const ORIGIN = 'https://app.example.org';

/** The problems, or the warnings if there is no problem. */
function complaints(given: object, hasFunction = false): readonly string[] {
  const resolved = resolveConfig({ given, hasFunction });
  return resolved.ok ? resolved.value.warnings : resolved.refusal.map(({ message }) => message);
}

describe('the options of the webhook', () => {
  it('A9: a webhook alone is enough for auth', () => {
    expect(complaints({ auth: 'required', auth_url: URL })).toEqual([]);
    expect(complaints({ auth: 'optional', auth_url: URL, auth_url_secret: 's'.repeat(32) })).toEqual([]);
    expect(complaints({ auth: 'required' }, true)).toEqual([]);
    expect(complaints({ auth: 'required', auth_key: 'k'.repeat(32), auth_url: URL, auth_url_always: true })).toEqual([]);
  });

  it('A1, A9: nothing is asked while auth is open', () => {
    expect(complaints({ auth_url: URL })).toEqual([
      'auth_url has no effect while auth is open, so every client may connect: add auth required, or remove it',
    ]);
    expect(complaints({ auth: 'open' }, true)).toEqual([expect.stringMatching(/^authorize has no effect while auth is open/)]);
  });

  it('A9: a webhook and a function exclude each other', () => {
    expect(complaints({ auth: 'required', auth_url: URL }, true)).toEqual([
      'auth_url and the function authorize exclude each other: remove one of them',
    ]);
  });

  it.each([
    ['auth_url_secret', 's'.repeat(32)],
    ['auth_header', 'x-key: 1'],
  ])('A9: %s needs auth_url', (name, value) => {
    expect(complaints({ auth: 'required', [name]: value }, true)).toEqual([
      `${name} is given without auth_url: add it, or remove the option`,
    ]);
  });

  it.each([
    ['auth_forward', 'user-agent'],
    ['auth_timeout', 500],
    ['auth_url_always', true],
  ])('A9: %s has no effect without a backend', (name, value) => {
    const given = { auth: 'required', auth_key: 'k'.repeat(32), [name]: value };
    expect(complaints(given)).toEqual([`${name} has no effect without auth_url: add it, or remove the option`]);
    expect(complaints(given, true)).toEqual([]);
  });

  it.each(['mercure_open', 'mercure_anonymous'])(
    'A9: %s admits no client beside a backend, which also decides about Mercure',
    (name) => {
      const given = { auth: 'required', profile: 'hardened', dialects: ['mercure', 'socketio'] };
      const text = `${name} has no effect while a backend decides, which is asked about clients of Mercure and of the dialects that share its topics too: remove the option`;
      expect(complaints({ ...given, auth_url: URL, [name]: true })).toEqual([text]);
      expect(complaints({ ...given, [name]: true }, true)).toEqual([text]);
      expect(complaints({ ...given, auth_url: URL })).toEqual([]);
    },
  );

  it('A9: auth_url_always has no effect without keys', () => {
    expect(complaints({ auth: 'required', auth_url: URL, auth_url_always: true })).toEqual([
      'auth_url_always has no effect without keys, because every client is asked about: remove the option',
    ]);
  });

  it.each([undefined, '*', ['null', ORIGIN]])('A9: cookies need listed origins, and not cors %j', (cors) => {
    const given = { auth: 'required', auth_url: URL, auth_forward: ['Cookie'], ...(cors === undefined ? {} : { cors }) };
    expect(complaints(given)).toEqual([expect.stringMatching(/^auth_forward has cookie while cors allows every origin/)]);
    expect(complaints({ ...given, cors: ORIGIN })).toEqual([]);
  });

  it('A9: an unencrypted URL beyond loopback is a warning', () => {
    const warnings = (auth_url: string): readonly string[] => complaints({ auth: 'required', auth_url });
    expect(warnings('http://app:3000/')).toEqual([
      'auth_url sends tokens without encryption: use https, unless the network is private',
    ]);
    expect([warnings('http://127.0.0.1:3000'), warnings('http://[::1]/'), warnings('http://localhost/')]).toEqual([[], [], []]);
  });

  it('A9: no secret is in a message', () => {
    const wrong = { auth_url: 'https://u:canary@a/', auth_url_secret: 'canary', auth_header: 'canary' };
    const messages = complaints({ auth: 'required', ...wrong });
    expect([messages.length, messages.join().includes('canary')]).toEqual([3, false]);
  });
});
