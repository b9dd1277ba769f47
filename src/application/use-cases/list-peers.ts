import type { Realms } from '../../domain/realms.ts';
import type { PeerDirectory } from '../ports/peer-directory.ts';
import type { HttpOutcome } from '../ports/requests.ts';

/** Lists the peers of a realm. */
export type ListPeers = (request: { readonly key: string }, answer: (outcome: HttpOutcome) => void) => void;

export interface ListPeersParts {
  readonly realms: Realms;
  readonly directory: PeerDirectory;
  readonly allowDiscovery: boolean;
}

/** H3, H4: lists one realm, on all nodes, and only if discovery is enabled. */
export function listPeers({ realms, directory, allowDiscovery }: ListPeersParts): ListPeers {
  return ({ key }, answer) => {
    if (!allowDiscovery) return answer({ kind: 'refusal', reason: 'discovery-off' });
    const realm = realms.find(key);
    if (realm === undefined) return answer({ kind: 'refusal', reason: 'key-unknown' });
    if (realm.isSingleNode) return answer({ kind: 'peers', ids: realm.present() });
    directory.present(realm.key, (ids) => answer({ kind: 'peers', ids }));
  };
}
