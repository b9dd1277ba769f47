import type { Realms } from '../../domain/realms.ts';
import type { GrantIce } from '../ice-grants.ts';
import type { IceServers } from '../ports/ice-servers.ts';
import type { HttpOutcome, IceRequest } from '../ports/requests.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Issues ICE servers, with credentials for one user. @param address of the client. */
export type IssueIceServers = (
  request: IceRequest & { readonly key: string },
  answer: (outcome: HttpOutcome) => void,
  dialect: unknown,
  address: string,
) => void;

export interface IssueIceServersParts {
  readonly realms: Realms;
  readonly iceServers: IceServers;
  readonly grantIce: GrantIce;
  readonly telemetry: Telemetry;
}

/** I2 to I4, I11. */
export function issueIceServers({ realms, iceServers, grantIce, telemetry }: IssueIceServersParts): IssueIceServers {
  return (request, answer, _, address) => {
    const realm = realms.find(request.key);
    const grant = realm && grantIce(realm, request, address);
    if (realm === undefined || grant?.isAllowed !== true) {
      telemetry.count('ice-refused');
      return answer({ kind: 'refusal', reason: realm === undefined ? 'key-unknown' : 'sender-unknown' });
    }
    const { format } = request;
    iceServers.issue({ realm: realm.key, owner: grant.owner }, (issued) => {
      telemetry.count(issued.lacksTurn === true ? 'ice-without-turn' : 'ice-issued');
      if (issued.servers.length === 0) return answer({ kind: 'refusal', reason: 'ice-unavailable' });
      answer({ kind: 'ice-servers', issued, format });
    });
  };
}
