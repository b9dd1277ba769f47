import { createHmac } from 'node:crypto';
import type { IceServers, IceUser, IssuedIceServers } from '../../application/ports/ice-servers.ts';
import { serverList, type IceUrls, type UnixTime } from './shared/server-list.ts';

export interface TurnRestSettings extends IceUrls {
  /** The secret that the broker signs with. TURN servers may accept others beside it. */
  readonly secret: string;
  /** Maximum lifetime of credentials, in seconds. */
  readonly ttl: number;
}

/** I7: the parts of a ttl within which a user receives the same credentials. */
const STEPS = 10;

/** Length of the user part. */
const USER_CHARACTERS = 16;

/**
 * I7: TURN credentials that the TURN server checks with a shared secret, known as the TURN REST API: the username is
 * `expiry:user`, the credential its HMAC-SHA1. The expiry is rounded down, so that repeated requests, also to other brokers,
 * give the same credentials without a table of users.
 */
export class TurnRestIceServers implements IceServers {
  readonly #settings: TurnRestSettings;
  readonly #unixTime: UnixTime;

  constructor(settings: TurnRestSettings, unixTime: UnixTime) {
    this.#settings = settings;
    this.#unixTime = unixTime;
  }

  issue(user: IceUser, answer: (issued: IssuedIceServers) => void): void {
    const { secret, ttl } = this.#settings;
    const now = Math.floor(this.#unixTime());
    const step = Math.max(1, Math.floor(ttl / STEPS));
    const expiresAt = now - (now % step) + ttl;
    const username = `${expiresAt}:${this.#userPart(user)}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    answer({ servers: serverList(this.#settings, { username, credential }), ttl: expiresAt - now, expiresAt });
  }

  /** Stable for one owner, because TURN servers count allocations by it; without blanks and quotes, which coturn rejects. */
  #userPart({ realm, owner }: IceUser): string {
    return createHmac('sha256', this.#settings.secret).update(`${realm}\0${owner}`).digest('base64url').slice(0, USER_CHARACTERS);
  }
}
