import { describe, expect, it } from 'vitest';
import { lineOf, readableError } from '../../../../../src/adapters/logs/shared/lines.ts';
import { CANARY, EVENTS } from '../events.ts';

describe('each event is one line', () => {
  it('info for normal events', () => {
    expect(lineOf(EVENTS['peer-opened'])).toEqual({
      level: 'info',
      text: 'peer opened',
      fields: { event: 'peer-opened', realm: 'main', peer: 'ann', connection: 7, address: '203.0.113.9' },
    });
    expect(lineOf(EVENTS['peer-closed']).fields).toEqual({
      event: 'peer-closed',
      realm: 'main',
      peer: 'ann',
      connection: 7,
      why: 'superseded',
      ...{ code: 4001, closedBy: 'broker', address: '203.0.113.9', lifetimeMs: 1_500 },
      ...{ framesIn: 2, bytesIn: 90, framesOut: 3, bytesOut: 120 },
    });
    expect(lineOf(EVENTS['ipv6-unavailable'])).toMatchObject({
      level: 'info',
      text: 'this machine has no IPv6: listening on 0.0.0.0 instead of ::',
    });
    expect(lineOf(EVENTS.draining)).toMatchObject({ level: 'info', fields: { connections: 3, patienceMs: 10_000 } });
    expect(lineOf(EVENTS.stopped)).toMatchObject({ level: 'info', fields: { cut: 1 } });
  });

  it('warn for refusals and missing features', () => {
    expect(lineOf(EVENTS['connection-refused'])).toEqual({
      level: 'warn',
      text: 'connection refused',
      fields: {
        event: 'connection-refused',
        realm: 'main',
        peer: 'ann',
        connection: 7,
        address: '203.0.113.9',
        origin: 'https://a.test',
        why: 'id-taken',
      },
    });
    expect(lineOf(EVENTS['upgrade-refused'])).toMatchObject({
      level: 'warn',
      fields: {
        why: 'origin-not-allowed',
        status: 403,
        path: '/peerjs',
        origin: 'https://a.test',
        key: 'main',
        forwardedFor: 'ignored',
      },
    });
    expect(lineOf(EVENTS['request-refused'])).toMatchObject({
      level: 'info',
      fields: { status: 414, limit: 'max_url_bytes', allowed: 4096, asked: 9000 },
    });
    expect(lineOf(EVENTS['connection-closed'])).toMatchObject({
      level: 'debug',
      fields: { connection: 7, dialect: 'relay', code: 1001, closedBy: 'client', bytesIn: 90 },
    });
    expect(lineOf(EVENTS['transport-unavailable'])).toMatchObject({
      level: 'warn',
      text: 'transport uws is not available: using node instead',
      fields: { wanted: 'uws', taken: 'node', detail: 'no build' },
    });
    expect(lineOf({ ...EVENTS['transport-unavailable'], isInstalled: false }).level).toBe('info');
  });

  it('error for a fault, with its stack', () => {
    const { level, fields } = lineOf(EVENTS.fault);
    expect(level).toBe('error');
    expect(fields).toMatchObject({ connection: 7, error: { type: 'TypeError' } });
    expect((fields['error'] as { stack: string }).stack).toContain('events.ts');
  });
});

describe('the line of listening', () => {
  it('contains the address, the transport and the version', () => {
    const { text, fields } = lineOf(EVENTS.listening, { path: '/signal/', version: '1.2.3' });
    expect(text).toBe('signalbox 1.2.3 is listening on http://[::]:9000/signal/ and ws://[::]:9000/signal/ by transport uws');
    expect(fields).toEqual({ event: 'listening', url: 'http://[::]:9000/signal/', transport: 'uws', version: '1.2.3' });
  });

  it('with TLS: https and wss', () => {
    const address = { host: '127.0.0.1', port: 443, secure: true };
    expect(lineOf({ ...EVENTS.listening, address }).text).toContain('https://127.0.0.1:443/ and wss://127.0.0.1:443/');
  });
});

describe('no token is in any line', () => {
  for (const event of Object.values(EVENTS)) {
    it(event.event, () => expect(JSON.stringify(lineOf(event))).not.toContain(CANARY));
  }
});

describe('a thrown value', () => {
  it('may be another value than an error', () => {
    expect(readableError('boom')).toEqual({ type: 'string', message: 'boom' });
    expect(readableError(undefined)).toEqual({ type: 'undefined', message: 'undefined' });
    expect(readableError({ token: CANARY })).toEqual({ type: 'object', message: '[object Object]' });
    expect(readableError(Object.create(null))).toEqual({ type: 'object', message: '[object Object]' });
  });

  it('may have no stack', () => {
    const error = new RangeError('boom');
    delete error.stack;
    expect(readableError(error)).toEqual({ type: 'RangeError', message: 'boom', stack: 'RangeError: boom' });
  });

  it('loses the tokens in its URLs', () => {
    expect(readableError(`/peerjs?token=${CANARY}&id=ann`).message).toBe('/peerjs?token=[token]&id=ann');
    expect(readableError(`/peerjs?id=ann&TOKEN%3D${CANARY}`).message).not.toContain(CANARY);
  });
});
