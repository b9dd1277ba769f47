import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

const ALIVE_MS = 4_000;
const TIMEOUT_MS = 60_000;

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('$name after SIGSTOP and SIGCONT', (kind) => {
  it('L6: keeps peers whose heartbeats arrived while the process was stopped', async () => {
    const server = await Server.start({ kind, options: { alive_timeout: ALIVE_MS, log_format: 'json' } });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    const peers = await Promise.all(['ann', 'bob', 'eve'].map((id) => server.connectPeer(id)));
    const heartbeats = setInterval(() => {
      for (const peer of peers) if (peer.isOpen) peer.send({ type: 'HEARTBEAT' });
    }, ALIVE_MS / 8);
    onTestFinished(() => clearInterval(heartbeats));
    server.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 2 * ALIVE_MS));
    server.signal('SIGCONT');
    await until(TIMEOUT_MS, 'the log event of the pause', () => (server.output.includes('stood-still') ? true : undefined));
    const [ann, bob] = peers as [(typeof peers)[number], (typeof peers)[number]];
    ann.sendOffer(bob.id, 'still there?');
    expect(await bob.receive()).toMatchObject({ src: ann.id, payload: 'still there?' });
    expect(peers.map((peer) => peer.isOpen)).toEqual([true, true, true]);
  });
});
