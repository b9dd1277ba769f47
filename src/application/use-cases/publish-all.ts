import { mayPublish } from '../../domain/grant.ts';
import type { Realms } from '../../domain/realms.ts';
import { copyWithBytes } from '../../domain/topic.ts';
import type { BackendAccess } from '../backend-access.ts';
import { authorizeRequest, httpRefusalFor, type HttpClient } from '../http-access.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import type { HttpAction, HttpOutcome, HttpRefusal } from '../ports/requests.ts';
import { verifyTopicToken, type TopicTokenParts } from '../topic-token.ts';
import type { PublishToTopic } from './publish-to-topic.ts';

/** Publishes several drafts of one HTTP request. */
export type PublishAll = (
  request: Extract<HttpAction, { action: 'publish-all' }>,
  answer: (outcome: HttpOutcome) => void,
  client: HttpClient,
) => void;

export interface PublishAllParts extends TopicTokenParts {
  readonly realms: Realms;
  readonly authorizer: Authorizer;
  /** A9. */
  readonly backend: BackendAccess;
  readonly publishDrafts: PublishToTopic['drafts'];
}

/** MER7, A1, A9: the token must include every topic. T1: if one draft is not usable, none is published. */
export function publishAll(parts: PublishAllParts): PublishAll {
  const { realms, authorizer, backend, publishDrafts } = parts;
  return ({ key, token, drafts }, answer, client) => {
    const refuse = (reason: HttpRefusal): void => answer({ kind: 'refusal', reason });
    const realm = realms.resolve(key);
    if (realm === undefined) return refuse('key-unknown');
    const verified = verifyTopicToken(parts, token, client.address);
    if (!verified.ok) return refuse(httpRefusalFor(verified.refusal));
    const { backendCheck, needsAccess = false, ...rights } = verified.value;
    const topics = drafts.flatMap((draft) => draft.topics);
    if (!topics.every((topic) => rights.mayPublish(topic))) return refuse('not-granted');
    const asked = needsAccess ? authorizer : backend.authorizerFor(backendCheck);
    if (asked === undefined) return answer(publishDrafts(realm, drafts, client));
    const kept = drafts.map(copyWithBytes);
    authorizeRequest(asked, { realm: realm.key, id: undefined, token }, client, (outcome) => {
      if (typeof outcome === 'string') return refuse(outcome);
      if (!mayPublish(outcome, topics)) return refuse('not-granted');
      answer(publishDrafts(realm, kept, client));
    });
  };
}
