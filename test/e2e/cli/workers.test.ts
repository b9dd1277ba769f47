import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sendRequest } from '../../support/e2e/http.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { freePort, freePorts } from '../../support/e2e/free-port.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';
import { Child } from '../../support/e2e/child.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { until, within } from '../../support/e2e/until.ts';

const PATIENCE_MS = 60_000;
/** A worker that hangs is terminated after 20 to 25 s. */
const HANG_PATIENCE_MS = 90_000;
const MANY = 200;
const TLS = { sslkey: 'test/support/tls/localhost.key', sslcert: 'test/support/tls/localhost.crt' };

type LogLine = Readonly<Record<string, unknown>>;

/** A server that the test stops. */
async function launch(kind: ServerKind, options: ServerOptions = {}): Promise<Server> {
  const common = { workers: 2, log_format: 'json', allow_discovery: true, message_burst: 10_000, drain_timeout: 500 };
  const server = await Server.start({ kind, options: { ...common, ...options } });
  await until(PATIENCE_MS, 'all workers to listen', () => linesOf(server, 'listening').length > 0 || undefined);
  return server;
}

async function stop(server: Server): Promise<void> {
  server.closeAll();
  await server.stop();
}

async function start(kind: ServerKind, options: ServerOptions = {}): Promise<Server> {
  const server = await launch(kind, options);
  onTestFinished(() => stop(server));
  return server;
}

/** The lines of an event. The last line may be incomplete. */
function linesOf({ output }: { readonly output: string }, event: string): LogLine[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line['event'] === event);
}

/** The worker that a peer is connected to. */
function workerOf(server: Server, { id }: PeerSocket): Promise<unknown> {
  return until(PATIENCE_MS, `the log to name ${id}`, () => {
    return linesOf(server, 'peer-opened').findLast((line) => line['peer'] === id)?.['worker'];
  });
}

/** Two peers of different workers. The system distributes the connections. */
async function apart(server: Server): Promise<[PeerSocket, PeerSocket]> {
  const ann = await server.connectPeer('ann');
  const worker = await workerOf(server, ann);
  const bob = await until(PATIENCE_MS, 'a peer of another worker', async () => {
    const peer = await server.connectPeer('bob');
    if ((await workerOf(server, peer)) !== worker) return peer;
    peer.cut();
    return undefined;
  });
  return [ann, bob];
}

/** The processes of the workers, by their process titles. */
function workersOf({ pid }: Server): Map<string, number> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().trim().split('\n');
  const workers = lines.flatMap((line) => {
    const { child, parent, title = '' } = /^ *(?<child>\d+) +(?<parent>\d+) (?<title>.*)$/.exec(line)?.groups ?? {};
    return Number(parent) === pid ? [[title.trim(), Number(child)] as const] : [];
  });
  return new Map(workers);
}

function childrenOf(server: Server): number[] {
  return [...workersOf(server).values()];
}

function pidOfWorker(server: Server, worker: unknown): number {
  return workersOf(server).get(`signalbox worker ${String(worker)}`) ?? expect.fail(`worker ${String(worker)} does not run`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await until(PATIENCE_MS, 'the workers to end', () => !pids.some(isAlive) || undefined);
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('workers of $name, over TLS', (kind) => {
  let server: Server;
  let admin: number;
  beforeAll(async () => {
    [admin = 0] = await freePorts(2);
    server = await launch(kind, { ...TLS, admin: `127.0.0.1:${admin}`, expire_timeout: 8_000 });
  });
  afterAll(() => stop(server));

  it('M1, M17: deliver messages between their peers in order, and log once that they listen', async () => {
    const [ann, bob] = await apart(server);
    for (let n = 0; n < MANY; n++) {
      ann.send({ type: 'CANDIDATE', src: 'forged', dst: bob.id, payload: n });
      bob.sendOffer(ann.id, n);
    }
    for (const [receiver, sender] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      const received = await receiver.receiveMany(MANY);
      expect(received.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
      expect(new Set(received.map(({ src }) => src))).toEqual(new Set([sender.id]));
    }
    expect(linesOf(server, 'listening')).toEqual([expect.objectContaining({ workers: 2 })]);
    expect(linesOf(server, 'in-effect')).toHaveLength(1);
  });

  it('O4, O5, H4: an id has one owner at all workers, which share one list of peers', async () => {
    const [ann, bob] = await apart(server);
    for (let n = 0; n < 6; n++) {
      const thief = await server.connect({ id: ann.id });
      expect(await thief.receive()).toMatchObject({ type: 'ID-TAKEN' });
    }
    expect(JSON.parse((await server.request(`${server.key}/peers`)).body) as string[]).toEqual(
      expect.arrayContaining([ann.id, bob.id]),
    );
    const moved = await until(PATIENCE_MS, 'the peer to move', async () => {
      const again = await server.connectPeer('ann', { id: ann.id, token: ann.token });
      return (await workerOf(server, again)) === (await workerOf(server, bob)) ? again : undefined;
    });
    expect((await ann.closed()).code).toBe(4001);
    bob.sendOffer(moved.id, 1);
    expect(await moved.receive()).toMatchObject({ type: 'OFFER', src: bob.id });
  });

  it('M13, M14, O11: a message waits for a peer of any worker, or its sender receives EXPIRE', async () => {
    const [ann, bob] = await apart(server);
    const [id, token] = [uniqueName('cem'), uniqueName('token')];
    ann.sendOffer(id, 1);
    bob.sendOffer(id, 2);
    const cem = await server.connectPeer('cem', { id, token });
    expect((await cem.receiveMany(2)).map(({ payload }) => payload).sort()).toEqual([1, 2]);
    for (const peer of [ann, bob]) peer.sendOffer('nobody', 3);
    for (const peer of [ann, bob]) expect(await peer.receive()).toMatchObject({ type: 'EXPIRE', src: 'nobody' });
  });

  it('ADM1, ADM15: have admin listeners at successive ports, each of which shows the peers of all', async () => {
    const [ann, bob] = await apart(server);
    const places = linesOf(server, 'admin-listening').map(({ place, worker }) => [worker, place]);
    expect(places.sort()).toEqual([
      [1, `http://127.0.0.1:${admin}`],
      [2, `http://127.0.0.1:${admin + 1}`],
    ]);
    for (const at of [admin, admin + 1]) {
      const { body } = await sendRequest(
        { host: LOOPBACK, port: at, secure: false, timeoutMs: PATIENCE_MS },
        '/api/peers?limit=1000',
      );
      for (const { id } of [ann, bob]) expect(body).toContain(id);
    }
  });

  it('O4: a worker that is killed is replaced; its ids are free at once, and their messages wait', async () => {
    const [ann, bob] = await apart(server);
    const worker = await workerOf(server, bob);
    const victim = pidOfWorker(server, worker);
    process.kill(victim, 'SIGKILL');
    await bob.ended;
    ann.sendOffer(bob.id, 1);
    const again = await server.connectPeerWhenFree('bob', { id: bob.id, token: uniqueName('other') });
    expect(await again.receive()).toMatchObject({ type: 'OFFER', src: ann.id, payload: 1 });
    await until(PATIENCE_MS, 'the replacement', () => linesOf(server, 'worker-replaced').length > 0 || undefined);
    expect(linesOf(server, 'worker-ended')).toEqual([expect.objectContaining({ worker, pid: victim, why: 'SIGKILL' })]);
    await apart(server);
    ann.sendOffer(again.id, 2);
    expect(await again.receive()).toMatchObject({ payload: 2 });
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('workers of $name', (kind) => {
  it(
    'are terminated and replaced when they hang',
    async () => {
      const server = await start(kind, { cluster_lease: 2_000 });
      const [ann, bob] = await apart(server);
      const worker = await workerOf(server, bob);
      const victim = pidOfWorker(server, worker);
      process.kill(victim, 'SIGSTOP');
      await until(HANG_PATIENCE_MS, 'the replacement', () => linesOf(server, 'worker-replaced').length > 0 || undefined);
      expect(linesOf(server, 'worker-hung')).toEqual([expect.objectContaining({ worker, pid: victim, silentMs: 20_000 })]);
      expect(linesOf(server, 'worker-ended')).toEqual([expect.objectContaining({ worker, pid: victim, why: 'SIGKILL' })]);
      const again = await server.connectPeerWhenFree('bob', { id: bob.id, token: uniqueName('other') });
      ann.sendOffer(again.id, 1);
      expect(await again.receive()).toMatchObject({ type: 'OFFER', src: ann.id });
    },
    2 * HANG_PATIENCE_MS,
  );

  it('close their connections and end when the primary process is killed', async () => {
    const server = await start(kind);
    const [ann, bob] = await apart(server);
    const workers = childrenOf(server);
    expect(workers).toHaveLength(2);
    server.signal('SIGKILL');
    expect((await Promise.all([ann.ended, bob.ended])).map(({ code }) => code)).toEqual([1012, 1012]);
    await untilGone(workers);
  });

  it('drain when all processes receive SIGTERM, as from a supervisor', async () => {
    const signal = 'SIGTERM';
    const server = await start(kind);
    const [ann, bob] = await apart(server);
    const workers = childrenOf(server);
    for (const pid of workers) process.kill(pid, signal);
    server.signal(signal);
    expect((await Promise.all([ann.ended, bob.ended])).map(({ code }) => code)).toEqual([1012, 1012]);
    expect(await within(PATIENCE_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
    expect(workers.some(isAlive)).toBe(false);
    expect(
      linesOf(server, 'stopped')
        .map(({ worker }) => worker)
        .sort(),
    ).toEqual([1, 2]);
  });

  it('end at once with a second signal', async () => {
    const server = await start(kind, { drain_timeout: 60_000 });
    const workers = childrenOf(server);
    // A stopped process does not drain.
    process.kill(pidOfWorker(server, 2), 'SIGSTOP');
    server.signal('SIGTERM');
    await until(PATIENCE_MS, 'the drain', () => linesOf(server, 'draining').length > 0 || undefined);
    server.signal('SIGTERM');
    expect(await within(PATIENCE_MS, 'the exit', server.exited)).toEqual({ code: 143, signal: null });
    await untilGone(workers);
  });

  it('read the options again at SIGHUP, also a worker that is started later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'workers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'options.json');
    writeFileSync(path, '{"log_level":"info"}');
    const server = await start(kind, { config: path });
    const victim = pidOfWorker(server, 2);
    writeFileSync(path, '{"log_level":"debug"}');
    server.signal('SIGHUP');
    await until(PATIENCE_MS, 'the reload', () => linesOf(server, 'configuration-reloaded').length > 0 || undefined);
    expect(linesOf(server, 'configuration-reloaded')).toEqual([expect.objectContaining({ changed: ['log_level'] })]);
    process.kill(victim, 'SIGKILL');
    await until(PATIENCE_MS, 'the end of a worker', () => linesOf(server, 'worker-ended').length > 0 || undefined);
    await until(PATIENCE_MS, 'the replacement', () => linesOf(server, 'worker-replaced').length > 0 || undefined);
    await until(PATIENCE_MS, 'a debug line of the new worker', async () => {
      (await server.connectPeerWhenFree('ann')).cut();
      return linesOf(server, 'connection-closed').some((line) => line['worker'] === 2) || undefined;
    });
  });

  it('are not started on a port that is in use, and the exit code is 1', async () => {
    const other = createServer().listen({ host: LOOPBACK, port: 0 });
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const child = new Child(kind.command(port, { workers: 2 }));
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.stderr).toBe(`signalbox: port ${port} on ${LOOPBACK} is in use: stop the other program or set another --port\n`);
  });

  it('print a reason not to start once, and the exit code is that of the worker', async () => {
    const child = new Child(kind.command(await freePort(), { workers: 2, ...TLS, sslcert: 'README.md' }));
    expect((await child.exited).code).toBe(1);
    expect(child.stderr.match(/signalbox: /g)).toHaveLength(1);
    expect(child.stderr).toContain('README.md');
  });
});
