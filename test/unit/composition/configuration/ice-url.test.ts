import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { stunUrls, turnUrls } from '../../../../src/composition/configuration/ice-url.ts';

/** The error for one flag; undefined if the value is allowed. */
function errorOf(...argv: string[]): string | undefined {
  const resolved = resolveConfig({ argv });
  return resolved.ok ? undefined : resolved.refusal.map(({ message }) => message).join('\n');
}

describe('ICE URLs', () => {
  it('I10: are URLs of RFC 7064 and RFC 7065', () => {
    for (const url of ['stun:a.example.org', 'stuns:a.example.org:5349', 'stun:192.0.2.1', 'stun:[2001:db8::1]:3478']) {
      expect(stunUrls().read(url)).toEqual({ ok: true, value: [url] });
    }
    for (const url of ['turn:a.example.org', 'turns:a:443?transport=tcp', 'turn:[2001:db8::1]?transport=udp']) {
      expect(turnUrls().read(url)).toEqual({ ok: true, value: [url] });
    }
  });

  it('I10: are refused where browsers refuse them', () => {
    for (const url of ['', 'stun:', 'stun:a:0', 'stun:a:65536', 'stun:a b', 'turn:a', 'STUN:a', 'stun:a:x', 'stun:a/']) {
      expect(stunUrls().read(url).ok, url).toBe(false);
    }
    for (const url of [
      'turn:',
      'stun:a',
      'turn:a?transport=sctp',
      'turn:a?',
      'turn:a?transport=udp&x',
      'turn:a:99999',
      'turn:-.-..',
    ]) {
      expect(turnUrls().read(url).ok, url).toBe(false);
    }
  });

  it('I10: are refused with the value, the allowed values and the next step', () => {
    expect(errorOf('--stun', 'stun:a?transport=udp')).toBe(
      "--stun is 'stun:a?transport=udp'; it must be STUN URLs such as 'stun:stun.example.org:3478' or " +
        "'stuns:stun.example.org': a STUN URL has no parameters; browsers reject it",
    );
    expect(errorOf('--stun', 'stun://a')).toContain('remove the slashes');
    expect(errorOf('--turn', 'turn:a?transport=quic')).toContain('the only parameter is ?transport=udp or ?transport=tcp');
    expect(errorOf('--turn', 'turn.example.org')).toContain('add the scheme');
  });

  it('I10: are not shown if they contain credentials', () => {
    const error = errorOf('--turn', 'turn:user:canary@a');
    expect(error).toContain('give the credentials by turn_secret');
    expect(error).not.toContain('canary');
  });
});
