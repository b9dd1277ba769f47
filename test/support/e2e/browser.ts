import { chromium, type Browser, type BrowserContext, type Page, type WebSocket } from 'playwright-core';
import { PageServer } from './page-server.ts';
import { within } from './until.ts';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--allow-loopback-in-peer-connection'],
  ...['--disable-features=WebRtcHideLocalIpsWithMdns', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
];
const TIMEOUT_MS = 20_000;

/** Chromium, so that peers on this machine find each other. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** Where the real library finds its broker. */
export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly key?: string;
  readonly secure?: boolean;
}

/** What the library reports; and of its connections that they opened, said something, closed, showed a moving picture. */
export type TabEvent =
  'open' | 'disconnected' | 'close' | 'error' | 'connection' | 'call' | 'connected' | 'received' | 'parted' | 'plays';

/** Chromium, and a page that it shows in as many tabs as are asked for. */
export class Tabs {
  readonly #browser: Browser;
  readonly #pages: PageServer;

  private constructor(browser: Browser, pages: PageServer) {
    this.#browser = browser;
    this.#pages = pages;
  }

  static async start(): Promise<Tabs> {
    const pages = await PageServer.start();
    return new Tabs(await launchBrowser(), pages);
  }

  /** A visitor with tabs of its own. */
  async newUser(): Promise<BrowserUser> {
    return new BrowserUser(await this.#browser.newContext({ ignoreHTTPSErrors: true }), this.#pages.url);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#pages.stop();
  }
}

export class BrowserUser {
  readonly #context: BrowserContext;
  readonly #url: string;

  constructor(context: BrowserContext, url: string) {
    this.#context = context;
    this.#url = url;
  }

  /** A tab whose peer begins to open; `id` null asks the broker for one. */
  async openTab(id: string | null, options: ClientOptions): Promise<Tab> {
    const page = await this.#context.newPage();
    await page.goto(this.#url);
    const tab = new Tab(page);
    await tab.call('create', { id, options: { ...options, debug: 1, config: { iceServers: [] } } });
    return tab;
  }

  /** A tab whose peer is open. */
  async openConnectedTab(id: string | null, options: ClientOptions): Promise<Tab> {
    const tab = await this.openTab(id, options);
    await tab.waitForEvent('open');
    return tab;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** One page with one peer. */
export class Tab {
  readonly #page: Page;
  readonly #sockets: WebSocket[] = [];

  constructor(page: Page) {
    this.#page = page;
    page.on('websocket', (socket) => this.#sockets.push(socket));
  }

  /** Calls what the page's script offers. */
  call(name: string, argument?: unknown): Promise<unknown> {
    const call = `globalThis.stage[${JSON.stringify(name)}](${JSON.stringify(argument) ?? ''})`;
    return this.#page.evaluate(call);
  }

  /** What came with an event, when it happened for the nth time. Fails with the tab's diary. */
  async waitForEvent(event: TabEvent, nth = 1): Promise<unknown> {
    try {
      return await within(TIMEOUT_MS, `${event} (${nth})`, this.call('event', { event, nth }));
    } catch (error) {
      throw new Error(`no ${event} (${nth}); the tab saw ${JSON.stringify(await this.call('diary'))}`, { cause: error });
    }
  }

  /** Resolves when the page sends such a frame to the broker. To be asked for before it is sent. */
  async waitForSentFrame(type: string): Promise<void> {
    const socket = this.#sockets.at(-1);
    const predicate = ({ payload }: { payload: string | Buffer }) => String(payload).includes(`"type":"${type}"`);
    await socket?.waitForEvent('framesent', { predicate, timeout: TIMEOUT_MS });
  }

  /** As a visitor who closes the tab. */
  close(): Promise<void> {
    return this.#page.close();
  }
}
