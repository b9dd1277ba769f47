import { dialectContract } from './contract.ts';
import { DOCTOR } from './doctor.ts';

dialectContract('doctor', DOCTOR);
