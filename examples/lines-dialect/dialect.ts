import type { Dialect, Farewell, Welcome } from '../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../src/application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, Introduction } from '../../src/application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../src/domain/refusal.ts';
import type { News } from '../../src/domain/topic.ts';
import { readLine } from './decode.ts';
import { answerTo, FAREWELLS, REFUSALS } from './refusals.ts';
import { lineOf } from './encode.ts';
import { keyIn, routesAt } from './routes.ts';

/** Topics for people with a terminal: one line of text for each frame. */
export class LinesDialect implements Dialect {
  readonly name = 'lines';
  readonly space = 'lines';
  readonly remembers = true;
  readonly liveness = 'answers';
  readonly pace = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  opensAt(path: string): boolean {
    return path === this.#path;
  }

  introduction(query: string): Introduction {
    return { as: 'guest', key: keyIn(query), joins: [], presence: true };
  }

  routes(path: string): HttpRoute | undefined {
    return path === this.#path ? routesAt() : undefined;
  }

  answer(outcome: HttpOutcome): HttpResponse {
    return answerTo(outcome);
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return isBinary ? { ask: 'unreadable' } : readLine(bytes);
  }

  /** Clients of this dialect have no address. */
  encode(): undefined {
    return undefined;
  }

  tell(news: News): Uint8Array | undefined {
    return lineOf(news);
  }

  preface(): Uint8Array {
    return Buffer.from('# listening\n');
  }

  welcome({ id }: Pick<Welcome, 'id'>): Uint8Array {
    return Buffer.from(`# you are ${id}\n`);
  }

  prompt(): Uint8Array {
    return Buffer.from('#\n');
  }

  refusal(refusal: OpenRefusal): Farewell {
    return REFUSALS[refusal.reason];
  }

  farewell(ending: Ending): Farewell {
    return FAREWELLS[ending];
  }
}
