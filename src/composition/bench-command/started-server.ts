import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const MAX_OUTPUT = 2_000;

export interface StartedServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port of loopback, and waits until it accepts connections.
 * @param command words with the placeholder `{port}`; a text in quotes is one word.
 * @throws Error if it does not start
 */
export async function startServer(command: string): Promise<StartedServer> {
  const port = await freePort();
  const [program = '', ...args] = wordsOf(command).map((word) => word.replaceAll('{port}', String(port)));
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const output = lastOutputOf(child);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `it ended with ${code ?? signal ?? 'no code'}`));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (failure === undefined && !(await accepts(port))) {
    if (performance.now() > deadline) failure = `it does not listen on port ${port} after ${START_TIMEOUT_MS / 1000} s`;
    else await wait(POLL_MS);
  }
  const { pid } = child;
  if (failure !== undefined || pid === undefined) {
    kill();
    throw new Error(`\`${command}\` has not started: ${failure ?? 'no process'} ${output()}`.trim());
  }
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    kill();
    await ended;
  };
  return { port, pid, stop };
}

/** A text in single or double quotes is one word. */
export function wordsOf(command: string): string[] {
  return Array.from(
    command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

function lastOutputOf({ stdout, stderr }: ChildProcess): () => string {
  let output = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output = `${output}${text}`.slice(-MAX_OUTPUT)));
  }
  return () => output.trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
