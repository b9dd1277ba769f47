import { expect, it } from 'vitest';
import { PeerjsDialect } from '../../../../../src/adapters/dialects/peerjs/dialect.ts';
import { responseTo } from '../../../../../src/adapters/dialects/peerjs/responses.ts';
import { Routes } from '../../../../../src/adapters/dialects/peerjs/routes.ts';
import type { HttpHead } from '../../../../../src/application/ports/requests.ts';

const stun = { urls: ['stun:stun.example.org'] };
const turn = { urls: ['turn:turn.example.org'], username: '1800003600:user', credential: 'password' };
const issued = { servers: [stun, turn], ttl: 3599, expiresAt: 1_800_003_600 };

function bodyOf(format: 'webrtc' | 'matrix', servers = issued.servers): unknown {
  return JSON.parse(responseTo({ kind: 'ice-servers', issued: { ...issued, servers }, format }).body);
}

it('I2: answers with the servers, and when to ask again', () => {
  const expires = '2027-01-15T09:00:00.000Z';
  expect(bodyOf('webrtc')).toEqual({ iceServers: [stun, turn], ttl: 3599, refresh: 2699, expires });
});

it('I6: forbids caching', () => {
  const { status, headers } = responseTo({ kind: 'ice-servers', issued, format: 'webrtc' });
  expect([status, headers]).toEqual([200, expect.arrayContaining([['cache-control', 'no-store']])]);
});

it('I9: answers as a Matrix homeserver does', () => {
  const matrix = { username: turn.username, password: turn.credential, uris: turn.urls, ttl: 3599 };
  expect([bodyOf('matrix'), bodyOf('matrix', [])]).toEqual([matrix, {}]);
});

const served = new Routes('/', (key) => key === 'peerjs');
const route = served.find('/peerjs/ice');
function actionFor(query: string, authorization?: string): unknown {
  const head: HttpHead = {
    method: 'GET',
    path: '/peerjs/ice',
    query,
    header: (name) => (name === 'authorization' ? authorization : undefined),
  };
  return route?.handle(head, 'none');
}

it('I1: has no route unless ICE servers are configured', () => {
  const routes = [new Routes('/').find('/peerjs/ice'), served.find('/peerjs/ice/x'), served.find('/other/ice')];
  expect(routes).toEqual([undefined, undefined, undefined]);
  expect(served.find('/peerjs/ice/')?.issuesCredentials).toBe(true);
});

it('I2: reads id and token; a bearer token takes precedence', () => {
  const action = { action: 'issue-ice-servers', key: 'peerjs', id: 'ann', token: 'hers', format: 'webrtc' };
  expect(actionFor('id=ann&token=hers')).toEqual(action);
  expect(actionFor('id=ann', 'Bearer hers')).toEqual(action);
  expect(actionFor('id=ann&token=other', 'bearer  hers ')).toEqual(action);
  expect(actionFor('id=ann&token=hers', 'Basic other')).toEqual(action);
});

it('I9: reads the form of the answer', () => {
  expect(actionFor('id=ann&as=matrix')).toMatchObject({ format: 'matrix' });
  for (const query of ['as=other', 'as', 'as=matrix&as=', '%']) {
    expect(actionFor(query), query).toMatchObject({ format: 'webrtc' });
  }
});

it('I11: asks a client to try again later if there are no ICE servers', () => {
  const { status, headers } = responseTo({ kind: 'refusal', reason: 'ice-unavailable' });
  expect([status, headers]).toEqual([503, expect.arrayContaining([['retry-after', '60']])]);
});

it('I12: a message has the servers and their lifetime', () => {
  const message: unknown = JSON.parse(Buffer.from(new PeerjsDialect('/').iceFrame(issued)).toString());
  expect(message).toEqual({ type: 'ICE', payload: { iceServers: [stun, turn], ttl: 3599 } });
});
