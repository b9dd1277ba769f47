import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { MeteredExchange, statusClass } from '../../../src/application/metered-exchange.ts';
import type { HttpExchange } from '../../../src/application/ports/transport.ts';

it('MeteredExchange: counts the response by route and status, measures the time, and passes everything on', () => {
  const calls: string[] = [];
  const inner: HttpExchange = {
    request: { method: 'GET', path: '/', query: '', remoteAddress: '192.0.2.1', header: () => undefined },
    readBody: () => calls.push('readBody'),
    holdOpen: () => calls.push('holdOpen'),
    respond: () => calls.push('respond'),
    respondWithStream: () => calls.push('respondWithStream'),
  };
  let seconds = 0;
  const telemetry = new MemoryTelemetry(() => seconds);
  const exchange = new MeteredExchange(inner, telemetry);
  exchange.route = 'list-peers';
  exchange.readBody(1, () => undefined);
  exchange.holdOpen(() => undefined);
  seconds = 2;
  exchange.respond({ status: 204, headers: [], body: '' });
  const stream = new MeteredExchange(inner, telemetry);
  stream.respondWithStream(
    { status: 200, headers: [] },
    {
      ...{ accept: true, dialect: 'mercure', carrier: 'stream', address: '192.0.2.1' },
      connectRequest: { as: 'peer', key: undefined, id: undefined, token: undefined },
    },
  );
  expect([calls, exchange.request]).toEqual([['readBody', 'holdOpen', 'respond', 'respondWithStream'], inner.request]);
  expect(telemetry.samples('http_requests_total')).toEqual([
    { labels: { route: 'list-peers', status: '2xx' }, value: 1 },
    { labels: { route: 'none', status: '2xx' }, value: 1 },
  ]);
  expect(telemetry.samples('http_request_seconds').map(({ value }) => value)).toEqual([2, 0]);
});

it('statusClass: has one value for each hundred', () => {
  expect([100, 204, 304, 429, 503].map(statusClass)).toEqual(['1xx', '2xx', '3xx', '4xx', '5xx']);
});
