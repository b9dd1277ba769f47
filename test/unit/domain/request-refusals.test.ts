import { describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import { refuseRequest } from '../../../src/domain/request-refusals.ts';
import type { Session, SessionTraits } from '../../../src/domain/session.ts';

const TRAITS: SessionTraits = { carrier: 'socket', liveness: 'answers', space: 'a', keepsHistory: false };

const sessionWith = (refusesRequests: boolean): Pick<Session, 'connection' | 'traits'> => ({
  connection: 7 as ConnectionId,
  traits: { ...TRAITS, refusesRequests },
});

describe('refuseRequest', () => {
  it('W5: counts the request as ignored, and notifies the client', () => {
    expect(refuseRequest(sessionWith(true), 3, 'topic-unusable')).toEqual([
      { do: 'ignore', why: 'topic-unusable' },
      { do: 'notify', to: [7], event: { event: 'refused', receipt: 3, why: 'topic-unusable' } },
    ]);
  });

  it('W5: notifies no client whose wire has no refusal of one request, and none whose request has no number', () => {
    expect(refuseRequest(sessionWith(false), 3, 'not-allowed')).toEqual([{ do: 'ignore', why: 'not-allowed' }]);
    expect(refuseRequest(sessionWith(true), undefined, 'not-allowed')).toEqual([{ do: 'ignore', why: 'not-allowed' }]);
  });
});
