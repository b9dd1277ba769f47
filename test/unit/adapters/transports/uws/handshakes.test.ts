import { expect, it } from 'vitest';
import type * as uWS from 'uWebSockets.js';
import { InputBudget } from '../../../../../src/adapters/transports/shared/input-budget.ts';
import { createTurns } from '../../../../../src/adapters/transports/shared/turn-tasks.ts';
import { Handshakes, type SocketData } from '../../../../../src/adapters/transports/uws/handshakes.ts';
import { Outbox } from '../../../../../src/adapters/transports/uws/outbox.ts';
import { PendingCloses } from '../../../../../src/adapters/transports/uws/pending-closes.ts';
import type { UwsRequest } from '../../../../../src/adapters/transports/uws/request.ts';
import { CLOSE_FRAMES } from '../../../../../src/adapters/transports/shared/close-frames.ts';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';
import { ADMISSION, RecordingGateway } from '../../../../../src/contracts/transports/recording-gateway.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  'sec-websocket-version': '13',
};
const KIB = 1024;
const FULL = { name: 'full' } as unknown as uWS.us_socket_context_t;
const REDUCED = { name: 'reduced' } as unknown as uWS.us_socket_context_t;

/** Handshakes on an event loop whose turns are passed by hand. */
class Loop {
  readonly gateway = new RecordingGateway();
  readonly #ends: (() => void)[] = [];
  readonly upgraded: { readonly n: number; readonly route: uWS.us_socket_context_t; readonly isCorked: boolean }[] = [];
  isAccepting = true;
  readonly #handshakes: Handshakes;

  constructor(memoryPerAddress = 1024 * KIB) {
    const memory = new MemoryBudget({ memoryBudget: 1024 * KIB, memoryPerAddress });
    const { gateway } = this;
    gateway.answerUpgrade = () => ({ ...ADMISSION, memory: memory.open('192.0.2.1') });
    const turns = createTurns(
      new InputBudget(
        () => undefined,
        (end) => void this.#ends.push(end),
      ),
    );
    const full = {
      outbox: new Outbox(),
      pendingCloses: new PendingCloses(),
      limits: { maxFrameBytes: 256 * KIB, sendBufferBytes: KIB },
      tooBig: CLOSE_FRAMES.tooBig,
    };
    const reduced = { ...full, limits: { ...full.limits, maxFrameBytes: 64 * KIB } };
    const reporterContext = { gateway, defer: queueMicrotask, maxBacklogBytes: KIB, turns };
    this.#handshakes = new Handshakes({ reporterContext, turns, isAccepting: () => this.isAccepting, full, reduced });
  }

  /** @returns a function that ends the connection. */
  request(n: number): () => void {
    let isCorked = false;
    let isYielding = false;
    let abort = (): void => undefined;
    const response = {
      onAborted: (aborted: () => void) => {
        abort = aborted;
      },
      cork: (write: () => void) => {
        isCorked = true;
        write();
      },
      upgrade: (_data: SocketData, _key: string, _subprotocol: string, _extensions: string, route: uWS.us_socket_context_t) =>
        void this.upgraded.push({ n, route, isCorked }),
    } as unknown as uWS.HttpResponse;
    const raw = { setYield: (isTrue: boolean) => (isYielding = isTrue) } as unknown as uWS.HttpRequest;
    const request = { path: '/', query: '', header: (name: string) => HEADERS[name] } as unknown as UwsRequest;
    this.#handshakes.request({ request, response, route: FULL }, raw);
    if (isYielding) expect(this.#handshakes.continue(REDUCED)).toBe(true);
    return () => abort();
  }

  endTurns(): void {
    for (let ends = this.#ends.splice(0); ends.length > 0; ends = this.#ends.splice(0)) for (const end of ends) end();
  }
}

it('M23: handshakes beyond the budget of a turn are completed in later turns, in order and corked', () => {
  const loop = new Loop();
  for (let n = 0; n < 200; n++) loop.request(n);
  const inFirstTurn = loop.upgraded.length;
  expect(inFirstTurn).toBeGreaterThan(10);
  expect(inFirstTurn).toBeLessThan(60);
  loop.endTurns();
  expect(loop.upgraded.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  expect(loop.upgraded.every(({ isCorked }, at) => isCorked === at >= inFirstTurn)).toBe(true);
});

it('M23: a client that disconnects while its handshake waits is not asked about', () => {
  const loop = new Loop();
  for (let n = 0; n < 100; n++) loop.request(n);
  const asked = loop.gateway.upgrades.length;
  loop.request(100)();
  loop.request(101);
  loop.endTurns();
  expect(loop.upgraded.map(({ n }) => n)).not.toContain(100);
  expect(loop.gateway.upgrades.length).toBe(101);
  expect(asked).toBeLessThan(100);
});

it('B4: a connection that cannot reserve the full limit has the route of the reduced one, at once or later', () => {
  const loop = new Loop(16 * KIB);
  for (let n = 0; n < 100; n++) loop.request(n);
  loop.endTurns();
  expect(loop.upgraded.map(({ route }) => route)).toEqual(Array.from({ length: 100 }, (_, n) => (n < 2 ? FULL : REDUCED)));
});

it('continues no request to which the first route has not yielded', () => {
  const loop = new Loop();
  loop.request(0);
  expect(loop.upgraded).toHaveLength(1);
});
