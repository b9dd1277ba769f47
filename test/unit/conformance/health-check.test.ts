import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthCheck } from '../../../conformance/health-check.ts';
import { SmallServer } from './small-server.ts';

describe('the pulse of a server', () => {
  let server: SmallServer;
  let pulse: HealthCheck;
  beforeEach(async () => {
    server = await SmallServer.start();
    pulse = pulseOf(server);
    await pulse.start();
  });
  afterEach(() => {
    pulse.stop();
    server.stop();
  });

  it('is well while its witnesses hear each other', async () => {
    expect(await pulse.check()).toBeUndefined();
    expect(await Promise.all([pulse.check(), pulse.check()])).toEqual([undefined, undefined]);
  });

  it('is ill when it hears them no more', async () => {
    server.ignoresFrames = true;
    expect(await pulse.check()).toMatch(/^waited 500 ms for a frame to witness, though/);
  });

  it('is ill when it answers nobody', async () => {
    server.stop();
    expect(await pulse.check()).toMatch(/^the server does not answer: /);
  });

  it('is ill when its process has ended', async () => {
    const dead = pulseOf(server, 'ended with code 1');
    expect(await dead.check()).toBe('the server died: ended with code 1');
  });
});

describe('a server that relays nothing', () => {
  it('has no witnesses, so what can be asked of it is', async () => {
    const server = await SmallServer.start(() => true);
    const pulse = pulseOf(server);
    await pulse.start();
    expect(await pulse.check()).toBeUndefined();
    pulse.stop();
    server.stop();
  });
});

describe('a server for few peers', () => {
  it('has no witnesses', async () => {
    const server = await SmallServer.start();
    const pulse = pulseOf(server, undefined, { concurrent_limit: 2 });
    await pulse.start();
    server.ignoresFrames = true;
    expect(await pulse.check()).toBeUndefined();
    pulse.stop();
    server.stop();
  });
});

function pulseOf(server: SmallServer, exit?: string, settings = {}): HealthCheck {
  const profile = server.profile(500, settings);
  return new HealthCheck({ profile, canRestart: false, exitReason: () => exit, stop: async () => undefined });
}
