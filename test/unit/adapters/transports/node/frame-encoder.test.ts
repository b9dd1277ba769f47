import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { closeFrame, closePayload, dataFrame, pongFrame } from '../../../../../src/adapters/transports/node/frame-encoder.ts';
import { elapsed } from '../../../../../src/contracts/until.ts';

it('a text frame has the shortest head for its length', () => {
  const head = (length: number, bytes: number): number[] => [...dataFrame(new Uint8Array(length), false).subarray(0, bytes)];
  expect(head(125, 2)).toEqual([0x81, 125]);
  expect(head(126, 4)).toEqual([0x81, 126, 0, 126]);
  expect(head(65_536, 10)).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
});

it('W6: a binary frame has its own code', () => expect([...dataFrame(Uint8Array.of(7), true)]).toEqual([0x82, 1, 7]));

it('a text frame is a copy of the text', () => {
  const text = Buffer.from('hello');
  const frame = dataFrame(text, false);
  text.fill(0);
  expect(frame.subarray(2).toString()).toBe('hello');
});

it('B1: equal large texts share a frame, until another one differs', () => {
  const [one, other] = ['a', 'b'].map((letter) => Buffer.alloc(100_000, letter)) as [Buffer, Buffer];
  const frame = dataFrame(one, false);
  expect([dataFrame(Buffer.from(one), false) === frame, dataFrame(one, true)[0], dataFrame(one, true) === frame]).toEqual([
    true,
    0x82,
    false,
  ]);
  one[99_999] = 33;
  for (const text of [one, other, one, one.subarray(1)]) expect(dataFrame(text, false).subarray(10).equals(text)).toBe(true);
  expect(frame.subarray(10).equals(Buffer.alloc(100_000, 'a'))).toBe(true);
});

it('B1: a large frame that no connection holds is freed', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const frame = new WeakRef(dataFrame(new Uint8Array(1024 * 1024), false));
  // A weak reference holds its target until the end of the turn.
  await elapsed(0);
  collectGarbage();
  expect(frame.deref()).toBeUndefined();
});

it('a close frame has a code and a reason, a pong the payload of the ping', () => {
  expect([...closeFrame(closePayload(1008, 'no'))]).toEqual([0x88, 4, 3, 240, 110, 111]);
  expect([...closeFrame(new Uint8Array())]).toEqual([0x88, 0]);
  expect([...pongFrame(Uint8Array.of(7))]).toEqual([0x8a, 1, 7]);
});
