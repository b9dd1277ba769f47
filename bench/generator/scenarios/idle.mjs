/* Idle peers. */
import { connectPeers } from '../peers.mjs';

let present = 0;

/** Connects peers up to a number. @param {{ port: number, upTo: number }} options */
export async function fill({ port, upTo }, faults) {
  await connectPeers({ port, count: upTo - present, first: present, faults });
  present = upTo;
}
