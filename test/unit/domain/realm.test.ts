import { beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { MailboxFetch } from '../../../src/domain/mailbox-fetch.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import type { SessionRequest } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import type { RequestedTopics } from '../../../src/domain/topic.ts';
import { LIMITS, peerId, REALM_IDENTITY, session, SOCKET_TRAITS } from './session-fixture.ts';
import { draft, guest, SUBSCRIBER_TRAITS, topic } from './topic-fixture.ts';

let realm: Realm;
beforeEach(() => {
  realm = new Realm(REALM_IDENTITY, LIMITS);
});

/** An open peer. */
function open(id: string, now = 0): RealmSession {
  const peer = session(id, realm, now);
  realm.connecting(peer, now);
  realm.admit(peer);
  realm.mailboxFetched({ session: peer, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
  return peer;
}

const out = (fact: (decisions: Decision[]) => void): Decision[] => {
  const decisions: Decision[] = [];
  fact(decisions);
  return decisions;
};

const offer = (from: string, to: string): SignalMessage => ({
  kind: 'offer',
  from: peerId(from),
  to: peerId(to),
  payload: undefined,
});

describe('opening', () => {
  it('O3: registers a free id and fetches its mailbox', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    expect([realm.admit(ann), realm.has('ann'), realm.present()]).toEqual([
      { do: 'fetch-mailbox', session: ann, replaces: 'nothing', alreadyFetched: [] },
      true,
      [],
    ]);
  });

  it('O3, O11: sends OPEN first, then the held messages, in order', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    realm.admit(ann);
    const [first, second] = [offer('bob', 'ann'), offer('eve', 'ann')];
    expect(
      out((decisions) =>
        realm.mailboxFetched({ session: ann, replaces: 'nothing', alreadyFetched: [] }, [first, second], [], decisions),
      ),
    ).toEqual([
      { do: 'open', session: ann, replaces: 'nothing' },
      { do: 'deliver', to: ann.connection, message: first },
      { do: 'deliver', to: ann.connection, message: second },
    ]);
    expect([ann.state, realm.present()]).toEqual(['open', ['ann']]);
  });

  it('O4: rejects a taken id', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    expect(realm.refuse(ann, { reason: 'id-taken' })).toEqual({ do: 'refuse', session: ann, refusal: { reason: 'id-taken' } });
    expect([ann.state, realm.nextDeadline()]).toEqual(['closing', NEVER]);
  });

  it('O5: closes the old session on a reconnect, then fetches the mailbox', () => {
    const old = open('ann');
    const young = session('ann', realm);
    realm.connecting(young, 0);
    expect(out((decisions) => realm.reconnect(young, decisions))).toEqual([
      { do: 'close', session: old, ending: 'superseded' },
      { do: 'fetch-mailbox', session: young, replaces: 'socket', alreadyFetched: [] },
    ]);
    expect([old.state, realm.size]).toEqual(['closing', 1]);
  });

  it('O6: rejects a new peer of a full realm, but not a reconnect', () => {
    for (const id of ['ann', 'bob', 'eve']) open(id);
    const fay = session('fay', realm);
    realm.connecting(fay, 0);
    expect(realm.admit(fay)).toMatchObject({ do: 'refuse', refusal: { reason: 'realm-full' } });
    const again = session('ann', realm);
    realm.connecting(again, 0);
    expect(out((decisions) => realm.reconnect(again, decisions)).map((decision) => decision.do)).toEqual([
      'close',
      'fetch-mailbox',
    ]);
  });

  it('promise 2: notifies the senders of messages for a peer that disconnected during the fetch', () => {
    const bob = open('bob');
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    realm.admit(ann);
    realm.lost(ann);
    expect(
      out((decisions) =>
        realm.mailboxFetched({ session: ann, replaces: 'nothing', alreadyFetched: [] }, [offer('bob', 'ann')], [], decisions),
      ),
    ).toMatchObject([{ do: 'deliver', to: bob.connection, message: { kind: 'expire', from: 'ann' } }]);
  });
});

describe('relaying', () => {
  const payload = Uint8Array.of(1);

  it('M1, promise 1: delivers to an open peer, from the registered id', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload })).toEqual({
      do: 'deliver',
      to: bob.connection,
      message: { kind: 'offer', from: 'ann', to: 'bob', payload, owner: ann.token },
    });
  });

  it('M4: delivers to the sender itself', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'answer', to: 'ann', payload })).toMatchObject({ do: 'deliver', to: ann.connection });
  });

  it('M6: delivers LEAVE to an open peer, and drops it for an absent one', () => {
    const ann = open('ann');
    open('bob');
    expect(realm.relay(ann, { kind: 'leave', to: 'bob', payload: undefined })).toMatchObject({ do: 'deliver' });
    expect(realm.relay(ann, { kind: 'leave', to: 'eve', payload: undefined })).toEqual({
      do: 'ignore',
      why: 'destination-absent',
    });
  });

  it.each([undefined, ''])('M12: ignores a message without a destination', (to) => {
    expect(realm.relay(open('ann'), { kind: 'offer', to, payload })).toEqual({ do: 'ignore', why: 'destination-missing' });
  });

  it('M13: holds a message for an absent peer', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'candidate', to: 'bob', payload })).toEqual({
      do: 'hold',
      sender: ann,
      message: { kind: 'candidate', from: 'ann', to: 'bob', payload, owner: ann.token },
    });
  });

  it('M13: holds a message for a connecting peer', () => {
    const ann = open('ann');
    const bob = session('bob', realm);
    realm.connecting(bob, 0);
    realm.admit(bob);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload })).toMatchObject({ do: 'hold' });
  });

  it('M13, O7: returns EXPIRE at once for an invalid destination', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'offer', to: 'x'.repeat(11), payload })).toMatchObject({
      do: 'deliver',
      to: ann.connection,
      message: { kind: 'expire', from: 'x'.repeat(11), to: 'ann' },
    });
  });

  it('M16: reports an undelivered message with LEAVE, but not an undelivered notice', () => {
    const ann = open('ann');
    expect(realm.notices.undelivered(offer('ann', 'bob'))).toMatchObject({
      do: 'deliver',
      to: ann.connection,
      message: { kind: 'leave', from: 'bob' },
    });
    expect(realm.notices.undelivered({ ...offer('ann', 'bob'), kind: 'expire' })).toEqual({ do: 'ignore', why: 'sender-gone' });
  });

  it('M13, M14: reports a rejected or expired message with EXPIRE', () => {
    const ann = open('ann');
    const expected = { do: 'deliver', to: ann.connection, message: { kind: 'expire', from: 'bob', to: 'ann', owner: ann.token } };
    expect([realm.notices.unheld(offer('ann', 'bob')), realm.notices.expired(offer('ann', 'bob'))]).toMatchObject([
      expected,
      expected,
    ]);
  });

  it('M15: sends no notice for a disconnected sender', () => {
    expect(realm.notices.expired(offer('ann', 'bob'))).toEqual({ do: 'ignore', why: 'sender-gone' });
  });
});

describe('liveness and closing', () => {
  it('L1, M8: closes an idle peer, but not one that sends messages', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    realm.frameReceived(bob, 1);
    expect(realm.nextDeadline()).toBe(30_000);
    expect(out((decisions) => realm.sweep(30_000, decisions))).toEqual([{ do: 'ping', session: ann }]);
    realm.frameReceived(bob, 30_001);
    expect(out((decisions) => realm.sweep(60_000, decisions))).toEqual([{ do: 'close', session: ann, ending: 'silent' }]);
    expect(realm.nextDeadline()).toBe(60_001);
  });

  it('M19: closes a peer that exceeds its rate limit', () => {
    const ann = open('ann');
    const decisions = Array.from({ length: 6 }, () => realm.frameReceived(ann, 0));
    expect(decisions.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(decisions[5]).toEqual({ do: 'close', session: ann, ending: 'flooding' });
  });

  it('M10, M19: keeps the rate limiter of a peer across a reconnect and a disconnection', () => {
    const ann = open('ann');
    for (let n = 0; n < 4; n++) realm.frameReceived(ann, 0);
    const again = connecting('ann');
    realm.reconnect(again, []);
    expect(realm.frameReceived(again, 0)).toBeUndefined();
    realm.lost(again);
    const later = open('ann');
    expect(realm.frameReceived(later, 0)).toEqual({ do: 'close', session: later, ending: 'flooding' });
  });

  it('M19: pauses a peer until its overdraft is refilled, if configured', () => {
    realm = new Realm(REALM_IDENTITY, { ...LIMITS, onFlood: 'pause' });
    const ann = open('ann');
    for (let i = 0; i < 5; i++) realm.frameReceived(ann, 0);
    expect(realm.frameReceived(ann, 0)).toEqual({ do: 'pause', session: ann, until: 100 });
  });

  it('M10: tolerates strikes up to the limit, then closes the peer', () => {
    const ann = open('ann');
    expect([1, 2, 3].map(() => realm.malformed(ann, 0).do)).toEqual(['ignore', 'ignore', 'close']);
  });

  it('M7: closes a peer that leaves, and frees its id', () => {
    const ann = open('ann');
    expect([realm.leave(ann), realm.has('ann')]).toEqual([{ do: 'close', session: ann, ending: 'left' }, false]);
  });

  it('L2, L4: releases the id of a lost connection', () => {
    const ann = open('ann');
    expect([realm.lost(ann), realm.has('ann'), realm.nextDeadline()]).toEqual([{ do: 'release', session: ann }, false, NEVER]);
  });

  it('O5: keeps the new session when the old connection is lost', () => {
    const old = open('ann');
    const young = session('ann', realm);
    realm.connecting(young, 0);
    realm.reconnect(young, []);
    realm.lost(old);
    expect(realm.has('ann')).toBe(true);
  });

  it('promise 6: closes only the session with an internal error', () => {
    const [ann] = [open('ann'), open('bob')];
    expect(realm.aborted(ann, 'fault')).toEqual({ do: 'close', session: ann, ending: 'fault' });
    expect(realm.present()).toEqual(['bob']);
  });

  it('closes all sessions when the node shuts down', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    expect(out((decisions) => realm.drain(decisions, 10, true))).toEqual([
      { do: 'close', session: ann, ending: 'restarting' },
      { do: 'close', session: bob, ending: 'restarting' },
    ]);
    expect(realm.size).toBe(0);
  });
});

describe('messages fetched for a closed connection', () => {
  const offer: SignalMessage = { kind: 'offer', from: 'eve' as PeerId, to: 'ann' as PeerId, payload: undefined };
  const expiry: SignalMessage = { ...offer, kind: 'expire' };

  it('O5: are delivered to its successor, before the messages that the successor fetches', () => {
    const ann = open('ann');
    const fetch = realm.mailWaiting(ann.id) as MailboxFetch;
    const successor = connecting('ann');
    const [, next] = out((decisions) => realm.reconnect(successor, decisions));
    expect(out((decisions) => realm.mailboxFetched(fetch, [offer], [], decisions))).toEqual([]);
    const later = { ...offer, kind: 'answer' } as const;
    const decided = out((decisions) => realm.mailboxFetched(next as MailboxFetch, [later], [], decisions));
    expect(decided.map((decision) => (decision.do === 'deliver' ? decision.message : decision.do))).toEqual([
      ...['open', offer, later],
    ]);
  });

  it('M14: are reported to their senders if there is no successor; notices are held again', () => {
    const clusterRealm = new Realm({ key: realm.key, node: realm.node, isSingleNode: false }, LIMITS);
    const ann = session('ann', clusterRealm);
    clusterRealm.connecting(ann, 0);
    const fetch = clusterRealm.admit(ann) as MailboxFetch;
    clusterRealm.lost(ann);
    expect(out((decisions) => clusterRealm.mailboxFetched(fetch, [offer, expiry], [], decisions))).toEqual([
      { do: 'hold-notice', kind: 'expire', undelivered: { from: 'eve', to: 'ann' } },
      { do: 'hold-notice', kind: 'expire', undelivered: { from: 'ann', to: 'eve' } },
    ]);
  });
});

describe('a draining node', () => {
  it('closes at most the given number of sessions at a time, each once', () => {
    for (const id of ['ann', 'bob', 'cem']) open(id);
    const drained = (): unknown[] => out((decisions) => realm.drain(decisions, 2, true));
    expect([drained().length, drained().length, drained().length, realm.size]).toEqual([2, 1, 0, 0]);
  });

  it('M13: delivers fetched messages before the close, and fetches no more', () => {
    const ann = open('ann');
    const offer: SignalMessage = { kind: 'offer', from: ann.id, to: ann.id, payload: undefined };
    const fetch = realm.mailWaiting(ann.id) as MailboxFetch;
    expect(out((decisions) => realm.drain(decisions, 10, true))).toEqual([]);
    expect(realm.mailWaiting(ann.id)).toBeUndefined();
    expect(out((decisions) => realm.mailboxFetched(fetch, [offer], [], decisions))).toEqual([
      { do: 'deliver', to: ann.connection, message: offer },
      { do: 'close', session: ann, ending: 'restarting' },
    ]);
  });

  it('O11, M13: does the same for a connecting peer', () => {
    const ann = connecting('ann');
    const fetch = realm.admit(ann) as MailboxFetch;
    realm.drain([], 10, true);
    expect(out((decisions) => realm.mailboxFetched(fetch, [], [], decisions)).map((decision) => decision.do)).toEqual([
      'open',
      'close',
    ]);
  });

  it('closes all sessions at once when it no longer waits', () => {
    const ann = open('ann');
    realm.mailWaiting(ann.id);
    realm.drain([], 10, true);
    expect(out((decisions) => realm.drain(decisions, 10, false))).toEqual([{ do: 'close', session: ann, ending: 'restarting' }]);
  });
});

describe('guests', () => {
  it('T3, T9: opens a guest, then joins its requested topics; a guest is not addressable', () => {
    const [ann, bob] = [
      open('ann'),
      session('bob', realm, 0, { traits: SUBSCRIBER_TRAITS, requestedTopics: requesting({ selectors: [topic('garden')] }) }),
    ];
    realm.connecting(bob, 0);
    expect(out((decisions) => realm.admitGuest(bob, decisions))).toEqual([{ do: 'open', session: bob, replaces: 'nothing' }]);
    expect([realm.topics(SUBSCRIBER_TRAITS).subscriptionCount, realm.has('bob'), realm.present()]).toEqual([1, false, ['ann']]);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload: undefined }).do).toBe('hold');
  });

  it('O6, T9: counts a guest for the limit until it disconnects', () => {
    const guests = ['a', 'b', 'c'].map((id) => guest(id, realm));
    expect([realm.isFull, realm.size, realm.admit(connecting('ann')).do]).toEqual([true, 3, 'refuse']);
    expect(out((decisions) => realm.admitGuest(connecting('eve'), decisions))).toMatchObject([
      { do: 'refuse', refusal: { reason: 'realm-full' } },
    ]);
    for (const one of guests) realm.lost(one);
    expect([realm.isFull, realm.size]).toEqual([false, 0]);
  });

  it('T5: closes a guest that requests too many topics', () => {
    const guestOverLimit = session('eve', realm, 0, {
      requestedTopics: requesting({ selectors: ['a', 'b', 'c', 'd'].map(topic) }),
    });
    realm.connecting(guestOverLimit, 0);
    expect(out((decisions) => realm.admitGuest(guestOverLimit, decisions))).toMatchObject([
      { do: 'open' },
      { do: 'close', ending: 'overreaching' },
    ]);
  });

  it('MER5: replays missed publications to a guest', () => {
    const topics = realm.topics(SUBSCRIBER_TRAITS);
    const publication = topics.parsePublication(draft('garden', 'rain'), '1', undefined);
    if (typeof publication === 'string') return expect.fail(publication);
    topics.publish(publication, undefined, []);
    const late = session('eve', realm, 0, {
      traits: SUBSCRIBER_TRAITS,
      requestedTopics: requesting({ selectors: [topic('garden')], since: 'earliest' }),
    });
    realm.connecting(late, 0);
    expect(out((decisions) => realm.admitGuest(late, decisions)).map((decision) => decision.do)).toEqual(['open', 'replay']);
    expect(topics.subscriptionCount).toBe(0);
  });

  it('closes guests when the node shuts down', () => {
    guest('ann', realm);
    expect(out((decisions) => realm.drain(decisions, 10, true))).toMatchObject([{ do: 'close', ending: 'restarting' }]);
  });
});

describe('pings', () => {
  it('X7, REL3: pings a connection that sends nothing by itself, and closes it without an answer', () => {
    const quiet = connecting('ann', { traits: { ...SOCKET_TRAITS, liveness: 'answers' } });
    realm.admit(quiet);
    realm.mailboxFetched({ session: quiet, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
    expect(realm.nextDeadline()).toBe(20_000);
    expect(out((decisions) => realm.sweep(20_000, decisions))).toEqual([{ do: 'ping', session: quiet }]);
    realm.liveness.pongReceived(quiet, 20_010);
    expect(out((decisions) => realm.sweep(79_999, decisions))).toEqual([{ do: 'ping', session: quiet }]);
    expect(out((decisions) => realm.sweep(80_010, decisions))).toMatchObject([{ do: 'close', ending: 'silent' }]);
    expect(realm.nextDeadline()).toBe(NEVER);
  });

  it('L5: closes a peer that only answers pings, after a longer time', () => {
    const ann = open('ann');
    realm.liveness.pongReceived(ann, 59_999);
    realm.liveness.pongReceived(ann, 60_000);
    expect(out((decisions) => realm.sweep(119_999, decisions))).toMatchObject([{ do: 'close', session: ann, ending: 'silent' }]);
  });

  it('M20: takes a token for a ping of a peer; over the limit, the peer is closed or paused', () => {
    const ann = open('ann');
    const decisions = Array.from({ length: LIMITS.messageBurst + 1 }, () => realm.takeTokens(ann, 0));
    expect(decisions.slice(0, -1).every((decision) => decision === undefined)).toBe(true);
    expect(decisions.at(-1)).toMatchObject({ do: 'close', session: ann, ending: 'flooding' });
  });

  it('MER9: sends keep-alives on a stream, and never times it out', () => {
    const stream = guest('ann', realm);
    expect(realm.nextDeadline()).toBe(40_000);
    for (const now of [40_000, 90_000, 900_000]) {
      expect(out((decisions) => realm.sweep(now, decisions))).toEqual([{ do: 'ping', session: stream }]);
    }
    realm.lost(stream);
    expect(realm.nextDeadline()).toBe(NEVER);
  });
});

describe('a peer with several connections', () => {
  it('X4, X5: passes the carrier of the old session to the new one', () => {
    const stream = connecting('ann', { traits: { ...SOCKET_TRAITS, carrier: 'stream', liveness: 'reads' } });
    realm.admit(stream);
    realm.mailboxFetched({ session: stream, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
    const socket = connecting('ann');
    const [closed, fetch] = out((decisions) => realm.reconnect(socket, decisions));
    expect([closed, fetch]).toMatchObject([
      { do: 'close', session: stream },
      { do: 'fetch-mailbox', replaces: 'stream' },
    ]);
    expect(
      out((decisions) => realm.mailboxFetched({ session: socket, replaces: 'stream', alreadyFetched: [] }, [], [], decisions)),
    ).toEqual([{ do: 'open', session: socket, replaces: 'stream' }]);
  });

  it('X6: finds the session by id and token while it is open', () => {
    const ann = open('ann');
    expect([realm.sessionOf('ann', 't'), realm.sessionOf('ann', 'x'), realm.sessionOf('bob', 't')]).toEqual([
      ann,
      undefined,
      undefined,
    ]);
    realm.leave(ann);
    expect(realm.sessionOf('ann', 't')).toBeUndefined();
  });
});

function connecting(id: string, request: Partial<SessionRequest<Realm>> = {}): RealmSession {
  const one = session(id, realm, 0, request);
  realm.connecting(one, 0);
  return one;
}

const requesting = (requested: Partial<RequestedTopics>): RequestedTopics => ({ selectors: [], presence: false, ...requested });

describe('a realm in a cluster', () => {
  beforeEach(() => {
    realm = new Realm({ ...REALM_IDENTITY, isSingleNode: false }, LIMITS);
  });
  const offer = (from: string, to: string): SignalMessage => ({
    kind: 'offer',
    from: peerId(from),
    to: peerId(to),
    payload: undefined,
  });
  const fetch = (session: RealmSession) => ({ session, replaces: 'nothing' as const, alreadyFetched: [] });

  it('M6: holds LEAVE for a peer that may be on another node', () => {
    expect(realm.relay(open('ann'), { kind: 'leave', to: 'bob', payload: undefined })).toMatchObject({ do: 'hold' });
    expect(realm.relay(open('eve'), { kind: 'leave', to: '\u0000', payload: undefined })).toMatchObject({ do: 'ignore' });
  });

  it('O11: fetches the mailbox of a connected peer, but not of an absent one', () => {
    const ann = open('ann');
    expect(realm.mailWaiting(peerId('bob'))).toBeUndefined();
    expect(realm.mailWaiting(ann.id)).toMatchObject({ do: 'fetch-mailbox', session: ann });
    expect(realm.mailWaiting(ann.id)).toBeUndefined();
  });

  it('M17: delivers no message before the fetched mailbox', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    realm.mailWaiting(ann.id);
    expect(realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined })).toMatchObject({ do: 'hold', sender: bob });
    expect(out((decisions) => realm.mailboxFetched(fetch(ann), [offer('eve', 'ann')], [], decisions))).toMatchObject([
      { do: 'deliver', message: { from: 'eve' } },
      { do: 'fetch-mailbox', session: ann },
    ]);
    realm.mailboxFetched(fetch(ann), [], [], []);
    expect(realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined })).toMatchObject({ do: 'deliver' });
  });

  it('M17: fetches the whole mailbox of a connecting peer before any delivery', () => {
    const [bob, ann] = [open('bob'), session('ann', realm)];
    realm.connecting(ann, 0);
    realm.admit(ann);
    realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined });
    const [again] = out((decisions) => realm.mailboxFetched(fetch(ann), [offer('eve', 'ann')], [], decisions));
    expect(again).toMatchObject({ do: 'fetch-mailbox', alreadyFetched: [{ from: 'eve' }] });
    if (again?.do !== 'fetch-mailbox') throw new Error('the mailbox is not fetched again');
    expect(out((decisions) => realm.mailboxFetched(again, [offer('bob', 'ann')], [], decisions))).toMatchObject([
      { do: 'open' },
      { do: 'deliver', message: { from: 'eve' } },
      { do: 'deliver', message: { from: 'bob' } },
    ]);
  });

  it('M17: first fetches the mailboxes with messages that the peer sent from another node', () => {
    const [ann, bob] = [session('ann', realm), open('bob')];
    realm.connecting(ann, 0);
    realm.admit(ann);
    expect(out((decisions) => realm.mailboxFetched(fetch(ann), [], [bob.id, peerId('remote')], decisions))).toMatchObject([
      { do: 'open', session: ann },
      { do: 'fetch-mailbox', session: bob },
    ]);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload: undefined })).toMatchObject({ do: 'hold' });
  });

  it('M17: ends the fetches of two peers whose writes fail', () => {
    const both = [session('ann', realm), session('bob', realm)] as const;
    for (const one of both) realm.connecting(one, 0);
    const fetches = both.map((one) => realm.admit(one));
    let times = 0;
    for (let one = fetches.shift(); one?.do === 'fetch-mailbox' && times < 100; one = fetches.shift()) {
      const current = one;
      times += 1;
      const next = out((decisions) => realm.mailboxFetched(current, [], [both[0].id, both[1].id], decisions));
      fetches.push(...next.filter((decision) => decision.do === 'fetch-mailbox'));
    }
    expect(times).toBeLessThanOrEqual(4);
    expect(both.map(({ state, isFetchingMailbox }) => [state, isFetchingMailbox])).toEqual([
      ['open', false],
      ['open', false],
    ]);
  });

  it('O5: supersedes only the given connection', () => {
    const ann = open('ann');
    expect(realm.superseded(ann.id, session('ann', realm).connection)).toBeUndefined();
    expect(realm.superseded(ann.id, ann.connection)).toMatchObject({ do: 'close', ending: 'superseded' });
  });

  it('M14, M16: holds a notice for a sender that may be on another node', () => {
    expect(realm.notices.expired({ from: peerId('remote'), to: peerId('bob') })).toEqual({
      do: 'hold-notice',
      kind: 'expire',
      undelivered: { from: 'remote', to: 'bob' },
    });
  });
});
