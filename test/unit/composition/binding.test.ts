import { describe, expect, it } from 'vitest';
import { build, call, construct, derive, given, group, input, members } from '../../../src/composition/binding.ts';

interface Lamp {
  readonly watts: number;
}
interface Bell {
  readonly tone: string;
}
interface HouseParts {
  readonly lamp: Lamp;
  readonly bell: Bell;
}

class House {
  readonly parts: HouseParts;

  constructor(parts: HouseParts) {
    this.parts = parts;
  }
}

const lamp = input<Lamp>('lamp');
const bell = input<Bell>('bell');
const describeHouse = ({ lamp, bell }: HouseParts): string => `${lamp.watts} ${bell.tone}`;

const inputs = [given(lamp, { watts: 5 }), given(bell, { tone: 'high' })];

describe('a binding', () => {
  it('constructs a class with the needed parts by name, and with no others', () => {
    const { parts } = build(construct(House, { bell, lamp }), inputs);
    expect(parts).toEqual({ lamp: { watts: 5 }, bell: { tone: 'high' } });
  });

  it('calls a function with the needed parts by name', () => {
    expect(build(call(describeHouse, { bell, lamp }), inputs)).toBe('5 high');
  });

  it('resolves needs of needs', () => {
    const house = construct(House, { bell, lamp });
    expect(
      build(
        derive({ house }, (p) => p.house.parts.lamp.watts),
        inputs,
      ),
    ).toBe(5);
  });

  it('makes a component once, and again for the next build', () => {
    let made = 0;
    const counter = derive({ lamp }, () => ++made);
    const both = group({ first: counter, second: derive({ counter }, (p) => p.counter) });
    expect(build(both, inputs)).toEqual({ first: 1, second: 1 });
    expect(build(counter, inputs)).toBe(2);
  });

  it('has the inputs of its own build, also inside another build of the same root', () => {
    const tone = derive({ bell, lamp }, ({ bell: { tone }, lamp: { watts } }): string =>
      watts === 0 ? tone : `${tone} after ${build(tone0(), [given(lamp, { watts: 0 }), given(bell, { tone: 'low' })])}`,
    );
    const tone0 = (): typeof tone => tone;
    expect(build(tone, inputs)).toBe('high after low');
    expect(build(tone, [given(lamp, { watts: 0 }), given(bell, { tone: 'soft' })])).toBe('soft');
    expect(() => build(tone, [])).toThrow('is not given');
  });

  it('can need a member of a component', () => {
    const { watts } = members(lamp);
    expect(build(group({ watts }), inputs)).toEqual({ watts: 5 });
  });

  it('fails when an input is not given', () => {
    expect(() => build(call(describeHouse, { bell, lamp }), [])).toThrow(/bell|lamp/);
  });
});

describe('the compiler', () => {
  it('rejects a missing part', () => {
    // @ts-expect-error the bell is missing
    const house = construct(House, { lamp });
    // @ts-expect-error the lamp is missing
    const text = call(describeHouse, { bell });
    expect([house, text].map(({ needs }) => needs.length)).toEqual([1, 1]);
  });

  it('rejects swapped parts', () => {
    // @ts-expect-error lamp and bell are swapped
    const house = construct(House, { lamp: bell, bell: lamp });
    // @ts-expect-error lamp and bell are swapped
    const text = call(describeHouse, { lamp: bell, bell: lamp });
    expect([house, text].map(({ needs }) => needs.length)).toEqual([2, 2]);
  });

  it('rejects a part that is not needed', () => {
    // @ts-expect-error a house has no door
    expect(construct(House, { lamp, bell, door: bell }).needs).toHaveLength(3);
  });

  it('rejects a part of a group or of a derived component that has another type', () => {
    // @ts-expect-error the group gives a number in place of the bell
    const house = derive({ parts: group({ lamp, bell: members(lamp).watts }) }, (p) => new House(p.parts));
    // @ts-expect-error a lamp has no tone
    const tone = derive({ lamp }, (p): string => p.lamp.tone);
    expect([house, tone].map(({ needs }) => needs.length)).toEqual([1, 1]);
  });

  it('rejects an input of another type', () => {
    // @ts-expect-error the value is no bell
    expect(given(bell, { watts: 5 })).toHaveLength(2);
  });
});
