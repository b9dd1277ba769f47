import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthCheck } from '../../../conformance/health-check.ts';
import { SmallServer } from './small-server.ts';

describe('the health check', () => {
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

  it('passes while the bystanders exchange messages', async () => {
    expect(await pulse.check()).toBeUndefined();
    expect(await Promise.all([pulse.check(), pulse.check()])).toEqual([undefined, undefined]);
  });

  it('fails if the server ignores the frames of the bystanders', async () => {
    server.ignoresFrames = true;
    expect(await pulse.check()).toMatch(/^timed out after 500 ms waiting for a frame for bystander, although/);
  });

  it('fails if the server does not respond', async () => {
    server.stop();
    expect(await pulse.check()).toMatch(/^the server does not respond: /);
  });

  it('fails if the process has exited', async () => {
    const dead = pulseOf(server, 'exited with code 1');
    expect(await dead.check()).toBe('the server crashed: exited with code 1');
  });
});

describe('for a server that relays nothing', () => {
  it('uses HTTP without bystanders', async () => {
    const server = await SmallServer.start(() => true);
    const pulse = pulseOf(server);
    await pulse.start();
    expect(await pulse.check()).toBeUndefined();
    pulse.stop();
    server.stop();
  });
});

describe('for a server with a low concurrent limit', () => {
  it('uses no bystanders', async () => {
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
