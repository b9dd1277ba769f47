import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { accessibilityFaults } from '../../support/e2e/axe.ts';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

/** The steps that each peer of a data channel lists. */
const STEPS = [
  'OPEN',
  'OFFER data',
  'ANSWER data',
  'CANDIDATE data host, udp',
  'ICE data: connected',
  'the data channel is open',
];

let browser: Browser;
let server: Server;
let url: string;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await Server.start({ kind: SIGNALBOX_UWS, options: { path: '/signal', key: 'green', log_level: 'error' } });
  url = `http://${server.host}:${server.port}/signal/playground`;
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function opened(at: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  // Without ICE servers, their route is unknown.
  page.on(
    'console',
    (message) => void (message.type() === 'error' && !message.text().includes('404') && faults.push(message.text())),
  );
  page.on('request', (request) => void (new URL(request.url()).host === new URL(url).host || faults.push(request.url())));
  await page.goto(at);
  return { page, faults };
}

async function seesAll(page: Page, name: string, steps: readonly string[]): Promise<void> {
  for (const step of steps) await page.getByLabel(`Steps of ${name}`).getByText(step).first().waitFor();
}

async function sendText(page: Page, name: string, text: string): Promise<void> {
  const field = page.getByLabel(`Text from ${name}`);
  await field.fill(text);
  await field.press('Enter');
}

describe('H20: the playground', () => {
  it('connects two peers in one page step by step, with text and video, and sends no request elsewhere', async () => {
    const { page, faults } = await opened(url, { viewport: { width: 360, height: 800 } });
    await page.getByRole('button', { name: 'Connect' }).click();
    for (const name of ['Ann', 'Bob']) await seesAll(page, name, STEPS);
    await sendText(page, 'Ann', 'hello Bob');
    await seesAll(page, 'Bob', ['text: hello Bob']);
    await sendText(page, 'Bob', 'hello Ann');
    await seesAll(page, 'Ann', ['text: hello Ann']);
    await page.getByRole('button', { name: 'Call with test video' }).first().click();
    for (const name of ['Ann', 'Bob']) {
      await seesAll(page, name, ['OFFER media', 'ANSWER media', 'own video: plays', 'received video: plays']);
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(faults).toEqual([]);
  });

  it('connects two tabs', async () => {
    const { page } = await opened(`${url}#tab`);
    await page.getByRole('button', { name: 'Connect' }).click();
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open the other tab' }).click(),
    ]);
    await other.getByRole('button', { name: 'Connect' }).click();
    await sendTextWhenOpen(other, 'The other tab', 'from another tab');
    await seesAll(page, 'This tab', ['text: from another tab']);
  });

  it('says why the broker refuses a peer', async () => {
    const { page } = await opened(url);
    await page.getByLabel('Key').fill('wrong');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('refused: Invalid key provided').first().waitFor();
  });

  it('H1: is linked from the page of the broker, and absent without the option', async () => {
    const { page } = await opened(url.replace('/playground', ''));
    await page.getByRole('link', { name: 'playground' }).click();
    await page.getByRole('heading', { name: 'Playground' }).waitFor();
    const off = await Server.start({ kind: SIGNALBOX_UWS, options: { 'no-playground': true, log_level: 'error' } });
    onTestFinished(async () => void (await off.stop()));
    expect((await off.requestAt('/playground', {})).status).toBe(404);
  });
});

async function sendTextWhenOpen(page: Page, name: string, text: string): Promise<void> {
  await seesAll(page, name, ['the data channel is open']);
  await sendText(page, name, text);
}
