import { parseAdminPlace } from './admin-option-types.ts';
import { isLoopback } from './loopback.ts';
import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/* Combinations of the options of the admin listener that are not safe, or that have no effect. */

/** ADM1, ADM10. */
export function adminConflicts(settings: Settings, sourceOf: SourceOf): ConfigProblem[] {
  const { admin, admin_token, admin_viewer_token } = settings;
  const problem = (name: OptionName, message: string): ConfigProblem => {
    const source = sourceOf(name) ?? name;
    return { source, message: `${source} ${message}` };
  };
  const place = admin === undefined ? undefined : parseAdminPlace(admin);
  const isPublic = place !== undefined && 'host' in place && !isLoopback(place.host);
  if (isPublic && admin_token === undefined) {
    return [problem('admin', 'is not a loopback address: add admin_token, or listen on 127.0.0.1 or on a UNIX socket')];
  }
  if (admin_viewer_token === undefined) return [];
  if (admin_token === undefined) {
    return [problem('admin_viewer_token', 'is given without admin_token, so everybody may act: add it')];
  }
  if (admin_viewer_token === admin_token) return [problem('admin_viewer_token', 'is the same as admin_token: use two secrets')];
  return [];
}

/** Options that have no effect without the admin listener. */
export function adminWarnings(settings: Settings, sourceOf: SourceOf): string[] {
  if (settings.admin !== undefined) return [];
  return (['admin_token', 'admin_viewer_token', 'admin_hosts'] as const).flatMap((name) => {
    const source = sourceOf(name);
    return source === undefined ? [] : [`${source} has no effect without admin: add it, or remove the option`];
  });
}
