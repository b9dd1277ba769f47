import { expect, it } from 'vitest';
import { judgeView, MADE_UP_ADDRESS, readHello, type Hello, type ViewObservation } from '../../../../doctor/judge/view.ts';

const hello = (request: Partial<Hello['request']> = {}): Hello => ({
  request: { address: '198.51.100.7', remoteAddress: '198.51.100.7', ...request },
});
const verdicts = (seen: Partial<ViewObservation>): string[] =>
  judgeView({ isHttps: true, hello: hello(), forged: hello(), server: undefined, ...seen }).map(({ verdict }) => verdict);
const FORWARDED = { remoteAddress: '10.0.0.1', forwardedFor: '198.51.100.7' };

it.each([
  ['a direct connection', {}, ['seen']],
  ['a trusted proxy', { hello: hello(FORWARDED), server: 'nginx' }, ['seen']],
  ['a proxy that is not trusted', { hello: hello({ ...FORWARDED, address: '10.0.0.1' }) }, ['proxy-not-trusted']],
  ['a client on the machine of the proxy', { hello: hello({ forwardedFor: '198.51.100.7' }) }, ['seen']],
  ['a proxy without the header', { server: 'nginx' }, ['proxy-hides-address']],
  ['an address that was made up', { forged: hello({ address: MADE_UP_ADDRESS }) }, ['proxy-trusted-too-far']],
  ['https that ends before', { hello: hello({ forwardedProto: 'http' }) }, ['https-lost']],
  ['http that stays http', { isHttps: false, hello: hello({ forwardedProto: 'http' }) }, ['seen']],
])('%s', (_, seen, expected) => expect(verdicts(seen)).toEqual(expected));

it('a body of another form is no hello', () => {
  expect(['{', 'null', '{}', '{"request":{"address":1}}'].map((body) => readHello(body))).toEqual(Array(4).fill(undefined));
  expect(readHello(JSON.stringify(hello()))).toEqual(hello());
});
