import { profileOf, type Address } from '../profile.ts';
import type { Settings } from '../settings.ts';
import { settle, type RunningServer, type Servers } from './servers.ts';

export interface Given {
  readonly name: string;
  readonly address: Address;
  /** What the user says of how it is set. */
  readonly told: Settings;
  readonly patience: number;
}

/** A server that somebody else has started. */
export function givenServer({ name, address, told, patience }: Given): Servers {
  const server: RunningServer = {
    profile: profileOf(address, told, patience),
    canStartAgain: false,
    exit: () => undefined,
    stop: async () => undefined,
  };
  return {
    name,
    settle: (setup) => settle(setup, told, () => false, 'not told:'),
    signOf: () => 'given',
    start: async () => server,
  };
}
