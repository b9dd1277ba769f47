import { describe, expect, it } from 'vitest';
import { coversAll } from '../../../src/adapters/dialects/mercure/selectors.ts';
import type { Authenticator } from '../../../src/application/ports/authenticator.ts';
import type { AccessRefusal } from '../../../src/domain/refusal.ts';
import { hasVerifier, sharesTokens, topicRights } from '../../../src/composition/topic-rights.ts';

const CLOSED = {
  ...{ dialects: ['socketio', 'mercure'] as const, mercureOpen: false, mercureAnonymous: false },
  ...{ mercurePublisherKey: 'p', mercureSubscriberKey: 's', auth: 'open' as const },
};

const authenticator: Authenticator = {
  verify: (token, use) => {
    const valid = { type: undefined, lifetime: 1_000 };
    if (token === 'both' || token === use) {
      return { ...valid, claims: { mercure: { publish: ['a'], subscribe: ['b', '/{id}'] } } };
    }
    return token === 'empty' ? { ...valid, claims: {} } : undefined;
  },
};

type Policy = Parameters<typeof topicRights>[0];

/** Subscribing, the clearance for private updates of `a` and `b`, publishing to `a` and `b`. */
function rights(token: string | undefined, policy: Partial<Policy> = {}): readonly boolean[] | undefined {
  const given = topicRights({ ...CLOSED, ...policy }, authenticator, () => 0)(token);
  if (given === undefined) return undefined;
  const { clearance } = given;
  const hears = (topic: string): boolean => clearance === 'all' || coversAll(clearance, [topic]) === true;
  return [given.maySubscribe, ...['a', 'b'].map(hears), ...['a', 'b'].map(given.mayPublish)];
}

describe('SIO10: the tokens of Mercure are valid for Socket.IO', () => {
  it('rejects a client without a valid token', () => {
    expect([rights(undefined), rights('forged')]).toEqual([undefined, undefined]);
  });

  it('grants the topics of the publisher token and of the subscriber token', () => {
    expect(rights('both')).toEqual([true, false, true, true, false]);
    expect(rights('publisher')).toEqual([false, false, false, true, false]);
    expect(rights('subscriber')).toEqual([true, false, true, false, false]);
    expect(rights('empty')).toEqual([true, false, false, false, false]);
  });

  it('allows anonymous clients to subscribe to public updates, and rejects a forged token', () => {
    const policy = { mercureAnonymous: true };
    expect(rights(undefined, policy)).toEqual([true, false, false, false, false]);
    expect(rights('publisher', policy)).toEqual([true, false, false, true, false]);
    expect(rights('forged', policy)).toBeUndefined();
  });

  it('allows everything if Mercure is open or not served', () => {
    const everything = [true, true, true, true, true];
    const none = { mercurePublisherKey: undefined, mercureSubscriberKey: undefined };
    expect(rights(undefined, { mercureOpen: true })).toEqual(everything);
    expect(rights(undefined, { ...none, dialects: ['socketio'] })).toEqual(everything);
    expect(rights(undefined, none)).toBeUndefined();
    expect(rights(undefined, { dialects: ['socketio'] })).toBeUndefined();
  });

  it('A8: reports why a token is rejected; one with a valid signature for one use is no guess', () => {
    const refusalOf = (reasons: Readonly<Record<string, AccessRefusal>>): unknown => {
      const rejecting: Authenticator = {
        verify: (_, use, onRefused) => void onRefused?.(reasons[use] ?? { reason: 'token-missing' }),
      };
      const refusals: AccessRefusal[] = [];
      topicRights(CLOSED, rejecting, () => 0)('any', (refusal) => refusals.push(refusal));
      return refusals;
    };
    const forged: AccessRefusal = { reason: 'token-invalid', detail: 'signature' };
    const late: AccessRefusal = { reason: 'token-expired' };
    expect(refusalOf({ publisher: forged, subscriber: forged })).toEqual([forged]);
    expect(refusalOf({ publisher: forged, subscriber: late })).toEqual([late]);
    const silent: AccessRefusal[] = [];
    topicRights(CLOSED, authenticator, () => 0)(undefined, (refusal) => silent.push(refusal));
    expect(silent).toEqual([]);
  });

  it('MER12: allows nothing after the token has expired', () => {
    let now = 500;
    const given = topicRights(CLOSED, authenticator, () => now)('both');
    const before = given?.mayPublish('a');
    now = 1_500;
    expect([before, given?.mayPublish('a'), given?.expiresAt]).toEqual([true, false, 1_500]);
  });
});

describe('MER11: the tokens of authentication', () => {
  it.each<[boolean, Partial<Policy>]>([
    [true, { mercurePublisherKey: undefined, mercureSubscriberKey: undefined }],
    [false, { mercurePublisherKey: undefined }],
    [false, { mercurePublisherKey: undefined, mercureSubscriberKey: undefined, mercureOpen: true }],
    [false, { mercurePublisherKey: undefined, mercureSubscriberKey: undefined, dialects: ['socketio'] }],
  ])('are shared: %s, with %j', (isShared, policy) => expect(sharesTokens({ ...CLOSED, ...policy })).toBe(isShared));
});

describe('A9: with a backend', () => {
  const source = { hasBackend: true, isOwnToken: (token: string) => token !== 'session' };
  const given = (token: string | undefined, policy: Partial<Policy> = {}) =>
    topicRights({ ...CLOSED, auth: 'required', ...policy }, authenticator, () => 0, source)(token);

  it('SIO10: it decides about clients without a token of Mercure, with all rights on this side', () => {
    for (const token of [undefined, 'session']) {
      expect(given(token)).toMatchObject({ clearance: 'all', backendCheck: { token, isVerified: false } });
      expect(given(token, { mercureAnonymous: true })).toMatchObject({ backendCheck: { isVerified: false } });
    }
    expect(given('both', { mercureOpen: true })).toMatchObject({ backendCheck: { token: 'both', isVerified: false } });
  });

  it('SIO10: a token of Mercure keeps its limits, and a forged one is rejected without it', () => {
    expect(given('both')).toMatchObject({ maySubscribe: true, backendCheck: { token: 'both', isVerified: true } });
    expect(given('forged')).toBeUndefined();
  });
});

it('A1: without Mercure and its keys, the authorizer decides about clients of Socket.IO, unless auth is open', () => {
  const policy = { ...CLOSED, dialects: ['socketio'] as const, mercurePublisherKey: undefined, mercureSubscriberKey: undefined };
  const needsAccess = (auth: Policy['auth'], mercureOpen = false): unknown =>
    topicRights({ ...policy, auth, mercureOpen }, authenticator, () => 0)(undefined)?.needsAccess;
  expect([needsAccess('open'), needsAccess('optional'), needsAccess('required')]).toEqual([undefined, true, true]);
  expect(needsAccess('required', true)).toBeUndefined();
});

it('MER11: a use has a verifier by its own key, or by the keys of authentication if Mercure has none', () => {
  const none = { auth: 'required', authKeys: [], authJwks: undefined, authIssuers: [] } as const;
  const keys = { mercurePublisherKey: 'p', mercureSubscriberKey: undefined };
  const uses = (config: Parameters<typeof hasVerifier>[0]): boolean[] =>
    (['publisher', 'subscriber'] as const).map((use) => hasVerifier(config, use));
  expect(uses({ ...none, ...keys })).toEqual([true, false]);
  const withoutKeys = { ...none, mercurePublisherKey: undefined, mercureSubscriberKey: undefined };
  expect([uses(withoutKeys), uses({ ...withoutKeys, authKeys: ['k'] })]).toEqual([
    [false, false],
    [true, true],
  ]);
});
