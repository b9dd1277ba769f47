import { PeeroDialect } from '../../../src/adapters/dialects/peero/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const PEERO: DialectSubject = {
  make: () => new PeeroDialect('/peero'),
  readsBack: [],
  lendsPayloads: true,
  paths: ['/peero', '/peero/', '/'],
  queries: ['key=peerjs', 'topic=a', 'topic='],
  frames: [
    '{"type":"offer","signal":{"sdp":"v=0"}}',
    '{"type":"answer","peer":"bob","signal":null}',
    '{"type":"candidate","peer":5}',
    '{"type":"will","signal":"bye"}',
    '{"type":"heartbeat"}',
    '{"type":"leave"}',
  ],
};
