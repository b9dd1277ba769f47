import type { HttpRoute } from '../../../application/ports/requests.ts';
import { PeerjsDialect } from './dialect.ts';

/** I14: the route of ICE servers for a broker that does not serve PeerJS. It has no connections. */
export class IceRouteDialect extends PeerjsDialect {
  override readonly name = 'ice';

  override servesWebSocketAt(): boolean {
    return false;
  }

  override route(path: string): HttpRoute | undefined {
    const route = super.route(path);
    return route?.issuesCredentials === true ? route : undefined;
  }
}
