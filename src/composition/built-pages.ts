import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BuiltPage } from '../adapters/admin-listeners/http/status-page.ts';
import type { HttpResponse } from '../application/ports/http.ts';

/** The pages of the folder `pages`, after `npm run build`. */
export type PageName = 'status' | 'playground' | 'doctor';

/** @returns undefined if `npm run build` has not run. */
export function builtPage(name: PageName): BuiltPage | undefined {
  const html = readIfPresent(new URL(`../../dist/pages/${name}.html`, import.meta.url));
  return html === undefined ? undefined : { html, policy: policyOf(html) };
}

/** The parts of the configuration that a page of the public port needs. */
export interface PublicPageSettings {
  /** The key that the page offers. */
  readonly key: string;
  readonly needsToken: boolean;
}

/** H20, DOC5: the response with a page. @returns undefined if `npm run build` has not run. */
export function publicPage(name: PageName, { key, needsToken }: PublicPageSettings): HttpResponse | undefined {
  const page = builtPage(name);
  if (page === undefined) return undefined;
  const settings = `data-key="${escaped(key)}" data-token="${needsToken ? 'yes' : 'no'}"`;
  const body = page.html.replace('data-key="peerjs" data-token="no"', () => settings);
  return { status: 200, headers: [...HEADERS, ['content-security-policy', page.policy]], body };
}

const HEADERS: HttpResponse['headers'] = [
  ['content-type', 'text/html; charset=utf-8'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
];

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** No request leaves for another origin, and no other site shows the page in a frame. */
export function policyOf(html: string): string {
  return [
    "default-src 'none'",
    `style-src ${digests(html, /<style>([^]*?)<\/style>/g)}`,
    `script-src ${digests(html, /<script>([^]*?)<\/script>/g)}`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function digests(html: string, parts: RegExp): string {
  const texts = Array.from(html.matchAll(parts), ([, text = '']) => text);
  return texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}

function readIfPresent(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
