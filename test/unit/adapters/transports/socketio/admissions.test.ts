import { expect, it } from 'vitest';
import { WebSocketAdmission } from '../../../../../src/adapters/transports/socketio/admissions.ts';
import { MemoryBudget } from '../../../../../src/domain/memory-budget.ts';
import { ADMISSION } from '../../../../../src/contracts/transports/recording-gateway.ts';

it('SIO9: the admission of a WebSocket has the properties of the original admission', () => {
  const admission = new WebSocketAdmission(ADMISSION, { query: { carrier: 'websocket', protocol: 4, sid: undefined } });
  expect(admission).toMatchObject(ADMISSION);
  expect([admission.original, admission.purpose.entry]).toEqual([ADMISSION, undefined]);
});

it('B1: the memory of a WebSocket is counted for the original admission', () => {
  const memory = new MemoryBudget({ memoryBudget: 1, memoryPerAddress: 1 }).open('a');
  const purpose = { query: { carrier: 'websocket', protocol: 4, sid: undefined } } as const;
  expect(new WebSocketAdmission({ ...ADMISSION, memory }, purpose).memory).toBe(memory);
});
