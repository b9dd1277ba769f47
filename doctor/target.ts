/** The server under test, and how a client uses it. */
export interface Target {
  /** With a trailing slash. */
  readonly url: URL;
  readonly key: string;
  readonly id: string | undefined;
  readonly token: string | undefined;
  readonly origin: string | undefined;
  /** Seconds of D8; 0 skips it. */
  readonly idle: number;
  /** The timeout of each request and connection, in milliseconds. */
  readonly timeout: number;
}

/** A response, or the error code of the request. */
export interface HttpObservation {
  readonly error?: string | undefined;
  /** 0 without a response. */
  readonly status: number;
  /** All occurrences, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Milliseconds until the end of the body. */
  readonly took: number;
}

export function headerOf({ headers }: Pick<HttpObservation, 'headers'>, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

/** A STUN or TURN server of the list. */
export interface IceUrl {
  readonly url: string;
  readonly scheme: 'stun' | 'stuns' | 'turn' | 'turns';
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly username: string;
  readonly credential: string;
}
