import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PeerClient, HandshakeRefused } from '../../../../conformance/client/peer-client.ts';
import { Transcript } from '../../../../conformance/client/transcript.ts';
import { SmallServer, type FrameHook } from '../small-server.ts';

const ECHO: FrameHook = (_, text, from) => {
  if (text.startsWith('{')) return false;
  if (text === 'close') from.close(4001, 'superseded');
  else from.send(text === 'bytes' ? randomBytes(3) : text);
  return true;
};

describe('a peer client', () => {
  let server: SmallServer;
  let transcript: Transcript;
  let ann: PeerClient;
  beforeEach(async () => {
    server = await SmallServer.start(ECHO);
    transcript = new Transcript();
    ann = await open('ann');
    await ann.receive();
  });
  afterEach(() => server.stop());
  const open = (id: string, patience?: number) =>
    PeerClient.open(server.profile(patience), transcript, {
      name: id,
      target: `/peerjs?key=peerjs&id=${id}&token=t`,
      id,
      token: 't',
    });

  it('sends and receives frames, and records them in the transcript', async () => {
    ann
      .sendOffer('ann', 1)
      .send({ type: 'OFFER', dst: 'ann', payload: 2 })
      .sendBytes(Buffer.from('{"type":"OFFER","dst":"ann"}'));
    expect((await ann.receiveMany(3)).map((frame) => frame['payload'])).toEqual([1, 2, undefined]);
    expect(transcript.lines.filter(({ how }) => how === 'heard')).toHaveLength(4);
    expect(transcript.lines.at(0)).toMatchObject({ who: 'ann', how: 'noted', what: expect.stringContaining('opens /peerjs?') });
  });

  it('waits for pings, with or without answering them', async () => {
    const pinging = await SmallServer.start((_, text, from) => {
      if (text === 'ping me') from.ping();
      from.once('pong', () => from.send('answered'));
      return text === 'ping me';
    });
    const opened = (name: string, answersPings: boolean) =>
      PeerClient.open(pinging.profile(200), transcript, {
        ...{ name, target: `/peerjs?key=peerjs&id=${name}&token=t`, id: name, token: 't', answersPings },
      });
    const [polite, rude] = [await opened('polite', true), await opened('rude', false)];
    for (const one of [polite, rude]) {
      await one.receive();
      const pinged = one.waitForPing();
      one.sendText('ping me');
      await pinged;
    }
    expect(await polite.receiveText()).toBe('answered');
    await expect(rude.receiveText()).rejects.toThrow('timed out after 200 ms waiting for a frame for rude');
    await expect(rude.waitForPing()).rejects.toThrow('timed out after 200 ms waiting for a ping for rude');
    pinging.stop();
  });

  it('distinguishes text and binary frames', async () => {
    ann.sendText('text').sendText('bytes');
    expect(await ann.receiveRaw()).toEqual({ text: 'text', isBinary: false });
    expect(await ann.receiveRaw()).toMatchObject({ isBinary: true });
  });

  it('sends fragments and invalid UTF-8', async () => {
    ann.sendFragments(['he', '', 'llo']);
    expect(await ann.receiveText()).toBe('hello');
    ann.sendTextBytes(Buffer.from([0xff]));
    expect((await ann.waitForClose()).code).toBe(1007);
  });

  it('fails for a frame that is not a JSON object', async () => {
    ann.sendText('[1]');
    await expect(ann.receive()).rejects.toThrow('ann received a frame that is not a JSON object: [1]');
  });

  it('fails without a frame after the patience, or after the close', async () => {
    await expect(ann.receive(20)).rejects.toThrow('timed out after 20 ms waiting for a frame for ann');
    ann.sendText('close');
    await expect(ann.receive()).rejects.toThrow('the socket of ann was closed before a frame arrived');
  });

  it('returns the close code and reason', async () => {
    await ann.waitUntilReadOrClosed();
    ann.sendText('close');
    expect(await ann.waitForClose()).toEqual({ code: 4001, reason: 'superseded' });
    expect(ann.isOpen).toBe(false);
    await ann.waitUntilReadOrClosed();
  });

  it('closes, destroys and resets its connection', async () => {
    const [bob, cem] = [await open('bob'), await open('cem')];
    await ann.close();
    bob.terminate();
    cem.reset();
    expect((await Promise.all([ann.ended, bob.ended, cem.ended])).map(({ code }) => code)).toEqual([1005, 1006, 1006]);
  });

  it('sends pings, and pauses reading', async () => {
    await ann.ping();
    ann.pauseReading();
    ann.sendPing();
    ann.sendText('text');
    await expect(ann.receive(50)).rejects.toThrow('timed out');
  });

  it('reports the status of a refused handshake', async () => {
    const opening = { name: 'x', target: '/elsewhere', id: '', token: '' };
    const refusal: unknown = await PeerClient.open(server.profile(), transcript, opening).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HandshakeRefused);
    expect(refusal).toMatchObject({ status: 400, message: 'the server refused the handshake with 400 Bad Request' });
  });
});
