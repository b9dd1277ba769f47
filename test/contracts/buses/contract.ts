import { describe, expect, it } from 'vitest';
import type { NodeBus, NodeWord } from '../../../src/application/ports/node-bus.ts';
import { connectionId, nodeId, realmKey, type NodeId, type PeerId } from '../../../src/domain/ids.ts';
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

/** A node that writes down what it hears. */
class Hearer {
  readonly words: NodeWord[] = [];
  readonly bus: NodeBus;
  isReady = false;

  constructor(bus: NodeBus) {
    this.bus = bus;
    bus.listen({ heard: (word) => void this.words.push(word), missed: () => (this.isReady = true) });
  }

  hears(count: number): Promise<NodeWord[]> {
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
        for (const { bus } of all) bus.tellOthers(mail('are you there?'));
        return all.every(({ words }) => words.length > 0) ? true : undefined;
      });
      for (const { bus } of all) bus.tellOthers(mail('begin'));
      for (const one of all) await until(PATIENCE_MS, 'the beginning', () => beginnings(one) === 2 || undefined);
      for (const one of all) one.words.length = 0;
      await run(...all).finally(() => subject.dispose());
    };

    it('tells one node, and no other, in order', () =>
      withNodes(async (here, there, far) => {
        for (let n = 0; n < MANY; n++) here.bus.tell(THERE, mail(String(n)));
        here.bus.tell(FAR, mail('last'));
        expect(await there.hears(MANY)).toEqual(Array.from({ length: MANY }, (_, n) => mail(String(n))));
        expect(await far.hears(1)).toEqual([mail('last')]);
      }));

    it('tells all others, and not the one who says it', () =>
      withNodes(async (here, there, far) => {
        here.bus.tellOthers(mail('all'));
        there.bus.tell(HERE, mail('one'));
        expect(await there.hears(1)).toEqual([mail('all')]);
        expect(await far.hears(1)).toEqual([mail('all')]);
        expect(await here.hears(1)).toEqual([mail('one')]);
      }));

    it('carries every word as it was said', () =>
      withNodes(async (here, there) => {
        const words: NodeWord[] = [
          { say: 'mail', realm: realmKey('__proto__'), id: 'ü "\u2028\ud83d\ude00' as PeerId },
          { say: 'superseded', realm: GREEN, id: 'ann' as PeerId, connection: connectionId(7, 3) },
          publication(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
        ];
        for (const word of words) here.bus.tell(THERE, word);
        expect((await there.hears(3)).map(plain)).toEqual(words.map(plain));
      }));

    it('T4: what is published is a copy: the payload may be written over right after the call', () =>
      withNodes(async (here, there) => {
        const payload = new Uint8Array(4).fill(1);
        here.bus.tellOthers(publication(payload));
        payload.fill(2);
        expect((await there.hears(1)).map(plain)).toEqual([plain(publication(new Uint8Array(4).fill(1)))]);
      }));

    it('tells nothing to itself, nor to nobody', () =>
      withNodes(async (here, there) => {
        here.bus.tell(HERE, mail('self'));
        here.bus.tell(nodeId('nobody'), mail('nobody'));
        there.bus.tell(HERE, mail('end'));
        expect(await here.hears(1)).toEqual([mail('end')]);
      }));
  });
}

function beginnings({ words }: Hearer): number {
  return words.filter((word) => word.say === 'mail' && word.id === 'begin').length;
}

function mail(id: string): NodeWord {
  return { say: 'mail', realm: GREEN, id: id as PeerId };
}

function publication(payload: Uint8Array): NodeWord {
  const topics = ['garden', 'house'] as TopicName[];
  const from = 'ann' as PeerId;
  return {
    ...{ say: 'publication', realm: GREEN, space: 'relay', remembers: false },
    publication: { id: 'one', topics, payload, type: undefined, retry: 5, isPrivate: true, from },
  };
}

/** Payloads compare by their bytes. */
function plain(word: NodeWord): unknown {
  if (word.say !== 'publication') return word;
  return { ...word, publication: { ...word.publication, payload: Buffer.from(word.publication.payload).toString('hex') } };
}
