import { profileOf, type Address } from '../profile.ts';
import type { Settings } from '../settings.ts';
import { resolveSetup, type RunningServer, type Servers } from './servers.ts';

export interface ExternalServerOptions {
  readonly name: string;
  readonly address: Address;
  /** What the user says of how it is set. */
  readonly declared: Settings;
  readonly patience: number;
}

/** A server that somebody else has started. */
export function externalServer({ name, address, declared, patience }: ExternalServerOptions): Servers {
  const server: RunningServer = {
    profile: profileOf(address, declared, patience),
    canRestart: false,
    exitReason: () => undefined,
    stop: async () => undefined,
  };
  return {
    name,
    resolve: (setup) => resolveSetup(setup, declared, () => false, 'not told:'),
    processKey: () => 'given',
    start: async () => server,
  };
}
