import { describe, expect, it, onTestFinished } from 'vitest';
import { CLOSE_GRACE } from '../../../src/adapters/transports/shared/settings.ts';
import { reportFromFirefox } from '../../support/e2e/firefox.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';

const ATTEMPTS = 40;

/** The results of all attempts, of the client and of a raw socket. */
interface Report {
  readonly peers: readonly string[];
  readonly sockets: readonly { readonly end: string; readonly ms: number }[];
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Firefox, on $name', (kind) => {
  it('O4, M21: always receives ID-TAKEN before the close of the socket', { timeout: 300_000 }, async () => {
    const broker = await Server.start({ kind });
    onTestFinished(async () => void (await broker.stop()));
    const { host, port } = broker;
    const query = { host, port: String(port), attempts: String(ATTEMPTS) };
    const { peers, sockets } = (await reportFromFirefox('test/support/e2e/page/refused.js', query)) as Report;
    // A client that has not read its last text by then is closed without it.
    const inTime = sockets.filter(({ ms }) => ms < CLOSE_GRACE);
    expect(inTime.length).toBeGreaterThan(ATTEMPTS / 2);
    expect(new Set(inTime.map(({ end }) => end))).toEqual(new Set(['ID-TAKEN 1008']));
    expect(peers.filter((type) => type !== 'unavailable-id').length).toBeLessThanOrEqual(ATTEMPTS - inTime.length);
  });
});
