import { byteListText } from './byte-list.ts';
import type { EventRequest } from './events.ts';

/* SIO6: the JSON lines between this transport and the dialect. */

const encoder = new TextEncoder();

/** An event without a known request. */
export const UNKNOWN = encoder.encode('["unknown"]');
/** A malformed packet. */
export const MALFORMED_LINE = encoder.encode('null');
/** Input without a request, which counts against the rate limit. */
export const STAY = encoder.encode('["stay"]');
/** SIO10: a request that the token does not permit. */
export const FORBIDDEN = encoder.encode('["forbidden"]');
/** The client has disconnected. */
export const LEAVE = encoder.encode('["leave"]');

/** @param receipt SIO1: the id that the client expects in the acknowledgement. */
export function requestLine(request: EventRequest, receipt: number | undefined): Uint8Array {
  const { verb, namespace } = request;
  if (request.verb !== 'publish') return encoder.encode(JSON.stringify([verb, namespace, receipt]));
  const { buffer, byteOffset, length } = request.data;
  const base64 = Buffer.from(buffer, byteOffset, length).toString('base64');
  // Base64 needs no escapes, and may be long.
  return Buffer.from(`["publish",${JSON.stringify(namespace)},"${base64}",${receipt ?? null}]`);
}

/** A line from the dialect to one client. */
export type DialectLine =
  | { readonly word: 'welcome'; readonly id: string }
  | { readonly word: 'refused'; readonly text: string; readonly code: number }
  | { readonly word: 'receipt'; readonly receipt: number }
  | { readonly word: 'message'; readonly publication: PublicationText };

/** SIO3: a publication as an event, encoded once for all clients with the same prefix. */
class PublicationText {
  readonly #arguments: Buffer;
  readonly #byPrefix = new Map<string, Uint8Array>();

  constructor(namespace: string, data: Uint8Array) {
    this.#arguments = Buffer.concat([
      Buffer.from(`message",${JSON.stringify(namespace)},[`),
      byteListText(data),
      Buffer.from(']]'),
    ]);
  }

  /** The Engine.IO packet; must not be changed. */
  under(prefix: string): Uint8Array {
    const known = this.#byPrefix.get(prefix);
    if (known !== undefined) return known;
    // A configured prefix may need escapes.
    const packet = Buffer.concat([Buffer.from(`42["${JSON.stringify(prefix).slice(1, -1)}`), this.#arguments]);
    this.#byPrefix.set(prefix, packet);
    return packet;
  }
}

/** Parses the lines of the dialect. A publication is parsed once for all clients. */
export class LineReader {
  readonly #publications = new WeakMap<Uint8Array, PublicationText>();

  read(line: Uint8Array): DialectLine {
    const known = this.#publications.get(line);
    if (known !== undefined) return { word: 'message', publication: known };
    const [word, ...rest] = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString()) as [
      string,
      ...unknown[],
    ];
    if (word === 'welcome') return { word, id: rest[0] as string };
    if (word === 'refused') return { word, text: rest[0] as string, code: rest[1] as number };
    if (word === 'receipt') return { word, receipt: rest[0] as number };
    const publication = new PublicationText(rest[0] as string, Buffer.from(rest[1] as string, 'base64'));
    this.#publications.set(line, publication);
    return { word: 'message', publication };
  }
}
