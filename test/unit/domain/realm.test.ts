import { beforeEach, describe, expect, it } from 'vitest';
import type { MailboxFetch } from '../../../src/domain/mailbox-fetch.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import type { SessionRequest } from '../../../src/domain/session.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { Token } from '../../../src/domain/token.ts';
import type { RequestedTopics } from '../../../src/domain/topic.ts';
import { LIMITS, peerId, REALM_IDENTITY, session, SOCKET_TRAITS } from './session-fixture.ts';
import { draft, guest, SUBSCRIBER_TRAITS, topic } from './topic-fixture.ts';

let realm: Realm;
beforeEach(() => {
  realm = new Realm(REALM_IDENTITY, LIMITS);
});

/** A peer that is in. */
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

const letter = (from: string, to: string): SignalMessage => ({
  kind: 'offer',
  from: peerId(from),
  to: peerId(to),
  payload: undefined,
});

describe('opening', () => {
  it('O3: a free id is seated, and its mailbox asked for', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    expect([realm.admit(ann), realm.has('ann'), realm.present()]).toEqual([
      { do: 'fetch-mailbox', session: ann, replaces: 'nothing', alreadyFetched: [] },
      true,
      [],
    ]);
  });

  it('O3, O11: first the welcome, then what waited, in order', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    realm.admit(ann);
    const [first, second] = [letter('bob', 'ann'), letter('eve', 'ann')];
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

  it('O4: a taken id is refused', () => {
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    expect(realm.refuse(ann, 'id-taken')).toEqual({ do: 'refuse', session: ann, refusal: { reason: 'id-taken' } });
    expect([ann.state, realm.nextDeadline()]).toEqual(['closing', NEVER]);
  });

  it('O5: a reconnect ends the old session, then asks for the mailbox', () => {
    const old = open('ann');
    const young = session('ann', realm);
    realm.connecting(young, 0);
    expect(out((decisions) => realm.reconnect(young, decisions))).toEqual([
      { do: 'close', session: old, ending: 'superseded' },
      { do: 'fetch-mailbox', session: young, replaces: 'socket', alreadyFetched: [] },
    ]);
    expect([old.state, realm.size]).toEqual(['closing', 1]);
  });

  it('O6: a full realm refuses, and does not refuse who is in already', () => {
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

  it('promise 2: mail for who went meanwhile is told to its senders', () => {
    const bob = open('bob');
    const ann = session('ann', realm);
    realm.connecting(ann, 0);
    realm.admit(ann);
    realm.lost(ann);
    expect(
      out((decisions) =>
        realm.mailboxFetched({ session: ann, replaces: 'nothing', alreadyFetched: [] }, [letter('bob', 'ann')], [], decisions),
      ),
    ).toMatchObject([{ do: 'deliver', to: bob.connection, message: { kind: 'expire', from: 'ann' } }]);
  });
});

describe('relaying', () => {
  const payload = Uint8Array.of(1);

  it('M1, promise 1: to a peer that is in, from the registered id', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload })).toEqual({
      do: 'deliver',
      to: bob.connection,
      message: { kind: 'offer', from: 'ann', to: 'bob', payload, owner: ann.token },
    });
  });

  it('M4: to oneself', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'answer', to: 'ann', payload })).toMatchObject({ do: 'deliver', to: ann.connection });
  });

  it('M6: LEAVE reaches who is in and is dropped for who is not', () => {
    const ann = open('ann');
    open('bob');
    expect(realm.relay(ann, { kind: 'leave', to: 'bob', payload: undefined })).toMatchObject({ do: 'deliver' });
    expect(realm.relay(ann, { kind: 'leave', to: 'eve', payload: undefined })).toEqual({
      do: 'ignore',
      why: 'destination-absent',
    });
  });

  it.each([undefined, ''])('M12: without a destination it is ignored', (to) => {
    expect(realm.relay(open('ann'), { kind: 'offer', to, payload })).toEqual({ do: 'ignore', why: 'destination-missing' });
  });

  it('M13: for an absent peer it is held', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'candidate', to: 'bob', payload })).toEqual({
      do: 'hold',
      sender: ann,
      message: { kind: 'candidate', from: 'ann', to: 'bob', payload, owner: ann.token },
    });
  });

  it('M13: for a peer that is about to be in it is held', () => {
    const ann = open('ann');
    const bob = session('bob', realm);
    realm.connecting(bob, 0);
    realm.admit(bob);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload })).toMatchObject({ do: 'hold' });
  });

  it('M13, O7: what nobody can be named comes back at once', () => {
    const ann = open('ann');
    expect(realm.relay(ann, { kind: 'offer', to: 'x'.repeat(11), payload })).toMatchObject({
      do: 'deliver',
      to: ann.connection,
      message: { kind: 'expire', from: 'x'.repeat(11), to: 'ann' },
    });
  });

  it('M16: what nobody took is told as LEAVE, a notice is not', () => {
    const ann = open('ann');
    expect(realm.undelivered(letter('ann', 'bob'))).toMatchObject({
      do: 'deliver',
      to: ann.connection,
      message: { kind: 'leave', from: 'bob' },
    });
    expect(realm.undelivered({ ...letter('ann', 'bob'), kind: 'expire' })).toEqual({ do: 'ignore', why: 'sender-gone' });
  });

  it('M13, M14: what has no room, or waited long enough, is told as EXPIRE', () => {
    const ann = open('ann');
    const told = { do: 'deliver', to: ann.connection, message: { kind: 'expire', from: 'bob', to: 'ann', owner: ann.token } };
    expect([realm.unheld(letter('ann', 'bob')), realm.expired(letter('ann', 'bob'))]).toMatchObject([told, told]);
  });

  it('M15: nobody is told for a sender that has gone', () => {
    expect(realm.expired(letter('ann', 'bob'))).toEqual({ do: 'ignore', why: 'sender-gone' });
  });
});

describe('living and leaving', () => {
  it('L1, M8: a silent peer is closed, a heard one is not', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    realm.frameReceived(bob, 1);
    expect(realm.nextDeadline()).toBe(30_000);
    expect(out((decisions) => realm.sweep(30_000, decisions))).toEqual([{ do: 'ping', session: ann }]);
    realm.frameReceived(bob, 30_001);
    expect(out((decisions) => realm.sweep(60_000, decisions))).toEqual([{ do: 'close', session: ann, ending: 'silent' }]);
    expect(realm.nextDeadline()).toBe(60_001);
  });

  it('M19: closes who sends too much', () => {
    const ann = open('ann');
    const verdicts = Array.from({ length: 6 }, () => realm.frameReceived(ann, 0));
    expect(verdicts.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(verdicts[5]).toEqual({ do: 'close', session: ann, ending: 'flooding' });
  });

  it('M10, M19: a peer that is back goes on with its allowance, after a reconnect and after it was gone', () => {
    const ann = open('ann');
    for (let n = 0; n < 4; n++) realm.frameReceived(ann, 0);
    const again = arrived('ann');
    realm.reconnect(again, []);
    expect(realm.frameReceived(again, 0)).toBeUndefined();
    realm.lost(again);
    const later = open('ann');
    expect(realm.frameReceived(later, 0)).toEqual({ do: 'close', session: later, ending: 'flooding' });
  });

  it('M19: or makes it wait until its debt is paid', () => {
    realm = new Realm(REALM_IDENTITY, { ...LIMITS, onFlood: 'pause' });
    const ann = open('ann');
    for (let i = 0; i < 5; i++) realm.frameReceived(ann, 0);
    expect(realm.frameReceived(ann, 0)).toEqual({ do: 'pause', session: ann, until: 100 });
  });

  it('M10: a peer may stumble, a habit is closed', () => {
    const ann = open('ann');
    expect([1, 2, 3].map(() => realm.malformed(ann, 0).do)).toEqual(['ignore', 'ignore', 'close']);
  });

  it('M7: who leaves is closed, and its id is free', () => {
    const ann = open('ann');
    expect([realm.leave(ann), realm.has('ann')]).toEqual([{ do: 'close', session: ann, ending: 'left' }, false]);
  });

  it('L2, L4: a lost connection gives its id back', () => {
    const ann = open('ann');
    expect([realm.lost(ann), realm.has('ann'), realm.nextDeadline()]).toEqual([{ do: 'release', session: ann }, false, NEVER]);
  });

  it('O5: losing the old connection leaves the new one in', () => {
    const old = open('ann');
    const young = session('ann', realm);
    realm.connecting(young, 0);
    realm.reconnect(young, []);
    realm.lost(old);
    expect(realm.has('ann')).toBe(true);
  });

  it('promise 6: a fault of ours ends that session alone', () => {
    const [ann] = [open('ann'), open('bob')];
    expect(realm.faulted(ann)).toEqual({ do: 'close', session: ann, ending: 'fault' });
    expect(realm.present()).toEqual(['bob']);
  });

  it('a node that goes closes everybody', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    expect(out((decisions) => realm.drain(decisions, 10, true))).toEqual([
      { do: 'close', session: ann, ending: 'restarting' },
      { do: 'close', session: bob, ending: 'restarting' },
    ]);
    expect(realm.size).toBe(0);
  });
});

describe('what was collected for a connection that is over', () => {
  const letter: SignalMessage = { kind: 'offer', from: 'eve' as PeerId, to: 'ann' as PeerId, payload: undefined };
  const news: SignalMessage = { ...letter, kind: 'expire' };

  it('O5: is for the one that has replaced it, before what that one collects itself', () => {
    const ann = open('ann');
    const collecting = realm.mailWaiting(ann.id) as MailboxFetch;
    const heir = arrived('ann');
    const [, next] = out((decisions) => realm.reconnect(heir, decisions));
    expect(out((decisions) => realm.mailboxFetched(collecting, [letter], [], decisions))).toEqual([]);
    const later = { ...letter, kind: 'answer' } as const;
    const told = out((decisions) => realm.mailboxFetched(next as MailboxFetch, [later], [], decisions));
    expect(told.map((decision) => (decision.do === 'deliver' ? decision.message : decision.do))).toEqual([
      ...['open', letter, later],
    ]);
  });

  it('M14: is told to its senders, where nobody is here any more; news waits for who may be elsewhere', () => {
    const far = new Realm({ key: realm.key, node: realm.node, isSingleNode: false }, LIMITS);
    const ann = session('ann', far);
    far.connecting(ann, 0);
    const collecting = far.admit(ann) as MailboxFetch;
    far.lost(ann);
    expect(out((decisions) => far.mailboxFetched(collecting, [letter, news], [], decisions))).toEqual([
      { do: 'hold-notice', kind: 'expire', undelivered: { from: 'eve', to: 'ann' } },
      { do: 'hold-notice', kind: 'expire', undelivered: { from: 'ann', to: 'eve' } },
    ]);
  });
});

describe('a node that goes', () => {
  it('asks so many at a time, and nobody twice', () => {
    for (const id of ['ann', 'bob', 'cem']) open(id);
    const asked = (): unknown[] => out((decisions) => realm.drain(decisions, 2, true));
    expect([asked().length, asked().length, asked().length, realm.size]).toEqual([2, 1, 0, 0]);
  });

  it('M13: lets a peer hear first what was taken for it, and collects no more', () => {
    const ann = open('ann');
    const letter: SignalMessage = { kind: 'offer', from: ann.id, to: ann.id, payload: undefined };
    const collecting = realm.mailWaiting(ann.id) as MailboxFetch;
    expect(out((decisions) => realm.drain(decisions, 10, true))).toEqual([]);
    expect(realm.mailWaiting(ann.id)).toBeUndefined();
    expect(out((decisions) => realm.mailboxFetched(collecting, [letter], [], decisions))).toEqual([
      { do: 'deliver', to: ann.connection, message: letter },
      { do: 'close', session: ann, ending: 'restarting' },
    ]);
  });

  it('O11, M13: so it does with one that is just coming', () => {
    const ann = arrived('ann');
    const collecting = realm.admit(ann) as MailboxFetch;
    realm.drain([], 10, true);
    expect(out((decisions) => realm.mailboxFetched(collecting, [], [], decisions)).map((decision) => decision.do)).toEqual([
      'open',
      'close',
    ]);
  });

  it('waits for nobody at last', () => {
    const ann = open('ann');
    realm.mailWaiting(ann.id);
    realm.drain([], 10, true);
    expect(out((decisions) => realm.drain(decisions, 10, false))).toEqual([{ do: 'close', session: ann, ending: 'restarting' }]);
  });
});

describe('guests', () => {
  it('T3, T9: a guest is welcomed, then joins what it came for; nobody can address it', () => {
    const [ann, bob] = [
      open('ann'),
      session('bob', realm, 0, { traits: SUBSCRIBER_TRAITS, requestedTopics: wishing({ selectors: [topic('garden')] }) }),
    ];
    realm.connecting(bob, 0);
    expect(out((decisions) => realm.admitGuest(bob, decisions))).toEqual([{ do: 'open', session: bob, replaces: 'nothing' }]);
    expect([realm.topics(SUBSCRIBER_TRAITS).subscriptionCount, realm.has('bob'), realm.present()]).toEqual([1, false, ['ann']]);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload: undefined }).do).toBe('hold');
  });

  it('O6, T9: counts as one more, until it is gone', () => {
    const guests = ['a', 'b', 'c'].map((id) => guest(id, realm));
    expect([realm.isFull, realm.size, realm.admit(arrived('ann')).do]).toEqual([true, 3, 'refuse']);
    expect(out((decisions) => realm.admitGuest(arrived('eve'), decisions))).toMatchObject([
      { do: 'refuse', refusal: { reason: 'realm-full' } },
    ]);
    for (const one of guests) realm.lost(one);
    expect([realm.isFull, realm.size]).toEqual([false, 0]);
  });

  it('T5: who comes for more topics than it may have is closed', () => {
    const greedy = session('eve', realm, 0, { requestedTopics: wishing({ selectors: ['a', 'b', 'c', 'd'].map(topic) }) });
    realm.connecting(greedy, 0);
    expect(out((decisions) => realm.admitGuest(greedy, decisions))).toMatchObject([
      { do: 'open' },
      { do: 'close', ending: 'overreaching' },
    ]);
  });

  it('MER5: is told what it missed', () => {
    const board = realm.topics(SUBSCRIBER_TRAITS);
    const publication = board.parsePublication(draft('garden', 'rain'), '1', undefined);
    if (typeof publication === 'string') return expect.fail(publication);
    board.publish(publication, undefined, []);
    const late = session('eve', realm, 0, {
      traits: SUBSCRIBER_TRAITS,
      requestedTopics: wishing({ selectors: [topic('garden')], since: 'earliest' }),
    });
    realm.connecting(late, 0);
    expect(out((decisions) => realm.admitGuest(late, decisions)).map((decision) => decision.do)).toEqual(['open', 'notify']);
  });

  it('a node that goes closes them too', () => {
    guest('ann', realm);
    expect(out((decisions) => realm.drain(decisions, 10, true))).toMatchObject([{ do: 'close', ending: 'restarting' }]);
  });
});

describe('signs of life', () => {
  it('X7, REL3: who does not speak by itself is asked, and closed when it does not answer', () => {
    const quiet = arrived('ann', { traits: { ...SOCKET_TRAITS, liveness: 'answers' } });
    realm.admit(quiet);
    realm.mailboxFetched({ session: quiet, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
    expect(realm.nextDeadline()).toBe(20_000);
    expect(out((decisions) => realm.sweep(20_000, decisions))).toEqual([{ do: 'ping', session: quiet }]);
    realm.liveness.pongReceived(quiet, 20_010);
    expect(out((decisions) => realm.sweep(79_999, decisions))).toEqual([{ do: 'ping', session: quiet }]);
    expect(out((decisions) => realm.sweep(80_010, decisions))).toMatchObject([{ do: 'close', ending: 'silent' }]);
    expect(realm.nextDeadline()).toBe(NEVER);
  });

  it('L5: a peer that sends nothing and answers pings is closed all the same, later', () => {
    const ann = open('ann');
    realm.liveness.pongReceived(ann, 59_999);
    realm.liveness.pongReceived(ann, 60_000);
    expect(out((decisions) => realm.sweep(119_999, decisions))).toMatchObject([{ do: 'close', session: ann, ending: 'silent' }]);
  });

  it('M20: a ping costs as much as a message: over the allowance its peer is closed, or paused', () => {
    const ann = open('ann');
    const decisions = Array.from({ length: LIMITS.messageBurst + 1 }, () => realm.takeToken(ann, 0));
    expect(decisions.slice(0, -1).every((decision) => decision === undefined)).toBe(true);
    expect(decisions.at(-1)).toMatchObject({ do: 'close', session: ann, ending: 'flooding' });
  });

  it('MER9: a stream is told something now and then, and never closed for its silence', () => {
    const stream = guest('ann', realm);
    expect(realm.nextDeadline()).toBe(40_000);
    for (const now of [40_000, 90_000, 900_000]) {
      expect(out((decisions) => realm.sweep(now, decisions))).toEqual([{ do: 'ping', session: stream }]);
    }
    realm.lost(stream);
    expect(realm.nextDeadline()).toBe(NEVER);
  });
});

describe('a peer that has more than one connection', () => {
  it('X4, X5: who takes over is told from what', () => {
    const stream = arrived('ann', { traits: { ...SOCKET_TRAITS, carrier: 'stream', liveness: 'reads' } });
    realm.admit(stream);
    realm.mailboxFetched({ session: stream, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
    const socket = arrived('ann');
    const [closed, collect] = out((decisions) => realm.reconnect(socket, decisions));
    expect([closed, collect]).toMatchObject([
      { do: 'close', session: stream },
      { do: 'fetch-mailbox', replaces: 'stream' },
    ]);
    expect(
      out((decisions) => realm.mailboxFetched({ session: socket, replaces: 'stream', alreadyFetched: [] }, [], [], decisions)),
    ).toEqual([{ do: 'open', session: socket, replaces: 'stream' }]);
  });

  it('X6: is known by its token while it is open', () => {
    const ann = open('ann');
    expect([
      realm.sessionOf('ann', new Token('t')),
      realm.sessionOf('ann', new Token('x')),
      realm.sessionOf('bob', new Token('t')),
    ]).toEqual([ann, undefined, undefined]);
    realm.leave(ann);
    expect(realm.sessionOf('ann', new Token('t'))).toBeUndefined();
  });
});

function arrived(id: string, how: Partial<SessionRequest<Realm>> = {}): RealmSession {
  const one = session(id, realm, 0, how);
  realm.connecting(one, 0);
  return one;
}

const wishing = (wishes: Partial<RequestedTopics>): RequestedTopics => ({ selectors: [], presence: false, ...wishes });

describe('a realm of a cluster', () => {
  beforeEach(() => {
    realm = new Realm({ ...REALM_IDENTITY, isSingleNode: false }, LIMITS);
  });
  const letter = (from: string, to: string): SignalMessage => ({
    kind: 'offer',
    from: peerId(from),
    to: peerId(to),
    payload: undefined,
  });
  const collecting = (session: RealmSession) => ({ session, replaces: 'nothing' as const, alreadyFetched: [] });

  it('M6: what is not worth waiting for may be wanted elsewhere', () => {
    expect(realm.relay(open('ann'), { kind: 'leave', to: 'bob', payload: undefined })).toMatchObject({ do: 'hold' });
    expect(realm.relay(open('eve'), { kind: 'leave', to: '\u0000', payload: undefined })).toMatchObject({ do: 'ignore' });
  });

  it('O11: mail for who is here is collected; for who is not, nobody asks', () => {
    const ann = open('ann');
    expect(realm.mailWaiting(peerId('bob'))).toBeUndefined();
    expect(realm.mailWaiting(ann.id)).toMatchObject({ do: 'fetch-mailbox', session: ann });
    expect(realm.mailWaiting(ann.id)).toBeUndefined();
  });

  it('M17: while a mailbox is on its way, nothing overtakes it', () => {
    const [ann, bob] = [open('ann'), open('bob')];
    realm.mailWaiting(ann.id);
    expect(realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined })).toMatchObject({ do: 'hold', sender: bob });
    expect(out((decisions) => realm.mailboxFetched(collecting(ann), [letter('eve', 'ann')], [], decisions))).toMatchObject([
      { do: 'deliver', message: { from: 'eve' } },
      { do: 'fetch-mailbox', session: ann },
    ]);
    realm.mailboxFetched(collecting(ann), [], [], []);
    expect(realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined })).toMatchObject({ do: 'deliver' });
  });

  it('M17: who is about to be in collects to the end before it hears anything', () => {
    const [bob, ann] = [open('bob'), session('ann', realm)];
    realm.connecting(ann, 0);
    realm.admit(ann);
    realm.relay(bob, { kind: 'offer', to: 'ann', payload: undefined });
    const [again] = out((decisions) => realm.mailboxFetched(collecting(ann), [letter('eve', 'ann')], [], decisions));
    expect(again).toMatchObject({ do: 'fetch-mailbox', alreadyFetched: [{ from: 'eve' }] });
    if (again?.do !== 'fetch-mailbox') throw new Error('it is not collected again');
    expect(out((decisions) => realm.mailboxFetched(again, [letter('bob', 'ann')], [], decisions))).toMatchObject([
      { do: 'open' },
      { do: 'deliver', message: { from: 'eve' } },
      { do: 'deliver', message: { from: 'bob' } },
    ]);
  });

  it('M17: those collect first that have not read what a peer sent from elsewhere', () => {
    const [ann, bob] = [session('ann', realm), open('bob')];
    realm.connecting(ann, 0);
    realm.admit(ann);
    expect(out((decisions) => realm.mailboxFetched(collecting(ann), [], [bob.id, peerId('far')], decisions))).toMatchObject([
      { do: 'open', session: ann },
      { do: 'fetch-mailbox', session: bob },
    ]);
    expect(realm.relay(ann, { kind: 'offer', to: 'bob', payload: undefined })).toMatchObject({ do: 'hold' });
  });

  it('M17: those who may take nothing of what they sent each other, and themselves, do not ask for ever', () => {
    const both = [session('ann', realm), session('bob', realm)] as const;
    for (const one of both) realm.connecting(one, 0);
    const asked = both.map((one) => realm.admit(one));
    let times = 0;
    for (let one = asked.shift(); one?.do === 'fetch-mailbox' && times < 100; one = asked.shift()) {
      const asking = one;
      times += 1;
      const next = out((decisions) => realm.mailboxFetched(asking, [], [both[0].id, both[1].id], decisions));
      asked.push(...next.filter((decision) => decision.do === 'fetch-mailbox'));
    }
    expect(times).toBeLessThanOrEqual(4);
    expect(both.map(({ state, isFetchingMailbox }) => [state, isFetchingMailbox])).toEqual([
      ['open', false],
      ['open', false],
    ]);
  });

  it('O5: only the very connection is superseded', () => {
    const ann = open('ann');
    expect(realm.superseded(ann.id, session('ann', realm).connection)).toBeUndefined();
    expect(realm.superseded(ann.id, ann.connection)).toMatchObject({ do: 'close', ending: 'superseded' });
  });

  it('M14, M16: news for a sender that is not here is reported', () => {
    expect(realm.expired({ from: peerId('far'), to: peerId('bob') })).toEqual({
      do: 'hold-notice',
      kind: 'expire',
      undelivered: { from: 'far', to: 'bob' },
    });
  });
});
