import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../support/e2e/browser.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { until } from '../../support/e2e/until.ts';

/* The example of a mesh, examples/peero, in three tabs. */

const TIMEOUT_MS = 60_000;

describe('the example of a mesh', () => {
  let browser: Browser;
  let broker: Child;
  let url: string;
  beforeAll(async () => {
    const [brokerPort, pagePort] = [await freePort(), await freePort()];
    url = `http://localhost:${pagePort}/`;
    broker = new Child([process.execPath, 'examples/peero/start.mjs', String(brokerPort), String(pagePort)], {});
    await until(TIMEOUT_MS, 'the example to start', () => (broker.stdout.includes('Open http') ? true : undefined));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await broker.stop();
  });

  const opened = async (): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };
  const logs = (page: Page, text: string): Promise<unknown> => page.getByText(text).first().waitFor({ timeout: TIMEOUT_MS });
  const idOf = async (page: Page): Promise<string> => {
    await page.waitForFunction("document.querySelector('#id').textContent.length > 10", undefined, { timeout: TIMEOUT_MS });
    return (await page.textContent('#id')) ?? '';
  };

  it('PEO2, PEO3, PEO4, PEO5: three tabs connect, exchange messages, and see one disconnect', async () => {
    const tabs = [await opened(), await opened(), await opened()];
    const ids = await Promise.all(tabs.map(idOf));
    for (const [place, tab] of tabs.entries()) {
      for (const id of ids.filter((_, other) => other !== place)) await logs(tab, `connected to ${id}`);
    }
    for (const [place, tab] of tabs.entries()) {
      await tab.fill('input[name=text]', `word ${place}`);
      await tab.press('input[name=text]', 'Enter');
    }
    for (const [place, tab] of tabs.entries()) {
      for (const [other, id] of ids.entries()) if (other !== place) await logs(tab, `${id}: word ${other}`);
    }
    await tabs[2]?.close();
    for (const tab of tabs.slice(0, 2)) await logs(tab, `${ids[2] ?? ''} disconnected`);
    expect(broker.stdout).toContain(`${ids[0] ?? ''} connected`);
  });
});
