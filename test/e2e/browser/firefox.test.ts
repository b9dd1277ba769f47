import { describe, expect, it, onTestFinished } from 'vitest';
import { reportFromFirefox } from '../../support/e2e/firefox.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';

const ATTEMPTS = 40;

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Firefox, on $name', (kind) => {
  it('O4, M21: always receives ID-TAKEN before the close of the socket', { timeout: 300_000 }, async () => {
    const broker = await Server.start({ kind });
    onTestFinished(async () => void (await broker.stop()));
    const { host, port } = broker;
    const seen = await reportFromFirefox('test/support/e2e/page/refused.js', {
      host,
      port: String(port),
      attempts: String(ATTEMPTS),
    });
    expect(seen).toEqual({
      peers: Array.from({ length: ATTEMPTS }, () => 'unavailable-id'),
      sockets: Array.from({ length: ATTEMPTS }, () => 'ID-TAKEN 1008'),
    });
  });
});
