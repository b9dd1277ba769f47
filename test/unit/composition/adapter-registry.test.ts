import { describe, expect, it } from 'vitest';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import type { AccessOutcome } from '../../../src/application/ports/authorizer.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { authenticatorOf, authorizerOf, backendOf } from '../../../src/composition/adapter-registry.ts';
import { makeTransport } from '../../../src/composition/make-transport.ts';
import { tokenVerifierOf } from '../../../src/composition/token-verification.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { accepted, refused } from '../../../src/domain/result.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { hmacToken, NOW, SECRET } from '../../support/tokens.ts';

const loads = await makeTransport({ ...defaultConfig(), transport: 'uws' }, { record: () => undefined }).then(
  () => true,
  () => false,
);

async function made(transport: 'auto' | 'uws' | 'node', proxied: Config['proxied'] = false) {
  const events: LogEvent[] = [];
  const config = { ...defaultConfig(), transport, proxied };
  const { name } = await makeTransport(config, { record: (event) => void events.push(event) });
  return { name, events };
}

const REQUIRED = { auth: 'required', authKeys: [SECRET], reservedIds: ['support'] } as const;

describe('A1: the option auth', () => {
  const outcomeOf = (given: Partial<Config>, token: string | undefined): unknown => {
    const config = { ...defaultConfig(), ...given };
    const verifier = tokenVerifierOf(config, {
      clock: new ManualClock(),
      log: new SilentLog(),
      telemetry: new NoTelemetry(),
      unixTime: () => NOW * 1000,
    });
    let outcome: AccessOutcome | undefined;
    const request = {
      dialect: 'peerjs',
      realm: realmKey('green'),
      id: 'ann',
      token,
      address: '::1',
      origin: undefined,
      headers: {},
    };
    const parts = { clock: new ManualClock(), log: new SilentLog(), telemetry: new NoTelemetry(), authorize: undefined };
    authorizerOf(config, verifier, parts, backendOf(config, parts)).authorize(request, (answered) => (outcome = answered));
    return outcome;
  };

  it('open grants everything', () => expect(outcomeOf({}, hmacToken({}))).toEqual(accepted(OPEN_GRANT)));

  it('required needs a token', () => {
    expect(outcomeOf(REQUIRED, 'guest')).toEqual(refused({ reason: 'token-missing' }));
    expect(outcomeOf(REQUIRED, hmacToken({ sub: 'ann' }))).toMatchObject({ value: { owner: 'j:\0ann', lifetime: 65_000 } });
  });

  it('optional admits guests', () =>
    expect(outcomeOf({ ...REQUIRED, auth: 'optional' }, 'guest')).toMatchObject({ value: { reservedIds: ['support'] } }));

  it('keep grants without an end, and sub makes the id the subject', () => {
    const given = { ...REQUIRED, authAtExpiry: 'keep', authIdClaim: 'sub' } as const;
    expect(outcomeOf(given, hmacToken({ sub: 'ann' }))).toMatchObject({ value: { lifetime: NEVER, ids: ['ann'] } });
  });
});

describe('A9: a function of the embedding program', () => {
  const isAsked = (given: Partial<Config>, token: string): boolean => {
    const config = { ...defaultConfig(), ...given };
    const asked: string[] = [];
    const authorize = (): { allow: true } => {
      asked.push(token);
      return { allow: true };
    };
    const parts = { clock: new ManualClock(), log: new SilentLog(), telemetry: new NoTelemetry() };
    const verifier = tokenVerifierOf(config, { ...parts, unixTime: () => NOW * 1000 });
    const facts = { dialect: 'peerjs', realm: realmKey('green'), id: 'ann', address: '::1', origin: undefined, headers: {} };
    const backend = backendOf(config, { ...parts, authorize });
    authorizerOf(config, verifier, parts, backend).authorize({ ...facts, token }, () => undefined);
    return asked.length > 0;
  };
  const [jwt, guest] = [hmacToken({ sub: 'ann' }), 'guest'];

  it('is asked about every client if there are no keys', () => {
    const keyless = { auth: 'required', authKeys: [] } as const;
    expect([isAsked(keyless, jwt), isAsked(keyless, guest), isAsked({ auth: 'open' }, guest)]).toEqual([true, true, false]);
  });

  it.each(['optional', 'required'] as const)('is asked about clients without a JWT if auth is %s', (auth) => {
    const given = { ...REQUIRED, auth };
    expect([isAsked(given, jwt), isAsked(given, guest)]).toEqual([false, true]);
    expect(isAsked({ ...given, authUrlAlways: true }, jwt)).toBe(true);
  });
});

describe('MER11: the keys of Mercure', () => {
  const verifier = tokenVerifierOf(
    { ...defaultConfig(), ...REQUIRED },
    { clock: new ManualClock(), log: new SilentLog(), telemetry: new NoTelemetry(), unixTime: () => NOW * 1000 },
  );
  const verified = (token: string, given: Partial<Config>): boolean[] => {
    const authenticator = authenticatorOf({ ...defaultConfig(), ...given }, verifier);
    return (['publisher', 'subscriber'] as const).map((use) => authenticator.verify(token, use) !== undefined);
  };

  it('are those of authentication if Mercure has none of its own', () => {
    expect(verified(hmacToken({}), {})).toEqual([true, true]);
    expect(verified(hmacToken({ exp: undefined }), {})).toEqual([false, false]);
    expect(verified(hmacToken({ aud: 'other' }), {})).toEqual([false, false]);
  });

  it('replace those of authentication', () => {
    const own = 'a secret of Mercure, which is long enough';
    const given = { mercurePublisherKey: own };
    expect(verified(hmacToken({}), given)).toEqual([false, false]);
    expect(verified(hmacToken({ exp: undefined }, { secret: own }), given)).toEqual([true, false]);
  });
});

describe('the option transport', () => {
  it('node selects the node transport', async () => {
    expect((await made('node')).name).toBe('node');
  });

  it('auto selects uWebSockets.js if it loads, else node, and logs the reason', async () => {
    const { name, events } = await made('auto');
    expect(name).toBe(loads ? 'uws' : 'node');
    expect(events.map(({ event }) => event)).toEqual([loads ? 'uws-loaded' : 'transport-unavailable']);
  });

  it('auto warns behind a proxy that uWebSockets.js needs HTTP/1.1; a chosen transport does not', async () => {
    const events = async (transport: 'auto' | 'uws' | 'node') => (await made(transport, 1)).events.map(({ event }) => event);
    expect(await events('auto')).toEqual(loads ? ['uws-loaded', 'proxy-needs-http11'] : ['transport-unavailable']);
    expect(await events('node')).toEqual([]);
    if (loads) expect(await events('uws')).toEqual(['uws-loaded']);
  });

  it('uws selects uWebSockets.js, or rejects when it does not load', async () => {
    const outcome = await made('uws').catch((error: unknown) => error);
    if (loads) expect(outcome).toMatchObject({ name: 'uws', events: [{ event: 'uws-loaded' }] });
    else expect(outcome).toBeInstanceOf(ListenError);
  });
});
