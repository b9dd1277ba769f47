import type { Realms } from '../../domain/realms.ts';
import type { HttpOutcome } from '../ports/requests.ts';

/** Tells who is present in a realm. */
export type ListPeers = (key: string) => HttpOutcome;

export interface ListPeersParts {
  readonly realms: Realms;
  readonly allowDiscovery: boolean;
}

/** H3, H4: of that realm only, and only where discovery is on. */
export function listPeers({ realms, allowDiscovery }: ListPeersParts): ListPeers {
  return (key) => {
    if (!allowDiscovery) return { gave: 'refusal', reason: 'discovery-off' };
    const realm = realms.find(key);
    if (realm === undefined) return { gave: 'refusal', reason: 'key-unknown' };
    return { gave: 'peers', ids: realm.present() };
  };
}
