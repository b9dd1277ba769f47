import { setImmediate as turnOver } from 'node:timers/promises';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { MemoryTransport, type MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
import { SocketIoTransport, type SocketIoSettings } from '../../src/adapters/transports/socketio/transport.ts';
import type { HttpResponse } from '../../src/application/ports/http.ts';
import type { Gateway } from '../../src/application/ports/transport.ts';
import type { LogEvent } from '../../src/application/ports/log.ts';
import { RecordingGateway, streamAdmissionOf, textOf } from '../../src/contracts/transports/recording-gateway.ts';
import { NEVER } from '../../src/domain/time.ts';

const SETTINGS: SocketIoSettings = {
  path: '/socket.io',
  protocols: [4],
  origins: { allow: 'echoed' },
  maxUrlBytes: 1_000,
  maxFrameBytes: 10_000,
  sendBufferBytes: 10_000,
  prefixes: ['peerix:', ''],
  pingInterval: 25_000,
  connectTimeout: 10_000,
  authorize: () => ({ maySubscribe: true, clearance: 'all', expiresAt: NEVER, mayPublish: () => true }),
  describeRefusal: ({ reason }) => ({ text: `refused: ${reason}`, code: 4401 }),
};

const encoder = new TextEncoder();

/** Socket.IO over a transport without a network, between a recording gateway and scripted clients. */
export class SocketIoFixture {
  readonly clock = new ManualClock();
  readonly gateway = new RecordingGateway();
  readonly events: LogEvent[] = [];
  readonly memory: MemoryTransport;
  readonly transport: SocketIoTransport;
  /** The gateway to which the memory transport reports. */
  innerGateway: Gateway = this.gateway;
  #streams = 0;

  constructor(settings: Partial<SocketIoSettings> = {}) {
    const all = { ...SETTINGS, ...settings };
    const log = { record: (event: LogEvent) => void this.events.push(event) };
    this.memory = new MemoryTransport(all);
    this.transport = new SocketIoTransport(this.memory, all, { clock: this.clock, log });
    const listen = this.memory.listen.bind(this.memory);
    this.memory.listen = (front) => listen((this.innerGateway = front));
    this.gateway.answerRequest = (exchange) => {
      this.#streams += 1;
      exchange.respondWithStream({ status: 200, headers: [['x-cors', 'yes']] }, streamAdmissionOf(exchange.request));
    };
    void this.transport.listen(this.gateway);
  }

  /** The number of open admissions. */
  get admissions(): number {
    const { accepted, abandonedAdmissions, connections } = this.gateway;
    return (
      accepted.length +
      this.#streams -
      abandonedAdmissions.length -
      connections.filter(({ closedCount }) => closedCount > 0).length
    );
  }

  /** The lines that the last connection has sent. */
  get lines(): string[] {
    return this.gateway.connections.at(-1)?.frames.map(textOf) ?? [];
  }

  /** Sends a line of the dialect to each connection. */
  sendLine(...line: unknown[]): void {
    const bytes = encoder.encode(JSON.stringify(line));
    for (const { socket, closedCount } of this.gateway.connections) if (closedCount === 0) socket.write(bytes);
  }

  webSocket(query = 'EIO=4&transport=websocket', headers: Readonly<Record<string, string>> = {}): MemoryClient {
    return this.memory.connect({ path: '/socket.io/', query, headers });
  }

  /** A WebSocket session in the main namespace. */
  connect(auth = ''): MemoryClient {
    const far = this.webSocket();
    far.send(`40${auth}`);
    return far;
  }

  get(
    query: string,
    headers: Readonly<Record<string, string>> = {},
  ): { readonly answered: HttpResponse | undefined; abort(): void } {
    return this.memory.request('GET', `/socket.io/?${query}`, { headers });
  }

  async post(
    sid: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse | undefined> {
    const exchange = this.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, { body, headers });
    await this.advance();
    return exchange.answered;
  }

  /** A polling session in the main namespace. */
  async openPolling(auth = '', protocol: 3 | 4 = 4): Promise<string> {
    const { answered } = this.get(`EIO=${protocol}&transport=polling`);
    // Clients of version 3 are connected by the handshake, whose response has a length before each packet.
    if (protocol === 3) return /"sid":"([^"]+)"/.exec(answered?.body ?? '')?.[1] ?? '';
    const sid = sessionIdIn(answered);
    await this.post(sid, `40${auth}`);
    return sid;
  }

  poll(sid: string): { readonly answered: HttpResponse | undefined; abort(): void } {
    return this.get(`EIO=4&transport=polling&sid=${sid}`);
  }

  /** Advances the clock and runs everything that becomes due. */
  async advance(span = 0): Promise<void> {
    this.clock.advance(span);
    this.memory.settle();
    await turnOver();
  }
}

/** The session id in the response to a handshake. */
export function sessionIdIn(answer: HttpResponse | undefined): string {
  return (JSON.parse(answer?.body.slice(1) ?? '{}') as { sid: string }).sid;
}
