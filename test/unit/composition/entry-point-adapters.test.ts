import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PeeroDialect } from '../../../src/adapters/dialects/peero/dialect.ts';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { SilentLog } from '../../../src/adapters/logs/silent.ts';
import { MemoryMailboxStore } from '../../../src/adapters/mailboxes/memory/store.ts';
import { MemoryTransport } from '../../../src/adapters/transports/memory/listener.ts';
import type { Log, LogEvent } from '../../../src/application/ports/log.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { ExpressPeerServer, PeerServer } from '../../../src/composition/drop-in.ts';
import { resolveParts, watchDialects } from '../../../src/composition/entry-point-adapters.ts';
import type { AdapterParts, Adapters } from '../../../src/composition/given-adapters.ts';
import { PeeroServer } from '../../../src/composition/peero-server.ts';

const CLOSED = { port: 0, host: '127.0.0.1' };

/** Resolves with the event that a broker logs. */
function logOf(event: LogEvent['event']): { readonly log: Log; readonly recorded: Promise<unknown> } {
  let record: Log['record'] = () => undefined;
  const recorded = new Promise((resolve) => {
    record = (one) => one.event === event && resolve(one);
  });
  return { log: { record: (one) => record(one) }, recorded };
}

describe('the adapters of an entry point', () => {
  it('replace the log, which the options would make', () => {
    const log = new SilentLog();
    expect(resolveParts('createBroker', {}, { adapters: { log } }).log).toBe(log);
    expect(() => resolveParts('PeerServer', { log_level: 'info' }, { adapters: { log } })).toThrow(
      'adapters.log and the options log, log_level and log_format exclude each other: remove one of them',
    );
  });

  it('ask for authentication, if they decide about clients', () => {
    const authorizer = { headers: [], authorize: () => undefined };
    expect(resolveParts('PeeroServer', {}, { adapters: { authorizer } }).config.auth).toBe('required');
  });

  it.each(['PeerServer', 'ExpressPeerServer', 'PeeroServer'] as const)('are checked for %s', (entryPoint) => {
    expect(() => resolveParts(entryPoint, {}, { adapters: { mailboxes: {} as never } })).toThrow('adapters.mailboxes has no');
  });

  it('can not replace what the entry point is', () => {
    const transport = new MemoryTransport();
    expect(() => PeerServer({ adapters: { transport } as object })).toThrow(
      "adapters.transport: PeerServer can't use it, because",
    );
    expect(() => ExpressPeerServer(createServer(), { adapters: { transport } as object })).toThrow('adapters.transport:');
    expect(() => new PeeroServer({ adapters: { dialects: [] } as object })).toThrow('adapters.dialects: PeeroServer');
  });
});

describe('dialects', () => {
  it('that are given as a list are known at once', () => {
    const dialects = [new PeeroDialect('/mesh')];
    expect(watchDialects({ dialects }).dialects()).toBe(dialects);
    expect(watchDialects({}).dialects()).toEqual([]);
  });

  it('of a function are known when it has made them', async () => {
    const dialects = [new PeeroDialect('/mesh')];
    const watched = watchDialects({ dialects: () => Promise.resolve(dialects) });
    expect(watched.dialects()).toEqual([]);
    const make = watched.adapters.dialects as (parts: AdapterParts) => Promise<unknown>;
    expect(await make({ config: defaultConfig() } as AdapterParts)).toBe(dialects);
    expect(watched.dialects()).toBe(dialects);
  });
});

describe('a broker of an entry point', () => {
  it('PeerServer uses a store and a dialect of the program', async () => {
    let asked = 0;
    const { log, recorded } = logOf('listening');
    const adapters: Adapters = {
      log,
      mailboxes: ({ config }) => {
        asked += 1;
        return new MemoryMailboxStore(config);
      },
      dialects: () => [new RelayDialect('/own-relay')],
    };
    const port = await new Promise<number>((resolve) => {
      const handler = PeerServer({ ...CLOSED, adapters }, (server) => {
        const address = server.address();
        void recorded.then(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
      });
      stops.push(() => handler.stop());
    });
    const opened = await new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/own-relay`);
      socket.onopen = () => resolve('opened');
      socket.onerror = () => resolve('failed');
    });
    expect({ asked, opened }).toEqual({ asked: 1, opened: 'opened' });
    for (const stop of stops) await stop();
  });

  it('PeeroServer uses a transport and a store of the program', async () => {
    let asked = 0;
    const transport = new MemoryTransport();
    const mailboxes: Adapters['mailboxes'] = ({ config }) => {
      asked += 1;
      return new MemoryMailboxStore(config);
    };
    const server = new PeeroServer({ adapters: { transport, mailboxes } });
    await server.run();
    expect(asked).toBe(1);
    await server.close();
  });
});

const stops: (() => Promise<void>)[] = [];
