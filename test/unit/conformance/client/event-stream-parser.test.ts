import { describe, expect, it } from 'vitest';
import { EventStreamParser } from '../../../../conformance/client/event-stream-parser.ts';

describe('the event stream parser', () => {
  it('parses chunks of any size', () => {
    const text = ': hello\nid: 1\nevent: alarm\nretry: 5\ndata: a\ndata:  b\r\n\r\ndata\rdata:c\r\rother: x\n\ndata: d\n\n';
    const whole = [{ id: '1', event: 'alarm', retry: '5', data: 'a\n b' }, { data: '\nc' }, { data: 'd' }];
    for (let size = 1; size <= text.length; size++) {
      const reader = new EventStreamParser();
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) => text.slice(n * size, (n + 1) * size));
      expect(pieces.flatMap((piece) => reader.push(piece))).toEqual(whole);
      expect(reader.comments).toBe(1);
    }
  });

  it('completes an event at the empty line', () => {
    const reader = new EventStreamParser();
    expect(reader.push('data: 1\n')).toEqual([]);
    expect(reader.push('\n')).toEqual([{ data: '1' }]);
  });
});
