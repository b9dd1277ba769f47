import { good, type Verdict } from './verdict.ts';

const ICE_PAGE = 'ice-servers.md';

/** D14: two users with the same link. */
export const PAIR = {
  'pair-connects': good('D14', 'Both sides exchange data: {ways}.'),
  'pair-relays': good('D14', 'Both sides exchange data, but through TURN only: {ways}.'),
  'side-fails': {
    step: 'D14',
    state: 'bad',
    is: '{side} fails: {reason}.',
    effect: 'These two users cannot call each other. Only one of them has this fault.',
    remedy: '{remedy}.',
    link: ICE_PAGE,
  },
  'both-fail': {
    step: 'D14',
    state: 'bad',
    is: 'Both sides fail. This side: {own}. The other side: {other}.',
    effect: 'These two users cannot call each other.',
    remedy: 'Correct the findings of both sides, those that both have in common first.',
    link: ICE_PAGE,
  },
  'pair-fails': {
    step: 'D14',
    state: 'bad',
    is: 'No side has a fault of its own, but they exchange no data on any way: {ways}.',
    effect: 'These two users cannot call each other, because no direct way leads through both networks.',
    remedy: 'Provide a TURN server over UDP and over TLS on port 443.',
    setting: 'turn, turn_secret',
    link: ICE_PAGE,
  },
} as const satisfies Readonly<Record<string, Verdict>>;
