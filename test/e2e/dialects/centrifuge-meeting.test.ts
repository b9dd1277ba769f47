import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

describePeerixMeetings({
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
});
