import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchOverview } from '../../../../src/composition/top-command/fetch-overview.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that always gives this answer. */
async function answering(status: number, body: string): Promise<{ readonly url: string }> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the overview of a listener', () => {
  it('is fetched', async () => {
    const text = '{"nodes":[],"missing":["a"]}';
    expect(await fetchOverview(await answering(200, text), 't')).toEqual({ text, overview: { nodes: [], missing: ['a'] } });
  });

  it.each([
    [401, '{}', /asks for a token: give --token/],
    [421, '{"detail":"The host x is not listed"}', /answered 421: The host x is not listed$/],
    [500, '<html>', /answered 500$/],
    [200, '<html>', /is no admin listener/],
    [200, 'null', /is no admin listener/],
    [200, '{"nodes":{}}', /is no admin listener/],
    [200, '{"nodes":[],"missing":[1]}', /is no admin listener/],
    [421, '{"detail":"\\u001b[2J\\u202e"}', /answered 421: \\u001b\[2J\\u202e$/],
  ])('is missing in an answer of %i %j', async (status, body, message) => {
    await expect(fetchOverview(await answering(status, body), undefined)).rejects.toThrow(message);
  });

  it('is missing without a listener', async () => {
    await expect(fetchOverview({ socket: '/nowhere/admin.sock' }, undefined)).rejects.toThrow(
      /^no answer from unix:\/nowhere\/admin\.sock: .*ENOENT/,
    );
  });
});
