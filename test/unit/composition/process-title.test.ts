import { expect, it } from 'vitest';
import { titleWithoutSecrets } from '../../../src/composition/process-title.ts';

it('contains the arguments without secrets', () => {
  const argv = ['--port', '8000', '--cluster=redis://:sesame@host', '-k', 'a', '-k', 'b', '--allow_discovery', '--no-proxied'];
  expect(titleWithoutSecrets(argv)).toBe('signalbox --port=8000 --key=a --key=b --allow_discovery --no-proxied');
});

it('is unchanged for arguments without secrets', () => expect(titleWithoutSecrets(['--port', '8000'])).toBeUndefined());
