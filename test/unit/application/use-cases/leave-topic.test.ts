import { expect, it } from 'vitest';
import { LinesHouse } from '../../../support/lines.ts';

it('T3, T7: who parts hears no more, and the others are told', () => {
  const house = new LinesHouse();
  const [ann, bob] = [house.enters(), house.enters()];
  for (const one of [ann, bob]) one.says('+garden');
  bob.says('-garden');
  bob.says('-garden');
  ann.says('garden rain');
  expect(ann.heard).toEqual(['# in garden:', `# ${bob.id} came to garden`, `# ${bob.id} left garden`]);
  expect(bob.heard).toEqual([`# in garden: ${ann.id}`]);
});

it('T7: whose connection ends has left', () => {
  const house = new LinesHouse();
  const [ann, bob] = [house.enters(), house.enters()];
  for (const one of [ann, bob]) one.says('+garden');
  bob.far.cut();
  expect(ann.heard.at(-1)).toBe(`# ${bob.id} left garden`);
});
