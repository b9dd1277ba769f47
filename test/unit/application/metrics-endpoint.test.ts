import { describe, expect, it } from 'vitest';
import type { MetricsReader } from '../../../src/application/ports/metrics-reader.ts';
import { TestBroker } from '../../support/test-broker.ts';

const TOKEN = 'a-token-of-thirty-two-characters';
const READER: MetricsReader = {
  render: (accept = 'nothing') => Promise.resolve({ contentType: 'text/plain', text: `for ${accept}` }),
};

function broker(metricsToken: string | undefined = TOKEN): TestBroker {
  return new TestBroker({ metricsPublic: metricsToken !== undefined, metricsToken }, { metrics: READER });
}

const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('H19: GET /metrics', () => {
  it('answers readers with the token, for their Accept header', async () => {
    const { transport } = broker();
    const { headers } = withToken(TOKEN);
    const exchanges = [
      transport.request('GET', '/metrics', { headers }),
      transport.request('GET', '/metrics', { headers: { ...headers, accept: 'application/openmetrics-text' } }),
    ];
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(exchanges.map(({ answered }) => [answered?.status, answered?.body])).toEqual([
      [200, 'for nothing'],
      [200, 'for application/openmetrics-text'],
    ]);
    expect(exchanges[0]?.answered?.headers).toContainEqual(['cache-control', 'no-store']);
  });

  it('answers 401 to other readers, and counts both', () => {
    const { transport, tally } = broker();
    const responses = [{}, withToken('another-token'), withToken(`${TOKEN}x`)].map((options) =>
      transport.http('GET', '/metrics', options),
    );
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(responses[0]?.headers).toContainEqual(['www-authenticate', 'Bearer realm="metrics"']);
    const counts = tally.samples('http_requests_total').map(({ labels, value }) => [...Object.values(labels), value]);
    expect(counts).toEqual([['metrics', '4xx', 3]]);
  });

  it('has the rate limit of other requests', () => {
    const { transport } = new TestBroker({ metricsPublic: true, metricsToken: TOKEN, httpRateLimit: 1 }, { metrics: READER });
    const statuses = [1, 2].map(() => transport.http('GET', '/metrics').status);
    expect(statuses).toEqual([401, 429]);
  });

  it('is not served without the options, nor for other methods', () => {
    const { transport } = broker();
    expect(transport.http('POST', '/metrics', withToken(TOKEN)).status).toBe(404);
    const off = new TestBroker({}, { metrics: READER }).transport;
    expect(off.http('GET', '/metrics', withToken(TOKEN)).status).toBe(404);
  });
});
