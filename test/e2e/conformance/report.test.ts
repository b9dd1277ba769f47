import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportInHtml } from '../../../conformance/report/html.ts';
import { reportInJunit } from '../../../conformance/report/junit.ts';
import { WORST_FIRST } from '../../../conformance/report/verdicts.ts';
import type { RunResult } from '../../../conformance/results.ts';
import { EACH_VERDICT, HOSTILE, HOSTILE_CASE, sampleCase, sampleRun } from '../../unit/conformance/report/sample-runs.ts';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { low } from './contrast.ts';

const PATIENCE_MS = 60_000;
const PHONE = { width: 360, height: 740 };
const OPEN_PANEL = `document.querySelector('.panel:popover-open')`;
const MATRIX = `document.querySelector('.scroll')`;
const DESK = { width: 1280, height: 900 };
const ONE = sampleRun([...EACH_VERDICT, sampleCase('H1.same'), sampleCase('O5.gone', { verdict: 'failed' })], 'one server');
const OTHER = sampleRun([...EACH_VERDICT.map((one) => ({ ...one, verdict: 'ok' as const })), sampleCase('H1.same')], 'the other');
const LONG = sampleRun([HOSTILE_CASE, ...EACH_VERDICT], `${HOSTILE} ${'x'.repeat(300)}`);
const MANY = [LONG, ...Array.from({ length: 7 }, (_, n) => ({ ...ONE, server: `node server-${n}.js --port {port} {options}` }))];

describe('the page in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;
  const opened: Page[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** A page with its external requests and its console messages. */
  interface Visit {
    readonly page: Page;
    readonly requests: string[];
    readonly messages: string[];
  }

  async function visit(runs: readonly RunResult[], options: BrowserContextOptions = {}, hash = ''): Promise<Visit> {
    const file = join(folder, 'page.html');
    writeFileSync(file, reportInHtml(runs));
    const context = await browser.newContext({ viewport: DESK, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    opened.push(page);
    const seen = { requests: [] as string[], messages: [] as string[] };
    const url = `${pathToFileURL(file).href}${hash}`;
    page.on('request', (request) => request.url() === url || seen.requests.push(request.url()));
    page.on('console', (message) => seen.messages.push(message.text()));
    page.on('pageerror', (error) => seen.messages.push(error.message));
    await page.goto(url);
    return { page, ...seen };
  }

  const cell = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const shownRows = (page: Page) => page.locator('.family tbody tr:visible .id').allInnerTexts();
  const overflow = (page: Page, element = 'document.documentElement') =>
    page.evaluate<number>(`${element}.scrollWidth - ${element}.clientWidth`);

  it('shows every verdict as text, also for screen readers', async () => {
    const { page } = await visit([ONE]);
    for (const { id, verdict } of EACH_VERDICT) {
      const button = cell(page, `${verdict}, ${id}, one server`);
      expect(await button.innerText()).toContain(verdict);
      expect(await button.locator('svg').boundingBox()).toMatchObject({ width: expect.any(Number) });
    }
    const counts = await page.getByRole('article').getByRole('listitem').allInnerTexts();
    expect(counts.map((words) => words.replaceAll(/\s+/g, ' '))).toEqual([
      ...['1 dangerous 1 required', '2 failed 1 required, 1 hardening', '1 loose 1 recommended', '1 not testable', '2 ok'],
    ]);
  });

  it('has headings, landmarks, and tables with headers', async () => {
    const { page } = await visit([ONE, OTHER]);
    expect(await page.getByRole('heading', { level: 1 }).allInnerTexts()).toEqual(['Conformance of 2 servers']);
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      ...['A one server', 'B the other', 'A 4 causes', 'HTTP\nH', 'Opening a socket\nO', 'Messages\nM'],
    ]);
    expect(await page.getByRole('columnheader').allInnerTexts()).toContain('A\none server');
    expect(await page.getByRole('rowheader').count()).toBe(7);
    for (const role of ['main', 'search', 'navigation'] as const) expect(await page.getByRole(role).count()).toBe(1);
  });

  it.each([true, false])('opens the details of a cell with the keyboard (scripts: %s)', async (javaScriptEnabled) => {
    const { page } = await visit([ONE], { javaScriptEnabled });
    const button = cell(page, 'failed, M2.failed, one server');
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'the title of M2.failed' });
    await dialog.waitFor({ state: 'visible' });
    for (const words of ['what is expected', 'what was seen', 'does so too', 'what was received', 'hardening']) {
      expect((await dialog.innerText()).toLowerCase()).toContain(words);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });

  it.each([true, false])('shows the selected verdicts (scripts: %s)', async (javaScriptEnabled) => {
    const { page } = await visit([ONE, OTHER], { javaScriptEnabled });
    for (const verdict of ['ok', 'not testable', 'loose']) await page.getByRole('checkbox', { name: verdict }).uncheck();
    expect(await shownRows(page)).toEqual(['O5.gone', 'M1.dangerous', 'M2.failed']);
    expect(await page.getByRole('heading', { name: 'HTTP' }).isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'failed' }).uncheck();
    expect(await shownRows(page)).toEqual(['M1.dangerous']);
  });

  it('filters by difference', async () => {
    const { page } = await visit([ONE, OTHER], { javaScriptEnabled: false });
    await page.getByRole('checkbox', { name: 'only where servers differ' }).check();
    expect(await shownRows(page)).toEqual(['O5.gone', 'M1.dangerous', 'M2.failed', 'M3.loose', 'M4.not-testable']);
  });

  it('searches in cases and observations', async () => {
    const { page } = await visit([ONE, OTHER]);
    const find = page.getByRole('searchbox', { name: 'Find' });
    await find.fill('SO TOO');
    expect(await shownRows(page)).toEqual(['M2.failed']);
    expect(await page.getByRole('status').innerText()).toBe('1 of 7 cases');
    await find.fill('m5');
    expect(await shownRows(page)).toEqual(['M5.ok']);
    await find.fill('nothing of the kind');
    expect(await page.getByRole('status').innerText()).toBe('No case matches.');
    await find.fill('');
    expect(await shownRows(page)).toHaveLength(7);
    expect(await page.getByRole('status').innerText()).toBe('');
  });

  it('has no search without scripts', async () => {
    const { page } = await visit([ONE], { javaScriptEnabled: false });
    expect(await page.getByRole('searchbox').count()).toBe(0);
  });

  it('navigates between findings, and keeps the open one in the URL', async () => {
    const { page } = await visit([ONE]);
    await cell(page, 'failed, O5.gone, one server').click();
    await page.getByRole('button', { name: 'next finding of this server' }).click();
    await page.getByRole('dialog', { name: 'the title of M1.dangerous' }).waitFor();
    await page.keyboard.press('ArrowRight');
    const dialog = page.getByRole('dialog', { name: 'the title of M2.failed' });
    await dialog.waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
    const hash = `#${await dialog.getAttribute('id')}`;
    await page.waitForURL((url) => url.hash === hash);
    const again = await visit([ONE], {}, hash);
    await again.page.getByRole('dialog', { name: 'the title of M2.failed' }).waitFor();
  });

  it.each([
    ['one server', [ONE]],
    ['many servers, with long names', MANY],
    ['a hostile server', [LONG]],
  ])('fits a phone: %s', async (_, runs) => {
    const { page } = await visit(runs, { viewport: PHONE });
    expect(await overflow(page)).toBe(0);
    await page.locator('button.cell.failed').first().click();
    await page.getByRole('dialog').waitFor();
    expect(await overflow(page)).toBe(0);
    expect(await overflow(page, OPEN_PANEL)).toBe(0);
  });

  it('keeps the cases visible while a wide matrix is scrolled', async () => {
    const { page } = await visit(MANY, { viewport: PHONE });
    const title = page.getByRole('rowheader').nth(1);
    const before = await title.boundingBox();
    expect(await page.evaluate(`${MATRIX}.scrollLeft = 150, ${MATRIX}.scrollLeft`)).toBe(150);
    expect((await title.boundingBox())?.x).toBe(before?.x);
  });

  it('fetches nothing, and logs nothing', async () => {
    const { page, requests, messages } = await visit(MANY);
    await page.locator('button.cell.failed').first().click();
    await page.getByRole('dialog').waitFor();
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([]);
    expect(messages).toEqual([]);
  });

  it('runs no script of a server, and shows it as text', async () => {
    const { page, messages } = await visit([LONG]);
    expect(await page.evaluate('window.owned')).toBeUndefined();
    expect(await page.locator('main img').count()).toBe(0);
    await page.locator('button.cell.failed').last().click();
    const what = await page.getByRole('dialog').locator('.what').last().innerText();
    expect(what).toBe(
      `</script></style><img src=x onerror="window.owned=1"> '"&]]> \\u0000\\u001b[31m\\u202e \\ud83e \\u2028 🦊`,
    );
    expect(messages).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has sufficient contrast in the %s scheme', async (colorScheme) => {
    const { page } = await visit([ONE, LONG], { colorScheme });
    await page.getByText('Meaning of the verdicts').click();
    expect(await low(page)).toEqual([]);
    for (const verdict of WORST_FIRST) {
      await page
        .locator(`button.cell.${verdict.replace(' ', '-')}`)
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      expect(await low(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });

  it('has a dark scheme, and is light in print', async () => {
    const background = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const [light, dark] = [await visit([ONE], { colorScheme: 'light' }), await visit([ONE], { colorScheme: 'dark' })];
    expect(await background(light.page)).not.toBe(await background(dark.page));
    await dark.page.emulateMedia({ media: 'print' });
    expect(await background(dark.page)).toBe('rgb(255, 255, 255)');
  });

  it('includes the observations of each finding in print', async () => {
    const { page } = await visit([ONE]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.panel:visible h3').allInnerTexts()).toEqual([
      ...['The title of O5.gone', 'The title of M1.dangerous', 'The title of M2.failed', 'The title of M3.loose'],
    ]);
    expect(await page.getByRole('search').isVisible()).toBe(false);
  });

  it('and the JUnit XML of the same runs is valid XML', async () => {
    const { page } = await visit([ONE]);
    const parsed = `(xml) => {
      const parsed = new DOMParser().parseFromString(xml, 'application/xml');
      return [parsed.documentElement.nodeName, parsed.querySelectorAll('testcase').length, parsed.querySelector('parsererror')?.textContent];
    }`;
    for (const run of MANY) {
      const [root, count, parserError] = await page.evaluate<unknown[]>(`(${parsed})(${JSON.stringify(reportInJunit(run))})`);
      expect([root, count, parserError ?? null]).toEqual(['testsuites', run.cases.length, null]);
    }
  });
});
