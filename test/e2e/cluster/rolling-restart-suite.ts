import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { elapsed, until } from '../../support/e2e/until.ts';
import type { Engine } from './brokers.ts';
import { ReconnectingPeer } from './reconnecting-peer.ts';

const PEERS = 200;
const EXPIRE_MS = 60_000;
/** Addressees of each peer: few, so that many messages go to the same one. */
const ADDRESSEES = 2;
const AT_ONCE = 3;
const PAUSE_MS = 2;
const START_OF_TRAFFIC_MS = 500;

const PROMISE = 'no acknowledged message is lost, repeated or out of order';

export function describeRollingRestart({ engine: name, startEngine }: Engine): void {
  it(`M13, M17: three brokers on ${name} are restarted in turn, and ${PROMISE}`, async () => {
    const engine = await startEngine();
    const options: ServerOptions = {
      ...{ cluster: engine.url, cluster_lease: 9_000, expire_timeout: EXPIRE_MS, drain_spread: 1_000, drain_timeout: 5_000 },
      ...{
        log_level: 'error',
        message_burst: 10_000,
        mailbox_messages: 10_000,
        mailboxes_per_sender: 1_000,
        cleanup_out_msgs: 200,
      },
    };
    const kinds = [SIGNALBOX_UWS, SIGNALBOX_NODE, SIGNALBOX_UWS];
    const servers = await Promise.all(kinds.map((kind) => Server.start({ kind, options })));
    const peers = Array.from({ length: PEERS }, () => new ReconnectingPeer(() => servers.filter(({ isRunning }) => isRunning)));
    await Promise.all(peers.map((peer) => peer.connect()));

    let isOver = false;
    const traffic = (async () => {
      while (!isOver) {
        const sender = randomInt(PEERS);
        peers[sender]?.send(peers[(sender + 1 + randomInt(ADDRESSEES)) % PEERS]?.id ?? '', AT_ONCE);
        await elapsed(PAUSE_MS);
      }
    })();
    await elapsed(START_OF_TRAFFIC_MS);
    for (const [place, server] of servers.entries()) {
      server.signal('SIGTERM');
      expect(await server.exited).toMatchObject({ code: 0 });
      servers[place] = await Server.start({ kind: server.kind, options, port: server.port });
    }
    isOver = true;
    await traffic;

    const sent = peers.flatMap(({ id, acknowledged }) => acknowledged.map((message) => ({ from: id, ...message })));
    const byId = new Map(peers.map((peer) => [peer.id, peer]));
    const others = sent.filter(({ from, to }) => from !== to);
    const wasReceived = ({ from, to, n }: (typeof sent)[number]): boolean =>
      byId.get(to)?.received.get(from)?.includes(n) === true;
    await until(EXPIRE_MS, 'all messages', () => (others.every(wasReceived) ? true : undefined)).catch(() => undefined);
    expect(others.filter((message) => !wasReceived(message))).toEqual([]);
    for (const { received } of peers) {
      for (const all of received.values()) expect(all).toEqual([...new Set(all)].sort((one, other) => one - other));
    }
    expect(others.length).toBeGreaterThan(AT_ONCE * PEERS);

    for (const peer of peers) peer.stop();
    for (const server of servers) {
      server.closeAll();
      await server.stop();
    }
    await engine.stop();
  }, 180_000);
}
