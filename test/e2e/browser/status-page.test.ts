import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ACT, TOKEN, VIEWER } from '../../support/admin-fixture.ts';
import { accessibilityFaults } from '../../support/e2e/axe.ts';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { PageServer } from '../../support/e2e/page-server.ts';
import { LOOPBACK, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

const VIEWS = ['overview', 'peers', 'refusals', 'closes', 'bans', 'configuration'];
const MAX_BYTES = 40 * 1024;

let browser: Browser;
let server: Server;
let url: string;
beforeAll(async () => {
  browser = await launchBrowser();
  const port = await freePort();
  url = `http://${LOOPBACK}:${port}/`;
  const environment = { SIGNALBOX_ADMIN_TOKEN: TOKEN, SIGNALBOX_ADMIN_VIEWER_TOKEN: VIEWER };
  server = await Server.start({ kind: SIGNALBOX_UWS, options: { admin: `${LOOPBACK}:${port}` }, environment });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** A page with a login; console messages and requests elsewhere are in `faults`. */
async function loggedIn(
  token: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on(
    'request',
    (request) => void (request.url().startsWith(url) || request.url() === 'data:,' || faults.push(request.url())),
  );
  await page.goto(url);
  await logIn(page, token);
  return { page, faults };
}

async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Admin or viewer token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** The page asks for a peer that it shows, at any moment after it was expelled too. */
function isUnexpected(fault: string): boolean {
  return !fault.includes('404');
}

async function hasCookie(context: BrowserContext): Promise<boolean> {
  return (await context.cookies()).some(({ name }) => name === 'signalbox_admin');
}

describe('ADM14: the status page', () => {
  it('shows a peer that arrives, traces it, and expels it, after a question', async () => {
    const { page, faults } = await loggedIn(TOKEN);
    await page.getByRole('link', { name: 'Peers' }).click();
    await page.locator('caption:visible', { hasText: 'None' }).waitFor();
    const ann = await server.connectPeer('peer', { id: 'ann' });
    await page.getByRole('button', { name: 'ann' }).click();
    await page.getByRole('button', { name: 'Trace frames' }).click();
    await page.getByText('Stop the trace').waitFor();
    ann.send({ type: 'OFFER', dst: 'bob', payload: { secret: 'payload' } });
    await page.getByText('sent OFFER').waitFor();
    await page.getByRole('button', { name: 'Expel …' }).click();
    await page.getByLabel('Reason').fill('spam');
    await page.getByRole('button', { name: 'Expel ann' }).click();
    expect(await ann.ended).toMatchObject({ code: 4004 });
    await page.getByText('There is no such peer').waitFor();
    expect([await page.content(), faults.filter(isUnexpected)]).toEqual([expect.not.stringContaining('secret'), []]);
  });

  it('ADM3: expels a peer with an id that URLs can not contain, and shows markup in ids as text', async () => {
    const { page, faults } = await loggedIn(TOKEN);
    await page.getByRole('link', { name: 'Peers' }).click();
    for (const id of ['..', '<img src=x onerror=alert(1)>']) {
      const peer = await server.connectPeer('peer', { id });
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('button', { name: id, exact: true }).click();
      await page.getByRole('button', { name: 'Expel …' }).click();
      await page.getByLabel('Reason').fill('spam & more');
      await page.getByRole('button', { name: `Expel ${id}` }).click();
      expect(await peer.ended).toMatchObject({ code: 4004 });
      await page.getByText('There is no such peer').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
    }
    expect([await page.locator('img').count(), faults.filter(isUnexpected)]).toEqual([0, []]);
  });

  it('bans and unbans', async () => {
    const { page } = await loggedIn(TOKEN);
    const eve = await server.connectPeer('peer', { id: 'eve' });
    await page.getByRole('link', { name: 'Peers' }).click();
    await page.getByLabel('Id begins with').fill('ev');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('button', { name: 'eve' }).click();
    await page.getByRole('button', { name: 'Ban the id …' }).click();
    await page.getByRole('button', { name: 'Ban the id eve' }).click();
    expect(await eve.ended).toMatchObject({ code: 4004 });
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('link', { name: 'Bans' }).click();
    await page.getByRole('button', { name: 'Lift …' }).click();
    await page.getByRole('button', { name: 'Lift the ban of eve' }).click();
    await page.locator('caption:visible', { hasText: 'None' }).waitFor();
    await (await server.connectPeer('peer', { id: 'eve' })).close();
  });

  it('ADM15: names the nodes that did not answer, beside lists and after acts', async () => {
    const { page } = await loggedIn(TOKEN);
    // Requests of a page that is still loading may never be answered once a route is set.
    await page.getByText('accepts connections', { exact: true }).waitFor();
    const headers = { 'x-signalbox-missing': 'node-2, node-3' };
    await page.route(/\/api\/(refusals|closed)$/, (route) => route.fulfill({ headers, json: [] }));
    for (const list of ['Refusals', 'Closes']) {
      await page.getByRole('link', { name: list }).click();
      await page.locator('caption:visible', { hasText: 'None; without an answer: node-2, node-3' }).waitFor();
    }
    const ban = { id: 'id:*/eve', what: 'id', value: 'eve' };
    await page.route('**/api/bans', (route) => route.fulfill({ json: [ban] }));
    await page.route('**/api/bans/**', (route) => route.fulfill({ headers, json: ban }));
    await page.getByRole('link', { name: 'Bans' }).click();
    await page.getByRole('button', { name: 'Lift …' }).click();
    await page.getByRole('button', { name: 'Lift the ban of eve' }).click();
    await page.getByText('Done; without an answer: node-2, node-3').waitFor();
  });

  it('ADM10: offers no act to a viewer, and the broker refuses those of its session', async () => {
    const { page } = await loggedIn(VIEWER);
    const bob = await server.connectPeer('peer', { id: 'bob' });
    await page.getByText('accepts connections', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Peers' }).click();
    await page.getByRole('button', { name: 'bob' }).click();
    await page.getByText('127.0.0.1').first().waitFor();
    expect(await page.getByRole('button', { name: /Expel|Ban|Drain/ }).count()).toBe(0);
    const request = `fetch('/api/peers/peerjs/bob', { method: 'DELETE', headers: ${JSON.stringify(ACT)} })`;
    expect(await page.evaluate(`${request}.then((response) => response.status)`)).toBe(403);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    expect(await hasCookie(page.context())).toBe(false);
    await bob.close();
  });

  it('ADM9, ADM11: can be neither driven by a page of another origin nor shown under another name', async () => {
    const { page } = await loggedIn(TOKEN);
    await page.getByRole('link', { name: 'Peers' }).waitFor();
    const pages = await PageServer.start();
    onTestFinished(() => pages.stop());
    const other = await page.context().newPage();
    await other.goto(pages.url);
    const bob = await server.connectPeer('peer', { id: 'bob' });
    const drive = `Promise.allSettled([
      fetch('${url}api/peers/peerjs/bob', { method: 'DELETE', headers: ${JSON.stringify(ACT)}, credentials: 'include' }),
      fetch('${url}api/drain', { method: 'POST', mode: 'no-cors', credentials: 'include' }),
    ]).then((all) => all.map(({ status, value }) => value?.type ?? status))`;
    expect(await other.evaluate(drive)).toEqual(['rejected', 'opaque']);
    bob.send({ type: 'OFFER', dst: 'bob', payload: 1 });
    expect(await bob.receive()).toMatchObject({ type: 'OFFER', src: 'bob' });
    await bob.close();
  });

  it('works with the keyboard alone, shows the focus, and gives it back after a question', async () => {
    const { page, faults } = await loggedIn(TOKEN);
    const ann = await server.connectPeer('peer', { id: 'ann-of-the-keyboard' });
    const focused = (): Promise<string> => page.evaluate('document.activeElement?.textContent?.trim() ?? ""');
    /** Presses Tab until the element with this text has the focus. */
    const press = async (name: string): Promise<void> => {
      for (let n = 0; n < 40 && (await focused()) !== name; n++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
      await page.keyboard.press('Enter');
    };
    await page.getByRole('link', { name: 'Peers' }).waitFor();
    await press('Peers');
    await page.getByRole('button', { name: ann.id }).waitFor();
    await press(ann.id);
    await press('Expel …');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: `Expel ${ann.id}` }).waitFor({ state: 'detached' });
    expect(await focused()).toBe('Expel …');
    await press('Expel …');
    await press(`Expel ${ann.id}`);
    expect([await ann.ended, faults.filter(isUnexpected)]).toMatchObject([{ code: 4004 }, []]);
  });

  it('shows a wrong token, and works without script', async () => {
    const { page } = await loggedIn('wrong');
    await page.getByText('The token is not the admin token').waitFor();
    const plain = await loggedIn(VIEWER, { javaScriptEnabled: false });
    expect(await plain.page.locator('td').allTextContents()).toEqual(expect.arrayContaining(['alone', 'accepts connections']));
  });

  it('is small, sends no request elsewhere, and passes axe at 1280 and 360 pixels', async () => {
    expect(Buffer.byteLength(await (await fetch(url)).text())).toBeLessThan(MAX_BYTES);
    await server.connectPeer('peer', { id: 'a-peer-with-an-id-that-is-rather-long-for-a-phone' });
    for (const [width, colorScheme, views] of [
      [1280, 'light', ['overview', 'peers']],
      [360, 'dark', VIEWS],
    ] as const) {
      const { page, faults } = await loggedIn(TOKEN, { viewport: { width, height: 800 }, colorScheme });
      for (const view of views) {
        await page.getByRole('link', { name: new RegExp(view, 'i') }).click();
        await page.locator(`section:visible caption`).first().waitFor();
        expect([view, await accessibilityFaults(page)]).toEqual([view, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
      expect(faults).toEqual([]);
    }
  });
});
