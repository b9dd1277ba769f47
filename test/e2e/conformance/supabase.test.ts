import { ConformingSupabase, type SupabaseFault } from '../../conformance/topics/conforming-supabase.ts';
import { describeWireCases } from './wire-cases.ts';

const UNREADABLE = ['no-json', 'half-json', 'short-list', 'number-as-topic', 'short-bytes', 'other-bytes', 'half-json-bytes'].map(
  (name) => `SB2.${name}`,
);
const PAYLOADS = ['text', 'decimals', 'large-integer', 'numeric-names'].map((name) => `SB8.payload-${name}`);

/** Each fault and the cases that must detect it. */
const FAULTS: Readonly<Record<SupabaseFault, readonly string[]>> = {
  'answers version 1 with lists': ['SB2.version-1'],
  'answers version 2 with objects': ['SB2.version-2'],
  'delivers nothing': ['SB3.join', 'SB9.large', ...PAYLOADS],
  'delivers to similar channels': ['SB3.join'],
  'omits postgres_changes': ['SB3.response'],
  'does not end the first of two joins': ['SB4.again'],
  'closes after a refused join': ['SB5.stays-open'],
  'ignores leave': ['SB6.leave'],
  'sends no phx_close': ['SB6.close'],
  'delivers broadcasts of strangers': ['SB6.not-joined'],
  'answers no heartbeats': ['SB7.heartbeat'],
  'serializes payloads again': PAYLOADS,
  'separates the versions': ['SB9.versions'],
  'drops bytes': ['SB9.bytes'],
  'reorders broadcasts': ['SB9.order'],
  'delivers twice': ['SB9.order', 'SB10.self'],
  'cuts large broadcasts': ['SB9.large'],
  'always returns broadcasts': ['SB10.not-self'],
  'never returns broadcasts': ['SB10.self'],
  'never confirms': ['SB10.ack'],
  'always confirms': ['SB10.no-ack'],
  'publishes the first message only': ['SB11.list'],
  'does not decode paths': ['SB11.path'],
  'reads every body as JSON': ['SB11.octets'],
  'accepts any body': ['SB11.unusable'],
  'allows no headers': ['SB11.preflight'],
  'ignores presence': ['SB13.track'],
  'sends no presence state': ['SB13.state', 'SB13.late'],
  'sends an empty presence state': ['SB13.late', 'SB13.shared-key'],
  'sends no presence diff': ['SB13.joins'],
  'ignores untrack': ['SB13.untrack'],
  'keeps presences of channels that were left': ['SB13.leave'],
  'keeps presences of lost clients': ['SB13.lost'],
  'keeps the first of two presences': ['SB13.again'],
  'keeps one presence for each key': ['SB13.shared-key'],
  'always sends presence': ['SB13.not-asked'],
  'ignores postgres_changes': ['SB14.postgres'],
  'ignores replay': ['SB16.storage'],
  'allows long channels': ['SB16.long-name'],
  'closes after an unreadable frame': ['SB15.recovers'],
  'closes all clients after an unreadable frame': UNREADABLE,
};

describeWireCases({ wire: 'Supabase', dialect: 'supabase', Server: ConformingSupabase, faults: FAULTS });
