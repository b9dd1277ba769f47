import { expect, it } from 'vitest';
import type * as uWS from 'uWebSockets.js';
import { CLOSE_FRAMES } from '../../../../../src/adapters/transports/shared/close-frames.ts';
import { Handshakes } from '../../../../../src/adapters/transports/uws/handshakes.ts';
import { Outbox } from '../../../../../src/adapters/transports/uws/outbox.ts';
import { PendingCloses } from '../../../../../src/adapters/transports/uws/pending-closes.ts';
import type { UwsRequest } from '../../../../../src/adapters/transports/uws/request.ts';
import { ADMISSION, RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-version': '13',
};
const KIB = 1024;
const FULL = { name: 'full' } as unknown as uWS.us_socket_context_t;
const REDUCED = { name: 'reduced' } as unknown as uWS.us_socket_context_t;

/** Handshakes of one address, and the routes of their sockets. */
function handshakesOf(memoryPerAddress: number) {
  const gateway = new RecordingGateway();
  const memory = new MemoryBudget({ memoryBudget: 1024 * KIB, memoryPerAddress });
  gateway.answerUpgrade = () => ({ ...ADMISSION, memory: memory.open('192.0.2.1') });
  const full = {
    outbox: new Outbox(),
    pendingCloses: new PendingCloses(),
    limits: { maxFrameBytes: 256 * KIB, sendBufferBytes: KIB },
    tooBig: CLOSE_FRAMES.tooBig,
  };
  const reduced = { ...full, limits: { ...full.limits, maxFrameBytes: 64 * KIB } };
  const reporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes: KIB };
  const handshakes = new Handshakes({ reporterContext, isAccepting: () => true, full, reduced });
  const routes: uWS.us_socket_context_t[] = [];
  const upgrade = (...[, , , , route]: [unknown, string, string, string, uWS.us_socket_context_t]): void =>
    void routes.push(route);
  const request = (): void => {
    let isYielding = false;
    const raw = { setYield: (isTrue: boolean) => (isYielding = isTrue) } as unknown as uWS.HttpRequest;
    const asked = { path: '/', query: '', header: (name: string) => HEADERS[name] } as unknown as UwsRequest;
    handshakes.request({ request: asked, response: { upgrade } as unknown as uWS.HttpResponse, route: FULL }, raw);
    expect(handshakes.continue(REDUCED)).toBe(isYielding);
  };
  return { request, routes };
}

it('B4: a connection that cannot reserve the full limit has the route of the reduced one, within the same call', () => {
  const { request, routes } = handshakesOf(16 * KIB);
  for (let n = 0; n < 100; n++) {
    request();
    expect(routes).toHaveLength(n + 1);
  }
  expect(routes).toEqual(Array.from({ length: 100 }, (_, n) => (n < 2 ? FULL : REDUCED)));
});
