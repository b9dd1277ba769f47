import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { Tabs, type Tab } from '../../support/e2e/browser.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { SIGNALBOX_NODE, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { RunningPeer, type BrokerAddress, type PeerFlags, type PeerProgram } from './programs.ts';

/** Everything that a test of the examples starts. It is stopped when the test has finished. */
export interface Stage {
  broker(options?: ServerOptions, port?: number): Promise<Server>;
  peer(program: PeerProgram, at: BrokerAddress, flags?: PeerFlags): RunningPeer;
  /** A tab in Chromium with an open peer of the PeerJS client. */
  tab(at: Server, token?: string): Promise<Tab>;
}

/** One browser for the file; brokers, programs and users for each test. */
export function stage(): Stage {
  let tabs: Tabs | undefined;
  beforeAll(async () => {
    tabs = await Tabs.start();
  });
  afterAll(() => tabs?.stop());

  return {
    async broker(options = {}, port) {
      const start = { kind: SIGNALBOX_NODE, options };
      const server = await Server.start(port === undefined ? start : { ...start, port });
      onTestFinished(async () => {
        server.closeAll();
        await server.stop();
      });
      return server;
    },
    peer(program, at, flags = {}) {
      const peer = RunningPeer.start(program, at, { id: uniqueName('echo'), ...flags });
      onTestFinished(async () => {
        await peer.stop();
      });
      return peer;
    },
    async tab({ host, port, path }, token = uniqueName('token')) {
      const user = await (tabs ?? expect.fail('the browser did not start')).newUser();
      onTestFinished(() => user.close());
      return user.openConnectedTab(uniqueName('page'), { host, port, path, token });
    },
  };
}
