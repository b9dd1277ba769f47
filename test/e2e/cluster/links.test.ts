import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import type { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { elapsed } from '../../support/e2e/until.ts';
import { TLS_FILES } from '../../support/tls-files.ts';
import { Brokers, ENGINES } from './brokers.ts';

const MANY = 100;
/** Time for an invitation, a link and a lane on a slow machine. */
const OPENING_MS = 1_000;
/** Longer than a broker trusts an engine that does not answer; shorter than the lease. */
const LONG_LEASE = { cluster_lease: 60_000, expire_timeout: 60_000 };

describe.each(ENGINES)('brokers with links on one $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    brokers = new Brokers(engine, { NODE_EXTRA_CA_CERTS: TLS_FILES.certFile });
  });
  afterEach(async () => {
    engine.thaw();
    await brokers.stop();
  });

  async function start(kind: ServerKind, tls?: typeof TLS_FILES): Promise<Server> {
    const port = await freePort();
    const [scheme, files] = tls === undefined ? ['http', {}] : ['https', { sslkey: tls.keyFile, sslcert: tls.certFile }];
    return brokers.start({ ...LONG_LEASE, ...files, cluster_link: `${scheme}://localhost:${port}` }, { kind, port });
  }

  async function talk(ann: PeerSocket, bob: PeerSocket): Promise<void> {
    for (let n = 0; n < MANY; n++) {
      ann.sendOffer(bob.id, n);
      bob.sendOffer(ann.id, n);
    }
    for (const [receiver, sender] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      for (let n = 0; n < MANY; n++) expect(await receiver.receive()).toMatchObject({ src: sender.id, payload: n });
    }
  }

  it.each([
    ['', undefined],
    [' over TLS', TLS_FILES],
  ])('M1, M17: deliver messages in order%s, and without the engine once lanes are open', async (_, tls) => {
    const [here, there] = [await start(SIGNALBOX_UWS, tls), await start(SIGNALBOX_NODE, tls)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < 3; n++) {
      await talk(ann, bob);
      await elapsed(OPENING_MS);
    }
    engine.freeze();
    await talk(ann, bob);
    engine.thaw();
    await talk(ann, bob);
  });

  it('M13: notify the sender or deliver, and use the engine, after a broker was killed', async () => {
    const [here, there] = [await start(SIGNALBOX_UWS), await start(SIGNALBOX_NODE)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < 3; n++) {
      await talk(ann, bob);
      await elapsed(OPENING_MS);
    }
    there.signal('SIGKILL');
    await there.exited;
    ann.sendOffer(bob.id, 'later');
    await elapsed(OPENING_MS);
    const third = await start(SIGNALBOX_NODE);
    const again = await third.connectPeer('bob', { id: bob.id, token: bob.token });
    expect(await again.receive()).toMatchObject({ src: ann.id, payload: 'later' });
  });
});
