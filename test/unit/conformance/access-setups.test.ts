import { describe, expect, it } from 'vitest';
import { ACCESS_SETUPS } from '../../../conformance/access-setups.ts';
import type { Setup } from '../../../conformance/setup.ts';

const AUTH = { auth: 'required', auth_key: 'a secret', auth_failures_per_minute: 0 };

describe('a setup for authentication or ICE servers', () => {
  it.each([
    ['required authentication', AUTH, undefined],
    [
      'required authentication',
      { ...AUTH, auth: 'optional' },
      'requires required authentication; configure it, then pass --auth required',
    ],
    ['required authentication', { ...AUTH, auth_key: '-----BEGIN PUBLIC KEY-----' }, 'requires a shared secret: pass --auth-key'],
    ['required authentication', { ...AUTH, auth_failures_per_minute: 500 }, undefined],
    [
      'optional authentication',
      { auth: 'optional', auth_key: 'a secret' },
      'requires a server without a limit of failed authentications; configure it, then pass --auth-failures-per-minute 0',
    ],
    [
      'few failed authentications',
      AUTH,
      'requires a limit of failed authentications; configure it, then pass --auth-failures-per-minute',
    ],
    [
      'few failed authentications',
      { ...AUTH, auth_failures_per_minute: 100 },
      'requires --auth-failures-per-minute of at most 20; configure the server, then pass the flag',
    ],
    ['no ICE servers', {}, undefined],
    ['no ICE servers', { stun: ['stun:a'] }, 'requires a server without ICE servers; remove --stun and --turn'],
    [
      'TURN servers',
      { ice_rate_limit: 20 },
      'requires a server without a limit of requests for ICE servers; configure it, then pass --ice-rate-limit 0',
    ],
    [
      'fixed TURN credentials for everybody',
      { ice_rate_limit: 0 },
      'requires ICE servers for every client; configure them, then pass --ice-access everybody',
    ],
    [
      'pushed STUN servers',
      { ice_push: true, turn: ['turn:a'] },
      'requires pushed ICE servers, and no TURN server; configure it, then pass --ice-push',
    ],
    [
      'low ICE rate limit',
      { ice_rate_limit: 0 },
      'requires a limit of requests for ICE servers; configure it, then pass --ice-rate-limit',
    ],
    [
      'low ICE rate limit',
      { ice_rate_limit: 100 },
      'requires --ice-rate-limit of at most 30; configure the server, then pass the flag',
    ],
  ] as const)('%s: returns the unmet requirement of a server with %j', (name, settings, missing) => {
    const { unmet }: Setup = ACCESS_SETUPS[name];
    expect(unmet?.(settings)).toBe(missing);
  });
});
