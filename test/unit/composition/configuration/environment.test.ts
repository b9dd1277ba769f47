import { describe, expect, it } from 'vitest';
import { readEnvironment, misspelledVariables, variablesOf } from '../../../../src/composition/configuration/environment.ts';
import { OPTION_NAMES } from '../../../../src/composition/configuration/options.ts';

describe('the environment', () => {
  it('has a variable for each option except those of the command line', () => {
    expect(variablesOf('expire_timeout')).toEqual(['SIGNALBOX_EXPIRE_TIMEOUT']);
    expect(variablesOf('config')).toEqual(['SIGNALBOX_CONFIG']);
    expect(OPTION_NAMES.filter((name) => variablesOf(name).length === 0)).toEqual(['print_config', 'check', 'version', 'help']);
  });

  it('has variables of other programs, in order of precedence', () => {
    expect(variablesOf('port')).toEqual(['SIGNALBOX_PORT', 'PEERJS_PORT', 'PORT']);
    expect(variablesOf('path')).toEqual(['SIGNALBOX_PATH', 'PEERJS_PATH', 'PEERSERVER_PATH']);
    const known = ['host', 'key', 'allow_discovery', 'cors', 'log_level'] as const;
    expect(known.map((name) => variablesOf(name)[1])).toEqual([
      ...['PEERJS_HOST', 'PEERJS_KEY', 'PEERJS_ALLOW_DISCOVERY', 'PEERJS_CORS_ORIGIN', 'PEERJS_LOG_LEVEL'],
    ]);
  });

  it('is read from the first variable that is set', () => {
    const env = { PORT: '1', PEERJS_PORT: '2', SIGNALBOX_PORT: '3' };
    expect(readEnvironment(env)).toEqual([{ name: 'port', raw: '3', source: 'SIGNALBOX_PORT' }]);
    expect(readEnvironment({ ...env, SIGNALBOX_PORT: '' })).toEqual([{ name: 'port', raw: '2', source: 'PEERJS_PORT' }]);
    expect(readEnvironment({ PORT: '1', PEERJS_PORT: undefined })).toEqual([{ name: 'port', raw: '1', source: 'PORT' }]);
  });

  it('has lists separated by commas', () => {
    expect(readEnvironment({ PEERJS_CORS_ORIGIN: 'http://a, http://b' })[0]?.raw).toEqual(['http://a', 'http://b']);
    expect(readEnvironment({ SIGNALBOX_AUTH_KEY: '{"kty":"EC","x":""},a' })[0]?.raw).toEqual(['{"kty":"EC","x":""}', 'a']);
    expect(readEnvironment({ SIGNALBOX_PROXIED: '10.0.0.0/8,::1' })[0]?.raw).toBe('10.0.0.0/8,::1');
  });

  it('ignores the URL that Kubernetes sets for a service of that name', () => {
    const env = {
      SIGNALBOX_PORT: 'tcp://10.0.0.1:9000',
      PEERJS_PORT: 'udp://10.0.0.1:9000',
      PORT: '9001',
      SIGNALBOX_SERVICE_HOST: 'x',
    };
    expect(readEnvironment(env)).toEqual([{ name: 'port', raw: '9001', source: 'PORT' }]);
    expect(misspelledVariables(env)).toEqual([]);
  });
});

describe('misspelled variables', () => {
  it('cause a warning', () => {
    expect(misspelledVariables({ SIGNALBOX_PROT: '1' })).toEqual([
      'SIGNALBOX_PROT is not an option; did you mean SIGNALBOX_PORT?',
    ]);
  });

  it('do not include variables of other programs', () => {
    expect(
      misspelledVariables({ SIGNALBOX_IMAGE_TAG: '1', SIGNALBOX_PORT: '1', SIGNALBOX_: '', PEERJS_PROT: '1', PROT: '1' }),
    ).toEqual([]);
  });
});
