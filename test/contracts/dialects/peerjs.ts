import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const PEERJS: DialectSubject = {
  make: () => new PeerjsDialect('/myapp/'),
  readsBack: ['offer', 'answer', 'candidate', 'leave', 'expire'],
  paths: ['/', '/myapp', '/myapp/', 'peerjs', '/myapp/peerjs', '/id', '/peers'],
  queries: ['key=peerjs', 'id=ann', 'token=hers', '&', 'id', 'key[]=', '__proto__=x'],
  frames: [
    '{"type":"OFFER","payload":{"sdp":{"type":"offer","sdp":"v=0\\r\\n"},"type":"data","connectionId":"dc_1"},"dst":"bob"}',
    ' { "dst" : "b\\u006fb" , "payload" : [ 1.10e+2 , null , "\\ud83d\\ude00\u2028" ] , "type" : "CANDIDATE" } ',
    '{"type":"LEAVE","dst":"bob"}',
    '{"type":"LEAVE"}',
    '{"type":"HEARTBEAT"}',
    '{"type":"TOKEN","payload":{"token":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}}',
    '{"type":"ANSWER","type":"OFFER","dst":5,"dst":null,"payload":"","payload":false}',
  ],
};
