import 'reflect-metadata';
import { Container } from 'inversify';
import { describe, expect, it } from 'vitest';
import { bind, bindParts, bindValue, port, resolve } from '../../../src/composition/port.ts';

interface Lamp {
  readonly watts: number;
}
interface Bell {
  readonly tone: string;
}

const LAMP = port<Lamp>('Lamp');
const BELL = port<Bell>('Bell');
const DOOR = port<string>('Door');

const door = (lamp: Lamp, bell: Bell): string => `${lamp.watts} ${bell.tone}`;

function furnished(): Container {
  const container = new Container();
  bindValue(container, LAMP, { watts: 5 });
  bindValue(container, BELL, { tone: 'high' });
  return container;
}

describe('typed wiring', () => {
  it('builds a port from its needs, in their order', () => {
    const container = furnished();
    bind(container, DOOR, door, [LAMP, BELL]);
    expect(resolve(container, DOOR)).toBe('5 high');
  });

  it('builds a port once', () => {
    const container = new Container();
    let built = 0;
    bind(container, LAMP, () => ({ watts: ++built }), []);
    resolve(container, LAMP);
    expect(resolve(container, LAMP).watts).toBe(1);
  });

  it('builds a port from parts by name', () => {
    const container = furnished();
    bindParts(container, DOOR, ({ bell, lamp }: { lamp: Lamp; bell: Bell }) => door(lamp, bell), { bell: BELL, lamp: LAMP });
    expect(resolve(container, DOOR)).toBe('5 high');
    // @ts-expect-error one is missing
    bindParts(container, DOOR, ({ bell, lamp }: { lamp: Lamp; bell: Bell }) => door(lamp, bell), { bell: BELL });
    // @ts-expect-error swapped
    bindParts(container, DOOR, ({ bell, lamp }: { lamp: Lamp; bell: Bell }) => door(lamp, bell), { bell: LAMP, lamp: BELL });
  });

  it('does not compile with swapped, missing or wrong needs', () => {
    const container = furnished();
    // @ts-expect-error swapped
    bind(container, DOOR, door, [BELL, LAMP]);
    // @ts-expect-error one is missing
    bind(container, DOOR, door, [LAMP]);
    // @ts-expect-error what is made is no Lamp
    bind(container, LAMP, door, [LAMP, BELL]);
    // @ts-expect-error the value is no Bell
    bindValue(container, BELL, { watts: 5 });
    expect(container.isBound(DOOR.id)).toBe(true);
  });
});
