import type { Dialect, StatefulDialect } from '../../application/ports/dialect.ts';
import type { MessageKind } from '../../domain/message.ts';

/** A dialect under test, with sample input. */
export interface DialectSubject {
  /** Creates an independent instance; all instances behave the same. */
  make(): Dialect;
  /** The message kinds that it decodes from its own encoded form; empty for a dialect without addressable peers. */
  readonly readsBack: readonly MessageKind[];
  /** Valid paths, queries and frames. Generated input is a variation of these. */
  readonly paths: readonly string[];
  readonly queries: readonly string[];
  /** Empty for a dialect without frames from clients. */
  readonly frames: readonly string[];
  /** True if payloads of messages are borrowed until the next call, and not views on the frame. */
  readonly lendsPayloads?: true;
  /** Valid request bodies, for a dialect that reads any. */
  readonly bodies?: readonly string[];
  /** Payloads of publications in its space: any text. JSON by default. */
  readonly payloads?: 'text';
}

/** The names of the promises of the port, without their code, which needs a package of its own. */
export const CLAUSE_NAMES = [
  'promise 6: decodes every frame without an exception, as text and as binary',
  'promise 6: accepts every path and every query without an exception',
  'promise 6: handles every request without an exception, with any head, body and token claims',
  'decodes equal bytes to equal requests, after any other frames',
  'M1: decodes a frame to the same request with any likely destination',
  'gives the payload of a message as a view on the frame, and does not change the frame',
  'encodes messages as UTF-8, with any ids',
  'encodes topic events as UTF-8 with any payload, and independently of earlier events',
  'M2: decodes an encoded message to the same kind and destination, and the payload byte for byte',
  'encodes a message independently of earlier messages',
  'keeps encoded bytes unchanged until its next call, also while another instance is used',
  'gives the same first and last messages on every call',
  'has a close frame for each refusal and ending: UTF-8, a code that may be sent, a reason of at most 123 bytes',
  'has a valid HTTP response for each outcome',
] as const;

export type ClauseName = (typeof CLAUSE_NAMES)[number];

/** Throws if the dialect breaks a promise. */
export type Clause = (subject: DialectSubject) => void | Promise<void>;

/** A text frame or a binary frame. */
export type SampleFrame = string | Uint8Array;

/** A stateful dialect under test, with sample input. */
export interface StatefulDialectSubject extends Pick<DialectSubject, 'paths' | 'queries' | 'bodies' | 'payloads'> {
  /** Creates an independent instance; all instances behave the same. */
  make(): StatefulDialect;
  /** Valid frames of several connections, in order. Each script of a dialect with newcomers introduces its client once. */
  readonly scripts: readonly (readonly SampleFrame[])[];
  /** Whether the wire is a stream of bytes, which frames may cut anywhere. */
  readonly isStream: boolean;
  /** Subprotocols that clients offer. */
  readonly subprotocols?: readonly string[];
  /** False for a wire that has refusals, but no receipts. */
  readonly confirmsRequests?: boolean;
}

/** The names of the promises of `StatefulDialect` and `Conversation`. */
export const STATEFUL_CLAUSE_NAMES = [
  'promise 6: reads any frames in any order without an exception, as text and as binary',
  'promise 6: accepts every path, query, head and body without an exception',
  'has a close frame for each refusal and ending, before and after any frames',
  'W1: reads the same requests, wherever the frames are cut',
  'W1: keeps at most maxMessageBytes of an incomplete request',
  'W1: does not change a frame, and its requests stay the same after later frames',
  'W2: reads and encodes each connection by its own state',
  'W2: conversations with the same voice encode a publication to the same bytes',
  'W3: introduces a newcomer once, and before any other request',
  'W5: answers each request with a number: a receipt, or each reason of a refusal',
  'W6: encodes events as UTF-8, unless its frames are binary',
  'W7: grants only a subprotocol that the client offers',
] as const;

export type StatefulClauseName = (typeof STATEFUL_CLAUSE_NAMES)[number];

/** Throws if the dialect breaks a promise. */
export type StatefulClause = (subject: StatefulDialectSubject) => void | Promise<void>;
