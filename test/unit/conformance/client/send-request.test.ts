import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRequest } from '../../../../conformance/client/send-request.ts';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { profileOf } from '../../../../conformance/profile.ts';

describe('a request', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.setHeader('x-method', request.method ?? '');
      response.statusCode = 404;
      response.end(`for ${request.headers.origin}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.closeAllConnections());

  const profile = (patience: number) => {
    const { port } = server.address() as AddressInfo;
    return profileOf({ host: '127.0.0.1', port, secure: false, trustsAnyCertificate: false }, {}, patience);
  };

  it('returns the response, and records both in the transcript', async () => {
    const transcript = new Transcript();
    const answer = await sendRequest(profile(2_000), transcript, '/a', { method: 'PUT', headers: { origin: 'http://a' } });
    expect([answer.status, answer.headers['x-method'], answer.body]).toEqual([404, 'PUT', 'for http://a']);
    expect(transcript.lines.map(({ how, what }) => `${how} ${what}`)).toEqual([
      'sent PUT /a\norigin: http://a',
      'heard 404 for http://a',
    ]);
  });

  it('fails after the patience', async () => {
    await expect(sendRequest(profile(20), new Transcript(), '/silent')).rejects.toThrow(
      'timed out after 20 ms waiting for a response to GET /silent',
    );
  });
});
