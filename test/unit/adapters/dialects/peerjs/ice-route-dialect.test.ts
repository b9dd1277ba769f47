import { expect, it } from 'vitest';
import { IceRouteDialect } from '../../../../../src/adapters/dialects/peerjs/ice-route-dialect.ts';

const dialect = new IceRouteDialect('/app/', 'sends', (key) => key === 'green');

it('I14: serves the route of ICE servers, and no other route or socket', () => {
  expect(dialect.route('/app/green/ice')?.issuesCredentials).toBe(true);
  for (const path of ['/app/', '/app/green/id', '/app/green/peers', '/app/blue/ice', '/green/ice']) {
    expect(dialect.route(path), path).toBeUndefined();
  }
  expect(dialect.servesWebSocketAt()).toBe(false);
});
