import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStreamClient } from '../../../../conformance/client/event-stream-client.ts';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { profileOf } from '../../../../conformance/profile.ts';

describe('an event stream client', () => {
  const server = createServer((request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/refused') return void response.writeHead(403).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    answers.push(response);
  });
  const answers: ServerResponse[] = [];
  let port = 0;
  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    answers.length = 0;
  });
  const transcript = new Transcript();
  const listens = (target = '/', patience = 2_000) => {
    const address = { host: '127.0.0.1', port, secure: false, trustsAnyCertificate: false };
    return EventStreamClient.open(profileOf(address, {}, patience), transcript, { name: 'ann', target });
  };

  it('receives events and comments in order', async () => {
    const ann = await listens();
    answers[0]?.write(':\n\ndata: 1\n\ndata: 2\n\n:\n');
    expect((await ann.receiveMany(2)).map(({ data }) => data)).toEqual(['1', '2']);
    await ann.waitForComments(2);
    expect(transcript.lines.map(({ what }) => what).join()).toContain('data: 2');
    ann.terminate();
    await ann.waitForClose();
  });

  it('opens a stream with any status', async () => {
    expect((await listens('/refused')).status).toBe(403);
  });

  it('fails with the missing event after the patience, or at the end of the stream', async () => {
    await expect(listens('/silent', 50)).rejects.toThrow('timed out after 50 ms waiting for a response to GET /silent');
    const ann = await listens('/', 50);
    await expect(ann.receive()).rejects.toThrow('timed out after 50 ms waiting for an event for ann');
    await expect(ann.waitForClose()).rejects.toThrow('timed out after 50 ms waiting for the server to end the stream of ann');
    const bob = await listens();
    answers[1]?.end();
    await expect(bob.receive()).rejects.toThrow('the stream of ann ended before an event for ann arrived');
  });

  it('applies back-pressure while paused', async () => {
    const ann = await listens();
    ann.pauseReading();
    answers[0]?.write('data: 1\n\n');
    const receiving = ann.receive();
    ann.resumeReading();
    expect((await receiving).data).toBe('1');
    ann.terminate();
  });
});
