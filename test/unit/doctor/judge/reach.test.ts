import { expect, it } from 'vitest';
import { judgeReach } from '../../../../doctor/judge/reach.ts';

const SEEN = { host: 'a.example', port: 443, took: 5 };

it.each([
  ['ENOTFOUND', 'name-unknown'],
  ['EAI_AGAIN', 'name-unknown'],
  ['ECONNREFUSED', 'connection-refused'],
  ['ETIMEDOUT', 'connection-timeout'],
  ['EHOSTUNREACH', 'connection-failed'],
  ['ECONNRESET', 'connection-failed'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'http-on-tls-port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'http-on-tls-port'],
])('the error %s is %s', (error, verdict) => expect(judgeReach({ ...SEEN, error }).verdict).toBe(verdict));

it('a connection without TLS is good', () => expect(judgeReach(SEEN).verdict).toBe('reachable'));

it.each([
  [undefined, 60, 'certificate-good'],
  [undefined, 13, 'certificate-ends-soon'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 60, 'certificate-self-signed'],
  ['CERT_HAS_EXPIRED', -3, 'certificate-expired'],
  ['CERT_NOT_YET_VALID', 60, 'certificate-early'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 60, 'certificate-wrong-name'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 60, 'certificate-untrusted'],
])('a certificate with the fault %s and %i days left is %s', (fault, daysLeft, verdict) => {
  expect(judgeReach({ ...SEEN, certificate: { fault, names: 'DNS:b.example', daysLeft } }).verdict).toBe(verdict);
});
