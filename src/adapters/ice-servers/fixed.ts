import type { IceServers, IceUser, IssuedIceServers } from '../../application/ports/ice-servers.ts';
import { serverList, type IceUrls, type TurnCredentials, type UnixTime } from './shared/server-list.ts';

export interface FixedIceServerSettings extends IceUrls {
  /** Undefined without TURN. */
  readonly credentials: TurnCredentials | undefined;
  /** Seconds after which a client asks again, so that it receives a changed configuration. */
  readonly ttl: number;
}

/** I8: the configured servers, with the same credentials for every user. */
export class FixedIceServers implements IceServers {
  readonly #settings: FixedIceServerSettings;
  readonly #unixTime: UnixTime;

  constructor(settings: FixedIceServerSettings, unixTime: UnixTime) {
    this.#settings = settings;
    this.#unixTime = unixTime;
  }

  issue(_: IceUser, answer: (issued: IssuedIceServers) => void): void {
    const { credentials, ttl } = this.#settings;
    answer({ servers: serverList(this.#settings, credentials), ttl, expiresAt: Math.floor(this.#unixTime()) + ttl });
  }
}
