import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

describePeerixMeetings({
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
});
