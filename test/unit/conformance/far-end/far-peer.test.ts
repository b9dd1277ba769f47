import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FarPeer, HandshakeRefused } from '../../../../conformance/far-end/far-peer.ts';
import { Transcript } from '../../../../conformance/far-end/transcript.ts';
import { SmallServer, type Whim } from '../small-server.ts';

const ECHO: Whim = (_, text, from) => {
  if (text.startsWith('{')) return false;
  if (text === 'close') from.close(4001, 'superseded');
  else from.send(text === 'bytes' ? randomBytes(3) : text);
  return true;
};

describe('a peer at the far end', () => {
  let server: SmallServer;
  let transcript: Transcript;
  let ann: FarPeer;
  beforeEach(async () => {
    server = await SmallServer.start(ECHO);
    transcript = new Transcript();
    ann = await open('ann');
    await ann.hears();
  });
  afterEach(() => server.dies());
  const open = (id: string, patience?: number) =>
    FarPeer.open(server.profile(patience), transcript, {
      name: id,
      target: `/peerjs?key=peerjs&id=${id}&token=t`,
      id,
      token: 't',
    });

  it('sends and hears, and all of it stands in the transcript', async () => {
    ann.offers('ann', 1).sends({ type: 'OFFER', dst: 'ann', payload: 2 }).sendsBytes(Buffer.from('{"type":"OFFER","dst":"ann"}'));
    expect((await ann.hearsAll(3)).map((frame) => frame['payload'])).toEqual([1, 2, undefined]);
    expect(transcript.lines.filter(({ how }) => how === 'heard')).toHaveLength(4);
    expect(transcript.lines.at(0)).toMatchObject({ who: 'ann', how: 'noted', what: expect.stringContaining('opens /peerjs?') });
  });

  it('hears pings, and may leave them unanswered', async () => {
    const pinging = await SmallServer.start((_, text, from) => {
      if (text === 'ping me') from.ping();
      from.once('pong', () => from.send('answered'));
      return text === 'ping me';
    });
    const opened = (name: string, answersPings: boolean) =>
      FarPeer.open(pinging.profile(200), transcript, {
        ...{ name, target: `/peerjs?key=peerjs&id=${name}&token=t`, id: name, token: 't', answersPings },
      });
    const [polite, rude] = [await opened('polite', true), await opened('rude', false)];
    for (const one of [polite, rude]) {
      await one.hears();
      const pinged = one.isPinged();
      one.sendsText('ping me');
      await pinged;
    }
    expect(await polite.hearsText()).toBe('answered');
    await expect(rude.hearsText()).rejects.toThrow('waited 200 ms for a frame to rude');
    await expect(rude.isPinged()).rejects.toThrow('waited 200 ms for a ping to rude');
    pinging.dies();
  });

  it('hears text and bytes, and tells them apart', async () => {
    ann.sendsText('text').sendsText('bytes');
    expect(await ann.hearsRaw()).toEqual({ text: 'text', isBinary: false });
    expect(await ann.hearsRaw()).toMatchObject({ isBinary: true });
  });

  it('sends one message in fragments, and text that is no UTF-8', async () => {
    ann.sendsFragments(['he', '', 'llo']);
    expect(await ann.hearsText()).toBe('hello');
    ann.sendsTextBytes(Buffer.from([0xff]));
    expect((await ann.closed()).code).toBe(1007);
  });

  it('fails where a frame is no JSON object', async () => {
    ann.sendsText('[1]');
    await expect(ann.hears()).rejects.toThrow('ann heard what is no JSON object: [1]');
  });

  it('fails where none comes in time, or none can come any more', async () => {
    await expect(ann.hears(20)).rejects.toThrow('waited 20 ms for a frame to ann');
    ann.sendsText('close');
    await expect(ann.hears()).rejects.toThrow('ann was closed before a frame came');
  });

  it('knows how it was closed', async () => {
    await ann.isReadOrClosed();
    ann.sendsText('close');
    expect(await ann.closed()).toEqual({ code: 4001, why: 'superseded' });
    expect(ann.isOpen).toBe(false);
    await ann.isReadOrClosed();
  });

  it('leaves, is cut, and is reset', async () => {
    const [bob, cem] = [await open('bob'), await open('cem')];
    await ann.leaves();
    bob.cut();
    cem.resets();
    expect((await Promise.all([ann.ended, bob.ended, cem.ended])).map(({ code }) => code)).toEqual([1005, 1006, 1006]);
  });

  it('pings, and stops reading', async () => {
    await ann.pings();
    ann.stopsReading();
    ann.sendsPing();
    ann.sendsText('text');
    await expect(ann.hears(50)).rejects.toThrow('waited');
  });

  it('says with which status a handshake was refused', async () => {
    const opening = { name: 'x', target: '/elsewhere', id: '', token: '' };
    const refusal: unknown = await FarPeer.open(server.profile(), transcript, opening).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(HandshakeRefused);
    expect(refusal).toMatchObject({ status: 400, message: 'the handshake was refused with 400 Bad Request' });
  });
});
