import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startNats } from '../../support/engines/nats-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { Server, type ServerStartOptions } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

export interface Engine {
  readonly engine: string;
  readonly startEngine: () => Promise<EngineServer>;
}

export const REDIS: Engine = { engine: 'Redis', startEngine: startRedis };
export const NATS: Engine = { engine: 'NATS', startEngine: startNats };
export const ENGINES = [REDIS, NATS];

/** Far longer than a busy machine suspends a process. */
const LEASE_MS = 9_000;
/** For tests that wait for the end of a lease. */
export const SHORT_LEASE: ServerOptions = { cluster_lease: 4_000 };
/** Timeout for a broker to detect a fault, on a slow machine. */
export const PATIENCE_MS = 60_000;

const OPTIONS: ServerOptions = {
  ...{ cluster_lease: LEASE_MS, expire_timeout: 60_000, cleanup_out_msgs: 100, allow_discovery: true, drain_timeout: 500 },
  ...{ dialects: ['peerjs', 'relay'], log_level: 'error', message_burst: 10_000, mailbox_messages: 1_000 },
};

/** Brokers of one cluster, each in a separate process, in a new realm. */
export class Brokers {
  readonly realm = uniqueName('realm');
  readonly #engine: { readonly url: string };
  readonly #environment: Readonly<Record<string, string>>;
  #all: Server[] = [];

  constructor(engine: { readonly url: string }, environment: Readonly<Record<string, string>> = {}) {
    this.#engine = engine;
    this.#environment = environment;
  }

  /** Starts a broker, with the two transports in turn. */
  async start(but: ServerOptions = {}, where: Partial<ServerStartOptions> = {}): Promise<Server> {
    const kind = this.#all.length % 2 === 0 ? SIGNALBOX_UWS : SIGNALBOX_NODE;
    const options = { ...OPTIONS, cluster: this.#engine.url, key: this.realm, ...but };
    const server = await Server.start({ kind, options, environment: this.#environment, ...where });
    this.#all.push(server);
    return server;
  }

  async pair(but: ServerOptions = {}): Promise<[Server, Server]> {
    return [await this.start(but), await this.start(but)];
  }

  async stop(): Promise<void> {
    for (const server of this.#all.splice(0)) {
      server.closeAll();
      await server.stop();
    }
  }
}

/** The engine of a block of tests, and the brokers of the current test. */
export interface Cluster {
  readonly engine: EngineServer;
  readonly brokers: Brokers;
}

/** Starts an engine for the tests of a block, and stops the brokers after each. Hooks of the block itself run before that. */
export function clusterOn(startEngine: Engine['startEngine'], environment?: Readonly<Record<string, string>>): Cluster {
  let engine: EngineServer;
  let brokers: Brokers;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    brokers = new Brokers(engine, environment);
  });
  afterEach(() => brokers.stop());
  return {
    get engine() {
      return engine;
    },
    get brokers() {
      return brokers;
    },
  };
}
