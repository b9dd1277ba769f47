import { expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { authFailureLimitsOf, connectionLimitsOf, credentialLimitsOf } from '../../../src/composition/limits-in-effect.ts';

it('the limits follow the configuration', () => {
  const config: Config = { ...defaultConfig() };
  const [connections, failures, credentials] = [
    connectionLimitsOf(config),
    authFailureLimitsOf(config),
    credentialLimitsOf(config),
  ];
  Object.assign(config, {
    ...{ maxConnections: 1, maxConnectionsPerAddress: 2, httpRateLimit: 3, httpRateWindow: 4 },
    ...{ authFailuresPerMinute: 5, iceRateLimit: 6 },
  });
  expect(connections).toEqual({ connections: 1, connectionsPerAddress: 2, requestsPerWindow: 3, requestWindow: 4 });
  expect(failures).toEqual({ failuresPerWindow: 5, failureWindow: 60_000 });
  expect(credentials).toEqual({ requestsPerWindow: 6, requestWindow: 60_000 });
});
