import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

const PAIRS = [
  ['socketio', 'socketio'],
  ['socketio', 'sse'],
  ['sse', 'sse'],
] as const;

describePeerixMeetings({ wire: 'Socket.IO and SSE', rules: 'SIO3, MER4', exchanges: PAIRS, connections: PAIRS });
