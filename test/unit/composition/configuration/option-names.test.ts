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
  it('include _, - and camel case', () => {
    expect(spellingsOf('expire_timeout')).toEqual(['expire_timeout', 'expire-timeout', 'expireTimeout']);
    expect(spellingsOf('port')).toEqual(['port']);
  });

  it('include the name in the configuration', () => {
    expect(configName('cleanup_out_msgs')).toBe('sweepInterval');
    expect(configName('max_url_bytes')).toBe('maxUrlBytes');
    expect(optionNamed('sweepInterval')).toBe('cleanup_out_msgs');
    expect(optionNamed('keys')).toBe('key');
  });

  it('are unique', () => {
    const spellings = OPTION_NAMES.flatMap(spellingsOf);
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const name of OPTION_NAMES) expect(spellingsOf(name).map(optionNamed)).toEqual(spellingsOf(name).map(() => name));
  });

  it('do not include other names', () => {
    for (const other of ['', 'prot', 'PORT', '__proto__', 'constructor']) expect(optionNamed(other)).toBeUndefined();
  });
});

describe('the closest known name', () => {
  const known = ['port', 'path', 'host', 'expire_timeout'];

  it('may have an added, missing, other or swapped letter', () => {
    expect(['portt', 'prt', 'pirt', 'prot'].map((written) => nearest(written, known))).toEqual(['port', 'port', 'port', 'port']);
    expect(nearest('expiretimeuot', known)).toBe('expire_timeout');
  });

  it('has the smallest distance', () => expect(nearest('pathh', ['porth', 'path'])).toBe('path'));

  it('is undefined if no name is close', () => {
    for (const written of ['', 'x', 'banana', 'toast']) expect(nearest(written, known)).toBeUndefined();
    expect(suggestion('banana', known)).toBe('');
    expect(suggestion('prot', known)).toBe('; did you mean port?');
  });
});
