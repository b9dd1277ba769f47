import { SignJWT } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { PageServer, textOf } from '../../support/e2e/page-server.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { snippet } from './snippet.ts';

/* Runs the code of docs/authentication.md that refreshes a token in place, with the stock client in Chromium. */

const SECRET = 'replace-this-by-32-random-bytes-or-more';
/** Seconds. Half of it is the time for a fresh token. */
const LIFETIME = 8;

function tokenFor(user: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience('signalbox')
    .setExpirationTime(`${LIFETIME}s`)
    .setJti(uniqueName('token'))
    .sign(new TextEncoder().encode(SECRET));
}

/** Records the events of the peer, and the types of its messages. */
const RECORD = `
  const seen = [];
  peer.on('open', () => seen.push('open'));
  peer.on('disconnected', () => seen.push('disconnected'));
  peer.socket.on('message', ({ type, payload }) => seen.push(payload?.msg ?? type));
  const times = (text) => seen.filter((one) => one === text).length;`;

function servePages(port: number, token: string): Promise<PageServer> {
  const options = `{ host: '${LOOPBACK}', port: ${port}, token: '${token}' }`;
  const peer = `const peer = new Peer('${uniqueName('ann')}', ${options});`;
  const script = `${peer}\n${RECORD}\n${snippet('docs/authentication.md', 'refresh')}`;
  return PageServer.start({
    '/': { text: `<script src="/peerjs.min.js"></script><script>${script}</script>`, type: 'text/html' },
    '/peerjs.min.js': { text: textOf('node_modules/peerjs/dist/peerjs.min.js'), type: 'text/javascript' },
  });
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('a token that is refreshed in place, on $name', (kind) => {
  let browser: Browser;
  let server: Server;
  let pages: PageServer;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    server = await Server.start({
      kind,
      options: { auth: 'required', auth_leeway: 0 },
      environment: { SIGNALBOX_AUTH_KEY: SECRET },
    });
  });
  afterEach(async () => {
    await pages.stop();
    server.closeAll();
    await server.stop();
  });

  /** A page whose backend gives tokens of this user. */
  async function openPage(user: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.exposeFunction('freshToken', () => tokenFor(user));
    // The last step before the page opens, because the first token lives for seconds.
    pages = await servePages(server.port, await tokenFor('ann'));
    await page.goto(pages.url);
    await page.waitForFunction("times('open') === 1");
    return page;
  }

  it('A7: the peer stays connected when its first token has expired', async () => {
    const ann = await openPage('ann');
    await ann.waitForFunction("times('TOKEN-ACCEPTED') === 3", undefined, { timeout: 120_000 });
    expect(await ann.evaluate("[times('open'), times('disconnected'), times('Token expired')]")).toEqual([1, 0, 0]);
  });

  it('A5, A7: a token of another user is refused, and the connection stays until its own expiry', async () => {
    const ann = await openPage('eve');
    await ann.waitForFunction("times('Token expired') === 1", undefined, { timeout: 120_000 });
    const refusal = 'This token is for another user';
    expect(await ann.evaluate('seen')).toEqual(['open', 'OPEN', 'TOKEN-EXPIRING', refusal, 'disconnected', 'Token expired']);
    expect(server.output).toContain('token refused');
  });
});
