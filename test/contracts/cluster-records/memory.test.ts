import { recordsContract } from './contract.ts';
import { memoryRecords } from './memory.ts';

recordsContract('memory', () => Promise.resolve(memoryRecords()));
