import { describe, expect, it, onTestFinished } from 'vitest';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_NODE, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { snippet } from './snippet.ts';

/* Runs the recipe "My backend decides" of docs/authentication.md. */

const PAGE = 'docs/authentication.md';
const SECRET = { SIGNALBOX_AUTH_URL_SECRET: 'a'.repeat(64) };
const error = (msg: string): object => ({ type: 'ERROR', payload: { msg } });

async function startBackend(): Promise<string> {
  const port = await freePort();
  const script = snippet(PAGE, 'backend').replace('listen(8000)', `listen(${port}, '${LOOPBACK}')`);
  const child = new Child([process.execPath, '--input-type=module', '--eval', script], SECRET);
  onTestFinished(async () => {
    await child.stop();
  });
  const place = { host: LOOPBACK, port, secure: false, timeoutMs: 10_000 };
  await until(60_000, 'the backend to listen', async () => (await sendRequest(place, '/')).status);
  return `http://${LOOPBACK}:${port}/signalbox`;
}

async function started(kind: ServerKind, options = {}, environment = {}): Promise<Server> {
  const server = await Server.start({ kind, options, environment });
  onTestFinished(async () => {
    server.closeAll();
    await server.stop();
  });
  return server;
}

async function firstFrame(server: Server, id: string, token: string): Promise<unknown> {
  return (await server.connect({ id, token })).receive();
}

describe('my backend decides', () => {
  it('A9: the backend of the page admits the user with its session, and only for its ids', async () => {
    const auth_url = await startBackend();
    const server = await started(SIGNALBOX_NODE, { auth: 'required', auth_url, auth_timeout: 10_000 }, SECRET);
    expect(await firstFrame(server, 'ann', 'session-of-ann')).toEqual({ type: 'OPEN' });
    expect(await firstFrame(server, 'bob', 'session-of-ann')).toEqual(error('This token is not for the id bob'));
    expect(await firstFrame(server, 'bob', 'guess')).toEqual(error('Sign in first'));
  });

  it('A9: the backend of the page refuses requests with another secret', async () => {
    const auth_url = await startBackend();
    const other = { SIGNALBOX_AUTH_URL_SECRET: 'b'.repeat(64) };
    const server = await started(SIGNALBOX_NODE, { auth: 'required', auth_url, auth_timeout: 10_000 }, other);
    expect(await firstFrame(server, 'ann', 'session-of-ann')).toEqual(error('Authorisation is out of reach, try again later'));
    await until(60_000, 'the cause in the log', () => (server.output.includes('status 403') ? true : undefined));
  });

  it('A9: the function of the page decides', async () => {
    const kind: ServerKind = {
      name: 'the snippet authorize',
      command: (port) => {
        const script = snippet(PAGE, 'authorize').replace('port: 9000', `port: ${port}, host: '${LOOPBACK}'`);
        return [process.execPath, '--input-type=module', '--eval', script];
      },
    };
    const server = await started(kind);
    expect(await firstFrame(server, 'ann', 'session-of-ann')).toEqual({ type: 'OPEN' });
    expect(await firstFrame(server, 'bob', 'guess')).toEqual(error('Sign in first'));
  });
});
