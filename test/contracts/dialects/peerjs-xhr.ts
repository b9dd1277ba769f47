import { PeerjsXhrDialect } from '../../../src/adapters/dialects/peerjs/xhr-dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const PEERJS_XHR: DialectSubject = {
  make: () => new PeerjsXhrDialect('/', 1000),
  readsBack: [],
  paths: ['/peerjs/ann/hers/id', '/peerjs/ann/hers/offer', '/peerjs/ann/hers/leave', '/peerjs/ann/hers', '/'],
  queries: ['i=0', 'i=1'],
  frames: [],
  bodies: ['{"type":"OFFER","dst":"bob","payload":{}}', '{"type":"LEAVE"}', '{'],
};
