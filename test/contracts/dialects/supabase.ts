import { SupabaseDialect } from '../../../src/adapters/dialects/supabase/dialect.ts';
import type { StatefulDialectSubject } from '../../../src/contracts/dialects/subject.ts';

const SCRIPTS: StatefulDialectSubject['scripts'] = [
  [
    '[null,"1","phoenix","heartbeat",{}]',
    '["2","2","realtime:garden","phx_join",{"config":{"broadcast":{"ack":true,"self":false}},"access_token":"a.b.c"}]',
    '["2","3","realtime:garden","broadcast",{"type":"broadcast","event":"note","payload":{"a":[1,2]}}]',
    '["2","4","realtime:garden","access_token",{"access_token":"d.e.f"}]',
    '["2","5","realtime:garden","phx_leave",{}]',
  ],
  [
    '{"topic":"realtime:peerix:garden","event":"phx_join","payload":{"config":{"private":true}},"ref":"1","join_ref":"1"}',
    '{"topic":"realtime:house","event":"phx_join","payload":{"config":{"broadcast":{"self":true,"ack":true}}},"ref":"2"}',
    '{"topic":"realtime:house","event":"broadcast","payload":{"event":"message","payload":["garden",[1,255]]},"ref":"3"}',
    '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"4"}',
  ],
  [
    '["1","1","realtime:a","phx_join",{"config":{"presence":{"key":"ann","enabled":true}}}]',
    '["1","2","realtime:a","presence",{"type":"presence","event":"track","payload":{"name":"Ann"}}]',
    '["1","3","realtime:a","presence",{"type":"presence","event":"untrack"}]',
  ],
  ['["1","1","realtime:a","phx_join",{}]', '["2","2","realtime:a","phx_join",{}]', '["2","3","realtime:a","presence",{}]'],
];

/** @param prefixes SB17. */
export function supabaseSubject(prefixes: readonly string[]): StatefulDialectSubject {
  return {
    make: () =>
      new SupabaseDialect({
        path: '/realtime/v1',
        prefixes,
        isToken: (text) => text.includes('.'),
        maxMessageBytes: 1_000,
        presenceMembers: 10,
      }),
    paths: [
      ...['/realtime/v1/websocket', '/realtime/v1/websocket/', '/realtime/v1/api/broadcast', '/'],
      '/realtime/v1/api/broadcast/gar%20den/events/note',
    ],
    queries: ['', 'apikey=anon&vsn=2.0.0', 'apikey=a.b.c&vsn=1.0.0&key=peerjs', 'private=true', 'persist=true'],
    bodies: ['{"messages":[{"topic":"garden","event":"note","payload":{"a":1},"private":false}]}', '["garden",[1,2]]'],
    payloads: 'text',
    scripts: SCRIPTS,
    isStream: false,
  };
}
