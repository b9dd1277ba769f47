import { isTooLong } from './channel-names.ts';

/** SB3: the options of a join. */
export interface JoinOptions {
  readonly self: boolean;
  readonly ack: boolean;
  readonly isPrivate: boolean;
  /** SB13: undefined for a key that the broker chooses. */
  readonly presenceKey: string | undefined;
  /** SB13: whether the client receives the members of the channel. */
  readonly watches: boolean;
  /** SB12: undefined for none. */
  readonly token: string | undefined;
  /** Why the channel can't be joined; undefined if it can. */
  readonly refusal: string | undefined;
}

/** SB3: bytes of the payload of a join, which has a token and some options. It is parsed as a whole. */
export const MAX_JOIN_BYTES = 64 * 1024;

type Members = Readonly<Record<string, unknown>>;

/** SB3, SB13, SB14, SB16. @param payload JSON of at most `MAX_JOIN_BYTES`. */
export function joinOptions(payload: Uint8Array): JoinOptions {
  const join = objectIn(JSON.parse(Buffer.from(payload).toString()));
  const config = objectIn(join['config']);
  const broadcast = objectIn(config['broadcast']);
  const presence = objectIn(config['presence']);
  const { key } = presence;
  const token = join['access_token'];
  return {
    self: broadcast['self'] === true,
    ack: broadcast['ack'] === true,
    isPrivate: config['private'] === true,
    presenceKey: typeof key === 'string' && key !== '' ? key : undefined,
    watches: presence['enabled'] === true,
    token: typeof token === 'string' && token !== '' ? token : undefined,
    refusal: refusalOf(config, broadcast, key),
  };
}

function refusalOf(config: Members, broadcast: Members, key: unknown): string | undefined {
  if (typeof key === 'string' && isTooLong(key)) return 'The presence key has more than 255 bytes';
  const changes = config['postgres_changes'];
  if (Array.isArray(changes) && changes.length > 0) return 'postgres_changes is not available: this broker has no database';
  const { replay } = broadcast;
  return replay === undefined || replay === null ? undefined : 'replay is not available: this broker stores no broadcasts';
}

/** SB12: the token of an `access_token` message. @param payload see `joinOptions`. */
export function tokenIn(payload: Uint8Array): string | undefined {
  const token = objectIn(JSON.parse(Buffer.from(payload).toString()))['access_token'];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function objectIn(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
