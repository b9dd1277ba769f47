import { profileOf } from '../../../conformance/profile.ts';
import { settle, type RunningServer, type Servers } from '../../../conformance/server/servers.ts';
import type { Settings } from '../../../conformance/settings.ts';
import type { HonestServer } from './honest-server.ts';

/** A way to build a PeerJS server. */
export type ServerClass = new (settings: Settings) => HonestServer;

/** What can be started in this process. */
interface Startable {
  /** How it died; undefined as long as it lives. */
  readonly ending: string | undefined;
  /** @returns its port. */
  starts(): Promise<number>;
  stops(): void;
}

const PATIENCE_MS = 2_500;

/** Servers in this process, one for each way of setting them, as a command would start them. */
export function inProcess(name: string, Server: new (settings: Settings) => Startable, patience: number = PATIENCE_MS): Servers {
  return {
    name,
    settle: (setup) => settle(setup, {}, () => true, 'nothing is missing'),
    signOf: (settings) => JSON.stringify(settings),
    start: async (settings) => runningServer(new Server(settings), settings, patience),
  };
}

async function runningServer(server: Startable, settings: Settings, patience: number): Promise<RunningServer> {
  const port = await server.starts();
  const address = { host: '127.0.0.1', port, secure: false, trustsAnyCertificate: false };
  return {
    profile: profileOf(address, settings, patience),
    canStartAgain: true,
    exit: () => server.ending,
    stop: async () => server.stops(),
  };
}
