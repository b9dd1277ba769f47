import { Broker } from '../application/broker.ts';
import { build, construct, given } from './binding.ts';
import type { BrokerEnvironment } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { clock, config, environment, log, transport, unixTime } from './bindings/inputs.ts';
import { authorizer, connections, mailboxes } from './bindings/state.ts';
import { membership, probes, sweeper } from './bindings/machinery.ts';
import { useCases } from './bindings/use-cases.ts';
import { gateway, gauges } from './bindings/entry-points.ts';
import { meter, operations } from './bindings/operations.ts';

/** Builds a broker that is ready to listen. */
export function buildBroker(configuration: Config, brokerEnvironment: BrokerEnvironment): Broker {
  return build(broker, [given(config, configuration), given(environment, brokerEnvironment)]);
}

const broker = construct(Broker, {
  ...{ transport, gateway, gauges, connections, sweeper, membership, mailboxes, unixTime, authorizer, clock, log },
  ...{ operations, meter, probes },
  ...{ sweepExpired: useCases.sweepExpired, drainNode: useCases.drainNode },
});
