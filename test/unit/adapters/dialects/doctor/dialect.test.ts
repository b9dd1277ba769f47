import { describe, expect, it } from 'vitest';
import { DoctorDialect } from '../../../../../src/adapters/dialects/doctor/dialect.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

describe('the routes of the doctor', () => {
  it('are below the path of the broker only', () => {
    const dialect = new DoctorDialect('/app/', () => 0);
    const paths = ['/app/doctor/hello', '/app/doctor/stream', '/doctor/hello', '/app/doctor', '/app/doctor/hello/'];
    expect(paths.map((path) => dialect.route(path) !== undefined)).toEqual([true, true, false, false, false]);
    expect(['/app/doctor/socket', '/doctor/socket'].map((path) => dialect.servesWebSocketAt(path))).toEqual([true, false]);
  });

  it('DOC5: include the page, if it was built', () => {
    const response = { status: 200, headers: [], body: 'page' };
    const withPage = new DoctorDialect('/app/', () => 0, response);
    const head = { method: 'GET', path: '', query: '', header: () => undefined };
    expect(withPage.route('/app/doctor')?.handle(head, 'none')).toEqual({ action: 'respond', response });
    expect([withPage.route('/app/doctor/'), withPage.route('/doctor')].map((route) => route?.methods)).toEqual([
      ['GET', 'HEAD'],
      undefined,
    ]);
  });

  it('DOC1: hello answers POST, with which a browser sends the origin of the same site', () => {
    const headers = { origin: 'https://a.example' };
    const { status, body } = new TestBroker().transport.http('POST', '/doctor/hello', { headers });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ request: { origin: 'https://a.example' } });
  });

  it('DOC1: hello describes the request, with a fingerprint that pages of other origins can read', () => {
    const headers = { host: 'a.example', origin: 'https://b.example', 'x-forwarded-for': '198.51.100.7' };
    const { status, headers: sent, body } = new TestBroker({ proxied: 1 }).transport.http('GET', '/doctor/hello', { headers });
    expect(status).toBe(200);
    expect(Object.fromEntries(sent)).toMatchObject({
      'x-signalbox': '1',
      'access-control-allow-origin': 'https://b.example',
      'access-control-expose-headers': 'x-signalbox',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(body)).toEqual({
      name: 'Signalbox',
      time: expect.any(Number),
      request: {
        ...{ address: '198.51.100.7', remoteAddress: '192.0.2.1', forwardedFor: '198.51.100.7' },
        ...{ host: 'a.example', origin: 'https://b.example' },
      },
    });
  });

  it('DOC1: hello does not believe a proxy that is not trusted', () => {
    const headers = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' };
    const { body } = new TestBroker().transport.http('GET', '/doctor/hello', { headers });
    expect(JSON.parse(body)).toMatchObject({
      request: { address: '192.0.2.1', forwardedFor: '198.51.100.7', forwardedProto: 'https' },
    });
  });

  it.each(['off', 'admin'] as const)('DOC4: answers 404 on all of them with doctor %s', (doctor) => {
    const { transport } = new TestBroker({ doctor });
    expect(transport.http('GET', '/doctor/hello').status).toBe(404);
    expect(transport.stream('GET', '/doctor/stream').refusal?.status).toBe(404);
    expect(transport.connect({ path: '/doctor/socket' }).refusal?.status).toBe(404);
  });

  it('H16: answers 426 to a request for the socket without an upgrade', () =>
    expect(new TestBroker().transport.http('GET', '/doctor/socket').status).toBe(426));

  it('H9: counts like other requests', () => {
    const { transport } = new TestBroker({ httpRateLimit: 1 });
    expect([1, 2].map(() => transport.http('GET', '/doctor/hello').status)).toEqual([200, 429]);
  });
});
