import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { HandshakeRefused, type PeerSocket } from '../../support/e2e/peer-socket.ts';
import type { Server } from '../../support/e2e/server.ts';
import { until } from '../../support/e2e/until.ts';
import { Brokers, ENGINES, PATIENCE_MS } from './brokers.ts';

/** No lease ends within a test. */
const LEASE_MS = 60_000;
const EXPELLED = 4004;

interface Page {
  readonly nodes: readonly { readonly node: string }[];
  readonly peers: readonly { readonly id: string; readonly node: string }[];
  readonly missing: readonly string[];
}

describe.each(ENGINES)('operators of a cluster on one $engine', ({ startEngine }) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-admin-'));
  let engine: EngineServer;
  let brokers: Brokers;
  let all: Server[];
  beforeAll(async () => {
    engine = await startEngine();
    brokers = new Brokers(engine);
    all = [];
    for (let n = 0; n < 3; n++) all.push(await startBroker());
  });
  afterAll(async () => {
    for (const server of all) server.signal('SIGCONT');
    await brokers.stop();
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  function startBroker(): Promise<Server> {
    return brokers.start({ cluster_lease: LEASE_MS, admin: `unix:${socketOf(all.length)}` });
  }

  function socketOf(broker: number): string {
    return join(folder, `${broker}.sock`);
  }

  function ask(broker: number, method: string, path: string, body?: object): Promise<Page & { readonly closed: number }> {
    const headers = { host: 'localhost', 'x-signalbox-admin': '1' };
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: socketOf(broker), method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(JSON.parse(text) as never));
      });
      sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The answer of a broker, when its cluster has that number of nodes. */
  function whole(broker: number, count: number): Promise<Page> {
    return until(PATIENCE_MS, `${count} nodes`, async () => {
      const page = await ask(broker, 'GET', '/api/overview');
      return page.nodes.length === count && page.missing.length === 0 ? page : undefined;
    });
  }

  /** Repeats a request until all nodes have answered it: a node that the machine suspends for longer than 0.5 s is missing. */
  function answeredByAll<T extends { readonly missing?: readonly string[] }>(request: () => Promise<T>): Promise<T> {
    return until(PATIENCE_MS, 'an answer of all nodes', async () => {
      const answer = await request();
      return answer.missing?.length === 0 ? answer : undefined;
    });
  }

  const closeCode = async (peer: PeerSocket): Promise<number> => (await peer.closed()).code;

  it('ADM15: each broker answers for all, removes peers of all, and names the one that is silent', async () => {
    const peers = await Promise.all(all.map((server, n) => server.connectPeer(`peer-${n}`)));
    const overviews = await Promise.all(all.map((_, n) => whole(n, all.length)));
    const names = overviews.map(({ nodes }) => nodes.map(({ node }) => node).sort());
    expect(names).toEqual([names[0], names[0], names[0]]);

    const { peers: listed } = await answeredByAll(() => ask(0, 'GET', '/api/peers?limit=10'));
    expect(listed.map(({ id }) => id).sort()).toEqual(peers.map(({ id }) => id).sort());
    const first = await answeredByAll(() => ask(0, 'GET', '/api/peers?limit=2'));
    const next = encodeURIComponent(String((first as never as { next: string }).next));
    const second = await answeredByAll(() => ask(1, 'GET', `/api/peers?limit=2&after=${next}`));
    expect([...first.peers, ...second.peers].map(({ id }) => id).sort()).toEqual(peers.map(({ id }) => id).sort());

    let removed = peers[1] as PeerSocket;
    const { id, token } = removed;
    const target = `/api/peers/${brokers.realm}/${id}`;
    await until(
      PATIENCE_MS,
      'the peer',
      async () => ((await ask(2, 'GET', target)) as unknown as { id?: string }).id === id || undefined,
    );
    const removal = await answeredByAll(async () => {
      if (!removed.isOpen) removed = (await all[1]?.connectPeer('peer', { id, token })) as PeerSocket;
      const answer = await ask(2, 'DELETE', target);
      expect(await closeCode(removed)).toBe(EXPELLED);
      return answer;
    });
    expect(removal).toEqual({ closed: 1, missing: [] });
    const [closed] = await until(PATIENCE_MS, 'the close', async () => {
      const closes = (await ask(0, 'GET', '/api/closed')) as unknown as readonly unknown[];
      return closes.length > 0 ? closes : undefined;
    });
    expect(closed).toMatchObject({ id, why: 'removed' });

    all[2]?.signal('SIGSTOP');
    const { nodes, missing } = await until(PATIENCE_MS, 'one silent node', async () => {
      const page = await ask(0, 'GET', '/api/overview');
      return page.missing.length === 1 ? page : undefined;
    }).finally(() => all[2]?.signal('SIGCONT'));
    expect([nodes.length, missing.length]).toEqual([2, 1]);
    expect([...nodes.map(({ node }) => node), ...missing].sort()).toEqual(names[0]);
    await whole(0, all.length);
  });

  it('ADM15, ADM6: a trace has the frames of a peer that is connected to another broker', async () => {
    await whole(0, all.length);
    const peer = await all[1]?.connect({ id: 'traced' });
    expect(await peer?.receive()).toMatchObject({ type: 'OPEN' });
    const { node } = await until(PATIENCE_MS, 'the peer', async () => {
      const found = (await ask(0, 'GET', `/api/peers/${brokers.realm}/traced`)) as unknown as { node?: string };
      return found.node === undefined ? undefined : { node: found.node };
    });
    const trace = await new Promise<string>((resolve, reject) => {
      const path = `/api/trace?realm=${brokers.realm}&id=traced`;
      const sent = request({ socketPath: socketOf(0), path, headers: { host: 'localhost' } }, (response) => {
        let text = '';
        const beat = setInterval(() => peer?.send({ type: 'HEARTBEAT' }), 50);
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (!text.includes('heartbeat')) return;
          clearInterval(beat);
          sent.destroy();
          resolve(text);
        });
      });
      sent.on('error', reject).end();
    });
    expect(trace).toContain(`"node":"${node}"`);
    peer?.cut();
  });

  it('ADM15, ADM4: a ban holds on all brokers, also on one that starts later, until it is lifted on any of them', async () => {
    const value = 'banned';
    const lift = (): Promise<Page> => ask(2, 'DELETE', `/api/bans/${encodeURIComponent(`id:*/${value}`)}`);
    const ban = await answeredByAll(async () => {
      const peer = (await all[1]?.connectPeerWhenFree('peer', { id: value })) as PeerSocket;
      const answer = await ask(0, 'POST', '/api/bans', { what: 'id', value });
      expect(await closeCode(peer)).toBe(EXPELLED);
      if (answer.missing.length > 0) await lift();
      return answer;
    });
    expect(ban).toMatchObject({ closed: 1, missing: [] });
    all.push(await startBroker());
    await until(PATIENCE_MS, 'the ban on the new broker', async () => (await bansOf(all.length - 1)) === 1 || undefined);
    for (const server of all) expect(await admission(server, value)).toBe(EXPELLED);
    await lift();
    for (const server of all) {
      await until(PATIENCE_MS, 'the peer to be admitted', async () => (await admission(server, value)) === 'OPEN' || undefined);
    }
  });

  async function bansOf(broker: number): Promise<number> {
    return ((await ask(broker, 'GET', '/api/bans')) as unknown as unknown[]).length;
  }

  /** `OPEN`, or the code of the close. */
  async function admission(server: Server, id: string): Promise<unknown> {
    try {
      const socket = await server.connect({ id, token: 'the same at every broker' });
      const { type } = (await socket.receive()) as { type: string };
      if (type !== 'OPEN') return closeCode(socket);
      socket.cut();
      return type;
    } catch (error) {
      if (error instanceof HandshakeRefused) return error.message;
      throw error;
    }
  }

  it('ADM15: drains a broker by its name', async () => {
    const { nodes } = await whole(0, all.length);
    const namesOf = (page: Page): string => page.nodes.map(({ node }) => node).join();
    const named = async (): Promise<true | undefined> =>
      namesOf(await ask(1, 'GET', '/api/nodes')) === namesOf({ nodes, peers: [], missing: [] }) || undefined;
    await until(PATIENCE_MS, 'the names of all nodes', named);
    const exits = all.map(({ exited }) => exited);
    await ask(0, 'POST', `/api/drain?node=${encodeURIComponent(String(nodes.at(-1)?.node))}`);
    expect((await Promise.race(exits)).code).toBe(0);
    expect(all.filter(({ isRunning }) => isRunning)).toHaveLength(all.length - 1);
  });
});
