import { describe, expect, it } from 'vitest';
import { IncomingLanes, type IncomingLane } from '../../../src/domain/incoming-lanes.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { Session } from '../../../src/domain/session.ts';

const [ANN, EVE] = ['ann', 'eve'] as PeerId[] as [PeerId, PeerId];

function session(realm = 'green'): Session {
  return { realm: { key: realm } } as Session;
}

function lane(to: Session, from = ANN, phase: IncomingLane['phase'] = 'collecting'): IncomingLane {
  return { session: to, from, phase };
}

describe('IncomingLanes', () => {
  it('M17: a lane that opens replaces the open lane of the same pair, and no other', () => {
    const bob = session();
    const lanes = new IncomingLanes<IncomingLane>();
    const [first, second, ofEve, elsewhere] = [lane(bob), lane(bob), lane(bob, EVE), lane(session())];
    for (const one of [first, second, ofEve, elsewhere]) lanes.add(one);
    expect([lanes.open(first), lanes.open(ofEve), lanes.open(elsewhere)]).toEqual([undefined, undefined, undefined]);
    expect([lanes.open(second), second.phase]).toEqual([first, 'open']);
  });

  it('M17: a fetched message closes the lanes of its pair, except those that have not begun to verify the sender', () => {
    const bob = session();
    const lanes = new IncomingLanes<IncomingLane>();
    const all = (['locating', 'collecting', 'verifying', 'open'] as const).map((phase) => lane(bob, ANN, phase));
    for (const one of [...all, lane(bob, EVE, 'open'), lane(session(), ANN, 'open')]) lanes.add(one);
    expect(lanes.fetchedFrom(bob, ANN)).toEqual(all.slice(2));
  });

  it('finds the lanes to a session, and those from a peer of a realm', () => {
    const [bob, cem, blue] = [session(), session(), session('blue')];
    const lanes = new IncomingLanes<IncomingLane>();
    const [toBob, toCem, ofEve, inBlue] = [lane(bob), lane(cem), lane(bob, EVE), lane(blue)];
    for (const one of [toBob, toCem, ofEve, inBlue]) lanes.add(one);
    expect(lanes.ofSession(bob)).toEqual([toBob, ofEve]);
    expect(lanes.ofSender('green', 'ann')).toEqual([toBob, toCem]);
    expect([lanes.hasSession(cem), lanes.hasSession(session())]).toEqual([true, false]);
  });

  it('keeps nothing of removed lanes', () => {
    const lanes = new IncomingLanes<IncomingLane>();
    const [one, two] = [lane(session()), lane(session())];
    for (const each of [one, two, one]) lanes.add(each);
    for (const each of [one, two, one]) lanes.remove(each);
    expect([lanes.isEmpty, lanes.ofSession(one.session), lanes.ofSender('green', 'ann')]).toEqual([true, [], []]);
  });
});
