import { describe, expect, it } from 'vitest';
import { parseUpdate } from '../../../../../src/adapters/dialects/mercure/update.ts';

const read = (form: string, query = '') => parseUpdate(Buffer.from(form), query, 3);

describe('MER3: a form', () => {
  it('is read with all its topics', () => {
    expect(read('topic=a&topic=b&data=x%0Ay&id=1&type=t&retry=500&private=on', 'topic=b&topic=c')).toEqual({
      topics: ['a', 'b', 'c'],
      payload: Buffer.from('x\ny'),
      ...{ id: '1', type: 't', retry: 500, isPrivate: true },
    });
  });

  it('may have only a topic, also in the query', () => {
    const bare = { payload: Buffer.from(''), id: undefined, type: undefined, retry: undefined, isPrivate: false };
    expect([read('topic=a&id=&type='), read('', 'topic=a')]).toEqual([
      { topics: ['a'], ...bare },
      { topics: ['a'], ...bare },
    ]);
  });

  it.each([
    ['data=x', 'topic-missing'],
    ['topic=a&id=%23x', 'id-invalid'],
    ['topic=a&id=x%0Ay', 'id-invalid'],
    ['topic=a&id=x%00', 'id-invalid'],
    ['topic=a&id=earliest', 'id-invalid'],
    ['topic=a&id=x%C2%85y', 'id-invalid'],
    [`topic=a&id=${'x'.repeat(1025)}`, 'id-invalid'],
    [`topic=a${'&'.repeat(200)}`, 'too-many-fields'],
    ['topic=a&type=x%0Dy', 'type-invalid'],
    ['topic=a&retry=-1', 'retry-invalid'],
    ['topic=a&retry=1e3', 'retry-invalid'],
    ['topic=a&retry=9999999999', 'retry-invalid'],
  ])('%s: %s', (form, fault) => expect(read(form)).toBe(fault));

  it('is rejected if it is not UTF-8', () => expect(parseUpdate(Buffer.of(0xff), 'topic=a', 3)).toBe('not-utf8'));
});
