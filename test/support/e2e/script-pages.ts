import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../../architecture/tree.ts';
import { launchBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const HTML =
  '<!doctype html><meta charset="utf-8"><title>stage</title><script src="/library.js"></script><script src="/stage.js"></script>';
/** Longer than the time after which a library retries a connection: 24 s for Trystero. */
const TIMEOUT_MS = 60_000;

/** Chromium, and a page with a test script around a real library: it sets `globalThis.stage`. */
export class ScriptPages {
  readonly #browser: Browser;
  readonly #pages: PageServer;

  private constructor(browser: Browser, pages: PageServer) {
    this.#browser = browser;
    this.#pages = pages;
  }

  /**
   * @param script under test/support/e2e/page-scripts, bundled with its imports.
   * @param library the text of a script that comes before it.
   */
  static async start(script: string, library = ''): Promise<ScriptPages> {
    const entry = join(ROOT, 'test/support/e2e/page-scripts', script);
    const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', target: 'es2022' });
    const pages = await PageServer.start({
      '/': { text: HTML, type: 'text/html' },
      '/library.js': { text: library, type: 'text/javascript' },
      '/stage.js': { text: outputFiles[0]?.text ?? '', type: 'text/javascript' },
    });
    return new ScriptPages(await launchBrowser(), pages);
  }

  /** A page in a browser context of its own, so that only the network connects it to others. */
  async openPage(): Promise<ScriptPage> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    await page.goto(this.#pages.url);
    return new ScriptPage(page);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#pages.stop();
  }
}

/** One page, and the functions of its script. */
export class ScriptPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  call(name: string, ...args: unknown[]): Promise<unknown> {
    const list = args.map((one) => JSON.stringify(one)).join(', ');
    return this.page.evaluate(`globalThis.stage[${JSON.stringify(name)}](${list})`);
  }

  /** Resolves when the function of that name returns true. @throws Error with the event log of the page. */
  async waitFor(what: string, ...given: unknown[]): Promise<void> {
    const list = given.map((one) => JSON.stringify(one)).join(', ');
    const call = `globalThis.stage[${JSON.stringify(what)}](${list})`;
    await this.page.waitForFunction(call, undefined, { timeout: TIMEOUT_MS, polling: 50 }).catch(async (cause: unknown) => {
      throw new Error(`not true in time: ${what}(${list}); events: ${JSON.stringify(await this.call('events'))}`, { cause });
    });
  }

  /** Starts the script again, which costs a tenth of a new page. The browser closes the connections of the page. */
  async reload(): Promise<void> {
    await this.page.reload();
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
