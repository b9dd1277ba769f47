import { createSecretKey } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { clusterOn, ENGINES } from './brokers.ts';

const SECRET = 'the secret that all brokers of the cluster share';
const ISSUER = 'https://login.example.org/';
/** No lease ends within a test. */
const OPTIONS = { auth: 'required', auth_issuer: ISSUER, cluster_lease: 60_000 } as const;

/** A token that differs from all others of its subject. */
function tokenOf(sub: string, claims: JWTPayload = {}): Promise<string> {
  return new SignJWT({ iss: ISSUER, aud: 'signalbox', jti: uniqueName('token'), ...claims, sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(createSecretKey(Buffer.from(SECRET)));
}

describe.each(ENGINES)('users of a cluster on one $engine', ({ startEngine }) => {
  const cluster = clusterOn(startEngine, { SIGNALBOX_AUTH_KEY: SECRET });

  it('A4, O5: another token of the same issuer and subject takes the id back at another broker at once', async () => {
    const [here, there] = await cluster.brokers.pair(OPTIONS);
    const old = await here.connectPeer('ann', { token: await tokenOf('ann') });
    const bob = await here.connectPeer('bob', { token: await tokenOf('bob') });
    const young = await there.connectPeer('ann', { id: old.id, token: await tokenOf('ann') });
    expect((await old.closed()).code).toBe(4001);
    bob.sendOffer(young.id, 1);
    expect(await young.receive()).toMatchObject({ src: bob.id, payload: 1 });
  });

  it('A4, O4: a token of another subject does not take the id at another broker', async () => {
    const [here, there] = await cluster.brokers.pair(OPTIONS);
    const ann = await here.connectPeer('ann', { token: await tokenOf('ann') });
    const thief = await there.connect({ id: ann.id, token: await tokenOf('bob') });
    expect(await thief.receive()).toMatchObject({ type: 'ID-TAKEN' });
    ann.sendOffer(ann.id, 'still here');
    expect(await ann.receive()).toMatchObject({ payload: 'still here' });
  });
});
