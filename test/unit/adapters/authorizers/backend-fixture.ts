import { BackendAuthorizer, type BackendSettings } from '../../../../src/adapters/authorizers/shared/backend-authorizer.ts';
import type { AuthorizeRequest } from '../../../../src/adapters/authorizers/shared/backend-types.ts';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { AccessOutcome, AccessRequest } from '../../../../src/application/ports/authorizer.ts';
import type { LogEvent } from '../../../../src/application/ports/log.ts';
import { realmKey } from '../../../../src/domain/ids.ts';

/** A request that the backend has not answered yet. */
export interface AskedRequest {
  readonly request: AuthorizeRequest;
  readonly signal: AbortSignal;
  /** Resolves when the authorizer has handled the answer. */
  reply(answer: unknown): Promise<void>;
  fail(error: unknown): Promise<void>;
}

const FACTS: AccessRequest = {
  dialect: 'peerjs',
  realm: realmKey('green'),
  id: 'ann',
  token: 't',
  address: '192.0.2.1',
  origin: undefined,
  headers: {},
};

/** Unix time in seconds at the start of the clock. */
export const START = 1_790_000_000;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An authorizer on a manual clock, with a backend that a test controls. */
export class BackendFixture {
  readonly clock = new ManualClock();
  readonly events: LogEvent[] = [];
  readonly asked: AskedRequest[] = [];
  readonly authorizer: BackendAuthorizer;

  constructor(settings: Partial<BackendSettings> = {}) {
    const ask = (request: AuthorizeRequest, signal: AbortSignal): Promise<unknown> =>
      new Promise((resolve) => {
        const reply = (answer: unknown): Promise<void> => {
          resolve(answer);
          return settled();
        };
        const fail = (error: unknown): Promise<void> => {
          // Rejects with any value, also with one that is no error.
          const rejected: PromiseLike<never> = { then: (_, reject) => Promise.resolve(reject?.(error) as never) };
          resolve(rejected);
          return settled();
        };
        this.asked.push({ request, signal, reply, fail });
      });
    this.authorizer = new BackendAuthorizer(
      { name: 'webhook', ask },
      { headers: ['cookie'], timeout: 1_000, reservedIds: ['admin'], ...settings },
      {
        clock: this.clock,
        unixTime: () => START + this.clock.now() / 1_000,
        log: { record: (event) => void this.events.push(event) },
      },
    );
  }

  /** @returns the answers so far, as a list that grows. */
  authorize(facts: Partial<AccessRequest> = {}): AccessOutcome[] {
    const answers: AccessOutcome[] = [];
    this.authorizer.authorize({ ...FACTS, ...facts }, (outcome) => void answers.push(outcome));
    return answers;
  }

  /** The request that the backend got last. */
  get last(): AskedRequest {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('the backend was not asked');
    return last;
  }
}
