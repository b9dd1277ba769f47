import { expect, it } from 'vitest';
import { describeRequest, streamHead, TEXTS } from '../../../../../src/adapters/dialects/doctor/responses.ts';

it('DOC1: omits the headers that did not arrive', () => {
  const nothing = { forwardedFor: undefined, forwardedProto: undefined, host: undefined, origin: undefined };
  const { body } = describeRequest(
    {
      ...nothing,
      ...{ address: '192.0.2.1', remoteAddress: '192.0.2.1', upgrade: undefined, connection: undefined },
    },
    7,
  );
  expect(JSON.parse(body)).toEqual({ name: 'Signalbox', time: 7, request: { address: '192.0.2.1', remoteAddress: '192.0.2.1' } });
});

it('DOC3: the stream has five events, and headers against buffering', () => {
  expect(TEXTS.map((text) => Buffer.from(text).toString())).toEqual([1, 2, 3, 4, 5].map((line) => `data: ${line}\n\n`));
  expect(Object.fromEntries(streamHead().headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'x-accel-buffering': 'no',
  });
});
