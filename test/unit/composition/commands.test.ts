import { describe, expect, it } from 'vitest';
import { health } from '../../../src/composition/health.ts';
import { commandNamed } from '../../../src/composition/commands.ts';

describe('the commands of the suite', () => {
  it.each(['serve', '--port', '', '__proto__', 'conform2', undefined])('%s is none of them', async (word) => {
    expect(await commandNamed(word)).toBeUndefined();
  });

  it('health is one of the broker itself', async () => expect(await commandNamed('health')).toBe(health));

  it.each(['conform', 'conform-report'])('%s is looked for beside what is built', async (word) => {
    await expect(commandNamed(word)).rejects.toThrow(/src\/conformance\/|Failed to load url/);
  });
});
