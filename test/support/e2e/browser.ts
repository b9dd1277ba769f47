import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page, type WebSocket } from 'playwright-core';
import { PageServer } from './page-server.ts';
import { within } from './until.ts';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--allow-loopback-in-peer-connection'],
  ...['--disable-features=WebRtcHideLocalIpsWithMdns', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
];
const TIMEOUT_MS = 60_000;
const SHELL = '/usr/bin/chromium-headless-shell';

/** The browser that `scripts/ensure-chromium.mjs` finds. */
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium');

/** Chromium with flags for connections between peers on this machine. */
export async function launchBrowser(...flags: readonly string[]): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: [...FLAGS, ...flags] });
  const newContext = browser.newContext.bind(browser);
  // `newPage` of a browser calls it too.
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(TIMEOUT_MS);
    return context;
  };
  return browser;
}

/** The options of the PeerJS client. */
export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly key?: string;
  readonly secure?: boolean;
  readonly token?: string;
  /** By default without ICE servers. */
  readonly config?: { readonly iceServers: readonly object[]; readonly iceTransportPolicy?: 'all' | 'relay' };
  /** I12: whether the page expects the message ICE. */
  readonly takesIce?: boolean;
}

/** Events of the PeerJS client, and of its connections: opened, received data, closed, plays video. */
export type TabEvent = 'open' | 'disconnected' | 'close' | 'error' | 'connection' | 'call' | ConnectionEvent;

type ConnectionEvent = 'connected' | 'received' | 'connection-closed' | 'plays';

/** Chromium with any number of tabs of one page. */
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

  /** A user with separate storage and tabs. */
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

  /** A tab whose peer is connecting; with `id` null it requests an id from the broker. */
  async openTab(id: string | null, options: ClientOptions): Promise<Tab> {
    const page = await this.#context.newPage();
    await page.goto(this.#url);
    const tab = new Tab(page);
    const { takesIce = false, ...others } = options;
    await tab.call('create', { id, takesIce, options: { config: { iceServers: [] }, ...others, debug: 1 } });
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

  /** Calls a function of the page's script. */
  call(name: string, argument?: unknown): Promise<unknown> {
    const call = `globalThis.stage[${JSON.stringify(name)}](${JSON.stringify(argument) ?? ''})`;
    return this.#page.evaluate(call);
  }

  /** The detail of an event when it occurs for the nth time. The error contains the event log of the tab. */
  async waitForEvent(event: TabEvent, nth = 1): Promise<unknown> {
    try {
      return await within(TIMEOUT_MS, `${event} (${nth})`, this.call('event', { event, nth }));
    } catch (error) {
      throw new Error(`no ${event} (${nth}); events of the tab: ${JSON.stringify(await this.call('events'))}`, { cause: error });
    }
  }

  /** Resolves when the page sends a frame of this type to the broker. Call it before the frame is sent. */
  async waitForSentFrame(type: string): Promise<void> {
    const socket = this.#sockets.at(-1);
    const predicate = ({ payload }: { payload: string | Buffer }) => String(payload).includes(`"type":"${type}"`);
    await socket?.waitForEvent('framesent', { predicate, timeout: TIMEOUT_MS });
  }

  /** Closes the tab, as a user does. */
  close(): Promise<void> {
    return this.#page.close();
  }
}
