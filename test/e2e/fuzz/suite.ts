import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import type { RawConnection } from '../../support/e2e/http.ts';
import { uniqueName, framesBeforeEcho } from '../../support/e2e/server-client.ts';
import { damaged, frameBytes, handshake, messageText, nested, requestText } from './inputs.ts';
import { search } from './search.ts';

const MALFORMED_LIMIT = 20;
/** The close codes that the socket of a sender may receive. 1006: closed without a close frame. */
const ENDINGS = [1000, 1002, 1005, 1006, 1007, 1009];
const OPTIONS = {
  ...{ expire_timeout: 200, cleanup_out_msgs: 100, drain_timeout: 500, log_level: 'error' },
  ...{ messages_per_second: 1_000_000, message_burst: 1_000_000 },
  ...{ max_message_bytes: 65_536, max_url_bytes: 512, max_header_bytes: 2_048 },
};

/** Promise 6: no network input ends the process or interrupts another connection. */
export function fuzzSuite(kind: ServerKind): void {
  describe(`fuzzing ${kind.name}`, () => {
    let server: Server;
    let forgiving: Server;
    let ann: PeerSocket;
    let bob: PeerSocket;
    /** All peers that these tests opened: their messages may be received late. */
    const senders = new Set<unknown>();
    let wereWell = false;

    beforeAll(async () => {
      server = await Server.start({ kind, options: { ...OPTIONS, malformed_limit: MALFORMED_LIMIT } });
      forgiving = await Server.start({ kind, options: { ...OPTIONS, malformed_limit: 1_000_000 } });
    });
    beforeEach(async () => {
      [ann, bob] = [await forgiving.connectPeer('ann'), await forgiving.connectPeer('bob')];
      for (const { id } of [ann, bob]) senders.add(id);
    });
    /** A counterexample may cost a peer its socket; shrinking continues with new ones. */
    const comeBack = async () => {
      const isLate = wereWell && !(ann.isOpen && bob.isOpen);
      wereWell = false;
      if (!ann.isOpen) ann = await forgiving.connectPeerWhenFree('ann', { id: ann.id });
      if (!bob.isOpen) bob = await forgiving.connectPeerWhenFree('bob', { id: bob.id });
      if (isLate) expect.fail('ann or bob lost the socket right after the previous try');
    };
    afterAll(async () => {
      for (const one of [server, forgiving]) {
        one.closeAll();
        await one.stop();
      }
    });

    it('M1, M10: almost valid messages interrupt no peer, and forge no sender', async () => {
      const attacker = new Attacker(forgiving);
      senders.add(attacker.id);
      const message = fc.oneof(text(), nested(text()), damaged(text().map((valid) => Buffer.from(valid))));
      await search(fc.array(message, { minLength: 1, maxLength: 30 }), comeBack, async (frames) => {
        const socket = await attacker.socket();
        for (const frame of frames) {
          if (typeof frame === 'string') socket.sendText(frame);
          else socket.sendBytes(frame);
        }
        await attacker.expectEchoOrClose();
        await expectOthersRelay();
      });
    });

    it('M5, M10: random bytes in random frames affect only their sender', async () => {
      const attacker = new Attacker(forgiving);
      senders.add(attacker.id);
      const frame = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), isText: fc.boolean() });
      await search(fc.array(frame, { minLength: 1, maxLength: 20 }), comeBack, async (frames) => {
        const socket = await attacker.socket();
        for (const { bytes, isText } of frames) {
          if (isText) socket.sendTextBytes(bytes);
          else socket.sendBytes(bytes);
        }
        await attacker.expectEchoOrClose();
        await expectOthersRelay();
      });
    });

    it('M10: malformed frames close a socket with 1007 only beyond the limit', async () => {
      const frames = fc.array(malformed(), { minLength: MALFORMED_LIMIT + 1, maxLength: MALFORMED_LIMIT + 1 });
      await search(frames, comeBack, async (all) => {
        const attacker = await server.connectPeer('attacker');
        for (const frame of all.slice(0, MALFORMED_LIMIT)) attacker.sendText(frame);
        expect(await framesBeforeEcho(attacker)).toEqual([]);
        attacker.sendText(all.at(-1) ?? '{');
        expect((await attacker.closed()).code).toBe(1007);
      });
    });

    it('H11, O9: almost valid requests and handshakes end neither the broker nor a socket', async () => {
      const targets = ['/', '/peerjs/id', '/peerjs/peers', '*', 'http://a/', `/${'x'.repeat(600)}`, forgiving.socketTarget()];
      const valid = requestText(targets);
      const request = fc.oneof(valid, damaged(valid.map((one) => Buffer.from(one))));
      await search(fc.array(request, { minLength: 1, maxLength: 15 }), comeBack, async (requests) => {
        const wires = requests.map((one) => forgiving.rawConnection().send(one));
        await expectOthersRelay();
        for (const wire of wires) {
          expect(wire.received).not.toContain('HTTP/1.1 500');
          wire.cut();
        }
      });
    });

    it('H11, O9: requests that arrive in several TCP segments affect no other client; node answers them like whole ones', async () => {
      const targets = ['/', '/peerjs/id', `/${'x'.repeat(600)}`, '//peerjs/id'];
      const head = fc.constantFrom(...targets.map((target) => `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`));
      const cuts = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 4 });
      await search(fc.array(fc.tuple(head, cuts), { minLength: 1, maxLength: 8 }), comeBack, async (requests) => {
        const answers = requests.map(async ([text, places]) => {
          const [whole, cut] = [forgiving.rawConnection().send(text), forgiving.rawConnection()];
          await sendInPieces(cut, text, places);
          // uWebSockets.js answers 505, and closes the connection before the client has read it.
          if (kind !== SIGNALBOX_UWS) expect(await statusOf(cut)).toBe(await statusOf(whole));
          for (const wire of [whole, cut]) wire.cut();
        });
        await Promise.all(answers);
        await expectOthersRelay();
      });
    });

    it('O9: random bytes instead of HTTP end neither the broker nor a socket', async () => {
      await search(fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 15 }), comeBack, async (streams) => {
        const wires = streams.map((bytes) => forgiving.rawConnection().send(bytes));
        await expectOthersRelay();
        for (const wire of wires) wire.cut();
      });
    });

    it('M10, M18: WebSocket frames with malformed heads close only their own socket', async () => {
      const payload = fc.oneof(
        text().map((valid) => Buffer.from(valid)),
        fc.uint8Array({ maxLength: 140 }),
      );
      await search(fc.array(frameBytes(payload), { minLength: 1, maxLength: 20 }), comeBack, async (frames) => {
        const id = uniqueName('wire');
        senders.add(id);
        const wire = forgiving.rawConnection().send(handshake(forgiving.socketTarget({ id })));
        await wire.receive(/OPEN/);
        for (const frame of frames) wire.send(frame);
        await expectOthersRelay();
        wire.cut();
      });
    });

    function text(): fc.Arbitrary<string> {
      return fc.constantFrom(0).chain(() => messageText([ann.id, bob.id]));
    }

    /** The server is running, and two earlier peers relay in both directions. */
    async function expectOthersRelay(): Promise<void> {
      expect(forgiving.isRunning).toBe(true);
      for (const [from, to] of [
        [ann, bob],
        [bob, ann],
      ] as const) {
        const word = uniqueName('word');
        from.sendOffer(to.id, word);
        for (;;) {
          const frame = await to.receive();
          expect(Object.keys(frame)).toEqual(expect.arrayContaining(['type', 'src', 'dst']));
          if (frame['payload'] === word) break;
          expect(senders).toContain(frame['src']);
          expect(frame['dst']).toBe(to.id);
        }
      }
      wereWell = true;
    }
  });
}

/** Sends each piece in a packet of its own. */
async function sendInPieces(wire: RawConnection, text: string, places: readonly number[]): Promise<void> {
  wire.socket.setNoDelay(true);
  let from = 0;
  for (const place of [...places].sort((one, other) => one - other)) {
    wire.send(text.slice(from, place));
    from = Math.max(from, place);
    await nextTurn();
  }
  wire.send(text.slice(from));
}

async function statusOf(wire: RawConnection): Promise<string> {
  const pattern = /HTTP\/1\.1 (\d{3})/;
  return pattern.exec(await wire.receive(pattern))?.[1] ?? '';
}

/** A client that sends invalid input. */
class Attacker {
  readonly id = uniqueName('attacker');
  readonly #server: Server;
  #socket: PeerSocket | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  async socket(): Promise<PeerSocket> {
    if (this.#socket?.isOpen !== true) this.#socket = await this.#server.connectPeerWhenFree('attacker', { id: this.id });
    return this.#socket;
  }

  /** The client receives its own echo, or its socket was closed with an expected code. */
  async expectEchoOrClose(): Promise<void> {
    const socket = await this.socket();
    const gone = socket.ended.then(({ code }) => code);
    const echoed = framesBeforeEcho(socket).then(
      () => 'echoed' as const,
      (failure: unknown) => (socket.isOpen ? Promise.reject(failure as Error) : gone),
    );
    const outcome = await Promise.race([echoed, gone]);
    if (outcome !== 'echoed') expect(ENDINGS).toContain(outcome);
  }
}

/** Frames that contain no JSON object. */
function malformed(): fc.Arbitrary<string> {
  const json = fc.jsonValue().filter((value) => typeof value !== 'object' || value === null || Array.isArray(value));
  const broken = fc.string({ maxLength: 60 }).filter((text) => !isJson(text));
  const cutOff = broken.map((text) => `{${text}`).filter((text) => !isJson(text));
  return fc.oneof(
    json.map((value) => JSON.stringify(value)),
    broken,
    cutOff,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
