import { registerGauges } from '../../application/broker-gauges.ts';
import { BrokerGateway } from '../../application/gateway.ts';
import { HttpController } from '../../application/http-controller.ts';
import { MeteredGateway } from '../../application/metered-gateway.ts';
import { MissedReplay } from '../../application/missed-replay.ts';
import { openStream } from '../../application/open-stream.ts';
import { MetricsEndpoint } from '../../application/metrics-endpoint.ts';
import { call, construct, derive } from '../binding.ts';
import { VERSION } from '../version.ts';
import {
  clock,
  config,
  environment,
  log,
  maxMessageBytes,
  maxUrlBytes,
  origins,
  sendBufferBytes,
  telemetry,
  transport,
} from './inputs.ts';
import {
  addresses,
  authFailures,
  authenticator,
  authorizer,
  backend,
  bans,
  connectionLimits,
  connections,
  credentialRequests,
  dialects,
  mailboxes,
  memory,
  node,
  realmLabels,
  realms,
} from './state.ts';
import { admissionControl, diagnostics, fence, performer, probes, turns } from './machinery.ts';
import { dispatcher, httpUseCases, useCases } from './use-cases.ts';

/* Entry points. */
const metricsEndpoint = derive(
  { config, environment },
  (p) =>
    new MetricsEndpoint({ reader: p.environment.metrics, token: p.config.metricsPublic ? p.config.metricsToken : undefined }),
);
const httpController = construct(HttpController, {
  ...{
    dialects,
    realms,
    connectionLimits,
    memory,
    credentialRequests,
    origins,
    addresses,
    admissionControl,
    authenticator,
    authorizer,
    backend,
    authFailures,
    bans,
    clock,
    log,
    telemetry,
    probes,
    metricsEndpoint,
    maxUrlBytes,
  },
  openStream: call(openStream, {
    ...{ realms, admissionControl, backend },
    missedReplay: construct(MissedReplay, { connections, performer, clock, turns }),
  }),
  useCases: httpUseCases,
});
const brokerGateway = construct(BrokerGateway, {
  ...{
    dialects,
    connections,
    admissionControl,
    addresses,
    httpController,
    dispatcher,
    diagnostics,
    performer,
    turns,
    clock,
    log,
    telemetry,
    fence,
    memory,
  },
  ...{ sendBufferBytes, maxMessageBytes, registerPeer: useCases.registerPeer, leaveRealm: useCases.leaveRealm },
});
export const gateway = construct(MeteredGateway, { gateway: brokerGateway, connections, dialects, telemetry });
export const gauges = call(registerGauges, {
  ...{ telemetry, realms, realmLabels, mailboxes, memory, admissionControl, limits: config },
  about: derive({ transport, node }, (p) => ({ version: VERSION, transport: p.transport.name, node: p.node })),
});
