import type { Realm } from '../../domain/realm.ts';
import type { Realms } from '../../domain/realms.ts';
import { authorizeRequest, type HttpClient } from '../http-access.ts';
import type { Authorizer } from '../ports/authorizer.ts';
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
  readonly allowDiscovery: boolean;
}

/** H3, H4: lists one realm, on all nodes, and only if discovery is enabled and the client is granted it. */
export function listPeers({ realms, authorizer, directory, allowDiscovery }: ListPeersParts): ListPeers {
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
    if (realm.isSingleNode) return answer({ kind: 'peers', ids: realm.present() });
    directory.present(realm.key, (ids) => answer({ kind: 'peers', ids }));
  }
}
