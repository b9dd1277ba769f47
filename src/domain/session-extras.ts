import type { Payload, SignalMessage } from './message.ts';
import type { Strikes } from './rate-limiter.ts';
import type { Draft, RequestedTopics } from './topic.ts';

/** The state that most peers never have, and share therefore. Replaced on each change. */
export interface SessionExtras<Subscriptions> {
  readonly requestedTopics: RequestedTopics | undefined;
  readonly clientId: string | undefined;
  readonly subscriptions: Subscriptions | undefined;
  readonly will: Payload | undefined;
  readonly willDraft: Draft | undefined;
  readonly inherited: readonly SignalMessage[];
  readonly strikes: Strikes | undefined;
}

export const NO_EXTRAS: SessionExtras<never> = {
  requestedTopics: undefined,
  clientId: undefined,
  subscriptions: undefined,
  will: undefined,
  willDraft: undefined,
  inherited: [],
  strikes: undefined,
};
