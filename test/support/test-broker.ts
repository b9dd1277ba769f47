import type { BrokerEnvironment } from '../../src/composition/broker-environment.ts';
import type { Config } from '../../src/composition/configuration/config.ts';
import { TestBroker, type TestPeer } from '../../src/testing/test-broker.ts';

export { TestBroker, TestPeer } from '../../src/testing/test-broker.ts';

/** A broker with two connected peers. */
export function pair(
  config: Partial<Config> = {},
  surroundings: Partial<BrokerEnvironment> = {},
): { broker: TestBroker; ann: TestPeer; bob: TestPeer } {
  const broker = new TestBroker(config, surroundings);
  return { broker, ann: broker.connectPeer('ann'), bob: broker.connectPeer('bob') };
}
