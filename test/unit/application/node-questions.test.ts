import { describe, expect, it } from 'vitest';
import { parseAnswer, parseQuestion } from '../../../src/application/node-questions.ts';

const PEER = {
  ...{ node: 'there', connection: 7, realm: 'peerjs', id: 'ann', kind: 'peer', state: 'open', dialect: 'peerjs' },
  ...{ carrier: 'socket', address: '192.0.2.1', openFor: 5, idleFor: 1 },
};
const DETAILS = { ...PEER, framesIn: 1, bytesIn: 1, framesOut: 1, bytesOut: 1, topics: 0, isPaused: false };

describe('questions and answers between nodes', () => {
  it.each([
    { ask: 'overview' },
    { ask: 'peers', query: { prefix: 'a', limit: 10 } },
    { ask: 'expel', target: { realm: 'peerjs', id: 'ann' } },
    { ask: 'drain', act: { from: '127.0.0.1' } },
    { ask: 'trace', trace: 'a 1', target: { realm: 'peerjs', id: 'ann' }, isOver: false },
  ])('ADM15: parses %j', (question) => expect(parseQuestion(JSON.stringify(question))).toEqual(question));

  it.each([
    ...['', '{', 'null', '[]', '7', '{"ask":"__proto__"}', '{"ask":"all"}', '{"ask":"peers"}'],
    ...['{"ask":"peers","query":{"limit":"1"}}', '{"ask":"expel","target":{"realm":"peerjs"}}', '{"ask":"drain","act":7}'],
  ])('promise 6: rejects the question %j', (text) => expect(parseQuestion(text)).toBeUndefined());

  it('ADM15: parses answers, also with members of a later version', () => {
    const page = { peers: [PEER], next: '7@there', later: 1 };
    expect(parseAnswer('peers', JSON.stringify(page))).toEqual(page);
    expect(parseAnswer('peer', '{}')).toEqual({});
    const peer = { ...DETAILS, waiting: { messages: 1, bytes: 2 }, expiresIn: 5 };
    expect(parseAnswer('peer', JSON.stringify({ peer }))).toEqual({ peer });
    const entry = { ago: 5, entry: { kind: 'upgrade', why: 'path-unknown', address: '192.0.2.1', status: 404 } };
    expect(parseAnswer('refusals', JSON.stringify({ entries: [entry] }))).toEqual({ entries: [entry] });
  });

  it.each([
    ['expel', ''],
    ['expel', '{}'],
    ['expel', '{"closed":"1"}'],
    ['peers', '{"peers":{}}'],
    ['peers', JSON.stringify({ peers: [{ ...PEER, openFor: null }] })],
    ['peer', JSON.stringify({ peer: PEER })],
    ['peer', JSON.stringify({ peer: { ...DETAILS, waiting: {} } })],
    ['closes', '{"entries":[{"ago":1}]}'],
    ['overview', '{"node":{"node":"there"}}'],
  ] as const)('promise 6: rejects the answer to %s %j', (ask, text) => expect(parseAnswer(ask, text)).toBeUndefined());
});
