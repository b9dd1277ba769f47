import { CentrifugeDialect } from '../../../src/adapters/dialects/centrifuge/dialect.ts';
import type { StatefulDialectSubject } from '../../../src/contracts/dialects/subject.ts';

const SCRIPTS: StatefulDialectSubject['scripts'] = [
  [
    '{"connect":{"name":"js"},"id":1}\n{"subscribe":{"channel":"garden","flag":1},"id":2}\n',
    '{"publish":{"channel":"garden","data":{"a":[1,2]}},"id":3}',
    '{"presence":{"channel":"garden"},"id":4}\n{}\n{"unsubscribe":{"channel":"garden"},"id":5}',
    '{"subscribe":{"channel":"garden","join_leave":true,"data":{"a":1}},"id":6}\n{"presence_stats":{"channel":"garden"},"id":7}',
  ],
  [
    '{"connect":{"token":"a.b.c"},"id":7}',
    '{"subscribe":{"channel":"peerix:garden","recover":true,"offset":1,"epoch":"x"},"id":8}',
    '{"publish":{"channel":"house","data":[1,2,255]},"id":9}\n{"refresh":{"token":"d"},"id":10}',
  ],
  ['{"connect":{},"id":1}', '{"send":{"data":1}}'],
];

/** @param prefixes CF16. */
export function centrifugeSubject(prefixes: readonly string[]): StatefulDialectSubject {
  return {
    make: () =>
      new CentrifugeDialect({
        path: '/connection/websocket',
        prefixes,
        pingInterval: 30_000,
        topicsPerConnection: 100,
        presenceMembers: 10,
        presenceBytes: 100,
      }),
    paths: ['/connection/websocket', '/connection/websocket/', '/'],
    queries: ['', 'key=peerjs', 'key=', 'format=json'],
    payloads: 'text',
    scripts: SCRIPTS,
    isStream: false,
    subprotocols: ['centrifuge-json', 'centrifuge-protobuf'],
  };
}
