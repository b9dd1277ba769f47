import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../../architecture/tree.ts';
import { launchBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

const HTML =
  '<!doctype html><meta charset="utf-8"><title>stage</title><script src="/library.js"></script><script src="/stage.js"></script>';
/** Libraries give up an attempt to connect that got stuck, and make another: Trystero after 24 s. */
const TIMEOUT_MS = 60_000;

/** Chromium, and a page with a script of ours around a real library: it sets `globalThis.stage`. */
export class ScriptPages {
  readonly #browser: Browser;
  readonly #pages: PageServer;

  private constructor(browser: Browser, pages: PageServer) {
    this.#browser = browser;
    this.#pages = pages;
  }

  /**
   * @param script under test/support/e2e/page-scripts, bundled with all that it imports.
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

  /** One visitor with one tab: nothing but the network leads from it to any other. */
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

/** One tab, and what its script offers. */
export class ScriptPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  call(name: string, ...args: unknown[]): Promise<unknown> {
    const list = args.map((one) => JSON.stringify(one)).join(', ');
    return this.page.evaluate(`globalThis.stage[${JSON.stringify(name)}](${list})`);
  }

  /** Resolves when what the script says under that name is true. @throws with what it says instead. */
  async waitFor(what: string, ...given: unknown[]): Promise<void> {
    const list = given.map((one) => JSON.stringify(one)).join(', ');
    const call = `globalThis.stage[${JSON.stringify(what)}](${list})`;
    await this.page.waitForFunction(call, undefined, { timeout: TIMEOUT_MS, polling: 50 }).catch(async (cause: unknown) => {
      throw new Error(`never came true: ${what}(${list}); diary: ${JSON.stringify(await this.call('diary'))}`, { cause });
    });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
