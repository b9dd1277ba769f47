import type { AccessRefusal } from '../domain/refusal.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Carrier } from '../domain/session.ts';
import type { Connections } from './connections.ts';
import { statusClass } from './metered-exchange.ts';
import type { CommonDialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Socket } from './ports/socket.ts';
import type { Counter, GaugeReading, Histogram, Telemetry } from './ports/telemetry.ts';
import type { Admission, ConnectionEnd, Gateway, HttpExchange, UpgradeAnswer } from './ports/transport.ts';

export interface MeteredGatewayParts {
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly dialects: readonly CommonDialect[];
  readonly telemetry: Telemetry;
}

/** The time of one frame in so many is measured, because two readings of the clock cost as much as 3 % of a message. */
const SAMPLED = 64;
const CARRIERS: readonly Carrier[] = ['socket', 'stream'];

/** The connections of one dialect. A counter is looked up on first use. */
interface ConnectionCounters {
  readonly open: Record<Carrier, number>;
  readonly opened: Partial<Record<Carrier, Counter>>;
  /** By the reason of the end. */
  readonly closed: Partial<Record<string, Counter>>;
}

/** The reasons of ends that neither the broker nor its transport caused. */
const ENDED_BY: Readonly<Record<ConnectionEnd['by'], string>> = {
  broker: 'by-broker',
  client: 'by-client',
  network: 'by-network',
};

/** Counts the reports of transports, and measures how long they take. */
export class MeteredGateway implements Gateway {
  readonly #gateway: Gateway;
  readonly #connections: Connections;
  readonly #telemetry: Telemetry;
  readonly #bytesIn: Counter;
  readonly #relaySeconds: Histogram;
  /** By dialect. */
  readonly #counters = new Map<string, ConnectionCounters>();
  #frames = 0;

  constructor({ gateway, connections, dialects, telemetry }: MeteredGatewayParts) {
    this.#gateway = gateway;
    this.#connections = connections;
    this.#telemetry = telemetry;
    this.#bytesIn = telemetry.counter('message_bytes_total', 'in');
    this.#relaySeconds = telemetry.histogram('relay_seconds');
    for (const { name } of dialects) this.#counters.set(name, { open: { socket: 0, stream: 0 }, opened: {}, closed: {} });
    telemetry.gauge('connections', () => this.#openConnections());
  }

  httpRequest(exchange: HttpExchange): void {
    this.#gateway.httpRequest(exchange);
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    const answer = this.#gateway.upgrade(request);
    if (!answer.accept) this.#telemetry.counter('upgrades_refused_total', refusalReason(answer.response)).add();
    return answer;
  }

  abandoned(admission: Admission): void {
    this.#gateway.abandoned(admission);
  }

  refused(request: HttpRequest, response: HttpResponse): void {
    this.#telemetry.counter('http_requests_total', 'refused', statusClass(response.status)).add();
    this.#gateway.refused(request, response);
  }

  tokenRefused(address: string, refusal: AccessRefusal): boolean {
    return this.#gateway.tokenRefused(address, refusal);
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    const { dialect, carrier } = admission;
    const counters = this.#counters.get(dialect);
    if (counters !== undefined) {
      counters.open[carrier] += 1;
      (counters.opened[carrier] ??= this.#telemetry.counter('connections_opened_total', dialect, carrier)).add();
    }
    return this.#gateway.opened(socket, admission);
  }

  frame(connection: ConnectionId, bytes: Uint8Array, isBinary: boolean, size = bytes.length): void {
    this.#bytesIn.add(size);
    this.#frames += 1;
    if (this.#frames % SAMPLED !== 0) return this.#gateway.frame(connection, bytes, isBinary, size);
    const start = this.#telemetry.seconds();
    this.#gateway.frame(connection, bytes, isBinary, size);
    this.#relaySeconds.observe(this.#telemetry.seconds() - start);
  }

  continueFrame(connection: ConnectionId): void {
    this.#gateway.continueFrame(connection);
  }

  controlFrame(connection: ConnectionId): void {
    this.#gateway.controlFrame(connection);
  }

  unsent(connection: ConnectionId, message: SignalMessage): void {
    this.#gateway.unsent(connection, message);
  }

  closed(id: ConnectionId, end: ConnectionEnd): void {
    const connection = this.#connections.find(id);
    if (connection !== undefined) {
      const { dialect, carrier, ending } = connection;
      this.#countClose(dialect.name, carrier, ending ?? end.fault ?? ENDED_BY[end.by]);
    }
    this.#gateway.closed(id, end);
  }

  #countClose(dialect: string, carrier: Carrier, reason: string): void {
    const counters = this.#counters.get(dialect);
    if (counters === undefined) return;
    counters.open[carrier] -= 1;
    (counters.closed[reason] ??= this.#telemetry.counter('connections_closed_total', dialect, reason)).add();
  }

  *#openConnections(): Generator<GaugeReading<'connections'>> {
    for (const [dialect, { open }] of this.#counters) {
      for (const carrier of CARRIERS) yield { labels: [dialect, carrier], value: open[carrier] };
    }
  }
}

/** A reason of `AdmissionControl`; the status for an internal fault. */
function refusalReason({ why, status }: HttpResponse): string {
  return why ?? String(status);
}
