import { connect, type ConnectionOptions } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../e2e/free-port.ts';
import { LOOPBACK } from '../e2e/server-kinds.ts';
import { until } from '../e2e/until.ts';
import { TLS_FILES } from '../tls-files.ts';
import { EngineServer, type EngineKind } from './engine-server.ts';

/** The command; NATS_SERVER selects another version. */
const PROGRAM = process.env['NATS_SERVER'] ?? 'nats-server';
const TIMEOUT_MS = 90_000;
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

/** Starts a NATS server with JetStream. @throws Error if `nats-server` is not installed. */
export function startNats(port?: number): Promise<EngineServer> {
  return EngineServer.start(NATS, port);
}

/** Starts a NATS server that stores up to `bytes`. */
export function startSmallNats(bytes: number): Promise<EngineServer> {
  return EngineServer.start({
    ...NATS,
    command(port, folder) {
      const file = join(folder, 'server.conf');
      writeFileSync(file, `jetstream { store_dir: "${folder}", max_file_store: ${bytes} }\n`);
      return ['--addr', LOOPBACK, '--port', String(port), '--config', file];
    },
  });
}

/** Starts a NATS server without JetStream. Its URL is that of its WebSocket endpoint. */
export async function startWebSocketNats(): Promise<EngineServer> {
  const socketPort = await freePort();
  return EngineServer.start({
    ...NATS,
    command(port, folder) {
      const file = join(folder, 'server.conf');
      writeFileSync(file, `websocket { host: "${LOOPBACK}", port: ${socketPort}, no_tls: true }\n`);
      return ['--addr', LOOPBACK, '--port', String(port), '--config', file];
    },
    url: () => `ws://${LOOPBACK}:${socketPort}`,
    probe: async (port) => (await connect({ servers: `${LOOPBACK}:${port}`, reconnect: false })).close(),
  });
}

/** Starts a NATS server with TLS only, with the certificate of `TLS_FILES`. */
export function startTlsNats(): Promise<EngineServer> {
  const { certFile, keyFile } = TLS_FILES;
  return EngineServer.start({
    ...NATS,
    command: (port, folder) => [...NATS.command(port, folder), '--tls', '--tlscert', certFile, '--tlskey', keyFile],
    url: (port) => `tls://${LOOPBACK}:${port}`,
    probe: (port) => probeNats(port, { tls: { ca: readFileSync(certFile, 'utf8') } }),
  });
}

/** A cluster of three NATS servers. */
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
        const more = ['--cluster_name', 'test', '--server_name', `server-${n}`, '--cluster', route, '--routes', routes.join()];
        return EngineServer.start({ ...NATS, command: (port, folder) => [...NATS.command(port, folder), ...more] });
      }),
    );
    const cluster = new NatsCluster(servers);
    await until(TIMEOUT_MS, 'three servers that replicate', () => cluster.#canReplicate());
    return cluster;
  }

  /** The URL of the first server, which announces the others. */
  get url(): string {
    return `${this.servers[0]?.url ?? ''}?replicas=${REPLICAS}`;
  }

  /** The leader of the only bucket. It is never the first server, to which clients have connected. */
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
