import { choice, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { brokerUrl, engineUrl } from './option-types.ts';
import { workerCount } from './worker-count.ts';

/** The options of a cluster. */
export const CLUSTER_OPTIONS = {
  workers: option(workerCount(), {
    group: 'Cluster',
    description:
      'Number of processes that share the port and act as one broker, to use several cores. auto: one for each core. Only for the ' +
      'command line. The page on workers says which limits are those of each process.',
    effect: 'Peers of all processes see each other. Ids, mailboxes and peer lists are those of all processes.',
    default: 1,
  }),
  cluster: option(maybe(engineUrl()), {
    group: 'Cluster',
    description:
      'URL of the Redis, Valkey or NATS server that the brokers of a cluster share, such as redis://host:6379 or ' +
      'nats://host:4222. Without it the broker is a single node with all state in memory.',
    effect: 'Peers of all brokers see each other. Ids, mailboxes and peer lists are those of the whole cluster.',
    default: undefined,
  }),
  cluster_start: option(choice(['exit', 'wait']), {
    group: 'Cluster',
    description:
      'Handling of an engine that does not respond at the start. exit: the broker exits with code 1 after 10 s. wait: it ' +
      'tries again until the engine responds. Either way the log says so within 2 s.',
    effect: 'Until the engine responds, the broker does not listen.',
    default: 'exit',
  }),
  cluster_lease: option(integer({ unit: 'ms', min: 500, max: LONGEST_MS }), {
    group: 'Cluster',
    description: 'Lease: time that the claims of a broker stay valid without a renewal, by the clock of the engine.',
    effect: 'Afterwards another token may claim the ids.',
    default: 10_000,
  }),
  cluster_cut: option(choice(['hold', 'refuse']), {
    group: 'Cluster',
    description: 'Handling of new connections, and of messages to peers of other brokers, while the engine is unreachable.',
    effect:
      'hold: they wait for the engine. refuse: 503 for a handshake, and EXPIRE at once. Peers of one broker reach each ' +
      'other either way.',
    default: 'hold',
  }),
  cluster_link: option(maybe(brokerUrl()), {
    group: 'Cluster',
    description:
      'URL at which the other brokers of the cluster reach the HTTP port of this broker, such as http://10.0.0.5:9000. With it, ' +
      'messages to peers of other brokers go over direct connections, and the engine is the fallback.',
    effect: 'Messages between brokers cost a fraction. Without it they go through the mailboxes of the engine.',
    default: undefined,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
