import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file with a token, which a test can replace. */
export interface TokenFile {
  readonly path: string;
  write(token: string): void;
}

export function tokenFile(first: string): TokenFile {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'token');
  const write = (token: string): void => writeFileSync(path, `${token}\n`);
  write(first);
  return { path, write };
}
