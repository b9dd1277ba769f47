import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll } from 'vitest';
import { createNatsEngine } from '../../../src/adapters/engines/nats/engine.ts';
import { BANS_BUCKET, bucketOf, leaseKey } from '../../../src/adapters/engines/nats/keys.ts';
import { POOL } from '../../../src/adapters/engines/shared/pooled-names.ts';
import { sleep } from '../../../src/adapters/engines/shared/engine-connection.ts';
import type { Log } from '../../../src/application/ports/log.ts';
import type { MailboxStore } from '../../../src/application/ports/mailbox-store.ts';
import type { BusMessage } from '../../../src/application/ports/node-bus.ts';
import { nodeId, realmKey, type NodeId, type RealmKey } from '../../../src/domain/ids.ts';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startNats } from '../../support/engines/nats-server.ts';
import { ROOMY } from '../../../src/contracts/mailboxes/fixture.ts';
import { engineContract, type EngineSubjects } from '../../../src/contracts/engines/contract.ts';
import { pooledSubjects } from './pooled-subjects.ts';
import { LEASE, ROOM } from '../../../src/contracts/engines/fixture.ts';
import { timedStore } from './timed-store.ts';
import { describeContract } from '../../support/describe-contract.ts';

const ODD_REALMS = [':', '/', '.', '|', ' ', '{}'].map((between) => `green${between}a`);
/** The realms of each suite, each with a stream, whose creation costs more than a test. */
const REALMS = {
  directory: ['green', 'blue', ...ODD_REALMS].map(realmKey),
  mailboxes: ['green', 'blue', 'red', 'realm 0', 'realm 1', ...ODD_REALMS].map(realmKey),
  others: [realmKey('green')],
};
/** The realm of the entries of another version is not pooled. */
const POOLED = { directory: [POOL], mailboxes: [POOL], others: [POOL, ...REALMS.others] };
const NODES = 3;
const LONG: Millis = 1e12;

let server: EngineServer;
let admin: NatsConnection;
beforeAll(async () => {
  server = await startNats();
  admin = await connect({ servers: server.url });
});
afterAll(async () => {
  await admin.close();
  await server.stop();
});

type Engine = ReturnType<typeof createNatsEngine> & { readonly messages: readonly BusMessage[] };

/** An empty engine on a manual clock, and its nodes. */
class Shared {
  now: Millis = 1_000_000;
  /** Whether nodes of other versions write entries. */
  hasVersions = false;
  readonly #realms: readonly RealmKey[];
  readonly #connections: NatsConnection[];
  readonly #nodes = new Map<NodeId, Engine>();

  private constructor(realms: readonly RealmKey[], connections: NatsConnection[]) {
    this.#realms = realms;
    this.#connections = connections;
  }

  static async start(realms: readonly RealmKey[]): Promise<Shared> {
    const jsm = await jetstreamManager(admin);
    for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
    return new Shared(realms, await Promise.all(Array.from({ length: NODES }, () => connect({ servers: server.url }))));
  }

  node(name: NodeId, { limits = ROOMY, lease = LEASE, concurrentLimit = 0, listens = false } = {}): Engine {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const connection = this.#connections[this.#nodes.size % NODES];
    if (connection === undefined) throw new Error('no connection');
    const settings = { ...limits, node: name, realms: this.#realms, lease, concurrentLimit };
    const log: Log = { record: (event) => (this.hasVersions && event.event === 'word-refused' ? undefined : fail(event)) };
    const messages: BusMessage[] = [];
    const engine = {
      ...createNatsEngine({ connection, kvm: new Kvm(connection), replicas: 1, address: server.url }, settings, log, {
        timeOverride: () => this.now,
      }),
      messages,
    };
    this.#nodes.set(name, engine);
    if (listens) engine.bus.listen({ onMessage: (word) => void messages.push(word), onMessagesLost: () => undefined });
    void engine.open();
    return engine;
  }

  /** Waits until all nodes have read all entries, which they otherwise do soon. */
  async readAll(): Promise<void> {
    for (const { journals } of this.#nodes.values()) {
      for (const journal of journals) await journal.ready.then(() => journal.sync());
    }
  }

  async elapse(span: Millis): Promise<void> {
    this.now += span;
    await this.readAll();
  }

  async dispose(): Promise<void> {
    for (const { journals } of this.#nodes.values()) for (const journal of journals) journal.close();
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}

/** A store that reads all entries before each call. */
function upToDate(store: MailboxStore, shared: Shared): MailboxStore {
  return {
    put: (...args) => store.put(...args),
    take: (...args) => void shared.readAll().then(() => store.take(...args)),
    waiting: (...args) => void shared.readAll().then(() => store.waiting(...args)),
    expire: (...args) => store.expire(...args),
    nextDeadline: () => store.nextDeadline(),
  };
}

function natsSubjects(realms: Readonly<Record<keyof typeof REALMS, readonly RealmKey[]>>): EngineSubjects {
  return {
    async directory() {
      const shared = await Shared.start(realms.directory);
      return {
        node: (name) => shared.node(name).directory,
        elapse: (span) => shared.elapse(span),
        dispose: () => shared.dispose(),
      };
    },

    async mailboxes(limits: MailboxLimits) {
      const shared = await Shared.start(realms.mailboxes);
      const startedAt = shared.now;
      const { mailboxes: store, directory, journals } = shared.node(nodeId('here'), { limits, lease: LONG });
      return {
        store: timedStore(store, directory, (now) => void (shared.now = startedAt + now)),
        isShared: true,
        async usage() {
          await shared.readAll();
          const messages = journals.map(({ state }) => state.messages);
          return {
            mailboxes: messages.reduce((sum, { mailboxCount }) => sum + mailboxCount, 0),
            bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
          };
        },
        dispose: () => shared.dispose(),
      };
    },

    async bus() {
      const shared = await Shared.start(realms.others);
      return { node: (name) => shared.node(name).bus, dispose: () => shared.dispose() };
    },

    async records() {
      const shared = await Shared.start(realms.others);
      return {
        node: (name) => shared.node(name).records,
        async renew(name) {
          await new Promise<void>((resolve) => shared.node(name).directory.renewLease(name, () => resolve()));
          await shared.readAll();
        },
        elapse: (span) => shared.elapse(span),
        async forget() {
          await (await jetstreamManager(admin)).streams.delete(`KV_${BANS_BUCKET}`);
        },
        dispose: () => shared.dispose(),
      };
    },

    async whole() {
      const shared = await Shared.start(realms.others);
      return {
        versions: {
          async join(version) {
            shared.hasVersions = true;
            const bucket = await new Kvm(admin).open(bucketOf(realmKey('green')));
            await bucket.put(leaseKey(nodeId('newer')), JSON.stringify({ v: version, at: shared.now }));
          },
          async foreignVersion(name) {
            const { journals } = shared.node(name);
            await Promise.race([shared.readAll(), sleep(LEASE)]);
            return journals.find(({ foreignVersion }) => foreignVersion !== undefined)?.foreignVersion;
          },
        },
        node(name) {
          const { directory, mailboxes, messages } = shared.node(name, { concurrentLimit: ROOM, listens: true });
          const confirm: typeof directory.confirm = (...args) => void shared.readAll().then(() => directory.confirm(...args));
          return {
            messages,
            mailboxes: upToDate(mailboxes, shared),
            directory: {
              ...{
                lease: directory.lease,
                confirm,
                claim: directory.claim.bind(directory),
                check: directory.check.bind(directory),
                renewLease: directory.renewLease.bind(directory),
              },
              ...{ locate: directory.locate.bind(directory), present: directory.present.bind(directory) },
              release: directory.release.bind(directory),
            },
          };
        },
        elapse: (span) => shared.elapse(span),
        dispose: () => shared.dispose(),
      };
    },
  };
}

describeContract('engine nats', engineContract(natsSubjects(REALMS)));
describeContract(
  'engine pool over nats',
  engineContract(pooledSubjects(natsSubjects(POOLED)), { ownBytes: 'no: the realms by pattern share one realm' }),
);

function fail(event: object): never {
  throw new Error(JSON.stringify(event, (_key, value: unknown) => (value instanceof Error ? value.stack : value)));
}
