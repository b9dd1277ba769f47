import type { Dialect, Farewell } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { FrameRequest, HttpOutcome, HttpRoute, Introduction } from '../../../application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { News } from '../../../domain/topic.ts';
import { SILENT_FAREWELLS, SILENT_REFUSALS } from '../shared/farewells.ts';
import { answerOf } from './answers.ts';
import { COMMENT, eventOf } from './events.ts';
import { mercureRoute, type MercurePolicy } from './routes.ts';

/** Mercure: topics over server-sent events and plain requests. docs/protocols/mercure.md. */
export class MercureDialect implements Dialect {
  readonly name = 'mercure';
  readonly space = 'updates';
  readonly remembers = true;
  readonly liveness = 'reads';
  readonly pace = 0;
  readonly #path: string;
  readonly #route: HttpRoute;

  /** @param path where it is served; without a slash at its end, which changes nothing. */
  constructor(path: string, policy: MercurePolicy) {
    this.#path = path;
    this.#route = mercureRoute(policy);
  }

  /** Streams only. */
  opensAt(): boolean {
    return false;
  }

  introduction(): Introduction {
    return { as: 'guest', key: undefined, joins: [], presence: false };
  }

  routes(path: string): HttpRoute | undefined {
    return path === this.#path || path === `${this.#path}/` ? this.#route : undefined;
  }

  answer(outcome: HttpOutcome): HttpResponse {
    return answerOf(outcome);
  }

  /** A stream says nothing. */
  decode(): FrameRequest {
    return { ask: 'unreadable' };
  }

  encode(): undefined {
    return undefined;
  }

  tell(news: News): Uint8Array | undefined {
    return eventOf(news);
  }

  /** MER1: a browser calls a stream open when its first bytes are there. */
  preface(): Uint8Array {
    return COMMENT;
  }

  welcome(): undefined {
    return undefined;
  }

  prompt(): Uint8Array {
    return COMMENT;
  }

  refusal(refusal: OpenRefusal): Farewell {
    return SILENT_REFUSALS[refusal.reason];
  }

  farewell(ending: Ending): Farewell {
    return SILENT_FAREWELLS[ending];
  }
}
