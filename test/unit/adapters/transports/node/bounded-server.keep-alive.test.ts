import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createBoundedServer } from '../../../../../src/adapters/transports/node/bounded-server.ts';

it('an idle connection stays open for keepAliveTimeout, and a request may take handshakeTimeout', () => {
  const server = createBoundedServer({ keepAliveTimeout: 75_000, handshakeTimeout: 10_000, maxHeaderBytes: 8_192 });
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = server;
  expect([keepAliveTimeout, headersTimeout, requestTimeout]).toEqual([75_000, 10_000, 10_000]);
  const timeouts: number[] = [timeout];
  const socket = { setTimeout: (ms: number) => void timeouts.push(ms) } as unknown as Socket;
  server.emit('request', { socket } as IncomingMessage);
  expect(timeouts).toEqual([0, 10_000]);
});
