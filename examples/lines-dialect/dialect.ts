import type { Dialect, CloseFrame, Registration } from '../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../src/application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, ConnectRequest } from '../../src/application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../src/domain/refusal.ts';
import type { TopicEvent } from '../../src/domain/topic.ts';
import { readLine } from './decode.ts';
import { answerTo, FAREWELLS, REFUSALS } from './refusals.ts';
import { lineOf } from './encode.ts';
import { keyIn, routesAt } from './routes.ts';

/** Topics for people with a terminal: one line of text for each frame. */
export class LinesDialect implements Dialect {
  readonly name = 'lines';
  readonly space = 'lines';
  readonly keepsHistory = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  servesWebSocketAt(path: string): boolean {
    return path === this.#path;
  }

  connectRequest(query: string): ConnectRequest {
    return { as: 'guest', key: keyIn(query), selectors: [], presence: true };
  }

  route(path: string): HttpRoute | undefined {
    return path === this.#path ? routesAt() : undefined;
  }

  httpResponse(outcome: HttpOutcome): HttpResponse {
    return answerTo(outcome);
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return isBinary ? { action: 'malformed' } : readLine(bytes);
  }

  /** Clients of this dialect have no address. */
  encode(): undefined {
    return undefined;
  }

  encodeEvent(news: TopicEvent): Uint8Array | undefined {
    return lineOf(news);
  }

  streamPreamble(): Uint8Array {
    return Buffer.from('# listening\n');
  }

  openFrame({ id }: Pick<Registration, 'id'>): Uint8Array {
    return Buffer.from(`# you are ${id}\n`);
  }

  keepAliveFrame(): Uint8Array {
    return Buffer.from('#\n');
  }

  refusal(refusal: OpenRefusal): CloseFrame {
    return REFUSALS[refusal.reason];
  }

  closeFrame(ending: Ending): CloseFrame {
    return FAREWELLS[ending];
  }
}
