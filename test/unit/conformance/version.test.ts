import { expect, it } from 'vitest';
import { VERSION } from '../../../conformance/version.ts';
import { VERSION as PACKAGE } from '../../../src/composition/version.ts';

it('the version is that of the package', () => expect(VERSION).toBe(PACKAGE));
