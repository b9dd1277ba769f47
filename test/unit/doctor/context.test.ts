import { expect, it, vi } from 'vitest';
import { below, brokerTime, socketUrl, type Context } from '../../../doctor/context.ts';

const context = {
  target: { url: new URL('https://a.example/app/') },
  hasBroker: true,
  clockDifference: -5_000,
} as unknown as Context;

it('URLs are below the path of the broker', () => {
  expect(below(context, 'doctor/hello').href).toBe('https://a.example/app/doctor/hello');
  expect(socketUrl(context, 'peerjs?id=a').href).toBe('wss://a.example/app/peerjs?id=a');
});

it('the time of the broker is that of this machine and the difference', () => {
  vi.useFakeTimers({ now: 100_000 });
  expect(brokerTime(context)).toBe(95_000);
  vi.useRealTimers();
});
