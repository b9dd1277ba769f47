import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { run } from '../../support/e2e/run.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { within } from '../../support/e2e/until.ts';
import { snippet } from './snippet.ts';

/* Runs the recipes of docs/authentication.md. */

const PAGE = readFileSync(join(ROOT, 'docs/authentication.md'), 'utf8');
const [, KEY = ''] = /SIGNALBOX_AUTH_KEY=(\S+)/.exec(PAGE) ?? [];
const environment = { SIGNALBOX_AUTH_KEY: KEY };

/** A token of the backend in the document. */
async function tokenFor(user: string, rights: object = {}): Promise<string> {
  const call = `console.log(await tokenFor(${JSON.stringify(user)}, ${JSON.stringify(rights)}));`;
  const script = `${snippet('docs/authentication.md', 'sign')}\n${call}`;
  const child = new Child([process.execPath, '--input-type=module', '--eval', script], environment);
  await within(60_000, 'the backend to end', child.exited);
  return child.stdout.trim();
}

async function started(options: ServerOptions, kind: ServerKind = SIGNALBOX_NODE, variables = environment): Promise<Server> {
  const server = await Server.start({ kind, options, environment: variables });
  onTestFinished(async () => {
    server.closeAll();
    await server.stop();
  });
  return server;
}

/** The first frame of a peer. */
async function firstFrame(server: Server, id: string, token: string, key?: string): Promise<unknown> {
  const peer = await server.connect({ id, token, key });
  return peer.receive();
}

const OPEN = { type: 'OPEN' };
const error = (msg: string): object => ({ type: 'ERROR', payload: { msg } });

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('only my users, on $name', (kind) => {
  it('A1: clients with a token of the backend connect, others learn why not', async () => {
    const server = await started({ auth: 'required', log_format: 'json' }, kind);
    const token = await tokenFor('ann');
    expect(await firstFrame(server, uniqueName('ann'), token)).toEqual(OPEN);
    expect(await firstFrame(server, uniqueName('eve'), 'k2j3h4')).toEqual(error('Authentication required'));
    expect(await firstFrame(server, uniqueName('eve'), `${token}AA`)).toEqual(error('Invalid token'));
    const refused = await server.connect({ id: uniqueName('eve'), token: 'k2j3h4' });
    expect(await refused.closed()).toMatchObject({ code: 1008 });
    await server.stop();
    expect(server.output).toContain('"detail":"signature"');
    for (const secret of [KEY, ...token.split('.').slice(1)]) expect(server.output).not.toContain(secret);
  });

  it('H18: the check route gives the same text as the socket', async () => {
    const server = await started({ auth: 'required' }, kind);
    const [id, token] = [uniqueName('ann'), await tokenFor('ann')];
    const check = async (query: string): Promise<unknown> =>
      JSON.parse((await sendRequest(server, `/peerjs/check?id=${id}&token=${query}`)).body);
    expect(await check(token)).toEqual({ allowed: true });
    expect(await check(`${token}AA`)).toEqual({ allowed: false, type: 'ERROR', message: 'Invalid token', code: 1008 });
    expect(await firstFrame(server, id, token)).toEqual(OPEN);
    const taken = { allowed: false, type: 'ID-TAKEN', message: 'ID is taken', code: 1008 };
    expect(await check(await tokenFor('eve'))).toEqual(taken);
  });

  it('A1: a token of the command line works', async () => {
    const server = await started({ auth: 'required' }, kind);
    const { code, stdout } = await run([
      'token',
      '--key',
      KEY,
      '--sub',
      'ann',
      '--id',
      'ann',
      '--realm',
      'peerjs',
      '--ttl',
      '1h',
    ]);
    expect(code).toBe(0);
    expect(await firstFrame(server, 'ann', stdout.trim())).toEqual(OPEN);
  });
});

describe('an id belongs to a user', () => {
  it('A3 A4: another token of the user takes the id over, a token of another user does not', async () => {
    const server = await started({ auth: 'required' });
    const rights = { id: ['ann', 'ann-*'], realm: 'peerjs' };
    const ann = await server.connect({ id: 'ann', token: await tokenFor('ann', { ...rights, rate: 1 }) });
    expect(await ann.receive()).toEqual(OPEN);
    expect(await firstFrame(server, 'ann', await tokenFor('eve', { id: ['ann'] }))).toMatchObject({ type: 'ID-TAKEN' });
    expect(await firstFrame(server, 'ann', await tokenFor('ann', rights))).toEqual(OPEN);
    await ann.closed();
    expect(await firstFrame(server, 'bob', await tokenFor('ann', rights))).toEqual(error('This token is not for the id bob'));
    expect(await firstFrame(server, 'ann-phone', await tokenFor('ann', rights))).toEqual(OPEN);
  });

  it('A3: a token is for its realms', async () => {
    const server = await started({ auth: 'required', key: ['peerjs', 'other'] });
    const token = await tokenFor('ann', { realm: 'peerjs' });
    expect(await firstFrame(server, uniqueName('ann'), token, 'other')).toEqual(error('This token is not for this key'));
  });

  it('A1 A3: guests take no reserved ids', async () => {
    const server = await started({ auth: 'optional', reserved_ids: ['support', 'staff-*'] });
    expect(await firstFrame(server, 'staff-1', 'k2j3h4')).toMatchObject({ type: 'ID-TAKEN' });
    expect(await firstFrame(server, uniqueName('guest'), 'k2j3h4')).toEqual(OPEN);
    expect(await firstFrame(server, 'support', await tokenFor('sue', { id: 'support' }))).toEqual(OPEN);
  });
});

describe('keys of an identity provider', () => {
  it('A10: the broker fetches the keys, and the subject is the id', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const set = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] };
    const provider = createServer((_, response) => response.end(JSON.stringify(set)));
    await new Promise<void>((resolve) => provider.listen(0, LOOPBACK, resolve));
    onTestFinished(() => void provider.close());
    const [, json = ''] = /<!-- runs: jwks -->\s*```json\n([^]*?)\n```/.exec(PAGE) ?? [];
    const documented = JSON.parse(json) as Record<string, string>;
    const { auth_issuer: issuer = '', auth_audience: audience = '' } = documented;
    const jwks = `http://${LOOPBACK}:${(provider.address() as AddressInfo).port}/`;
    const server = await started({ ...documented, auth_jwks: jwks }, SIGNALBOX_NODE, {} as typeof environment);

    const sign = (kid: string, aud = audience): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(issuer)
        .setAudience(aud)
        .setSubject('ann')
        .setExpirationTime('5m')
        .sign(privateKey);
    expect(await firstFrame(server, 'ann', await sign('one'))).toEqual(OPEN);
    expect(await firstFrame(server, 'bob', await sign('one'))).toEqual(error('This token is not for the id bob'));
    expect(await firstFrame(server, 'ann', await sign('one', 'another-app'))).toEqual(error('Invalid token'));
    expect(await firstFrame(server, 'ann', await sign('two'))).toEqual(error('Invalid token'));
    const checked = await run(['token', 'check', await sign('one'), '--jwks', jwks, '--issuer', issuer, '--audience', audience]);
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('\nvalid  ')]);
  });
});
