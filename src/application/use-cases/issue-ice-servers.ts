import type { Realms } from '../../domain/realms.ts';
import type { HttpClient } from '../http-access.ts';
import { countIssuedIce } from '../ice-counters.ts';
import type { GrantIce } from '../ice-grants.ts';
import type { IceServers } from '../ports/ice-servers.ts';
import type { HttpOutcome, HttpRefusal, IceRequest } from '../ports/requests.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RealmLabels } from '../realm-labels.ts';

/** Issues ICE servers, with credentials for one user. */
export type IssueIceServers = (
  request: IceRequest & { readonly key: string },
  answer: (outcome: HttpOutcome) => void,
  client: HttpClient,
) => void;

export interface IssueIceServersParts {
  readonly realms: Realms;
  readonly iceServers: IceServers;
  readonly grantIce: GrantIce;
  readonly telemetry: Telemetry;
  readonly realmLabels: RealmLabels;
}

/** I2 to I4, I11. */
export function issueIceServers(parts: IssueIceServersParts): IssueIceServers {
  const { realms, iceServers, grantIce, telemetry } = parts;
  return (request, answer, client) => {
    const realm = realms.resolve(request.key);
    if (realm === undefined) return refuse('key-unknown', answer);
    const { format } = request;
    grantIce(realm, request, client, (grant) => {
      if ('refusal' in grant) return refuse(grant.refusal, answer);
      iceServers.issue({ realm: realm.key, owner: grant.owner }, (issued) => {
        countIssuedIce(parts, realm.key, issued);
        if (issued.servers.length === 0) return answer({ kind: 'refusal', reason: 'ice-unavailable' });
        answer({ kind: 'ice-servers', issued, format });
      });
    });
  };

  function refuse(reason: HttpRefusal, answer: (outcome: HttpOutcome) => void): void {
    telemetry.counter('ice_refused_total', reason).add();
    answer({ kind: 'refusal', reason });
  }
}
