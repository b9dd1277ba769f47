import type { Millis } from '../../domain/time.ts';
import type { HttpResponse } from './http.ts';
import type { Operations } from './operations.ts';

/** One option in effect, without the value of a secret. */
export interface OptionInEffect {
  readonly name: string;
  /** Undefined for no value; `hidden` for a secret. */
  readonly value: unknown;
  /** The place of the value, as it was spelled; undefined for the default. */
  readonly source: string | undefined;
}

/** The services that an admin listener offers to operators. */
export interface AdminServices {
  readonly operations: Operations;
  /** The clock of the broker, in milliseconds. */
  readonly now: () => Millis;
  /** ADM7. @param listener called once a second. @returns the function that ends it. */
  readonly onSecond: (listener: () => void) => () => void;
  /** The response of a health check; undefined for another path. */
  readonly probe: (method: string, path: string) => HttpResponse | undefined;
  /** @param accept the `Accept` header of the reader. */
  readonly metrics: (accept: string | undefined) => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly configuration: () => readonly OptionInEffect[];
}

/** The driving adapter through which operators reach a broker, beside the transport for clients. */
export interface AdminListener {
  /** Starts to accept requests. @returns the place, for the log. @throws ListenError; nothing stays open then. */
  listen(services: AdminServices): Promise<string>;
  /** Ends all requests and streams. Has no effect before `listen` or when repeated. */
  stop(): Promise<void>;
}
