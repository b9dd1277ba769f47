/* Peers that are there and say nothing. */
import { gather } from '../crowd.mjs';

let present = 0;

/** Lets peers come until there are so many. @param {{ port: number, upTo: number }} options */
export async function fill({ port, upTo }, faults) {
  await gather({ port, count: upTo - present, first: present, faults });
  present = upTo;
}
