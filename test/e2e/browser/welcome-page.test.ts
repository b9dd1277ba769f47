import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

const CLIENT = readFileSync(join(ROOT, 'node_modules/peerjs/dist/peerjs.min.js'), 'utf8');

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('H1: the page of $name', (kind) => {
  let browser: Browser;
  let server: Server;
  beforeAll(async () => {
    browser = await launchBrowser();
    server = await Server.start({ kind, options: { path: '/signal', key: ['green'], log_level: 'error' } });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('shows options with which the stock client connects, and breaks no policy of its own', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    const root = `http://${server.host}:${server.port}/signal/`;
    await page.goto(root);
    const [snippet = '', command] = await page.locator('pre').allTextContents();
    // The browser asks for an icon, which the broker does not have.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    expect(command).toBe(`signalbox doctor ${root}`);
    const other = await browser.newPage();
    await other.evaluate(CLIENT);
    const id = await other.evaluate(`new Promise((resolve) => { ${snippet}\npeer.on('open', resolve); })`);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await Promise.all([page.close(), other.close()]);
  });

  it('may connect to its own broker from the console, and to no other', async () => {
    const page = await browser.newPage();
    await page.goto(`http://${server.host}:${server.port}/signal/`);
    const answer = (target: string): Promise<unknown> =>
      page.evaluate((url) => fetch(url).then(({ status }) => status, String), target);
    expect(await answer('/signal/green/id')).toBe(200);
    expect(await answer(`http://localhost.invalid:${server.port}/`)).toContain('TypeError');
    await page.close();
  });

  it('is JSON for other clients', async () => {
    const { headers, body } = await server.requestAt('/signal/', { headers: { accept: '*/*' } });
    expect([headers['content-type'], JSON.parse(body)]).toEqual([
      'application/json; charset=utf-8',
      expect.objectContaining({ name: 'Signalbox' }),
    ]);
  });
});
