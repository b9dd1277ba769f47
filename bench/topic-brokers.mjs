/* Other brokers of topics, with WebSockets, each in a process and a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { end, startProgram } from './processes.mjs';
import { answers, freePort } from './servers.mjs';

const START_MS = 10_000;

/** By name: its configuration, and its command. */
const BROKERS = {
  mosquitto: {
    lines: (port, other) => [
      ...['allow_anonymous true', 'persistence false', `listener ${other} 127.0.0.1`, `listener ${port}`, 'protocol websockets'],
      'set_tcp_nodelay true',
    ],
    // Debian installs it where only root looks.
    command: (file) => ['/usr/sbin/mosquitto', ['-c', file]],
    target: '/mqtt',
  },
  'nats-server': {
    lines: (port, other) => [`listen: 127.0.0.1:${other}`, `websocket { host: "127.0.0.1", port: ${port}, no_tls: true }`],
    command: (file) => ['nats-server', ['--config', file]],
    target: '/',
  },
};

/** @param {keyof BROKERS} name @throws Error if it is not installed */
export async function startTopicBroker(name) {
  const [port, other] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'bench-broker-'));
  const file = join(folder, 'broker.conf');
  const { lines, command, target } = BROKERS[name];
  writeFileSync(file, `${lines(port, other).join('\n')}\n`);
  const child = startProgram(...command(file));
  const deadline = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > deadline) throw new Error(`${name} does not start: is it installed?`);
    await pause(20);
  }
  return {
    port,
    pid: child.pid,
    target,
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
