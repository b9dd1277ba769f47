import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const RELAY: DialectSubject = {
  make: () => new RelayDialect('/relay'),
  readsBack: [],
  paths: ['/relay', '/relay/', '/'],
  queries: ['key=peerjs', 'key=', 'key=a&key=b'],
  frames: [
    '{"type":"subscribe","topics":["garden","house",5,null]}',
    '{"type":"unsubscribe","topics":["garden"]}',
    '{"type":"publish","topic":"garden","to":"x","data":{"n":1e400},"clients":99}',
    '{"type":"publish","topic":"garden","payload":"text"}',
    '{"type":"subscribe","topic":"garden"}',
    '{"type":"ping"}',
  ],
};
