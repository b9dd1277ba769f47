import { SignJWT } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { PageServer } from '../../support/e2e/page-server.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';

/* Sockets of a page in Chromium that offer their token as a subprotocol. */

const SECRET = 'replace-this-by-32-random-bytes-or-more';

function tokenFor(user: string, secret = SECRET): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience('signalbox')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(secret));
}

/** Opens a socket. @returns its granted protocol and its first message, or its close code. */
const OPEN = `([url, protocols, first]) => new Promise((resolve) => {
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => first && socket.send(first);
  socket.onmessage = ({ data }) => resolve([socket.protocol, JSON.parse(data).type]);
  socket.onclose = ({ code }) => resolve([socket.protocol, code]);
})`;

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('a token as a subprotocol, on $name', (kind) => {
  let browser: Browser;
  let pages: PageServer;
  beforeAll(async () => {
    browser = await launchBrowser();
    pages = await PageServer.start();
  });
  afterAll(async () => {
    await browser.close();
    await pages.stop();
  });

  async function start(): Promise<{ server: Server; page: Page }> {
    const options = { auth: 'required', dialects: ['peerjs', 'peero', 'relay'], log_level: 'debug' } as const;
    const server = await Server.start({ kind, options, environment: { SIGNALBOX_AUTH_KEY: SECRET } });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    const page = await browser.newPage();
    await page.goto(pages.url);
    return { server, page };
  }

  it('A11: opens sockets of Peero and the relay, which grant the other protocol', async () => {
    const { server, page } = await start();
    const token = await tokenFor('ann');
    const open = (path: string, protocols: readonly string[], first = ''): Promise<unknown> =>
      page.evaluate(`(${OPEN})(${JSON.stringify([`ws://${server.host}:${server.port}${path}`, protocols, first])})`);
    const bearer = `bearer.${token}`;
    expect(await open('/peero', ['signalbox', bearer])).toEqual(['signalbox', 'hello']);
    expect(await open('/relay', [bearer, 'signalbox'], '{"type":"ping"}')).toEqual(['signalbox', 'pong']);
    expect(await open('/relay', ['signalbox', `bearer.${await tokenFor('ann', `${SECRET}!`)}`])).toEqual(['signalbox', 4401]);
    // A2: the token of the query takes precedence.
    expect(await open('/peero?token=none', ['signalbox', bearer])).toEqual(['signalbox', 4401]);
    await server.stop();
    for (const part of token.split('.').slice(1)) expect(server.output).not.toContain(part);
  });

  it('A11: a browser closes a socket that offers only a token', async () => {
    const { server, page } = await start();
    const offer = [`ws://${server.host}:${server.port}/peero`, [`bearer.${await tokenFor('ann')}`], ''];
    expect(await page.evaluate(`(${OPEN})(${JSON.stringify(offer)})`)).toEqual(['', 1006]);
  });
});
