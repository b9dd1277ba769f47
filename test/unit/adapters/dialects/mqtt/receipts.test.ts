import { expect, it } from 'vitest';
import { MAX_SERIAL, receiptOf, requestOf } from '../../../../../src/adapters/dialects/mqtt/receipts.ts';

it('W4: the number of a request has its packet id and its acknowledgement', () => {
  for (const kind of ['puback', 'pubrec', 'suback', 'unsuback'] as const) {
    const receipt = receiptOf(MAX_SERIAL - 1, 65_535, kind);
    expect([Number.isSafeInteger(receipt), requestOf(receipt)]).toEqual([true, { id: 65_535, kind }]);
  }
});
