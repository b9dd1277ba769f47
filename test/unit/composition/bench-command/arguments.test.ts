import { describe, expect, it } from 'vitest';
import { BenchUsageError, readBenchArguments } from '../../../../src/composition/bench-command/arguments.ts';

const problemOf = (...args: string[]): string => {
  try {
    readBenchArguments(args);
  } catch (error) {
    if (error instanceof BenchUsageError) return error.message;
    throw error;
  }
  return '';
};

describe('the arguments of signalbox bench', () => {
  it('have defaults', () => {
    expect(readBenchArguments(['http://localhost:9000/'])).toEqual({
      ...{ measures: ['relay', 'latency', 'churn', 'idle'], peers: 200, idlePeers: 1000, seconds: 3, json: false },
      target: { host: '127.0.0.1', port: 9000, isSecure: false, prefix: '', key: 'peerjs', token: undefined },
      pid: undefined,
    });
  });

  it('take the parts of a URL', () => {
    expect(readBenchArguments(['wss://[::1]/a/b/', '--key', 'k', '--token', 't', '--pid', '7'])).toMatchObject({
      target: { host: '::1', port: 443, isSecure: true, prefix: '/a/b', key: 'k', token: 't' },
      pid: 7,
    });
  });

  it('select measures in their usual order, and an even number of peers', () => {
    expect(readBenchArguments(['http://localhost', '--only', 'churn,relay', '--peers', '3'])).toMatchObject({
      ...{ measures: ['relay', 'churn'], peers: 4 },
    });
  });

  it('take two commands', () => {
    expect(readBenchArguments(['--compare', 'a {port}', 'b {port}', '--path', 'x/', '--rounds', '5'])).toMatchObject({
      ...{ commands: ['a {port}', 'b {port}'], prefix: '/x', rounds: 5 },
    });
  });

  it.each([
    [[], 'give one URL'],
    [['http://localhost', 'http://localhost'], 'give one URL'],
    [['localhost:9000'], "the target is 'localhost:9000'; it must be a URL"],
    [['http://example.org/'], 'example.org is not this machine: add --remote'],
    [['http://127.0.0.1.example.org/'], 'is not this machine'],
    [['http://localhost', '--peers', '0'], "--peers is '0'; it must be a whole number from 1 to 20000"],
    [['http://localhost', '--seconds', '61'], 'from 1 to 60'],
    [['http://localhost', '--only', 'relay,speed'], "--only has 'speed'"],
    [['http://localhost', '--fast'], '--fast'],
    [['--compare', 'a {port}'], '--compare needs two commands'],
    [['--compare', 'a {port}', 'b'], "the command 'b' has no placeholder {port}"],
  ])('%j are refused', (args, problem) => expect(problemOf(...args)).toContain(problem));

  it('allow another machine with --remote', () => {
    expect(readBenchArguments(['https://example.org/', '--remote'])).toMatchObject({ target: { host: 'example.org' } });
  });
});
