import type { Dialect, Farewell } from '../../../application/ports/dialect.ts';
import type { HttpResponse } from '../../../application/ports/http.ts';
import type { Credentials, FrameRequest, HttpOutcome, HttpRoute } from '../../../application/ports/requests.ts';
import type { SignalMessage } from '../../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { Decoder } from './decode.ts';
import { Encoder } from './encode.ts';
import { answerOf } from './http.ts';
import { KnownTexts } from './known-texts.ts';
import { FAREWELLS, REFUSALS } from './refusals.ts';
import { readCredentials, Routes } from './routes.ts';

const OPEN = Buffer.from('{"type":"OPEN"}');

/** The wire of `peerjs` clients: docs/protocols/peerjs.md. */
export class PeerjsDialect implements Dialect {
  readonly name = 'peerjs';
  readonly #routes: Routes;
  readonly #decoder: Decoder;
  readonly #encoder: Encoder;

  /** @param prefix where it is served; begins and ends with a slash. */
  constructor(prefix: string) {
    this.#routes = new Routes(prefix);
    const known = new KnownTexts();
    this.#decoder = new Decoder(known);
    this.#encoder = new Encoder(known);
  }

  opensAt(path: string): boolean {
    return this.#routes.opensAt(path);
  }

  credentials(query: string): Credentials {
    return readCredentials(query);
  }

  routes(path: string): HttpRoute | undefined {
    return this.#routes.find(path);
  }

  answer(outcome: HttpOutcome): HttpResponse {
    return answerOf(outcome);
  }

  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    return this.#decoder.decode(bytes, isBinary);
  }

  encode(message: SignalMessage): Uint8Array {
    return this.#encoder.encode(message);
  }

  /** O3, O5. */
  welcome(): Uint8Array {
    return OPEN;
  }

  refusal(refusal: OpenRefusal): Farewell {
    return REFUSALS[refusal.reason];
  }

  farewell(ending: Ending): Farewell {
    return FAREWELLS[ending];
  }
}
