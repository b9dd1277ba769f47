import { describe, expect, it } from 'vitest';
import {
  configName,
  nearest,
  optionNamed,
  spellingsOf,
  suggestion,
} from '../../../../src/composition/configuration/option-names.ts';
import { OPTION_NAMES } from '../../../../src/composition/configuration/options.ts';

describe('the spellings of an option', () => {
  it('with _, with -, in camel case', () => {
    expect(spellingsOf('expire_timeout')).toEqual(['expire_timeout', 'expire-timeout', 'expireTimeout']);
    expect(spellingsOf('port')).toEqual(['port']);
  });

  it('and as the configuration calls it', () => {
    expect(configName('cleanup_out_msgs')).toBe('sweepInterval');
    expect(configName('max_url_bytes')).toBe('maxUrlBytes');
    expect(optionNamed('sweepInterval')).toBe('cleanup_out_msgs');
    expect(optionNamed('keys')).toBe('key');
  });

  it('lead to one option each', () => {
    const spellings = OPTION_NAMES.flatMap(spellingsOf);
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const name of OPTION_NAMES) expect(spellingsOf(name).map(optionNamed)).toEqual(spellingsOf(name).map(() => name));
  });

  it('others lead to none', () => {
    for (const other of ['', 'prot', 'PORT', '__proto__', 'constructor']) expect(optionNamed(other)).toBeUndefined();
  });
});

describe('what somebody most likely meant', () => {
  const known = ['port', 'path', 'host', 'expire_timeout'];

  it('is a letter away: too many, missing, another, swapped', () => {
    expect(['portt', 'prt', 'pirt', 'prot'].map((written) => nearest(written, known))).toEqual(['port', 'port', 'port', 'port']);
    expect(nearest('expiretimeuot', known)).toBe('expire_timeout');
  });

  it('is the nearest', () => expect(nearest('pathh', ['porth', 'path'])).toBe('path'));

  it('is nothing where nothing is near', () => {
    for (const written of ['', 'x', 'banana', 'toast']) expect(nearest(written, known)).toBeUndefined();
    expect(suggestion('banana', known)).toBe('');
    expect(suggestion('prot', known)).toBe('; did you mean port?');
  });
});
