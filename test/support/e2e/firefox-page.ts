import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { until, within } from './until.ts';

const TIMEOUT_MS = 120_000;
const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** Peers on this machine reach each other by loopback addresses. */
const PREFERENCES = {
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

interface Reply {
  readonly id?: number;
  readonly type: string;
  readonly result?: {
    readonly contexts?: readonly { readonly context: string }[];
    readonly result?: { readonly value?: unknown };
  };
}

/** A page in Debian's Firefox, driven by WebDriver BiDi. */
export class FirefoxPage {
  readonly #firefox: ChildProcess;
  readonly #home: string;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #socket: WebSocket | undefined;
  #commands = 0;
  #context = '';

  private constructor(firefox: ChildProcess, home: string) {
    this.#firefox = firefox;
    this.#home = home;
  }

  static async open(url: string): Promise<FirefoxPage> {
    const home = mkdtempSync(join(tmpdir(), 'firefox-'));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(home, 'user.js'), lines.join(''));
    const program = process.env['FIREFOX_PATH'] ?? 'firefox-esr';
    const flags = ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '0'];
    const firefox = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: home } });
    const page = new FirefoxPage(firefox, home);
    try {
      await within(TIMEOUT_MS, 'Firefox to start', page.#connect());
      await page.#navigate(url);
      return page;
    } catch (error) {
      await page.close();
      throw error;
    }
  }

  /** The value of an expression in the page: a text, a number or a boolean. */
  async evaluate(expression: string): Promise<unknown> {
    const target = { context: this.#context };
    const { result } = await this.#send('script.evaluate', { expression, target, awaitPromise: true });
    return result?.result?.value;
  }

  /** The value of an expression when it is neither empty nor false. */
  waitFor(expression: string): Promise<unknown> {
    return until(TIMEOUT_MS, expression, async () => (await this.evaluate(expression)) || undefined);
  }

  async close(): Promise<void> {
    this.#socket?.terminate();
    const ended = once(this.#firefox, 'exit');
    if (this.#firefox.exitCode === null && this.#firefox.kill()) await ended;
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    for await (const line of createInterface({ input: this.#firefox.stderr as NodeJS.ReadableStream })) {
      const [, place] = LISTENING.exec(line) ?? [];
      if (place === undefined) continue;
      const socket = new WebSocket(`${place}/session`);
      this.#socket = socket;
      socket.on('message', (data: Buffer) => {
        const reply = JSON.parse(data.toString()) as Reply;
        this.#replies.get(reply.id ?? -1)?.(reply);
      });
      await once(socket, 'open');
      await this.#send('session.new', { capabilities: {} });
      return;
    }
    throw new Error('Firefox ended before it listened');
  }

  async #navigate(url: string): Promise<void> {
    const { result } = await this.#send('browsingContext.getTree', {});
    this.#context = result?.contexts?.[0]?.context ?? '';
    await this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  async #send(method: string, params: object): Promise<Reply> {
    const id = ++this.#commands;
    const replied = new Promise<Reply>((resolve) => this.#replies.set(id, resolve));
    this.#socket?.send(JSON.stringify({ id, method, params }));
    const reply = await within(TIMEOUT_MS, method, replied);
    this.#replies.delete(id);
    if (reply.type !== 'success') throw new Error(`${method}: ${JSON.stringify(reply)}`);
    return reply;
  }
}
