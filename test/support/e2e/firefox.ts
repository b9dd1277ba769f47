import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './until.ts';
import { PageServer, textOf } from './page-server.ts';

const TIMEOUT_MS = 240_000;
const DISABLED_PREFERENCES = ['datareporting.policy.dataSubmissionEnabled', 'browser.shell.checkDefaultBrowser'];

/**
 * Opens a page with the PeerJS client and a script in Debian's Firefox. The script posts its result to `/report`.
 * @param query the query string for the script. @returns the result
 */
export async function reportFromFirefox(scriptFile: string, query: Readonly<Record<string, string>>): Promise<unknown> {
  const pages = await PageServer.start({
    '/': { text: '<script src="/peerjs.min.js"></script><script type="module" src="/script.js"></script>', type: 'text/html' },
    '/peerjs.min.js': { text: textOf('node_modules/peerjs/dist/peerjs.min.js'), type: 'text/javascript' },
    '/script.js': { text: textOf(scriptFile), type: 'text/javascript' },
  });
  const home = mkdtempSync(join(tmpdir(), 'firefox-'));
  writeFileSync(join(home, 'user.js'), DISABLED_PREFERENCES.map((name) => `user_pref("${name}", false);\n`).join(''));
  const program = process.env['FIREFOX_PATH'] ?? 'firefox-esr';
  const flags = ['--headless', '--no-remote', '--profile', home, `${pages.url}?${String(new URLSearchParams(query))}`];
  const firefox = spawn(program, flags, { stdio: 'ignore', env: { ...process.env, HOME: home } });
  const ended = once(firefox, 'exit');
  try {
    const tooEarly = ended.then(() => Promise.reject(new Error('Firefox ended before it reported')));
    return await within(TIMEOUT_MS, 'Firefox to report', Promise.race([pages.reported, tooEarly]));
  } finally {
    firefox.kill();
    await ended.catch(() => undefined);
    await pages.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
