import { choice, integer, LONGEST_MS, maybe, option, type Option } from './option.ts';
import { engineUrl } from './option-types.ts';

/** The part of the schema that makes several brokers act as one. */
export const CLUSTER_OPTIONS = {
  cluster: option(maybe(engineUrl()), {
    group: 'Cluster',
    description:
      'Redis, Valkey or NATS that the brokers of a cluster share, such as redis://host:6379 or nats://host:4222. ' +
      'Without one, the broker is alone, and all is in its memory.',
    effect: 'Peers of all brokers see each other; an id, a mailbox and a list of peers are those of the whole cluster.',
    default: undefined,
  }),
  cluster_lease: option(integer({ unit: 'ms', min: 500, max: LONGEST_MS }), {
    group: 'Cluster',
    description: 'How long the ids of a broker stay its own when nothing is heard of it any more, by the time of the engine.',
    effect: 'After that, another token may take them.',
    default: 10_000,
  }),
  cluster_cut: option(choice(['hold', 'refuse']), {
    group: 'Cluster',
    description: 'What becomes of those who come, and of messages for peers elsewhere, while the engine is out of reach.',
    effect:
      'hold: they wait for it. refuse: 503 for a socket, and EXPIRE at once. Peers of one broker hear each other either way.',
    default: 'hold',
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
