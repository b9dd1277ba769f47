import { WebSocket } from 'ws';
import { ConformingServer, type Peer, type Refusal } from './conforming-server.ts';
import { readFrame, type Frame, type OutgoingFrame } from './frame.ts';
import type { Mutant } from './mutant.ts';

/** O1, O3, O4, M1, M2, M10, M14: frames in another form than a browser, a parser or a receiver needs. */
export const FRAME_MUTANTS: readonly Mutant[] = [
  {
    name: 'sends OPEN as a binary frame',
    fails: ['O3.text-frame'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override sendOpen({ socket }: Peer): void {
        socket.send(Buffer.from('{"type":"OPEN"}'));
      }
    },
  },
  {
    name: 'sends every frame as a binary frame',
    fails: ['O3.text-frame'],
    verdict: 'failed',
    also: ['M5'],
    Server: class extends ConformingServer {
      override sendOpen({ socket }: Peer): void {
        socket.send(Buffer.from('{"type":"OPEN"}'));
      }
      override refuse(socket: WebSocket, { frame, code }: Refusal): void {
        socket.send(Buffer.from(JSON.stringify(frame)));
        socket.close(code);
      }
      override send({ socket }: Peer, frame: OutgoingFrame): void {
        if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.from(this.encode(frame)));
      }
    },
  },
  ...(
    [
      ['ERROR', 'O1.text-frame'],
      ['ID-TAKEN', 'O4.text-frame'],
    ] as const
  ).map(([type, id]): Mutant => ({
    name: `sends ${type} as a binary frame`,
    fails: [id],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override refuse(socket: WebSocket, { frame, code }: Refusal): void {
        socket.send(Buffer.from(JSON.stringify(frame)), { binary: (frame as { type: string }).type === type });
        socket.close(code);
      }
    },
  })),
  ...(
    [
      ['relayed messages', 'M1.text-frame-offer', ['M5', 'M6'], (type: string) => type !== 'EXPIRE'],
      ['candidates', 'M1.text-frame-candidate', [], (type: string) => type === 'CANDIDATE'],
      ['EXPIRE', 'M14.text-frame', [], (type: string) => type === 'EXPIRE'],
    ] as const
  ).map(([what, id, also, isBinary]): Mutant => ({
    name: `sends ${what} as binary frames`,
    fails: [id],
    verdict: 'failed',
    also: [...also, 'O11'],
    Server: class extends ConformingServer {
      override send({ socket }: Peer, frame: OutgoingFrame): void {
        if (socket.readyState === WebSocket.OPEN) socket.send(this.encode(frame), { binary: isBinary(frame.type) });
      }
    },
  })),
  {
    name: 'sends held messages as binary frames',
    fails: ['O11.text-frame'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override deliverMailbox(peer: Peer): void {
        for (const { frame } of this.takeMailbox(peer)) peer.socket.send(Buffer.from(this.encode(frame)));
      }
    },
  },
  {
    name: 'relays a forged src in held messages',
    fails: ['M1.forged-src-held'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override relay(...[peer, outgoing, frame]: Parameters<ConformingServer['relay']>): void {
        const isHeld = this.findPeer(peer.realm, outgoing.dst) === undefined && typeof frame.src === 'string';
        super.relay(peer, isHeld ? { ...outgoing, src: String(frame.src) } : outgoing, frame);
      }
    },
  },
  ...Object.entries({
    'M10.lenient-comment': (text: string) => text.replaceAll(/\/\*.*?\*\//g, ''),
    'M10.lenient-line-comment': (text: string) => text.replaceAll(/\/\/.*\n/g, ''),
    'M10.lenient-trailing-comma': (text: string) => text.replace(/,\}$/, '}'),
    'M10.lenient-quotes-single': (text: string) => text.replaceAll("'", '"'),
    'M10.lenient-names-without-quotes': (text: string) => text.replaceAll(/([{,])(type|dst|payload):/g, '$1"$2":'),
    'M10.lenient-text-behind': (text: string) => text.replace(/ and more$/, ''),
    'M10.lenient-object-behind': (text: string) => text.replace(/\{\}$/, ''),
    'M10.lenient-list': (text: string) => text.replace(/^\[(.*)\]$/s, '$1'),
    'M10.lenient-text-of-text': (text: string) => (text.startsWith('"') && text.length > 40 ? String(JSON.parse(text)) : text),
    'M10.lenient-payload-hexadecimal': (text: string) => text.replace('0x10', '16'),
    'M10.lenient-payload-line-feed': (text: string) => text.replaceAll('\n', ' '),
  }).map(([id, repair]): Mutant => ({
    name: `has a lenient parser (${id.replace('M10.lenient-', '')})`,
    fails: [id],
    verdict: 'loose',
    also: ['M5'],
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        return super.parseFrame(bytes) ?? readFrame(Buffer.from(repair(bytes.toString())));
      }
    },
  })),
  {
    name: 'reads the names of members in capitals',
    fails: ['M9.names-in-capitals'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        const frame = super.parseFrame(bytes);
        return frame?.type === undefined ? (withSmallNames(bytes) ?? frame) : frame;
      }
    },
  },
  {
    name: 'reads the names of members in any case, and uses the last',
    fails: ['M3.other-case'],
    verdict: 'failed',
    also: ['M9'],
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        return withSmallNames(bytes);
      }
    },
  },
  {
    name: 'relays NaN and Infinity',
    fails: ['M10.lenient-payload-nan', 'M10.lenient-payload-infinity'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        const text = bytes.toString();
        const [word] = /(?<=:)(NaN|-?Infinity)(?=\})/.exec(text) ?? [];
        if (word === undefined) return super.parseFrame(bytes);
        const frame = readFrame(Buffer.from(text.replace(word, '0')));
        return frame && { ...frame, payload: `{"sdp":${word}}` };
      }
    },
  },
  {
    name: 'turns empty objects into lists',
    fails: ['M2.empty-object', 'M2.empty-inside'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        return super.payloadOf(frame)?.replaceAll('{}', '[]');
      }
    },
  },
  ...Object.entries({
    'M2.same-bytes-key-order': (value: unknown) => JSON.stringify(sorted(value)),
    'M2.same-bytes-html-characters': (value: unknown) =>
      JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
    'M2.same-bytes-not-ascii': (value: unknown) =>
      JSON.stringify(value).replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    'M2.same-bytes-slash': (value: unknown) => JSON.stringify(value).replaceAll('/', '\\/'),
    'M2.same-bytes-numeric-names': (value: unknown) => JSON.stringify(value),
    'M2.same-bytes-fraction-zero': (value: unknown) => JSON.stringify(value),
  }).map(([id, print]): Mutant => ({
    name: `serializes payloads in its own way (${id.replace('M2.same-bytes-', '')})`,
    fails: [id],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        return frame.payload === undefined ? undefined : print(frame.whole['payload']);
      }
    },
  })),
  {
    name: 'reads payload numbers as 32-bit floats',
    fails: ['M2.numbers'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        if (frame.payload === undefined) return undefined;
        return JSON.stringify(frame.whole['payload'], (_, value: unknown) =>
          typeof value === 'number' ? Math.fround(value) : value,
        );
      }
    },
  },
  {
    name: 'drops unknown members of payloads',
    fails: ['M2.payload-of-the-client'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override payloadOf(frame: Frame): string | undefined {
        const { payload } = frame.whole;
        if (typeof payload !== 'object' || payload === null || !('connectionId' in payload)) return super.payloadOf(frame);
        const known = ['sdp', 'candidate', 'type', 'connectionId'];
        return JSON.stringify(Object.fromEntries(Object.entries(payload).filter(([name]) => known.includes(name))));
      }
    },
  },
];

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

function withSmallNames(bytes: Buffer): Frame | undefined {
  return readFrame(Buffer.from(bytes.toString().replaceAll(/"(type|dst|payload)":/gi, (name) => name.toLowerCase())));
}
