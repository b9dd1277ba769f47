import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import type { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { TLS_FILES } from '../../support/tls-files.ts';
import { clusterOn, ENGINES, PATIENCE_MS } from './brokers.ts';

const MANY = 100;
const METRICS_TOKEN = 'the-token-of-the-metrics-in-this-test';
/** Longer than a broker trusts an engine that does not answer; shorter than the lease. */
const OPTIONS = { cluster_lease: 60_000, metrics_public: true, metrics_token: METRICS_TOKEN };

describe.each(ENGINES)('brokers with links on one $engine', ({ startEngine }) => {
  const cluster = clusterOn(startEngine, { NODE_EXTRA_CA_CERTS: TLS_FILES.certFile });
  afterEach(async () => {
    cluster.engine.thaw();
  });

  async function start(kind: ServerKind, tls?: typeof TLS_FILES): Promise<Server> {
    const port = await freePort();
    const [scheme, files] = tls === undefined ? ['http', {}] : ['https', { sslkey: tls.keyFile, sslcert: tls.certFile }];
    return cluster.brokers.start({ ...OPTIONS, ...files, cluster_link: `${scheme}://localhost:${port}` }, { kind, port });
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

  /** Exchanges messages until lanes take all messages of both peers, at least once. */
  async function talkOverLanes(ann: PeerSocket, bob: PeerSocket, places: readonly [Server, Server]): Promise<void> {
    const sent = (): Promise<number[]> => Promise.all(places.map(messagesOverLinks));
    const deadline = performance.now() + PATIENCE_MS;
    for (let before = await sent(); ;) {
      await talk(ann, bob);
      const after = await sent();
      if (after.every((count, n) => count >= (before[n] ?? 0) + MANY)) return;
      if (performance.now() > deadline) expect.fail(`no lanes: ${before.join()} and ${after.join()} messages over links`);
      before = after;
    }
  }

  it.each([
    ['', undefined],
    [' over TLS', TLS_FILES],
  ])('M1, M17: deliver messages in order%s, and without the engine once lanes are open', async (_, tls) => {
    const [here, there] = [await start(SIGNALBOX_UWS, tls), await start(SIGNALBOX_NODE, tls)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    await talkOverLanes(ann, bob, [here, there]);
    cluster.engine.freeze();
    await talk(ann, bob);
    cluster.engine.thaw();
    await talk(ann, bob);
  });

  it('M13: notify the sender or deliver, and use the engine, after a broker was killed', async () => {
    const [here, there] = [await start(SIGNALBOX_UWS), await start(SIGNALBOX_NODE)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    await talkOverLanes(ann, bob, [here, there]);
    there.signal('SIGKILL');
    await there.exited;
    ann.sendOffer(bob.id, 'later');
    const third = await start(SIGNALBOX_NODE);
    const again = await third.connectPeer('bob', { id: bob.id, token: bob.token });
    expect(await again.receive()).toMatchObject({ src: ann.id, payload: 'later' });
  });
});

/** The messages that a broker has sent over its links. */
async function messagesOverLinks(place: Server): Promise<number> {
  const { body } = await place.requestAt('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  return Number(/^signalbox_cluster_link_messages_total\{direction="out"\} (\d+)$/m.exec(body)?.[1] ?? 0);
}
