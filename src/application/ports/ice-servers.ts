import type { RealmKey } from '../../domain/ids.ts';

/** One entry of the member `iceServers` of an RTCConfiguration. */
export interface IceServer {
  readonly urls: readonly string[];
  /** Present for TURN only, together with `credential`. */
  readonly username?: string;
  readonly credential?: string;
}

/** The user that credentials are issued for. */
export interface IceUser {
  readonly realm: RealmKey;
  /** Any text that is stable for one owner of an id. No answer contains it. */
  readonly owner: string;
}

/** ICE servers, and how long they may be used for new connections. */
export interface IssuedIceServers {
  readonly servers: readonly IceServer[];
  /** Seconds until `expiresAt`, at least 1. */
  readonly ttl: number;
  /** Unix time in seconds. */
  readonly expiresAt: number;
  /** I11: the source of TURN servers is out of reach. `servers` has STUN at most, and may be empty. */
  readonly lacksTurn?: boolean;
}

/** Part of the ttl after which a client needs new ICE servers (I2, I12). */
export const REFRESH_AFTER = 0.75;

/** The source of ICE servers, with credentials for each user (I2, I7, I8, I11). */
export interface IceServers {
  /**
   * Calls `answer` exactly once, from inside the call or later. Two calls within a tenth of the ttl may give the same
   * credentials.
   */
  issue(user: IceUser, answer: (issued: IssuedIceServers) => void): void;
}
