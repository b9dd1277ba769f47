import { ChainAuthorizer } from '../../../src/adapters/authorizers/chain.ts';
import { FunctionAuthorizer } from '../../../src/adapters/authorizers/function.ts';
import type { BackendParts, BackendSettings } from '../../../src/adapters/authorizers/shared/backend-authorizer.ts';
import type { AuthorizeAnswer, AuthorizeRequest } from '../../../src/adapters/authorizers/shared/backend-types.ts';
import { WebhookAuthorizer } from '../../../src/adapters/authorizers/webhook/webhook.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Authorizer } from '../../../src/application/ports/authorizer.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { OPEN_GRANT } from '../../../src/domain/grant.ts';
import { accepted, refused } from '../../../src/domain/result.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { send, startAuthBackend } from '../../support/authorizers/auth-backend.ts';
import type { BackendSubject } from './backend-clauses.ts';
import { REQUEST } from '../../../src/contracts/authorizers/contract.ts';

const NOW = 1_790_000_000;
const LIFETIME = 65_000;
const SETTINGS: BackendSettings = { headers: ['cookie'], timeout: 1_000, reservedIds: ['support'] };

/** A backend whose tokens are a name and a number, such as `ann.7`. */
function answerTo({ token }: AuthorizeRequest): AuthorizeAnswer {
  const [user = ''] = token?.split('.') ?? [];
  if (user !== 'ann' && user !== 'bob') return { allow: false, message: 'Sign in first' };
  return { allow: true, user, until: NOW + LIFETIME / 1_000, ids: [user, `${user}-*`], rate: 5, cache: 1 };
}

interface Surroundings {
  readonly parts: BackendParts;
  readonly events: readonly LogEvent[];
  readonly subject: Omit<BackendSubject, 'authorizer' | 'breakSource' | 'events'>;
}

function surroundings(): Surroundings {
  const clock = new ManualClock();
  const events: LogEvent[] = [];
  let count = 0;
  return {
    parts: { clock, unixTime: () => NOW + clock.now() / 1_000, log: { record: (event) => void events.push(event) } },
    events,
    subject: {
      request: (user) => ({ ...REQUEST, token: `${user}.${count++}` }),
      refusedRequest: () => ({ ...REQUEST, token: `eve.${count++}` }),
      lifetime: LIFETIME,
      advance: (span) => clock.advance(span),
      hasOwners: true,
    },
  };
}

/** An authorizer that asks a server on loopback. */
export async function webhookSubject(): Promise<BackendSubject> {
  const { parts, events, subject } = surroundings();
  const backend = await startAuthBackend((request, response) => send(response, answerTo(request)));
  const settings = { ...SETTINGS, url: backend.url, secret: 's'.repeat(32), header: undefined };
  return {
    ...subject,
    authorizer: new WebhookAuthorizer(settings, parts),
    isRemote: true,
    breakSource: () => backend.replyWith((_, response) => void response.writeHead(500).end('{"allow":true}')),
    events,
    stop: () => backend.stop(),
  };
}

/** @param isSlow whether the function awaits something before its answer. */
export function functionSubject(isSlow: boolean): BackendSubject {
  const { parts, events, subject } = surroundings();
  let isBroken = false;
  const authorize = async (request: AuthorizeRequest): Promise<AuthorizeAnswer> => {
    if (isSlow) await new Promise((resolve) => setImmediate(resolve));
    if (isBroken) throw new Error(`no user has the token ${request.token ?? ''}`);
    return answerTo(request);
  };
  const authorizer = new FunctionAuthorizer(authorize, SETTINGS, parts);
  return { ...subject, authorizer, isRemote: true, breakSource: () => void (isBroken = true), events };
}

/** Grants every client that has a token. */
const ANY_TOKEN: Authorizer = {
  headers: ['authorization'],
  authorize: ({ token }, answer) => answer(token === undefined ? refused({ reason: 'token-missing' }) : accepted(OPEN_GRANT)),
};

const NO_TOKENS: Authorizer = {
  headers: ['authorization'],
  authorize: (_, answer) => answer(refused({ reason: 'token-missing' })),
};

/** A chain that asks a function. @param always whether it asks for clients with a token, too. */
export function chainSubject(always: boolean): BackendSubject {
  const backend = functionSubject(true);
  const clock = new ManualClock();
  const chain = new ChainAuthorizer({ tokens: always ? ANY_TOKEN : NO_TOKENS, backend: backend.authorizer, clock, always });
  return { ...backend, authorizer: chain };
}

/** A chain in which the tokens decide. */
export function tokenChainSubject(): BackendSubject {
  const { subject } = surroundings();
  const backend = functionSubject(true);
  const chain = new ChainAuthorizer({
    ...{ tokens: ANY_TOKEN, backend: backend.authorizer, clock: new ManualClock(), always: false },
  });
  const refusedRequest = (): typeof REQUEST => ({ ...REQUEST, token: undefined });
  return { ...backend, ...subject, authorizer: chain, refusedRequest, lifetime: NEVER, hasOwners: false };
}
