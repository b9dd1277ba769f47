import type { TokenNotice } from '../../../application/ports/dialect.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { accessText } from '../shared/access-refusals.ts';

/**
 * A7: the type is not ERROR, because the stock client closes its connection on ERROR. An unknown type has no effect there, and
 * the page can read the message on `peer.socket`.
 */
export function tokenFrame(notice: TokenNotice): Uint8Array {
  switch (notice.notice) {
    case 'expiring':
      return message('TOKEN-EXPIRING', { in: wholeSeconds(notice.in) });
    case 'accepted':
      return message('TOKEN-ACCEPTED', notice.in === NEVER ? {} : { in: wholeSeconds(notice.in) });
    case 'refused':
      return message('TOKEN-REFUSED', { msg: accessText(notice.refusal) });
  }
}

function message(type: string, payload: object): Uint8Array {
  return Buffer.from(JSON.stringify({ type, payload }));
}

function wholeSeconds(span: Millis): number {
  return Math.floor(span / 1000);
}
