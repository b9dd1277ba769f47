import type { IssuedToken } from '../../../application/ports/token-verifier.ts';
import type { Grant } from '../../../domain/grant.ts';
import { commonPatterns } from '../../../domain/name-patterns.ts';
import type { AccessRefusal } from '../../../domain/refusal.ts';
import { accepted, refused, type Result } from '../../../domain/result.ts';
import { ClaimReader } from './claim-reader.ts';

/** The claim that has the ids of a token. */
export type IdClaim = 'signalbox.id' | 'sub';

/** The parts of a grant that a token determines. */
export type ClaimedGrant = Pick<
  Grant,
  'owner' | 'subject' | 'tokenId' | 'ids' | 'realms' | 'messagesPerSecond' | 'mayUseIce' | 'topics'
> & {
  /** Undefined for a token without the claim. */
  readonly mayDiscover: boolean | undefined;
};

const MEMBERS: ReadonlySet<string> = new Set(['id', 'realm', 'discover', 'ice', 'topics', 'rate']);

/** A2: a claim of an unexpected type refuses the token. */
export function readClaims({ claims, issuer, realms }: IssuedToken, idClaim: IdClaim): Result<ClaimedGrant, AccessRefusal> {
  const reader = new ClaimReader();
  const own = reader.members(claims['signalbox'], MEMBERS);
  const subject = reader.name(claims['sub']);
  const ids = reader.patterns(own['id']);
  reader.time(claims['iat']);
  const claimed: ClaimedGrant = {
    owner: subject === undefined ? undefined : `j:${issuer}\0${subject}`,
    subject,
    tokenId: reader.name(claims['jti']),
    ids: idClaim === 'sub' ? reader.ownId(subject) : ids,
    realms: commonPatterns(realms, reader.patterns(own['realm'])),
    messagesPerSecond: reader.rate(own['rate']),
    mayDiscover: reader.flag(own['discover']),
    mayUseIce: reader.flag(own['ice']) ?? true,
    topics: reader.topics(own['topics']),
  };
  return reader.isSound ? accepted(claimed) : refused({ reason: 'token-invalid', detail: 'claims' });
}
