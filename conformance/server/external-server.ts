import { profileOf, type Address } from '../profile.ts';
import type { Settings } from '../settings.ts';
import { resolveSetup, type RunningServer, type Servers } from './servers.ts';

export interface ExternalServerOptions {
  readonly name: string;
  readonly address: Address;
  /** The configuration that the user declared. */
  readonly declared: Settings;
  readonly patience: number;
}

/** A server that the suite did not start. */
export function externalServer({ name, address, declared, patience }: ExternalServerOptions): Servers {
  const server: RunningServer = {
    profile: profileOf(address, declared, patience),
    canRestart: false,
    exitReason: () => undefined,
    stop: async () => undefined,
  };
  return {
    name,
    resolve: (setup) => resolveSetup(setup, declared, () => false, 'value unknown; pass the flag:'),
    processKey: () => 'given',
    start: async () => server,
  };
}
