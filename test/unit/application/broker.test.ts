import { describe, expect, it } from 'vitest';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import type { Authorizer } from '../../../src/application/ports/authorizer.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { ListenError } from '../../../src/application/ports/transport.ts';
import type { Session } from '../../../src/domain/session.ts';
import { offer } from '../../../src/contracts/mailboxes/fixture.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { TimeOfDay } from '../../../src/domain/time.ts';
import { TestBroker, pair } from '../../support/test-broker.ts';

describe('Broker', () => {
  it('logs the address that it listens on', () => {
    const broker = new TestBroker();
    return Promise.resolve().then(() => expect(broker.eventNames).toEqual(['listening']));
  });

  it('sends to one connection and closes it, but not after its end', () => {
    const sessions: Session[] = [];
    const broker: TestBroker = new TestBroker(
      {},
      { log: { record: (event) => event.event === 'peer-opened' && void sessions.push(event.session) } },
    );
    const ann = broker.connectPeer('ann');
    const [session] = sessions;
    if (session === undefined) throw new Error('no peer was opened');
    expect(broker.broker.send(session.connection, Buffer.from('{"n":1}'))).toBe('sent');
    broker.broker.closeConnection(session.connection, 4000, 'enough');
    broker.advance(1);
    expect([ann.received, ann.closeCode, broker.broker.send(session.connection, Buffer.from('2'))]).toEqual([
      [{ n: 1 }],
      4000,
      'gone',
    ]);
    expect(broker.broker.idleTimeOf(session)).toBe(1);
  });

  it('starts the mailbox store before it listens, with the time of day, and closes it after the drain', async () => {
    const calls: unknown[] = [];
    const mailboxes = Object.assign(new MemoryMailboxStore(defaultConfig()), {
      async start(time: TimeOfDay): Promise<void> {
        calls.push(['start', time.now(), time.unixTime()]);
        await Promise.resolve();
        calls.push('started');
      },
      close: () => void calls.push('close'),
    });
    const log = { record: ({ event }: LogEvent) => void calls.push(event) };
    const broker = new TestBroker({}, { mailboxes, log, unixTime: () => 1_800 });
    await broker.settle();
    await broker.close();
    expect(calls).toEqual([['start', 0, 1_800], 'started', 'listening', 'draining', 'stopped', 'close']);
  });

  it('M24, M14: notifies the sender of a message of an earlier process when it expires', async () => {
    const mailboxes = new MemoryMailboxStore({ ...defaultConfig(), expireTimeout: 3_000 });
    const broker = new TestBroker({}, { mailboxes: Object.assign(mailboxes, { start: restore }) });
    const ann = broker.connectPeer('ann');
    broker.advance(4_000);
    expect(ann.received).toEqual([{ type: 'EXPIRE', src: 'bob', dst: 'ann' }]);

    function restore(): void {
      mailboxes.put(realmKey('peerjs'), undefined, offer(), 0, () => undefined);
    }
  });

  it.each([
    ['throws', () => fail('no such folder')],
    ['rejects', () => Promise.reject(new Error('no such folder'))],
  ])('does not listen if the start of the mailbox store %s', async (_how, failing) => {
    let start: () => Promise<void> | void = () => undefined;
    const mailboxes = Object.assign(new MemoryMailboxStore(defaultConfig()), { start: () => start() });
    const broker = new TestBroker({}, { mailboxes });
    await broker.settle();
    start = failing;
    const text = 'the mailbox store can not start: no such folder';
    await expect(broker.broker.listen()).rejects.toThrow(
      new ListenError({ reason: 'mailboxes-unavailable', detail: 'no such folder' }, text),
    );
    expect(broker.eventNames).toEqual(['listening']);
  });

  it('drains once if close is called twice', async () => {
    const { broker } = pair({ drainTimeout: 0 });
    const closing = broker.broker.close();
    expect(broker.broker.close()).toBe(closing);
    broker.advance(1);
    await closing;
    expect(broker.eventNames.filter((event) => event === 'draining')).toHaveLength(1);
  });

  it('A9: closes the authorizer after the drain', async () => {
    let isClosed = false;
    const authorizer: Authorizer = {
      headers: [],
      authorize: () => undefined,
      close: () => void (isClosed = true),
    };
    const broker = new TestBroker({ drainTimeout: 0 }, { authorizer });
    const waiting = broker.connectPeer('ann');
    const closing = broker.broker.close();
    broker.advance(1);
    await closing;
    expect([isClosed, waiting.closeCode]).toEqual([true, 1012]);
  });
});

describe('Broker.reloadCertificate', () => {
  const fails = (error: Error): TestBroker => {
    const broker = new TestBroker();
    broker.transport.reloadCertificate = () => {
      throw error;
    };
    return broker;
  };

  it('H12: logs a reload', () => {
    const broker = new TestBroker();
    broker.broker.reloadCertificate();
    expect(broker.eventNames).toContain('certificate-reloaded');
  });

  it('H12: logs unusable files with the reason, and keeps running', () => {
    const broker = fails(new ListenError({ reason: 'certificate-unusable', detail: 'no key' }, 'no key'));
    broker.broker.reloadCertificate();
    expect(broker.events.at(-1)).toEqual({ event: 'certificate-refused', detail: 'no key' });
  });

  it('throws other errors', () => {
    const broker = fails(new Error('bug'));
    expect(() => broker.broker.reloadCertificate()).toThrow('bug');
  });
});

function fail(message: string): never {
  throw new Error(message);
}
