import { SocketIoDialect } from '../../../src/adapters/dialects/socketio/dialect.ts';
import type { DialectSubject } from '../../../src/contracts/dialects/subject.ts';

export const SOCKETIO: DialectSubject = {
  make: () => new SocketIoDialect('/socket.io'),
  readsBack: [],
  paths: ['/socket.io', '/socket.io/', '/'],
  queries: ['key=peerjs', 'EIO=4&transport=polling'],
  frames: ['["subscribe","garden",1]', '["unsubscribe","garden"]', '["publish","garden","AQID",2]', '["unknown"]', 'null'],
  payloads: 'text',
};
