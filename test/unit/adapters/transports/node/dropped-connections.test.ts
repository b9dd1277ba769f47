import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dropBeyondOpenFiles } from '../../../../../src/adapters/transports/node/dropped-connections.ts';
import type { LogEvent } from '../../../../../src/application/ports/log.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

let events: LogEvent[];
beforeEach(() => {
  events = [];
});
const log = { record: (event: LogEvent) => void events.push(event) };

it('connections beyond the open files are dropped, and logged at once and then once a minute', () => {
  const server = createServer();
  dropBeyondOpenFiles(server, log, 1_000);
  expect(server.maxConnections).toBeLessThan(1_000);
  for (let n = 0; n < 3; n++) server.emit('drop');
  expect(events).toEqual([{ event: 'connections-dropped', dropped: 1, openFiles: 1_000 }]);
  vi.advanceTimersByTime(60_000);
  expect(events[1]).toEqual({ event: 'connections-dropped', dropped: 2, openFiles: 1_000 });
  vi.advanceTimersByTime(120_000);
  expect(events).toHaveLength(2);
  server.emit('drop');
  expect(events).toHaveLength(3);
});

it('a limit of an embedding program stays, also one that it sets later; the end removes the limit of the broker', () => {
  const limited = createServer();
  limited.maxConnections = 5;
  dropBeyondOpenFiles(limited, log, 1_000)();
  expect([limited.maxConnections, limited.listenerCount('drop')]).toEqual([5, 0]);

  const server = createServer();
  const end = dropBeyondOpenFiles(server, log, 1_000);
  const { maxConnections } = server;
  server.maxConnections = 7;
  server.emit('drop');
  expect(events).toEqual([]);
  server.maxConnections = maxConnections;
  end();
  expect([server.maxConnections, server.listenerCount('drop')]).toEqual([undefined, 0]);
});
