import fc from 'fast-check';
import { SEED } from './fuzz-seed.ts';

/* Loaded before each test file. */

fc.configureGlobal({ seed: SEED });
