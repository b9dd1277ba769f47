import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawConnection } from '../../support/e2e/http.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { damaged, handshake } from './inputs.ts';
import { search } from './search.ts';

const PATIENCE_MS = 45_000;
const MAX_CONNECTIONS = 40;
const OPTIONS = {
  ...{ dialects: ['peerjs', 'relay', 'socketio'], socketio_eio3: true, drain_timeout: 500, log_level: 'error' },
  ...{ malformed_limit: 1_000_000, messages_per_second: 1_000_000, message_burst: 1_000_000, http_rate_limit: 0 },
  // Two relay sockets, and the connections of one search.
  ...{
    max_message_bytes: 65_536,
    handshake_timeout: 1_000,
    ping_interval: 3_000,
    alive_timeout: 12_000,
    max_connections: MAX_CONNECTIONS + 2,
    max_connections_per_address: MAX_CONNECTIONS + 2,
  },
};

const parameter = fc.constantFrom(
  ...['EIO=4', 'EIO=4', 'EIO=3', 'EIO=2', 'EIO=', 'EIO[]=4', 'transport=polling', 'transport=polling', 'transport=websocket'],
  ...[
    'transport=webtransport',
    'transport',
    'sid=SID',
    'sid=SID',
    'sid=x',
    'sid=',
    'j=0',
    'b64=1',
    't=x',
    'key=peerjs',
    'key=%ff',
  ],
);
const query = fc.oneof(
  fc.constantFrom(
    'EIO=4&transport=polling',
    'EIO=4&transport=polling&sid=SID',
    'EIO=4&transport=websocket',
    'EIO=3&transport=polling',
  ),
  fc.array(parameter, { maxLength: 5 }).map((all) => all.join('&')),
);
const target = fc
  .tuple(fc.constantFrom('/socket.io/', '/socket.io', '/socket.io//', '/socket.io/x'), query)
  .map(([path, text]) => `${path}?${text}`);

const VALID = [
  ...[
    '40',
    '40{"token":"x"}',
    '40/other,',
    '41',
    '1',
    '2',
    '2probe',
    '3',
    '5',
    '6',
    '420["subscribe","a"]',
    '42["publish","a",[1,2]]',
  ],
  ...[
    '451-["publish","a",{"_placeholder":true,"num":0}]',
    '430[]',
    '461-["x"]',
    '42["__proto__","x"]',
    'bAQI=',
    '2:40',
    '1:3',
    '',
  ],
];
const said = fc.oneof(fc.constantFrom(...VALID), fc.string({ maxLength: 30 }));

/** Input on a connection of its own. SID is replaced by the id of an open polling session. */
const request = fc.oneof(
  target.map((text) => handshake(text)),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT'),
      target,
      fc.array(said, { maxLength: 6 }),
      fc.constantFrom('text/plain', 'application/octet-stream'),
    )
    .map(([method, text, packets, type]) => {
      const body = packets.join('\x1e');
      return `${method} ${text} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    }),
);
const action = fc.record({
  bytes: fc.oneof(request, damaged(request.map((text) => Buffer.from(text)))),
  frames: fc.array(fc.tuple(fc.constantFrom(0x81, 0x81, 0x82, 0x01, 0x80, 0x89, 0x88), said), { maxLength: 6 }),
});

/** Promise 6 for Socket.IO: no request and no packet ends the process, and closed connections are no longer counted. */
describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('fuzzing Socket.IO on $name', (kind) => {
  let server: Server;
  let ann: PeerSocket;
  let bob: PeerSocket;
  const topic = uniqueName('others');

  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
    [ann, bob] = [await server.connectTo('/relay'), await server.connectTo('/relay')];
    for (const one of [ann, bob]) one.send({ type: 'subscribe', topics: [topic] });
  });
  afterAll(async () => {
    const { isRunning, output } = server;
    server.closeAll();
    await server.stop();
    expect(isRunning ? '' : output).toBe('');
  });

  it('SIO9, SIO4: requests, upgrades and packets affect no other client, and occupy no connection after their end', async () => {
    await search(fc.array(action, { minLength: 1, maxLength: 8 }), nothing, async (actions) => {
      const opened = server.rawConnection().send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\n\r\n');
      const sid = /"sid":"([^"]+)"/.exec(await opened.receive(/"sid":"[^"]+"|HTTP\/1.1 (429|503)/))?.[1] ?? 'none';
      const wires = actions.map(({ bytes, frames }) => {
        const wire = server.rawConnection().send(
          Buffer.from(
            Buffer.from(bytes as string)
              .toString('latin1')
              .replaceAll('SID', sid),
            'latin1',
          ),
        );
        for (const [head, text] of frames) wire.send(masked(head, text));
        return wire;
      });
      await expectOthersRelay();
      for (const wire of [opened, ...wires]) {
        expect(wire.received).not.toContain('HTTP/1.1 500');
        wire.cut();
      }
    });
    await until(PATIENCE_MS, 'all connections are free again', async () =>
      (await freeConnections()) === MAX_CONNECTIONS ? true : undefined,
    );
  });

  async function freeConnections(): Promise<number> {
    const wires: RawConnection[] = [];
    for (let count = 0; count < MAX_CONNECTIONS; count++) {
      wires.push(server.rawConnection().send(handshake('/socket.io/?EIO=4&transport=websocket')));
    }
    for (const wire of wires) await wire.receive(/HTTP\/1\.1 \d+/);
    for (const wire of wires) wire.cut();
    return wires.filter(({ received }) => received.startsWith('HTTP/1.1 101')).length;
  }

  /** The server is running, and two earlier clients still receive each other's messages. */
  async function expectOthersRelay(): Promise<void> {
    if (!server.isRunning) throw new Error(`the broker has ended (${JSON.stringify(await server.exited)}): ${server.output}`);
    for (const from of [ann, bob]) {
      const word = uniqueName('word');
      from.send({ type: 'publish', topic, word });
      for (const one of [ann, bob]) expect(await one.receive()).toEqual({ type: 'publish', topic, word, clients: 2 });
    }
  }
});

/** A masked frame of a client, of less than 126 bytes. */
function masked(head: number, text: string): Uint8Array {
  const body = Buffer.from(text).subarray(0, 125);
  return Buffer.concat([Buffer.of(head, 0x80 | body.length, 0, 0, 0, 0), body]);
}

async function nothing(): Promise<void> {}
