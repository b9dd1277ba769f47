import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { ConfigError, createBroker } from '../../../src/composition/library.ts';

describe('createBroker', () => {
  it('accepts options in both spellings', () => {
    expect(createBroker({ expire_timeout: 7_000 }).config.expireTimeout).toBe(7_000);
    expect(createBroker({ expireTimeout: 8_000 }).config.expireTimeout).toBe(8_000);
  });

  it('names an invalid option, its value and the allowed values', () => {
    expect(() => createBroker({ port: 70_000 })).toThrow(ConfigError);
    expect(() => createBroker({ port: 70_000 })).toThrow(/port.*70000.*65535/);
  });

  it('rejects options that are not an object', () => {
    expect(() => createBroker(9000 as never)).toThrow('the options of createBroker are 9000; they must be an object');
  });

  it('accepts a log or options of the log, but not both', () => {
    const log = { record: () => undefined };
    expect(() => createBroker({ log, logLevel: 'info' })).toThrow('log is given together with log_level or log_format');
    expect(() => createBroker({ log, log_format: 'json' })).toThrow(ConfigError);
  });

  it('listens and closes', async () => {
    const events: string[] = [];
    const broker = createBroker({
      port: 0,
      host: '127.0.0.1',
      transport: 'node',
      log: { record: ({ event }) => void events.push(event) },
    });
    const { port } = await broker.listen();
    expect(port).toBeGreaterThan(0);
    await broker.close();
    expect(events.filter((event) => event !== 'open-files-short')).toEqual(['listening', 'in-effect', 'draining', 'stopped']);
  });
});

describe('createBroker with adapters from outside', () => {
  it('names an adapter that does not fit, and options that exclude it', () => {
    expect(() => createBroker({ adapters: { mailboxes: {} as never } })).toThrow(/^adapters\.mailboxes has no method put/);
    expect(() => createBroker({ adapters: { mailboxes: storeOfOne() }, cluster: 'redis://127.0.0.1' })).toThrow(ConfigError);
    expect(() => createBroker({ adapters: { log: { record: () => undefined } }, logLevel: 'info' })).toThrow('adapters.log and');
  });

  it('an authorizer needs authentication, as a function does', () => {
    const authorizer = { headers: [], authorize: () => undefined };
    expect(createBroker({ adapters: { authorizer } }).config.auth).toBe('required');
    expect(() => createBroker({ adapters: { authorizer }, auth: 'open' })).toThrow(
      'adapters.authorizer has no effect while auth is open',
    );
  });

  it('an absent peer gets its messages from the store from outside, over the transport from outside', async () => {
    const transport = new MemoryTransport();
    const store = storeOfOne();
    const broker = createBroker({ adapters: { transport, mailboxes: store, clock: new ManualClock() } });
    await broker.listen();
    const connect = (id: string) => transport.connect({ path: '/peerjs', query: `key=peerjs&id=${id}&token=t` });
    connect('ann').send('{"type":"OFFER","dst":"bob","payload":1}');
    expect(store.held).toEqual(['offer from ann to bob']);
    expect(connect('bob').received.at(-1)).toContain('"from the store"');
    await broker.close();
  });

  it('metrics are those of the telemetry from outside', async () => {
    const metrics = { contentType: 'text/plain', text: 'own' };
    const telemetry = Object.assign(new MemoryTelemetry(), { render: () => Promise.resolve(metrics) });
    const readable = createBroker({ adapters: { telemetry } });
    expect([await readable.metrics(), readable.counts()]).toEqual([metrics, {}]);
    const { text } = await createBroker({ adapters: { telemetry: new MemoryTelemetry() } }).metrics();
    expect(text).toBe('# adapters.telemetry has no method render\n');
  });
});

/** A store that notes what it holds, and has one message for every peer. */
function storeOfOne(): MailboxStore & { readonly held: string[] } {
  const held: string[] = [];
  return {
    held,
    put(_realm, _sender, { kind, from, to }, _now, answer) {
      held.push(`${kind} from ${from} to ${to}`);
      answer('held');
    },
    take: ({ id }, answer) =>
      answer([{ kind: 'offer', from: 'ann' as PeerId, to: id, payload: Buffer.from('"from the store"') }], []),
    waiting: (_realm, answer) => answer([]),
    expire: (_now, answer) => answer([]),
    nextDeadline: () => NEVER,
  };
}
