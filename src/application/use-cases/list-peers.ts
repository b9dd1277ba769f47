import type { Realm } from '../../domain/realm.ts';
import type { Realms } from '../../domain/realms.ts';
import { authorizeRequest, type HttpClient } from '../http-access.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeerDirectory } from '../ports/peer-directory.ts';
import type { HttpAction, HttpOutcome } from '../ports/requests.ts';

/** Lists the peers of a realm. */
export type ListPeers = (
  request: Extract<HttpAction, { action: 'list-peers' }>,
  answer: (outcome: HttpOutcome) => void,
  client: HttpClient,
) => void;

export interface ListPeersParts {
  readonly realms: Realms;
  readonly authorizer: Authorizer;
  readonly directory: PeerDirectory;
  readonly clock: Clock;
  readonly allowDiscovery: boolean;
}

/** Ids that are encoded in one turn. */
const SLICE_SIZE = 5_000;

/** H3, H4: lists one realm, on all nodes, and only if discovery is enabled and the client is granted it. */
export function listPeers({ realms, authorizer, directory, clock, allowDiscovery }: ListPeersParts): ListPeers {
  return ({ key, token }, answer, client) => {
    if (!allowDiscovery) return answer({ kind: 'refusal', reason: 'discovery-off' });
    const realm = realms.resolve(key);
    if (realm === undefined) return answer({ kind: 'refusal', reason: 'key-unknown' });
    authorizeRequest(authorizer, { realm: realm.key, id: undefined, token }, client, (outcome) => {
      if (typeof outcome === 'string') return answer({ kind: 'refusal', reason: outcome });
      if (!outcome.mayDiscover) return answer({ kind: 'refusal', reason: 'not-granted' });
      list(realm, answer);
    });
  };

  function list(realm: Realm, answer: (outcome: HttpOutcome) => void): void {
    const encode = (ids: readonly string[]): void => encodeFrom(ids, 0, [], (list) => answer({ kind: 'peers', list }));
    if (realm.isSingleNode) return encode(realm.present());
    directory.present(realm.key, encode);
  }

  /** Encodes a long list in slices, so that it does not block the process. */
  function encodeFrom(ids: readonly string[], start: number, parts: string[], then: (list: string) => void): void {
    const end = start + SLICE_SIZE;
    parts.push(JSON.stringify(ids.slice(start, end)).slice(1, -1));
    if (end >= ids.length) return then(`[${parts.join()}]`);
    clock.wakeAt(clock.now(), () => encodeFrom(ids, end, parts, then));
  }
}
