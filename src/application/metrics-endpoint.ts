import { Token } from '../domain/token.ts';
import { PLAIN } from './http-responses.ts';
import { bearerToken, type HttpRequest, type HttpResponse } from './ports/http.ts';
import type { MetricsReader } from './ports/metrics-reader.ts';

export interface MetricsEndpointParts {
  /** Undefined: the metrics are not served here. */
  readonly reader: MetricsReader | undefined;
  /** The bearer token of readers. */
  readonly token: string | undefined;
}

const UNAUTHORIZED: HttpResponse = {
  status: 401,
  headers: [PLAIN, ['www-authenticate', 'Bearer realm="metrics"'], ['cache-control', 'no-store']],
  body: 'Unauthorized: the metrics need the bearer token of metrics_token',
};

/** H19: `GET /metrics` for readers with the token. */
export class MetricsEndpoint {
  readonly #reader: MetricsReader | undefined;
  readonly #token: Token | undefined;

  constructor({ reader, token }: MetricsEndpointParts) {
    this.#reader = reader;
    this.#token = token === undefined ? undefined : new Token(token);
  }

  /** Whether the request is one for the metrics. */
  serves({ method, path }: HttpRequest): boolean {
    return this.#token !== undefined && path === '/metrics' && (method === 'GET' || method === 'HEAD');
  }

  /** @param answer called once, now or later. */
  answer(request: HttpRequest, answer: (response: HttpResponse) => void): void {
    const isReader = this.#token?.hasSecret(bearerToken(request.header('authorization')) ?? '') === true;
    if (!isReader || this.#reader === undefined) return answer(UNAUTHORIZED);
    void this.#reader.render(request.header('accept')).then((metrics) => answer(responseOf(metrics)));
  }
}

function responseOf({ contentType, text }: Awaited<ReturnType<MetricsReader['render']>>): HttpResponse {
  return {
    status: 200,
    headers: [
      ['content-type', contentType],
      ['cache-control', 'no-store'],
    ],
    body: text,
  };
}
