import { JsonMembers } from '../shared/json-members.ts';
import { TextCache } from '../shared/text-cache.ts';

/** CF2: one command of a client. Its parameters are a view on the frame. */
export type Command =
  /** CF5: the answer to a ping. */
  | { readonly name: 'pong' }
  | { readonly name: 'connect' | 'refresh'; readonly id: number; readonly token: string | undefined }
  /** CF6, CF9. @param type 0 for an ordinary subscription. */
  | {
      readonly name: 'subscribe';
      readonly id: number;
      readonly channel: string;
      readonly recovers: boolean;
      readonly type: number;
      /** CF10: whether the client receives joins and leaves, and the payload of its member. */
      readonly joinLeave: boolean;
      readonly data: Uint8Array | undefined;
    }
  /** CF10. */
  | { readonly name: 'presence' | 'presence_stats'; readonly id: number; readonly channel: string }
  | { readonly name: 'unsubscribe'; readonly id: number; readonly channel: string }
  | { readonly name: 'publish'; readonly id: number; readonly channel: string; readonly data: Uint8Array }
  /** CF10: a command that this broker does not serve. */
  | { readonly name: 'unserved'; readonly id: number }
  | { readonly name: 'unknown'; readonly id: number }
  /** CF2: a message without an answer. */
  | { readonly name: 'send' }
  | { readonly name: 'malformed' };

const MEMBERS = [
  ...(['id', 'publish', 'subscribe', 'unsubscribe', 'connect', 'refresh', 'send'] as const),
  ...(['presence', 'presence_stats', 'history', 'rpc', 'sub_refresh'] as const),
];
const ID = 0;
const PUBLISH = 1;
const SUBSCRIBE = 2;
const UNSUBSCRIBE = 3;
const CONNECT = 4;
const REFRESH = 5;
const SEND = 6;
const PRESENCE = 7;
const PRESENCE_STATS = 8;

const PARAMETERS = ['channel', 'data', 'token', 'recover', 'type', 'join_leave'];
const CHANNEL = 0;
const DATA = 1;
const TOKEN = 2;
const RECOVER = 3;
const TYPE = 4;
const JOIN_LEAVE = 5;

const MALFORMED: Command = { name: 'malformed' };
const MAX_ID = 0xffff_ffff;
const MAX_NUMBER_LENGTH = 10;

/** CF1, CF2: reads one line of a frame. Shared by all connections; never throws. */
export class CommandReader {
  readonly #line: JsonMembers;
  readonly #parameters: JsonMembers;

  constructor() {
    const cache = new TextCache();
    this.#line = new JsonMembers(MEMBERS, cache);
    this.#parameters = new JsonMembers(PARAMETERS, cache);
  }

  /** @param line UTF-8. */
  read(line: Uint8Array): Command {
    const members = this.#line;
    if (!members.read(line, false)) return MALFORMED;
    let member = 0;
    for (let other = ID + 1; other < MEMBERS.length; other++) {
      if (!members.has(other)) continue;
      if (member !== 0) return MALFORMED;
      member = other;
    }
    if (!members.has(ID)) {
      if (member === SEND) return { name: 'send' };
      return member === 0 && members.unknownCount === 0 ? { name: 'pong' } : MALFORMED;
    }
    const id = numberIn(members.raw(ID, line));
    if (id === undefined || id === 0 || id > MAX_ID) return MALFORMED;
    if (member === 0) return members.unknownCount > 0 ? { name: 'unknown', id } : MALFORMED;
    const parameters = members.raw(member, line) ?? new Uint8Array();
    if (!this.#parameters.read(parameters, false)) return MALFORMED;
    return this.#command(member, id, parameters);
  }

  #command(member: number, id: number, bytes: Uint8Array): Command {
    switch (member) {
      case CONNECT:
      case REFRESH:
        return this.#withToken(member === CONNECT ? 'connect' : 'refresh', id);
      case PUBLISH:
      case SUBSCRIBE:
      case UNSUBSCRIBE:
      case PRESENCE:
      case PRESENCE_STATS:
        return this.#withChannel(member, id, bytes);
      case SEND:
        return { name: 'send' };
      default:
        return { name: 'unserved', id };
    }
  }

  #withToken(name: 'connect' | 'refresh', id: number): Command {
    const token = this.#parameters.string(TOKEN);
    if (token === undefined || typeof token === 'string') return { name, id, token: token === '' ? undefined : token };
    return this.#parameters.isNull(TOKEN) ? { name, id, token: undefined } : MALFORMED;
  }

  #withChannel(member: number, id: number, bytes: Uint8Array): Command {
    const parameters = this.#parameters;
    const channel = parameters.string(CHANNEL);
    if (typeof channel !== 'string' || channel === '') return MALFORMED;
    if (member === UNSUBSCRIBE) return { name: 'unsubscribe', id, channel };
    if (member === PRESENCE || member === PRESENCE_STATS) {
      return { name: member === PRESENCE ? 'presence' : 'presence_stats', id, channel };
    }
    if (member === PUBLISH) {
      const data = parameters.raw(DATA, bytes);
      return data === undefined ? MALFORMED : { name: 'publish', id, channel, data };
    }
    const type = parameters.has(TYPE) ? numberIn(parameters.raw(TYPE, bytes)) : 0;
    if (type === undefined) return MALFORMED;
    const isTrue = (parameter: number): boolean => parameters.raw(parameter, bytes)?.[0] === LETTER_T;
    const data = parameters.isNull(DATA) ? undefined : parameters.raw(DATA, bytes);
    return { name: 'subscribe', id, channel, recovers: isTrue(RECOVER), type, joinLeave: isTrue(JOIN_LEAVE), data };
  }
}

const LETTER_T = 0x74;

/** A JSON number without sign, fraction and exponent. */
function numberIn(json: Uint8Array | undefined): number | undefined {
  if (json === undefined || json.length > MAX_NUMBER_LENGTH) return undefined;
  const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString('latin1');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
