import { profileOf } from '../../../conformance/profile.ts';
import { resolveSetup, type RunningServer, type Servers } from '../../../conformance/server/servers.ts';
import type { Settings } from '../../../conformance/settings.ts';
import type { ConformingServer } from './conforming-server.ts';

/** The constructor of a PeerJS server. */
export type ServerClass = new (settings: Settings) => ConformingServer;

/** A server that can be started in this process. */
export interface Startable {
  /** The reason of a simulated crash; undefined while running. */
  readonly crashReason: string | undefined;
  /** @returns its port. */
  start(): Promise<number>;
  stop(): void;
}

const PATIENCE_MS = 2_500;

/** Starts one in-process server for each configuration, like a command. */
export function inProcess(
  name: string,
  Server: new (settings: Settings) => Startable,
  patience: number = PATIENCE_MS,
  canSet: (setting: keyof Settings) => boolean = () => true,
): Servers {
  return {
    name,
    resolve: (setup) => resolveSetup(setup, {}, canSet, 'no flag sets'),
    processKey: (settings) => JSON.stringify(settings),
    start: async (settings) => runningServer(new Server(settings), settings, patience),
  };
}

async function runningServer(server: Startable, settings: Settings, patience: number): Promise<RunningServer> {
  const port = await server.start();
  const address = { host: '127.0.0.1', port, secure: false, trustsAnyCertificate: false };
  return {
    profile: profileOf(address, settings, patience),
    canRestart: true,
    exitReason: () => server.crashReason,
    stop: async () => server.stop(),
  };
}
