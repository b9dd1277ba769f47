import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const MERCURE: DialectSubject = {
  make: () =>
    new MercureDialect('/.well-known/mercure', {
      isOpen: false,
      isAnonymous: true,
      isOwnToken: () => true,
      maxBodyBytes: 1000,
      maxTopics: 3,
    }),
  readsBack: [],
  paths: ['/.well-known/mercure', '/.well-known/mercure/', '/'],
  queries: [
    'topic=a',
    'topic=/a/{id}',
    'match=a',
    'match_urlpattern=/a/*',
    'lastEventID=1',
    'last_event_id=2',
    'match_exact=a',
    'Match=a',
    'key=peerjs',
    'authorization=a.b.c',
  ],
  frames: [],
  bodies: ['topic=a', 'data=x', 'id=1', 'type=t', 'retry=5', 'private=on', 'id=#'],
};
