import type { PeerQuery, PeerTarget } from '../../../application/ports/operations.ts';
import { BAN_TARGETS, type BanRequest, type BanTarget } from '../../../domain/bans.ts';
import { nodeId, realmKey, type NodeId } from '../../../domain/ids.ts';
import { NEVER } from '../../../domain/time.ts';
import { invalid } from './problems.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const MAX_TEXT = 256;
const CURSOR = /^\d{1,7}@.+$/;
const BAN_MEMBERS: readonly string[] = ['what', 'value', 'realm', 'until', 'reason'];

/** ADM2. */
export function peerQuery(query: URLSearchParams): PeerQuery {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw invalid(`limit must be a number from 1 to ${MAX_LIMIT}`);
  const after = text(query.get('after'), 'after');
  if (after !== undefined && !CURSOR.test(after)) throw invalid('after must be the member next of a page');
  const [realm, prefix] = [text(query.get('realm'), 'realm'), text(query.get('prefix'), 'prefix')];
  return { realm, prefix, node: nodeIn(query), after, limit };
}

/** ADM15: the node that a request is for; undefined for all, or for this one. */
export function nodeIn(query: URLSearchParams): NodeId | undefined {
  const node = text(query.get('node'), 'node');
  return node === undefined ? undefined : nodeId(node);
}

/** ADM6. */
export function traceTarget(query: URLSearchParams): PeerTarget {
  const [realm, id] = [text(query.get('realm'), 'realm'), text(query.get('id'), 'id')];
  if (realm === undefined || id === undefined) throw invalid('realm and id are required');
  return { realm, id };
}

/**
 * ADM2: the peer that a path names. The query may give its realm and id instead, because browsers and curl remove the segments
 * `.` and `..`, also in percent-encoding, and both are valid ids.
 */
export function peerTarget({ segments, query }: { segments: readonly string[]; query: URLSearchParams }): PeerTarget {
  const [realm = '', id = ''] = segments;
  return { realm: text(query.get('realm'), 'realm') ?? realm, id: text(query.get('id'), 'id') ?? id };
}

/** ADM13: an act refuses unknown parameters, because without a misspelled one it would mean another node or peer. */
export function checkParameters(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`The parameter ${unknown.slice(0, 40)} is not known: use ${known.join(', ')}`);
}

/** The reason for an act, for the log. */
export function reasonIn(query: URLSearchParams): string | undefined {
  return text(query.get('reason'), 'reason');
}

/** ADM4. @param wallTime Unix time in milliseconds. @param now of the clock of the broker. */
export function banRequest(body: Readonly<Record<string, unknown>>, wallTime: number, now: number): BanRequest {
  const unknown = Object.keys(body).find((name) => !BAN_MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`The member ${unknown.slice(0, 40)} is not known: use ${BAN_MEMBERS.join(', ')}`);
  const { what, value, until } = body;
  if (!BAN_TARGETS.includes(what as BanTarget)) throw invalid(`The target what must be one of ${BAN_TARGETS.join(', ')}`);
  if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT) {
    throw invalid(`value must be a text of 1 to ${MAX_TEXT} characters`);
  }
  const [realm, reason] = [text(body['realm'], 'realm'), text(body['reason'], 'reason')];
  if (realm !== undefined && what !== 'id') throw invalid('realm is for the target id only');
  const endsAt = until === undefined ? NEVER : now + remaining(until, wallTime);
  return { what: what as BanTarget, value, realm: realm === undefined ? undefined : realmKey(realm), endsAt, reason };
}

function remaining(until: unknown, wallTime: number): number {
  const end = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(end) || end <= wallTime) {
    throw invalid('until must be a date and time in the future, such as 2030-01-31T12:00:00Z');
  }
  return end - wallTime;
}

function text(value: unknown, name: string): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || value.length > MAX_TEXT || /\p{Cc}/u.test(value)) {
    throw invalid(`${name} must be a text of at most ${MAX_TEXT} characters without control characters`);
  }
  return value;
}
