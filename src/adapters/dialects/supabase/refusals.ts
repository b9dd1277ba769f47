import type { CloseFrame } from '../../../application/ports/dialect.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { RequestRefusal } from '../../../domain/topic.ts';
import { NEEDS_TOKEN } from '../shared/access-refusals.ts';
import { ENDING_CLOSE_FRAMES, refusalText } from '../shared/close-frames.ts';

/** SB6: the reason for a message on a channel that the client has not joined. */
export const UNMATCHED = 'unmatched topic';

/** SB16. */
export const NO_PERSISTENCE = 'persist is not available: this broker stores no broadcasts';

/** SB13. */
export const NO_PRESENCE = 'presence is not available: presence_members is 0';

/** SB13, W5: the reason of a track that is refused. */
export const TRACK_REASONS: Readonly<Record<RequestRefusal, string>> = {
  'topic-unusable': UNMATCHED,
  'too-many-topics': 'Too many presences',
  'not-allowed': 'Unauthorized: You do not have permissions to track presence on this Channel topic',
  'payload-too-large': 'The presence is too large',
};

/** SB5: the reason of a join that is refused together with its connection. */
export function openRefusalReason(refusal: OpenRefusal): string {
  const text = refusalText(refusal);
  return NEEDS_TOKEN.has(refusal.reason) ? `Unauthorized: ${text}` : text;
}

/** SB5, SB16, W5: the reason of a join that is refused. */
export const JOIN_REASONS: Readonly<Record<RequestRefusal, string>> = {
  'topic-unusable': 'The topic is empty or too long',
  'too-many-topics': 'ChannelRateLimitReached: Too many channels',
  'not-allowed': 'Unauthorized: You do not have permissions to read from this Channel topic',
  'payload-too-large': 'The payload is too large',
};

/** SB10, W5: the reason of a broadcast that is refused. */
export const BROADCAST_REASONS: Readonly<Record<RequestRefusal, string>> = {
  ...JOIN_REASONS,
  'not-allowed': 'Unauthorized: You do not have permissions to write to this Channel topic',
};

/** SB15: a client reconnects after any close. */
export function closeFrameOf(ending: Ending): CloseFrame {
  return ending === 'silent' ? { ...ENDING_CLOSE_FRAMES.silent, code: 1000 } : ENDING_CLOSE_FRAMES[ending];
}
