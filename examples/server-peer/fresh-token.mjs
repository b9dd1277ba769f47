import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10_000;
const ownToken = randomUUID();

/**
 * The token for the next connection to the broker. Replace this function by a request to your own service.
 * A token that expires, such as a JWT, has to be fresh each time. Any other one must stay the same: the id belongs to it.
 */
export async function freshToken({ token, token_file: file, token_command: command }) {
  if (command !== undefined) return (await promisify(exec)(command, { timeout: TIMEOUT_MS })).stdout.trim();
  if (file !== undefined) return (await readFile(file, 'utf8')).trim();
  return token ?? ownToken;
}
