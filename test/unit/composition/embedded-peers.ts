import { MemoryTransport, type MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Log } from '../../../src/application/ports/log.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import type { ConnectedPeer } from '../../../src/composition/connected-peer.ts';
import { EmbeddedBroker } from '../../../src/composition/embedded-broker.ts';

/** An embedded broker without a network, and the peers of its connection events. */
export async function embeddedPeers(log: Log = { record: () => undefined }) {
  const transport = new MemoryTransport();
  const broker = new EmbeddedBroker(
    { ...defaultConfig(), drainTimeout: 1 },
    { log, makeTransport: () => Promise.resolve(transport) },
  );
  await broker.listen();
  const peers: ConnectedPeer[] = [];
  broker.on('connection', (peer) => peers.push(peer));
  const connect = (id: string): MemoryClient =>
    transport.connect({ path: '/peerjs', query: `key=peerjs&id=${id}&token=secret-${id}` });
  /** A client, and the peer object of the program. */
  const connectPeer = (id: string): { remote: MemoryClient; peer: ConnectedPeer } => {
    const remote = connect(id);
    const peer = peers.at(-1);
    if (peer === undefined) throw new Error(`${id} has not connected`);
    return { remote, peer };
  };
  return { broker, connect, connectPeer };
}
