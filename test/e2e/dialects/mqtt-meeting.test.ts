import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

describePeerixMeetings({
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
});
