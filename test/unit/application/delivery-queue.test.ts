import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeliveryQueue, newBatch, type DeliveryBatch } from '../../../src/application/delivery-queue.ts';

const batch = (indexes: number[]): DeliveryBatch => ({ ...newBatch(undefined, undefined), indexes });

it('returns batches in order, as an array does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 }), (steps) => {
      const queue = new DeliveryQueue();
      const model: DeliveryBatch[] = [];
      let count = 0;
      for (const step of steps) {
        for (let added = 0; added < step; added++) {
          const next = batch([(count += 1)]);
          queue.push(next);
          model.push(next);
        }
        for (let removed = 0; removed > step; removed--) expect(queue.shift()).toBe(model.shift());
        expect(queue.first).toBe(model[0]);
      }
    }),
  );
});
