import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

const OTHERS = ['sse', 'socketio', 'centrifuge', 'nats', 'mqtt', 'mqtt3', 'supabase'] as const;
const PAIRS = OTHERS.map((other) => ['supabase', other] as const);

// The client of Supabase joins two channels, so each publication reaches the broker twice.
describePeerixMeetings({
  wire: 'Supabase',
  rules: 'SB17, T4',
  exchanges: PAIRS,
  connections: PAIRS,
});
