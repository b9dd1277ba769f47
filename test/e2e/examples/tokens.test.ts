import { createSigner } from 'fast-jwt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Coturn } from '../../support/e2e/coturn.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { PROGRAMS } from './programs.ts';
import { stage } from './stage.ts';
import { tokenFile } from './token-file.ts';

const { broker, peer, tab } = stage();

const SECRET = 'the-secret-of-the-signed-tokens-in-the-tests';

/** Seconds: a program must start and open within this time, also on a busy machine. */
const LIFETIME = 15;

/** A token of this user for one id. */
function signedToken(user: string, id: string, seconds: number): string {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  return createSigner({ key: SECRET, algorithm: 'HS256' })({ sub: user, exp, signalbox: { id } });
}

describe.each(PROGRAMS)('$name with a signed token', (program) => {
  it('A5: it reconnects with a fresh token when the first one has expired, and answers a page', async () => {
    const coturn = await Coturn.start([SECRET]);
    onTestFinished(() => coturn.stop());
    const stun = `stun:127.0.0.1:${coturn.port}`;
    const at = await broker({ auth: 'required', auth_key: SECRET, auth_leeway: 0, cleanup_out_msgs: 100, stun });
    const id = uniqueName('echo');
    const token = tokenFile(signedToken('bot', id, LIFETIME));
    const echo = peer(program, at, { id, token_file: token.path });
    await echo.waitUntilOpen();
    // Before `open`, because the token allows it.
    expect(echo.output).toMatch(/^ICE servers: stun:\S+\nopen as /);
    token.write(signedToken('bot', id, 600));
    await echo.waitUntilOpen(2);

    const page = await tab(at, signedToken('ann', 'page-*', 600));
    expect(await page.call('exchange', { id, serialization: 'json', values: ['hello'] })).toEqual(['hello']);
  });
});
