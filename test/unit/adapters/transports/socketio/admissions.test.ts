import { expect, it } from 'vitest';
import { WebSocketAdmission } from '../../../../../src/adapters/transports/socketio/admissions.ts';
import { ADMISSION } from '../../../../contracts/transports/recording-gateway.ts';

it('SIO9: the admission of a WebSocket reads like the one that the gateway gave', () => {
  const admission = new WebSocketAdmission(ADMISSION, { query: { carrier: 'websocket', protocol: 4, sid: undefined } });
  expect(admission).toMatchObject(ADMISSION);
  expect([admission.original, admission.purpose.seat]).toEqual([ADMISSION, undefined]);
});
