import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaneSender } from '../../src/application/lane-sender.ts';
import { LeaseFence } from '../../src/application/lease-fence.ts';
import { IncomingLanes } from '../../src/domain/incoming-lanes.ts';
import { LaneRoute } from '../../src/domain/lane-route.ts';
import { UnsettledMessages } from '../../src/domain/unsettled-messages.ts';
import { linkedWorlds, type EngineName } from './cluster/worlds.ts';

/** Puts a fault into a class. @returns a function that removes it. */
type Fault = () => () => void;

function replace<T extends object, K extends keyof T>(prototype: T, name: K, mutate: (correct: T[K]) => T[K]): Fault {
  return () => {
    const correct = prototype[name];
    prototype[name] = mutate(correct);
    return () => (prototype[name] = correct);
  };
}

const MUTANTS: readonly { readonly fault: string; readonly install: Fault; readonly engines: readonly EngineName[] }[] = [
  {
    fault: 'delivers messages of a link after later ones from the mailbox (M17)',
    install: replace(IncomingLanes.prototype, 'fetchedFrom', () => () => []),
    engines: ['Redis', 'NATS'],
  },
  {
    fault: 'keeps lanes to a peer that has come to the node of the sender (M17)',
    install: replace(LaneSender.prototype, 'peerRegistered', () => () => undefined),
    engines: ['Redis', 'NATS'],
  },
  {
    fault: 'opens a lane while puts are unanswered (M17)',
    install: () => {
      const correct = Object.getOwnPropertyDescriptor(LaneRoute.prototype, 'isSettled');
      Object.defineProperty(LaneRoute.prototype, 'isSettled', { configurable: true, get: () => true });
      return () => void Object.defineProperty(LaneRoute.prototype, 'isSettled', correct ?? {});
    },
    engines: ['Redis', 'NATS'],
  },
  {
    fault: 'sends no notices about messages that are lost with a link (M13)',
    install: replace(
      UnsettledMessages.prototype,
      'all',
      () =>
        function* () {
          yield* [];
        },
    ),
    engines: ['Redis', 'NATS'],
  },
  {
    fault: 'repeats messages that were delivered (promise 3)',
    install: replace(
      UnsettledMessages.prototype,
      'undelivered',
      (correct) =>
        function (this: UnsettledMessages<unknown>, lane) {
          return correct.call(this, lane, 0);
        },
    ),
    engines: ['Redis', 'NATS'],
  },
  {
    fault: 'uses links after the lease has ended (O4)',
    install: replace(LeaseFence.prototype, 'isTrusted', () => () => true),
    engines: ['Redis', 'NATS'],
  },
];

/** A seed that finds every fault within these runs. */
const [SEED, RUNS] = [3, 120];
const PATIENCE_MS = 600_000;

describe('the property test of linked clusters', { timeout: PATIENCE_MS }, () => {
  for (const { fault, install, engines } of MUTANTS) {
    it.each(engines)(`finds a cluster on %s that ${fault}`, async (engine) => {
      const remove = install();
      const { failed } = await fc.check(linkedWorlds(engine), { numRuns: RUNS, seed: SEED, endOnFailure: true });
      remove();
      expect(failed).toBe(true);
    });
  }
});
