import { describe, expect, it } from 'vitest';
import { health } from '../../../src/composition/health.ts';
import { newAdapter } from '../../../src/composition/scaffold.ts';
import { token } from '../../../src/composition/token-command/command.ts';
import { COMMAND_NAMES } from '../../../src/composition/configuration/command-names.ts';
import { top } from '../../../src/composition/top-command/command.ts';
import { commandNamed } from '../../../src/composition/commands.ts';

describe('commands', () => {
  it.each(['serve', '--port', '', '__proto__', 'conform2', undefined])('%s is not a command', async (word) => {
    expect(await commandNamed(word)).toBeUndefined();
  });

  it('are the words that the command line suggests', async () => {
    for (const word of COMMAND_NAMES) {
      const command = await commandNamed(word).catch(() => 'loaded');
      expect([word, command === undefined]).toEqual([word, word === 'serve']);
    }
  });

  it('health is a command of the broker', async () => expect(await commandNamed('health')).toBe(health));

  it('top is a command of the broker', async () => expect(await commandNamed('top')).toBe(top));

  it('new is a command of the broker', async () => expect(await commandNamed('new')).toBe(newAdapter));

  it('token is a command of the broker', async () => expect(await commandNamed('token')).toBe(token));

  it.each(['conform', 'conform-report', 'doctor'])('%s is loaded from the folder beside the build', async (word) => {
    await expect(commandNamed(word)).rejects.toThrow(/src\/(conformance|doctor)\/|Failed to load url/);
  });
});
