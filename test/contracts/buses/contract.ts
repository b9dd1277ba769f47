import { describe, expect, it } from 'vitest';
import type { NodeBus, BusMessage, BusPublication } from '../../../src/application/ports/node-bus.ts';
import { nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
import type { TopicName } from '../../../src/domain/topic.ts';
import { until } from '../../support/e2e/until.ts';

/** The bus as one node of a cluster has it, each time it is asked for. */
export interface BusSubject {
  node(name: NodeId): NodeBus;
  dispose(): Promise<void>;
}

const [HERE, THERE, FAR] = ['here', 'there', 'far'].map(nodeId) as [NodeId, NodeId, NodeId];
const GREEN = realmKey('green');
const PATIENCE_MS = 5_000;
const MANY = 200;
const LARGE_BYTES = 3 * 1024 * 1024;

/** A node that writes down what it hears. */
class Hearer {
  readonly words: BusMessage[] = [];
  readonly bus: NodeBus;
  isReady = false;

  constructor(bus: NodeBus) {
    this.bus = bus;
    bus.listen({ onMessage: (word) => void this.words.push(word), onMessagesLost: () => (this.isReady = true) });
  }

  hears(count: number): Promise<BusMessage[]> {
    return until(PATIENCE_MS, `${count} words`, () => (this.words.length >= count ? this.words : undefined));
  }
}

/** Holds a bus to the promises of its port. */
export function busContract(name: string, start: () => Promise<BusSubject>): void {
  describe(`bus ${name}`, () => {
    const withNodes = async (run: (here: Hearer, there: Hearer, far: Hearer) => Promise<void>): Promise<void> => {
      const subject = await start();
      const all = [HERE, THERE, FAR].map((node) => new Hearer(subject.node(node))) as [Hearer, Hearer, Hearer];
      // Who has begun to listen is heard of by the others, sooner or later.
      await until(PATIENCE_MS, 'all to hear each other', () => {
        for (const { bus } of all) bus.broadcast(word('are you there?'));
        return all.every(({ words }) => words.length > 0) ? true : undefined;
      });
      for (const { bus } of all) bus.broadcast(word('begin'));
      for (const one of all) await until(PATIENCE_MS, 'the beginning', () => beginnings(one) === 2 || undefined);
      for (const one of all) one.words.length = 0;
      await run(...all).finally(() => subject.dispose());
    };

    it('tells all others, and not the one who says it, in order', () =>
      withNodes(async (here, there, far) => {
        const all = Array.from({ length: MANY }, (_, n) => word(String(n)));
        for (const one of all) here.bus.broadcast(one);
        there.bus.broadcast(word('back'));
        expect((await there.hears(MANY)).map(plain)).toEqual(all.map(plain));
        expect((await here.hears(1)).map(plain)).toEqual([plain(word('back'))]);
        const heard = (await far.hears(MANY + 1)).map(nameOf);
        expect(heard.filter((name) => name !== 'back')).toEqual(all.map(nameOf));
        expect(heard).toContain('back');
      }));

    it('carries every word as it was said', () =>
      withNodes(async (here, there) => {
        const words = [
          { ...word('1'), realm: realmKey('__proto__') },
          word(
            'ü "\u2028\ud83d\ude00',
            Uint8Array.from({ length: 256 }, (_, byte) => byte),
          ),
        ];
        for (const one of words) here.bus.broadcast(one);
        expect((await there.hears(2)).map(plain)).toEqual(words.map(plain));
      }));

    it('T4: carries what is larger than one message of an engine, in order', () =>
      withNodes(async (here, there) => {
        const large = new Uint8Array(LARGE_BYTES).map((_, at) => at % 251);
        const words = [word('before'), word('large', large), word('after')];
        for (const one of words) here.bus.broadcast(one);
        expect((await there.hears(3)).map(plain)).toEqual(words.map(plain));
      }));

    it('T4: what is published is a copy: the payload may be written over right after the call', () =>
      withNodes(async (here, there) => {
        const payload = new Uint8Array(4).fill(1);
        here.bus.broadcast(word('one', payload));
        payload.fill(2);
        expect((await there.hears(1)).map(plain)).toEqual([plain(word('one', new Uint8Array(4).fill(1)))]);
      }));
  });
}

function beginnings({ words }: Hearer): number {
  return words.filter((heard) => nameOf(heard) === 'begin').length;
}

function word(id: string, payload: Uint8Array = new Uint8Array(1)): BusPublication {
  const topics = ['garden', 'house'] as TopicName[];
  const from = 'ann' as PeerId;
  return {
    ...{ type: 'publication', realm: GREEN, space: 'relay', keepsHistory: false },
    publication: { id, topics, payload, type: undefined, retry: 5, isPrivate: true, from },
  };
}

function nameOf(heard: BusMessage): string {
  return heard.type === 'publication' ? heard.publication.id : '';
}

/** Payloads compare by their bytes. */
function plain(heard: BusMessage): unknown {
  if (heard.type !== 'publication') return heard;
  return { ...heard, publication: { ...heard.publication, payload: Buffer.from(heard.publication.payload).toString('hex') } };
}
