import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { it } from 'vitest';
import { damaged, messageText } from './inputs.ts';
it('counts', () => {
  const t = messageText(['ann', 'bob']);
  const all = fc.sample(damaged(t.map((v) => Buffer.from(v))), 20000);
  let bad = 0, badrel = 0;
  for (const b of all) if (!isUtf8(b)) { bad++; try { const m = JSON.parse(Buffer.from(b).toString()); if (['ann','bob'].includes(m.dst) && /^(OFFER|ANSWER|CANDIDATE|LEAVE|EXPIRE)$/.test(m.type) && (m.payload!==undefined)) badrel++; } catch { bad += 0; } }
  console.log(all.length, 'not utf8', bad, 'and relayed', badrel);
});
