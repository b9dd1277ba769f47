import type { MemoryAccount } from '../domain/memory-account.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { HttpAction } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Admission, HttpExchange } from './ports/transport.ts';

/** The values of the label `route`: the action that a request asked for. `none`: it was answered before. */
export type MeteredRoute = HttpAction['action'] | 'probe' | 'metrics' | 'none';

/** An exchange that counts its response and measures the time until then. */
export class MeteredExchange implements HttpExchange {
  readonly request: HttpRequest;
  route: MeteredRoute = 'none';
  readonly #exchange: HttpExchange;
  readonly #telemetry: Telemetry;
  readonly #start: number;

  constructor(exchange: HttpExchange, telemetry: Telemetry) {
    this.request = exchange.request;
    this.#exchange = exchange;
    this.#telemetry = telemetry;
    this.#start = telemetry.seconds();
  }

  readBody(maxBytes: number, then: (body: Uint8Array | undefined) => void, memory?: MemoryAccount): void {
    this.#exchange.readBody(maxBytes, then, memory);
  }

  holdOpen(onClientGone: () => void): void {
    this.#exchange.holdOpen(onClientGone);
  }

  spend(units: number): void {
    this.#exchange.spend?.(units);
  }

  respond(response: HttpResponse): void {
    this.#count(response.status);
    this.#exchange.respond(response);
  }

  respondWithStream(head: Omit<HttpResponse, 'body'>, admission: Admission): void {
    this.#count(head.status);
    this.#exchange.respondWithStream(head, admission);
  }

  #count(status: number): void {
    this.#telemetry.counter('http_requests_total', this.route, statusClass(status)).add();
    this.#telemetry.histogram('http_request_seconds', this.route).observe(this.#telemetry.seconds() - this.#start);
  }
}

/** `2xx` to `5xx`. */
export function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
