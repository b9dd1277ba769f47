import { expect, it } from 'vitest';
import { LinesBroker } from '../../../support/lines-broker.ts';

it('T3, T7: sends nothing more to a peer that left a topic, and notifies the others', () => {
  const broker = new LinesBroker();
  const [ann, bob] = [broker.connectLines(), broker.connectLines()];
  for (const one of [ann, bob]) one.send('+garden');
  bob.send('-garden');
  bob.send('-garden');
  ann.send('garden rain');
  expect(ann.received).toEqual(['# in garden:', `# ${bob.id} came to garden`, `# ${bob.id} left garden`]);
  expect(bob.received).toEqual([`# in garden: ${ann.id}`]);
});

it('T7: notifies the others if a connection ends', () => {
  const broker = new LinesBroker();
  const [ann, bob] = [broker.connectLines(), broker.connectLines()];
  for (const one of [ann, bob]) one.send('+garden');
  bob.client.cut();
  expect(ann.received.at(-1)).toBe(`# ${bob.id} left garden`);
});
