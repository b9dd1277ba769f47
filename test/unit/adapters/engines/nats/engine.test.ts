import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../../../src/adapters/clocks/manual.ts';
import { connectNatsEngine, createNatsEngine, followConnection } from '../../../../../src/adapters/engines/nats/engine.ts';
import { BUCKET_HISTORY } from '../../../../../src/adapters/engines/nats/known-claim.ts';
import { SilentLog } from '../../../../../src/adapters/logs/silent.ts';
import { nodeId, realmKey } from '../../../../../src/domain/ids.ts';
import { NodeProcess } from '../../../../property/cluster/node-process.ts';
import { SimulatedNatsConnection } from '../../../../property/cluster/simulated-nats-connection.ts';
import { SimulatedStream } from '../../../../property/cluster/simulated-stream.ts';
import { ROOMY } from '../../../../../src/contracts/mailboxes/fixture.ts';

const LIMITS = { ...ROOMY, lease: 3_000, concurrentLimit: 0 };

it('O5: reports that bus messages may be lost when the journal is read again without a reconnect', async () => {
  const clock = new ManualClock();
  const process = new NodeProcess(clock, 0);
  const stream = new SimulatedStream('stream', () => clock.now(), { history: BUCKET_HISTORY, last: 0 });
  const connection = new SimulatedNatsConnection({ clock, process, stream: () => stream, notifyAll: () => connection.notify() });
  const settings = { ...LIMITS, node: nodeId('here'), realms: [realmKey('peerjs')] };
  const sleep = () => Promise.resolve();
  const engine = createNatsEngine(connection.client, settings, new SilentLog(), { sleep });
  let losses = 0;
  engine.bus.listen({ onMessage: () => undefined, onMessagesLost: () => (losses += 1) });
  const pass = async (): Promise<void> => {
    for (let n = 0; n < 50; n++) {
      clock.advance(10);
      await turn();
    }
  };
  void engine.open();
  await pass();
  const before = losses;
  connection.endWatches();
  await pass();
  expect([engine.bus.isReachable, losses]).toEqual([true, before + 1]);
});

it('connects again if the server does not complete the first handshake', async () => {
  const info = { server_id: 'A', version: '2.10.0', proto: 1, headers: true, max_payload: 1_024 };
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    if (sockets.length > 1) socket.on('data', (data) => data.includes('PING') && socket.write('PONG\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = { ...LIMITS, node: nodeId('here'), realms: [realmKey('peerjs')], idLength: 128 };
  const connecting = connectNatsEngine(`nats://127.0.0.1:${port}`, settings, new SilentLog());
  await expect(connecting).rejects.toThrow('max_payload');
  for (const socket of sockets) socket.destroy();
  server.close();
}, 30_000);

it('ends a handshake whose connection was closed', async () => {
  const failures: string[] = [];
  const handshake = { transport: { isClosed: true }, connectError: ({ message }: Error) => failures.push(message) };
  const connection = { protocol: handshake, status: () => [{ type: 'disconnect' }] };
  const engine = { journals: [], bus: { reportLoss: () => undefined }, node: nodeId('here') };
  type Followed = Parameters<typeof followConnection>;
  const client = { connection, address: 'nats://simulated' } as unknown as Followed[0];
  await followConnection(client, engine as unknown as Followed[1], new SilentLog());
  expect(failures).toEqual(['the connection was closed during the handshake']);
});
