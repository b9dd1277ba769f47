import { describe, expect, it } from 'vitest';
import { canSet, fillTemplate, readTemplate } from '../../../../conformance/server/command-template.ts';

describe('a command template', () => {
  it('is split at spaces, without quotes', () => {
    expect(readTemplate(`a --b="c d" 'e "f"' {port}`).words).toEqual(['a', '--b=c d', 'e "f"', '{port}']);
  });

  it('uses the flags of peer by default, and none without {options}', () => {
    expect(readTemplate('a {port} {options}').flavour).toBe('peer');
    expect(readTemplate('a {port} {options}', 'signalbox').flavour).toBe('signalbox');
    expect(readTemplate('a {port}').flavour).toBe('none');
  });

  it('is filled with a port and flags', () => {
    const settings = { path: '/x', cors: ['a', 'b'], allow_discovery: true, proxied: false, max_message_bytes: 5 };
    const peers = ['--path', '/x', '--allow_discovery', '--cors', 'a', '--cors', 'b'];
    expect(fillTemplate(readTemplate('a -p={port} {options}'), 9000, settings)).toEqual(['a', '-p=9000', ...peers]);
    const all = fillTemplate(readTemplate('a {port} {options}', 'signalbox'), 9000, settings);
    expect(all).toEqual(['a', '9000', ...peers, '--max_message_bytes', '5']);
  });

  it('replaces placeholders of settings, which then have no flag', () => {
    const template = readTemplate('a {port} --wait={expire_timeout} --keys {key} {options}');
    expect(fillTemplate(template, 1, { expire_timeout: 600, key: ['a', 'b'], path: '/' })).toEqual([
      ...['a', '1', '--wait=600', '--keys', 'a,b', '--path', '/'],
    ]);
  });

  it('fills open placeholders with the defaults of peer', () => {
    const template = readTemplate(
      'a {port} {key} {path} {concurrent_limit} {expire_timeout} {alive_timeout} {allow_discovery} {cors}',
    );
    const filled = ['a', '1', 'peerjs', '/', '5000', '5000', '60000', 'false', ''];
    expect(fillTemplate(template, 1, {})).toEqual(filled);
  });

  it('reports which settings can be set', () => {
    const template = readTemplate('a {port} {mailbox_bytes} {options}');
    const can = (name: Parameters<typeof canSet>[1], settings = {}) => canSet(template, name, settings);
    expect([can('mailbox_bytes'), can('expire_timeout'), can('max_message_bytes')]).toEqual([true, true, false]);
    expect([can('key', { key: ['a'] }), can('key', { key: ['a', 'b'] })]).toEqual([true, false]);
  });

  it.each([
    ['', undefined, 'the command is empty'],
    ['a', undefined, 'the placeholder {port} is missing'],
    ['a {port} {nonsense}', undefined, 'unknown placeholder {nonsense}; use {port}, {options} or the name of a setting'],
    ['a {port} x{options}', undefined, '{options} must be a separate argument'],
    ['a {port}', 'peer', '--flavour requires the placeholder {options}'],
  ] as const)('%j is invalid', (text, flavour, message) => expect(() => readTemplate(text, flavour)).toThrow(message));
});
