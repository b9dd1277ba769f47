import type { PeerixMeetings } from './peerix-meetings.ts';

const SOCKETIO_PAIRS = [
  ['socketio', 'socketio'],
  ['socketio', 'sse'],
  ['sse', 'sse'],
] as const;

const WIRES = ['sse', 'socketio', 'centrifuge', 'nats', 'mqtt', 'mqtt3', 'supabase'] as const;
const SUPABASE_PAIRS = WIRES.map((other) => ['supabase', other] as const);

/** The pairs of drivers that meet, by the wire that they test. */
export const MEETINGS = {
  centrifuge: {
    wire: 'Centrifuge',
    rules: 'CF14',
    exchanges: [
      ['centrifuge', 'sse'],
      ['centrifuge', 'socketio'],
      ['centrifuge', 'centrifuge'],
    ],
    connections: [
      ['centrifuge', 'sse'],
      ['centrifuge', 'socketio'],
      ['centrifuge', 'centrifuge'],
    ],
  },
  mqtt: {
    wire: 'MQTT',
    rules: 'MQ23',
    exchanges: [
      ['mqtt', 'sse'],
      ['mqtt', 'socketio'],
      ['mqtt', 'centrifuge'],
      ['mqtt', 'nats'],
      ['mqtt', 'mqtt3'],
    ],
    connections: [
      ['mqtt', 'sse'],
      ['sse', 'mqtt3'],
      ['mqtt', 'socketio'],
      ['mqtt3', 'centrifuge'],
      ['nats', 'mqtt'],
      ['mqtt', 'mqtt'],
    ],
  },
  nats: {
    wire: 'NATS',
    rules: 'NA12, NA16',
    exchanges: [
      ['nats', 'sse'],
      ['nats', 'socketio'],
      ['nats', 'centrifuge'],
      ['nats', 'nats'],
    ],
    connections: [
      ['nats', 'sse'],
      ['nats', 'socketio'],
      ['nats', 'centrifuge'],
      ['nats', 'nats'],
    ],
  },
  socketio: { wire: 'Socket.IO and SSE', rules: 'SIO3, MER4', exchanges: SOCKETIO_PAIRS, connections: SOCKETIO_PAIRS },
  // The client of Supabase joins two channels, so each publication reaches the broker twice.
  supabase: {
    wire: 'Supabase',
    rules: 'SB17, T4',
    exchanges: SUPABASE_PAIRS,
    connections: SUPABASE_PAIRS,
  },
} as const satisfies Readonly<Record<string, PeerixMeetings>>;
