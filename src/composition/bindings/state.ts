import { BackendAccess, NO_BACKEND } from '../../application/backend-access.ts';
import { BanningAuthorizer } from '../../application/banning-authorizer.ts';
import { Connections } from '../../application/connections.ts';
import { CountedAuthorizer } from '../../application/counted-authorizer.ts';
import { countHandshakes } from '../../application/handshake-counters.ts';
import { grantToEverybody, grantToOwners } from '../../application/ice-grants.ts';
import { MeteredBus } from '../../application/metered-bus.ts';
import { RealmLabels } from '../../application/realm-labels.ts';
import { AuthFailures } from '../../domain/auth-failures.ts';
import { BanTable } from '../../domain/bans.ts';
import { ConnectionLimits } from '../../domain/connection-limits.ts';
import { Handshakes } from '../../domain/handshakes.ts';
import { MemoryBudget } from '../../domain/memory-budget.ts';
import { Realms } from '../../domain/realms.ts';
import { ReusedBytes } from '../../domain/reused-bytes.ts';
import { RequestWindow } from '../../domain/request-window.ts';
import {
  authenticatorOf,
  authorizerOf,
  backendOf,
  buses,
  clusterRecords,
  clientAddressesOf,
  directories,
  mailboxStoreOf,
  pooled,
  SINGLE_NODE,
  topicAccessOf,
} from '../adapter-registry.ts';
import { dialectsOf } from '../dialect-registry.ts';
import { construct, derive, group, members } from '../binding.ts';
import { iceServersOf } from '../ice-sources.ts';
import { authFailureLimitsOf, connectionLimitsOf, credentialLimitsOf } from '../limits-in-effect.ts';
import { tokenVerifierOf } from '../token-verification.ts';
import { clock, config, engine, environment, log, telemetry, traces } from './inputs.ts';

/* State and adapters. Limits are references to the configuration, not copies, because a reload changes it. */
export const memory = derive({ config }, (p) => new MemoryBudget(p.config));
export const connectionLimits = derive(
  { config, clock },
  (p) => new ConnectionLimits(connectionLimitsOf(p.config), p.clock.now()),
);
export const node = derive({ engine }, (p) => p.engine?.node ?? SINGLE_NODE);
export const records = derive(
  { engine, environment, node, clock },
  (p) => p.engine?.records ?? p.environment.records ?? clusterRecords.memory(p.clock, p.node),
);
export const realms = derive(
  { config, node, engine, memory },
  (p) => new Realms(p.config.keys, p.node, p.config, !p.engine, p.memory),
);
/* For each port: the adapter of the engine, else the adapter from outside, else the adapter in memory. */
const unpooled = group({
  directory: derive(
    { engine, environment, clock },
    (p) => p.engine?.directory ?? p.environment.directory ?? directories.memory(p.clock),
  ),
  mailboxes: derive(
    { engine, environment, config, memory, clock },
    (p) => p.engine?.mailboxes ?? p.environment.mailboxes ?? mailboxStoreOf(p.config, p.memory, p.clock),
  ),
  bus: derive({ engine, node }, (p) => p.engine?.bus ?? buses.memory(p.node)),
});
const sharedParts = members(derive({ unpooled, config }, (p) => pooled(p.unpooled, p.config)));
export const mailboxes = sharedParts.mailboxes;
export const bus = derive({ bus: sharedParts.bus, telemetry }, (p) => new MeteredBus(p.bus, p.telemetry));
export const directory = sharedParts.directory;
export const dialects = derive(
  { config, environment },
  ({ environment: { moreDialects = [], authorize, authorizer: given }, ...p }) => [
    ...moreDialects,
    ...dialectsOf(p.config, authorize !== undefined || given !== undefined),
  ],
);
const tokenVerifier = derive({ config, clock, log, telemetry }, (p) => tokenVerifierOf(p.config, p));
export const authenticator = derive(
  { config, environment, tokenVerifier },
  (p) => p.environment.authenticator ?? authenticatorOf(p.config, p.tokenVerifier),
);
export const iceServers = derive(
  { config, environment, clock, log },
  (p) => p.environment.iceServers ?? iceServersOf(p.config, p),
);
export const authFailures = derive({ config, clock }, (p) => new AuthFailures(authFailureLimitsOf(p.config), p.clock.now()));
/* A9: the authorizer from outside, or the backend of the options. */
const backendOrNone = derive(
  { config, environment, log },
  ({ environment: { authorizer, ...parts }, log: journal, ...p }) =>
    authorizer ?? backendOf(p.config, { ...parts, log: journal }) ?? NO_BACKEND,
);
const configuredAuthorizer = derive(
  { config, environment, tokenVerifier, backendOrNone },
  ({ environment: { authorizer, ...parts }, ...p }) =>
    authorizer ?? authorizerOf(p.config, p.tokenVerifier, parts, p.backendOrNone === NO_BACKEND ? undefined : p.backendOrNone),
);
export const bans = derive({}, () => new BanTable());
const banningAuthorizer = construct(BanningAuthorizer, { authorizer: configuredAuthorizer, bans, clock });
export const authorizer = construct(CountedAuthorizer, { authorizer: banningAuthorizer, authFailures, clock });
const banningBackend = construct(BanningAuthorizer, { authorizer: backendOrNone, bans, clock });
/** Refuses all clients without a backend. */
export const backendAuthorizer = construct(CountedAuthorizer, { authorizer: banningBackend, authFailures, clock });
export const backend = derive(
  { config, backendOrNone, backendAuthorizer },
  (p) =>
    new BackendAccess({
      authorizer: p.backendOrNone === NO_BACKEND ? undefined : p.backendAuthorizer,
      always: p.config.authUrlAlways,
    }),
);
/** CF11. */
export const topicAccess = derive({ config, authenticator, clock, backend }, (p) =>
  topicAccessOf(p.config, p.authenticator, p.clock, p.backend.exists),
);
export const grantIce = derive({ config, authorizer }, (p) =>
  (p.config.iceAccess === 'everybody' ? grantToEverybody : grantToOwners)(p.authorizer, p.config.auth === 'required'),
);
export const credentialRequests = derive(
  { config, clock },
  (p) => new RequestWindow(credentialLimitsOf(p.config), p.clock.now()),
);
export const addresses = derive({ config }, (p) => clientAddressesOf(p.config));
export const connections = derive({ traces, clock, telemetry }, (p) => new Connections(p.traces, p.clock, p.telemetry));
export const willMemory = derive({}, () => new ReusedBytes());
export const realmLabels = derive({ config }, (p) => new RealmLabels(p.config.keys));
export const handshakes = derive({ telemetry }, (p) => new Handshakes(countHandshakes(p.telemetry)));
