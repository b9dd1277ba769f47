import { statefulDialectContract } from '../../../src/contracts/dialects/contract.ts';
import { describeContract } from '../../support/describe-contract.ts';
import { supabaseSubject } from './supabase.ts';

describeContract('Supabase', statefulDialectContract('supabase', supabaseSubject([])));
describeContract('Supabase with prefixes', statefulDialectContract('supabase', supabaseSubject(['peerix:'])));
