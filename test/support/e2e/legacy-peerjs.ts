import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../architecture/tree.ts';

const run = promisify(execFile);

const VERSION = '0.3.14';
const INTEGRITY = 'mbHuhuyhnq5XO5Z6MZc6sZuQUWK77ZV4mWJCyCPBpICB1xriAPygO4Ts6ZHsPOcDao8RpNb+AOGzhjHnzvQsjg==';
const CACHE = join(ROOT, 'node_modules/.cache/legacy-peerjs');

/** The text of the first-generation client. It is unpacked, not installed, because it depends on a git repository. */
export async function legacyPeerjs(): Promise<string> {
  const archive = join(CACHE, `peerjs-${VERSION}.tgz`);
  if (!existsSync(archive)) {
    mkdirSync(CACHE, { recursive: true });
    await run('npm', ['pack', `peerjs@${VERSION}`, '--pack-destination', CACHE]);
  }
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (digest !== INTEGRITY) throw new Error(`${archive} has another digest than expected: sha512-${digest}`);
  await run('tar', ['-xzf', archive, '-C', CACHE]);
  return readFileSync(join(CACHE, 'package/dist/peer.js'), 'utf8');
}
