import { expect, it } from 'vitest';
import { LoginSessions } from '../../../../../src/adapters/admin-listeners/http/login-sessions.ts';

it('ADM10: keeps at most 1,000 sessions, the latest', () => {
  const sessions = new LoginSessions(() => 0);
  const cookies = Array.from({ length: 1_001 }, () => sessions.open('viewer').split(';')[0] ?? '');
  expect([sessions.roleOf(cookies[0]), sessions.roleOf(cookies[1]), sessions.roleOf(cookies.at(-1))]).toEqual([
    ...[undefined, 'viewer', 'viewer'],
  ]);
  expect([sessions.roleOf(undefined), sessions.roleOf('signalbox_admin='), sessions.roleOf('other=1')]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(sessions.close(cookies[5])).toContain('Max-Age=0');
  expect(sessions.roleOf(cookies[5])).toBeUndefined();
});
