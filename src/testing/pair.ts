import { SilentLog } from '../adapters/logs/silent.ts';
import { MemoryTelemetry } from '../adapters/telemetry/memory.ts';
import { SINGLE_NODE } from '../composition/adapter-registry.ts';
import { checkAdapters } from '../composition/adapter-checks.ts';
import { ConfigError } from '../composition/configuration/config-error.ts';
import { resolveConfig, type GivenOptions } from '../composition/configuration/config.ts';
import type { AdapterParts, Adapters, AdapterSource } from '../composition/given-adapters.ts';
import { TestBroker, type TestPeer } from './test-broker.ts';

/** The adapters of a broker in a box, which has a clock, a transport and a bus of its own. */
export type BoxedAdapters = Omit<Adapters, 'clock' | 'transport' | 'bus'>;

/** The options of a broker in a box. */
export interface BoxOptions {
  /** Options of the broker, as for `createBroker`. */
  readonly options?: GivenOptions;
  /** Functions that make adapters must not return promises. */
  readonly adapters?: BoxedAdapters;
}

/** A broker in a box, and two of its peers. */
export interface Pair {
  readonly house: TestBroker;
  readonly ann: TestPeer;
  readonly bob: TestPeer;
}

/**
 * A complete broker in the memory of the process: no network, no timers, a clock that the test advances.
 * @throws ConfigError for options or adapters that the broker does not accept.
 */
export function brokerInABox({ options = {}, adapters = {} }: BoxOptions = {}): TestBroker {
  const problems = checkAdapters(adapters);
  if (problems.length > 0) throw new ConfigError(problems);
  const resolved = resolveConfig({ given: options, hasFunction: adapters.authorizer !== undefined });
  if (!resolved.ok) throw new ConfigError(resolved.refusal);
  const { config } = resolved.value;
  const { log = new SilentLog(), telemetry = new MemoryTelemetry() } = adapters;
  return new TestBroker(config, (clock) => {
    const parts: AdapterParts = { config, clock, log, telemetry, node: SINGLE_NODE };
    return {
      mailboxes: madeNow(adapters.mailboxes, parts),
      directory: madeNow(adapters.directory, parts),
      authorizer: madeNow(adapters.authorizer, parts),
      iceServers: madeNow(adapters.iceServers, parts),
      moreDialects: madeNow(adapters.dialects, parts),
      ...(adapters.log && { log: adapters.log }),
      ...(adapters.telemetry && { telemetry: adapters.telemetry }),
    };
  });
}

/** Ann and Bob, connected to a broker in a box. */
export function pair(options: BoxOptions = {}): Pair {
  const house = brokerInABox(options);
  return { house, ann: house.connectPeer('ann'), bob: house.connectPeer('bob') };
}

function madeNow<Adapter>(source: AdapterSource<Adapter> | undefined, parts: AdapterParts): Adapter | undefined {
  if (typeof source !== 'function') return source;
  const made = (source as (parts: AdapterParts) => Adapter | Promise<Adapter>)(parts);
  if (made instanceof Promise) {
    throw new TypeError('a broker in a box takes no promise of an adapter: await it, and give the adapter');
  }
  return made;
}
