import type { IceServers, IceUser, IssuedIceServers } from '../../application/ports/ice-servers.ts';
import type { RealmKey } from '../../domain/ids.ts';

/** I13: realms with ICE servers of their own. */
export class IceServersByRealm implements IceServers {
  readonly #sourceOf: (realm: RealmKey) => IceServers;

  /** @param sourceOf the ICE servers of a realm. */
  constructor(sourceOf: (realm: RealmKey) => IceServers) {
    this.#sourceOf = sourceOf;
  }

  issue(user: IceUser, answer: (issued: IssuedIceServers) => void): void {
    this.#sourceOf(user.realm).issue(user, answer);
  }
}
