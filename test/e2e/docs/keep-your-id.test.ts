import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { PageServer, textOf } from '../../support/e2e/page-server.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { snippet } from './snippet.ts';

/* Runs the code of docs/keep-your-id.md in Chromium. */

/** Shows the first result of the peer of the page: its id, or the type of its error. */
const RESULT = `
  globalThis.result = new Promise((resolve) => {
    peer.on('open', resolve);
    peer.on('error', ({ type }) => resolve(type));
  });
  globalThis.timesOpened = 0;
  peer.on('open', () => timesOpened++);
  globalThis.freshToken = async () => 'fresh';`;

const CONNECT = `(id) => new Promise((resolve) => {
  globalThis.connection = peer.connect(id);
  connection.on('open', resolve);
})`;
const EXCHANGE = `(text) => new Promise((resolve) => {
  connection.once('data', resolve);
  connection.send(text);
})`;

describe('docs/keep-your-id.md', () => {
  let browser: Browser;
  let server: Server;
  let proxy: TcpProxy;
  let pages: PageServer;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    server = await Server.start({ kind: SIGNALBOX_NODE });
    proxy = await TcpProxy.to(server.port);
    const recipe = snippet('docs/keep-your-id.md', 'keep-your-id')
      .replace("'localhost', port: 9000", `'${LOOPBACK}', port: ${proxy.port}`)
      .replace("path: '/'", "path: '/', config: { iceServers: [] }");
    const script = `${recipe}\n${snippet('docs/keep-your-id.md', 'reconnect')}\n${RESULT}`;
    const html = `<script src="/peerjs.min.js"></script><script>${script}</script>`;
    pages = await PageServer.start({
      '/': { text: html, type: 'text/html' },
      '/peerjs.min.js': { text: textOf('node_modules/peerjs/dist/peerjs.min.js'), type: 'text/javascript' },
    });
  });
  afterEach(async () => {
    await pages.stop();
    await proxy.stop();
    server.closeAll();
    await server.stop();
  });

  /** A tab of a new user. */
  async function openPage(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(pages.url);
    return page;
  }

  /** The id of the page's peer, or the type of its error. */
  async function resultOf(page: Page): Promise<string> {
    return String(await page.evaluate('result'));
  }

  it('O5: a refreshed page keeps its id, while its old socket is open at the broker', async () => {
    const ann = await openPage();
    const id = await resultOf(ann);
    for (let refresh = 1; refresh <= 3; refresh++) {
      proxy.cutNearSide();
      await ann.reload();
      expect(await resultOf(ann)).toBe(id);
    }
  });

  it('O4: another user who knows the id does not get it, also after a refresh', async () => {
    const ann = await openPage();
    const id = await resultOf(ann);
    const thief = await openPage();
    await thief.evaluate(`sessionStorage.setItem('peer-id', ${JSON.stringify(id)})`);
    await thief.reload();
    expect(await resultOf(thief)).toBe('unavailable-id');
    proxy.cutNearSide();
    await ann.reload();
    expect(await resultOf(ann)).toBe(id);
  });

  it('O4: without the kept token the refreshed page does not get its id', async () => {
    const ann = await openPage();
    await resultOf(ann);
    proxy.cutNearSide();
    await ann.evaluate("sessionStorage.removeItem('peer-token')");
    await ann.reload();
    expect(await resultOf(ann)).toBe('unavailable-id');
  });

  it('O4: after reconnect() with a fresh token the id belongs to it, and open data connections continue', async () => {
    const [ann, bob] = [await openPage(), await openPage()];
    const id = await resultOf(ann);
    await bob.evaluate("peer.on('connection', (from) => from.on('data', (text) => from.send(text)))");
    await ann.evaluate(`(${CONNECT})(${JSON.stringify(await resultOf(bob))})`);
    const old = String(await ann.evaluate('peer.options.token'));
    await server.stop();
    server = await Server.start({ kind: SIGNALBOX_NODE, port: server.port });
    await ann.waitForFunction('timesOpened === 2');
    expect(await ann.evaluate(`(${EXCHANGE})('hello')`)).toBe('hello');
    expect(await (await server.connect({ id, token: old })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await server.connectPeer('the same token', { id, token: 'fresh' });
  });
});
