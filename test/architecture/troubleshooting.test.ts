import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTION_NAMES } from '../../src/composition/configuration/options.ts';
import { filesUnder, ROOT } from './tree.ts';

/* Compares the names in docs/troubleshooting.md with the code. */

const PAGE = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
const SOURCE = filesUnder('src', /\.ts$/)
  .map(({ text }) => text)
  .join('\n');
const OPTIONS: ReadonlySet<string> = new Set(OPTION_NAMES);

/** Code spans of the page that match. */
function spans(pattern: RegExp): string[] {
  return [...PAGE.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span).filter((span) => pattern.test(span));
}

/** Hyphenated words of the page that are not names of the log. */
const NOT_OF_THE_LOG: ReadonlySet<string> = new Set(['server-error']);

describe('docs/troubleshooting.md', () => {
  it('names only events and reasons of the code', () => {
    const words = spans(/^[a-z]+(-[a-z0-9]+)+$/).filter((word) => !NOT_OF_THE_LOG.has(word));
    expect(words.length).toBeGreaterThan(30);
    expect(words.filter((word) => !SOURCE.includes(`'${word}'`))).toEqual([]);
  });

  it('names only flags and limits that are options', () => {
    const named = [...PAGE.matchAll(/--([a-z_]+)/g), ...PAGE.matchAll(/`limit` `([a-z_]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !OPTIONS.has(name))).toEqual([]);
  });

  it('names only statuses that the broker sends', () => {
    const statuses = new Set([...PAGE.matchAll(/[Ss]tatus`? (\d{3})/g)].map(([, status = '']) => status));
    statuses.delete('505'); // Sent by uWebSockets.js.
    expect([...statuses].filter((status) => !new RegExp(`\\b${status}\\b`).test(SOURCE))).toEqual([]);
  });

  it('names only fields of the log', () => {
    const fields = ['status', 'why', 'path', 'origin', 'key', 'address', 'limit', 'asked', 'forwardedFor', 'code', 'closedBy'];
    for (const field of [...fields, 'lifetimeMs', 'openFiles', 'peer', 'realm']) {
      expect(PAGE.includes(`\`${field}\``) && SOURCE.includes(field), field).toBe(true);
    }
  });
});
