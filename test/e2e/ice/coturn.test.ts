import { afterEach, describe, expect, it } from 'vitest';
import { Coturn } from '../../support/e2e/coturn.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { allocate, type TurnUser } from '../../support/e2e/stun-client.ts';

const OLD = 'the-old-secret-of-the-tests';
const NEW = 'the-new-secret-of-the-tests';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startCoturn(...secrets: string[]): Promise<Coturn> {
  const coturn = await Coturn.start(secrets);
  stops.push(() => coturn.stop());
  return coturn;
}

describe.each([SIGNALBOX_NODE, SIGNALBOX_UWS])('ICE servers of $name and coturn', (kind) => {
  /** The credentials of a peer of a new broker. */
  async function credentialsFrom(coturn: Coturn, secrets: string): Promise<TurnUser> {
    const environment = { SIGNALBOX_TURN: `turn:127.0.0.1:${coturn.port}?transport=udp`, SIGNALBOX_TURN_SECRET: secrets };
    const server = await Server.start({ kind, environment });
    stops.push(() => server.stop());
    const ann = await server.connectPeer('ann', { token: 'hers' });
    const headers = { authorization: 'Bearer hers' };
    const { status, body } = await server.request(`peerjs/ice?id=${ann.id}`, { headers });
    expect(status).toBe(200);
    await ann.close();
    const { iceServers } = JSON.parse(body) as { iceServers: TurnUser[] };
    return iceServers[0] ?? expect.fail(body);
  }

  it('I7: coturn accepts the credentials, and no others', async () => {
    const coturn = await startCoturn(OLD);
    const user = await credentialsFrom(coturn, OLD);
    expect(await allocate(coturn.port, user)).toBe(200);
    expect(await allocate(coturn.port, { ...user, credential: 'x' })).toBe(401);
    expect(await allocate(coturn.port, await credentialsFrom(coturn, NEW))).toBe(401);
  });

  it('I7: during a rotation coturn accepts credentials of both secrets, and afterwards those of the new one', async () => {
    const rotating = await startCoturn(OLD, NEW);
    const [before, after] = [await credentialsFrom(rotating, OLD), await credentialsFrom(rotating, `${NEW},${OLD}`)];
    expect([await allocate(rotating.port, before), await allocate(rotating.port, after)]).toEqual([200, 200]);
    const rotated = await startCoturn(NEW);
    expect([await allocate(rotated.port, before), await allocate(rotated.port, after)]).toEqual([401, 200]);
  });
});
