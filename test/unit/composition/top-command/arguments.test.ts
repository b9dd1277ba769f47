import { describe, expect, it } from 'vitest';
import { readTopArguments, TopUsageError } from '../../../../src/composition/top-command/arguments.ts';

const read = (words: string, env = {}) => readTopArguments(words.split(' ').filter(Boolean), env);

describe('the arguments of signalbox top', () => {
  it('have defaults', () => {
    expect(read('')).toEqual({ target: { url: 'http://127.0.0.1:9001' }, token: undefined, json: false, interval: 1 });
  });

  it.each([
    ['127.0.0.1:9100', { url: 'http://127.0.0.1:9100' }],
    ['[::1]:9100', { url: 'http://[::1]:9100' }],
    ['0.0.0.0:9100', { url: 'http://127.0.0.1:9100' }],
    ['[::]:9100', { url: 'http://[::1]:9100' }],
    ['unix:/run/admin.sock', { socket: '/run/admin.sock' }],
    ['https://admin.example.org/ops/', { url: 'https://admin.example.org/ops' }],
  ])('name the listener: %s', (written, target) => {
    expect(read(`--admin ${written}`, { SIGNALBOX_ADMIN: '127.0.0.1:1' }).target).toEqual(target);
    expect(read('', { SIGNALBOX_ADMIN: written }).target).toEqual(target);
  });

  it('take the token from the flag, else from the environment, the one of the viewer first', () => {
    const env = { SIGNALBOX_ADMIN_TOKEN: 'a', SIGNALBOX_ADMIN_VIEWER_TOKEN: 'v' };
    expect(read('--token t', env).token).toBe('t');
    expect([read('', env).token, read('', { ...env, SIGNALBOX_ADMIN_VIEWER_TOKEN: '' }).token]).toEqual(['v', 'a']);
  });

  it.each(['--admin nowhere', '--admin http://[', '--interval 0', '--interval x', '--what', 'word', '--json=canary', '--token'])(
    'are refused in one line: %s',
    (words) => {
      expect(() => read(words)).toThrow(TopUsageError);
      expect(() => read(words)).toThrow(/^(?!.*canary)[^\n]+$/);
    },
  );

  it('are refused without the token in the message', () => {
    expect(() => readTopArguments(['--token', 'can\nary'], {})).toThrow(/^(?!.*can)[^\n]+$/);
  });
});
