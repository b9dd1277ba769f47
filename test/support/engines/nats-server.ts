import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { EngineServer, type EngineKind } from './engine-server.ts';

const NATS: EngineKind = {
  program: 'nats-server',
  command: (port, folder) => ['--addr', LOOPBACK, '--port', String(port), '--jetstream', '--store_dir', folder],
  url: (port) => `nats://${LOOPBACK}:${port}`,
  async answers(port) {
    const connection = await connect({ servers: `${LOOPBACK}:${port}`, reconnect: false });
    await (await jetstreamManager(connection)).getAccountInfo();
    await connection.close();
  },
};

/** A NATS of one's own with JetStream. @throws where `nats-server` is not installed. */
export function startNats(port?: number): Promise<EngineServer> {
  return EngineServer.start(NATS, port);
}
