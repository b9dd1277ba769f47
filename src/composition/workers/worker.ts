import cluster from 'node:cluster';
import { localEngine } from '../../adapters/engines/local/engine.ts';
import { type IpcEnd, ProcessChannel } from '../../adapters/engines/local/process-channel.ts';
import { uniqueNode } from '../adapter-registry.ts';
import { type Config, resolveConfig } from '../configuration/config.ts';
import { EmbeddedBroker } from '../embedded-broker.ts';
import { limitHeapGrowth } from '../heap-growth.ts';
import { makeLog } from '../make-log.ts';
import { makeTransport } from '../make-transport.ts';
import { loadPlugins } from '../plugins.ts';
import { exitOnFault, exitOnStartError, FAILED, printError } from '../process-ends.ts';
import { reload } from '../reload.ts';
import { VERSION } from '../version.ts';
import type { OptionFiles, WorkerOrder, WorkerReport } from './messages.ts';
import { workerConfig, type WorkerPlace } from './worker-config.ts';
import { WorkerLog } from './worker-log.ts';

/* The program of a worker process. */

/** After the drain the process ends when the log is flushed, or at the latest after this time. */
const LOG_FLUSH_MS = 1_000;

const argv = process.argv.slice(2);
const node = uniqueNode();
let broker: EmbeddedBroker | undefined;
let reloadOptions: (files: OptionFiles) => void = () => undefined;

process.title = 'signalbox worker';
// The primary process decides: a terminal or a supervisor sends these signals to all processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
  if (process.platform !== 'win32' || signal === 'SIGINT' || signal === 'SIGTERM') process.on(signal, () => undefined);
}
process.on('message', (message: unknown) => {
  if (typeof message === 'object' && message !== null && 'do' in message) obey(message as WorkerOrder);
});
// Before the listener of node:cluster, which would end the process at once.
process.prependListener('disconnect', () => {
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  void drain();
});
report({ say: 'ready', node });

function report(message: WorkerReport): void {
  // The primary process may have ended.
  if (process.connected) process.send?.(message);
}

function obey(order: WorkerOrder): void {
  if (order.do === 'start') void serve(order);
  else if (order.do === 'ping') report({ say: 'alive' });
  else if (order.do === 'drain') void drain();
  else if (order.do === 'reload-certificate') void broker?.reloadCertificate();
  else reloadOptions(order.files);
}

/** Also when the primary process has ended. */
async function drain(): Promise<void> {
  await broker?.close();
  if (broker === undefined) process.exit();
  setTimeout(() => process.exit(), LOG_FLUSH_MS).unref();
  if (process.connected) process.disconnect();
}

async function serve({ version, files, reloaded, ...place }: Extract<WorkerOrder, { do: 'start' }>): Promise<void> {
  if (version !== VERSION) {
    printError(`the installed version is ${VERSION}, and the broker runs version ${version}: restart the broker`);
    process.exit(FAILED);
  }
  process.title = `signalbox worker ${place.worker}`;
  limitHeapGrowth();
  try {
    const { config: options, plugins } = readOptions(files, place);
    const adapters = await loadPlugins(plugins, options);
    // An authorizer from outside decides about every client.
    const auth = adapters.authorizer === undefined ? {} : { auth: 'required' as const };
    const config: Config = Object.assign(options, auth);
    const plainLog = adapters.log ?? makeLog(config, place.worker);
    const log = new WorkerLog(plainLog, place.worker === 1, ({ address, transport }) => {
      report({ say: 'listening', address, transport });
    });
    exitOnFault(log);
    reloadOptions = (latest) => void reload(config, Object.assign(readOptions(latest, place).config, auth));
    if (reloaded !== undefined) reloadOptions(reloaded);
    broker = new EmbeddedBroker(config, { log, makeTransport, adapters, engine: engineOf(config) });
    await broker.listen();
    // From now on the connections keep the process alive: it ends when an operator has drained it.
    process.channel?.unref();
  } catch (error) {
    exitOnStartError(error);
  }
}

/** The files are those that the primary process has read, so that all workers have the same options. */
function readOptions(files: OptionFiles, place: WorkerPlace): { readonly config: Config; readonly plugins: readonly string[] } {
  const resolved = resolveConfig({ argv, env: process.env, readFile: (path) => textOf(files, path) });
  if (!resolved.ok) throw new Error(resolved.refusal.map(({ message }) => message).join('; '));
  const { config, settings } = resolved.value;
  return { config: workerConfig(config, place), plugins: settings.plugin };
}

function textOf(files: OptionFiles, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`${path} was not read by the primary process`);
  return text;
}

/** The engine in the primary process; undefined if the option `cluster` names another one. */
function engineOf({ cluster: url, clusterLease: lease, expireTimeout }: Config): ReturnType<typeof localEngine> | undefined {
  if (url !== undefined) return undefined;
  return localEngine(new ProcessChannel(process as IpcEnd), { node, lease, expireTimeout });
}
