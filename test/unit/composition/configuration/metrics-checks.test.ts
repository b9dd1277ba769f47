import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

const TOKEN = 'a-token-of-at-least-32-characters';

function problemsOf(given: object): string[] {
  const resolved = resolveConfig({ given });
  return resolved.ok ? [] : resolved.refusal.map(({ message }) => message);
}

describe('H19: the options of the metrics', () => {
  it('need each other', () => {
    expect(problemsOf({ metrics_public: true })).toEqual([
      'metrics_public is given without metrics_token: add it, or remove the option',
    ]);
    expect(problemsOf({ metrics_token: TOKEN })).toEqual([
      'metrics_token is given without metrics_public: add it, or remove the option',
    ]);
    expect(problemsOf({ metrics_public: true, metrics_token: TOKEN })).toEqual([]);
  });

  it('refuse a short token, without showing it', () => {
    const [problem = ''] = problemsOf({ metrics_public: true, metrics_token: 'short and secret' });
    expect(problem).toContain('a text of 32 to 255 characters without blanks');
    expect(problem).not.toContain('short and secret');
  });
});
