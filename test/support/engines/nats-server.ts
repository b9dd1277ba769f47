import { connect, type ConnectionOptions } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { readFileSync } from 'node:fs';
import { freePort } from '../e2e/free-port.ts';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { until } from '../e2e/until.ts';
import { TLS_FILES } from '../network-client.ts';
import { EngineServer, type EngineKind } from './engine-server.ts';

/** Another one of the same make. */
const PROGRAM = process.env['NATS_SERVER'] ?? 'nats-server';
const TIMEOUT_MS = 30_000;
const REPLICAS = 3;

const NATS: EngineKind = {
  program: PROGRAM,
  command: (port, folder) => ['--addr', LOOPBACK, '--port', String(port), '--jetstream', '--store_dir', folder],
  url: (port) => `nats://${LOOPBACK}:${port}`,
  probe: (port) => probeNats(port),
};

async function probeNats(port: number, how: ConnectionOptions = {}): Promise<void> {
  const connection = await connect({ ...how, servers: `${LOOPBACK}:${port}`, reconnect: false });
  await (await jetstreamManager(connection)).getAccountInfo();
  await connection.close();
}

/** A NATS of one's own with JetStream. @throws where `nats-server` is not installed. */
export function startNats(port?: number): Promise<EngineServer> {
  return EngineServer.start(NATS, port);
}

/** A NATS that is reached over TLS only, with the certificate of `TLS_FILES`. */
export function startTlsNats(): Promise<EngineServer> {
  const { certFile, keyFile } = TLS_FILES;
  return EngineServer.start({
    ...NATS,
    command: (port, folder) => [...NATS.command(port, folder), '--tls', '--tlscert', certFile, '--tlskey', keyFile],
    url: (port) => `tls://${LOOPBACK}:${port}`,
    probe: (port) => probeNats(port, { tls: { ca: readFileSync(certFile, 'utf8') } }),
  });
}

/** Three NATS that keep the same. */
export class NatsCluster {
  readonly servers: readonly EngineServer[];

  private constructor(servers: readonly EngineServer[]) {
    this.servers = servers;
  }

  static async start(): Promise<NatsCluster> {
    const ports = await Promise.all(Array.from({ length: REPLICAS }, () => freePort()));
    const routes = ports.map((port) => `nats://${LOOPBACK}:${port}`);
    const servers = await Promise.all(
      routes.map((route, n) => {
        const more = ['--cluster_name', 'house', '--server_name', `server-${n}`, '--cluster', route, '--routes', routes.join()];
        return EngineServer.start({ ...NATS, command: (port, folder) => [...NATS.command(port, folder), ...more] });
      }),
    );
    const cluster = new NatsCluster(servers);
    await until(TIMEOUT_MS, 'three servers that keep the same', () => cluster.#canReplicate());
    return cluster;
  }

  /** As it is reached by the first of them, which tells of the others. */
  get url(): string {
    return `${this.servers[0]?.url ?? ''}?replicas=${REPLICAS}`;
  }

  /** The one that leads the only bucket there is; not the first, to which clients have connected. */
  async leader(): Promise<EngineServer> {
    const connection = await connect({ servers: `${LOOPBACK}:${this.servers[0]?.port ?? 0}` });
    try {
      const { streams } = await jetstreamManager(connection);
      const [name] = await streams.names().next();
      return await until(TIMEOUT_MS, 'another leader', async () => {
        const leader = this.servers[Number((await streams.info(name ?? '')).cluster?.leader?.split('-')[1])];
        if (leader !== undefined && leader !== this.servers[0]) return leader;
        await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${name}`);
        return undefined;
      });
    } finally {
      await connection.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async #canReplicate(): Promise<true | undefined> {
    const connection = await connect({ servers: this.servers.map(({ port }) => `${LOOPBACK}:${port}`) });
    try {
      const { streams } = await jetstreamManager(connection);
      await streams.add({ name: 'probe', subjects: ['probe'], num_replicas: REPLICAS });
      await streams.delete('probe');
      return true;
    } catch {
      return undefined;
    } finally {
      await connection.close();
    }
  }
}
