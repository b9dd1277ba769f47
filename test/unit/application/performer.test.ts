import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { describe, expect, it } from 'vitest';
import { UnreachableEngine } from '../../support/unreachable-engine.ts';
import { pair } from '../../support/test-broker.ts';

describe('Performer', () => {
  it('M1: delivers a message', () => {
    const { ann, bob } = pair();
    ann.sendOffer('bob', { n: 1 });
    expect(bob.received).toEqual([{ type: 'OFFER', src: 'ann', dst: 'bob', payload: { n: 1 } }]);
  });

  it('O11: holds messages and delivers them after OPEN, in order', () => {
    const { broker, ann } = pair();
    ann.sendOffer('eve', 1);
    ann.sendOffer('eve', 2);
    expect(broker.connectPeer('eve').client.received).toEqual([
      '{"type":"OPEN"}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":1}',
      '{"type":"OFFER","src":"ann","dst":"eve","payload":2}',
    ]);
  });

  it('M13: notifies the sender at once if the mailbox is full, and counts it', () => {
    const { broker, ann } = pair({ mailboxMessages: 1 });
    ann.sendOffer('eve');
    ann.sendOffer('eve');
    expect([ann.received, broker.counts()['mailbox-full'] ?? 0]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it('M13: counts a message that is not held by the limit, and has each limit from the start', () => {
    const { broker, ann } = pair({ mailboxMessages: 1 });
    const byLimit = (): Record<string, number> =>
      Object.fromEntries(broker.tally.samples('mailbox_full_total').map(({ labels, value }) => [labels['bound'], value]));
    const none = { messages: 0, bytes: 0, realm: 0, sender: 0, buffer: 0, address: 0, engine: 0 };
    expect(byLimit()).toEqual(none);
    ann.sendOffer('eve');
    ann.sendOffer('eve');
    expect(byLimit()).toEqual({ ...none, messages: 1 });
  });

  it('O11: leaves the held messages to the next connection of a peer that disconnected before the collection ran', () => {
    const store = new MemoryMailboxStore(defaultConfig());
    const waiting: (() => void)[] = [];
    const take: MailboxStore['take'] = (taker, answer, now, isWanted = () => true) => {
      waiting.push(() => (isWanted() ? MemoryMailboxStore.prototype.take.call(store, taker, answer, now) : answer([], [])));
    };
    const mailboxes = Object.assign(store, { take });
    const { broker, ann } = pair({}, { mailboxes });
    const collect = (): void => waiting.splice(0).forEach((run) => run());
    collect();
    ann.sendOffer('eve');
    broker.connectPeer('eve').client.cut();
    collect();
    const eve = broker.connectPeer('eve');
    collect();
    expect([ann.received, eve.received]).toMatchObject([[], [{ type: 'OFFER', src: 'ann' }]]);
  });

  it('O11: measures how long a message was held', () => {
    const { broker, ann } = pair();
    ann.sendOffer('eve', 1);
    broker.advance(2_000);
    ann.sendOffer('eve', 2);
    broker.advance(250);
    broker.connectPeer('eve');
    const [{ value, cumulative } = expect.fail('no observation')] = broker.tally.samples('mailbox_wait_seconds');
    expect([value, cumulative?.at(-1)?.[1]]).toEqual([2.5, 2]);
  });

  it('M13: refuses to hold messages while the engine is unreachable, if configured to, and relays on this node', () => {
    const engine = new UnreachableEngine();
    const { ann, bob } = pair({ clusterCut: 'refuse' }, { engine });
    engine.isReachable = false;
    ann.sendOffer('eve');
    ann.sendOffer('bob', 'near');
    expect([ann.received, bob.received]).toMatchObject([[{ type: 'EXPIRE', src: 'eve' }], [{ payload: 'near' }]]);
  });

  it('M24: notifies the sender at once if the mailbox store can not write, counts each message, and logs each change', () => {
    let isFull = false;
    const store = new MemoryMailboxStore(defaultConfig());
    const put: MailboxStore['put'] = (...call) =>
      isFull ? call[4]('failed') : MemoryMailboxStore.prototype.put.apply(store, call);
    const { broker, ann } = pair({}, { mailboxes: Object.assign(store, { put }) });
    ann.sendOffer('eve', 'before');
    isFull = true;
    ann.sendOffer('eve', 'lost');
    ann.sendOffer('eve', 'lost too');
    const expire = { type: 'EXPIRE', src: 'eve', dst: 'ann' };
    expect([ann.received, broker.counts()['mailbox-failed']]).toEqual([[expire, expire], 2]);
    isFull = false;
    ann.sendOffer('eve', 'after');
    expect(broker.connectPeer('eve').received).toMatchObject([{ payload: 'before' }, { payload: 'after' }]);
    const detail = 'the store gives no reason';
    expect(broker.events.filter(({ event }) => event.startsWith('mailbox'))).toEqual([
      { event: 'mailbox-store-failed', detail },
      { event: 'mailbox-store-recovered' },
    ]);
  });

  it('M14: expires a held message within one sweep interval, and notifies its sender once', () => {
    const { broker, ann } = pair({ expireTimeout: 5_000, sweepInterval: 1_000 });
    ann.sendOffer('eve');
    ann.sendOffer('eve');
    broker.advance(4_999);
    expect(ann.received).toEqual([]);
    broker.advance(1_001);
    expect([ann.received, broker.counts()['expired'] ?? 0]).toEqual([[{ type: 'EXPIRE', src: 'eve', dst: 'ann' }], 1]);
  });

  it("M16: notifies the sender if the receiver can't accept a message", () => {
    const { broker, ann, bob } = pair();
    bob.client.stopReading();
    for (let i = 0; i < 20 && ann.received.length === 0; i++) ann.sendOffer('bob', 'x'.repeat(400_000));
    expect(ann.received[0]).toEqual({ type: 'LEAVE', src: 'bob', dst: 'ann' });
    expect(broker.counts()['undelivered'] ?? 0).toBeGreaterThan(0);
  });

  it('M19: pauses a peer above its rate limit, and loses no message', () => {
    const { broker, ann, bob } = pair({ onFlood: 'pause', messageBurst: 2, messagesPerSecond: 10 });
    for (let n = 0; n < 6; n++) ann.sendOffer('bob', n);
    expect([bob.received.length, broker.counts()['paused'] ?? 0]).toEqual([3, 1]);
    broker.advance(1_000);
    expect(bob.received.map((message) => (message as { payload: number }).payload)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ann.closeCode).toBeUndefined();
  });

  it('L1: closes idle connections, and logs the reason', () => {
    const { broker, ann, bob } = pair({ aliveTimeout: 10_000 });
    ann.client.answersPings = false;
    broker.advance(6_000);
    bob.send({ type: 'HEARTBEAT' });
    broker.advance(5_000);
    expect([ann.closeCode, bob.closeCode]).toEqual([4002, undefined]);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'silent' }));
  });
});
