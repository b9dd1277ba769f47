import { hasTokenKeys } from './auth-checks.ts';
import { isLoopback } from './loopback.ts';
import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';

/* Combinations of the options of the webhook that contradict each other, or that are likely mistakes. */

const NEED_URL = ['auth_url_secret', 'auth_header'] as const;
const REPLACED_BY_BACKEND = ['mercure_open', 'mercure_anonymous'] as const;
const NEED_BACKEND = ['auth_forward', 'auth_timeout', 'auth_url_always'] as const;

/** @param hasFunction whether the embedding program decides with a function. */
export function webhookConflicts(settings: Settings, sourceOf: SourceOf, hasFunction: boolean): ConfigProblem[] {
  const problem = (name: OptionName, message: string): ConfigProblem => {
    const source = sourceOf(name) ?? name;
    return { source, message: `${source} ${message}` };
  };
  const { auth, auth_url, auth_forward, cors } = settings;
  if (auth_url === undefined) {
    const useless = NEED_URL.filter((name) => settings[name] !== undefined);
    if (useless.length > 0) {
      return useless.map((name) => problem(name, 'is given without auth_url: add it, or remove the option'));
    }
  }
  if (auth_url !== undefined && hasFunction) {
    return [problem('auth_url', 'and the function authorize exclude each other: remove one of them')];
  }
  if (auth === 'open' && (auth_url !== undefined || hasFunction)) {
    const message = 'has no effect while auth is open, so every client may connect: add auth required, or remove it';
    return [hasFunction ? { source: 'authorize', message: `authorize ${message}` } : problem('auth_url', message)];
  }
  if (auth_forward.includes('cookie') && (cors.length === 0 || cors.includes('*') || cors.includes('null'))) {
    const message =
      'has cookie while cors allows every origin, so any page could connect with the cookies of its visitors: list the origins of ' +
      'your pages in cors';
    return [problem('auth_forward', message)];
  }
  return [];
}

/** A9. */
const BACKEND_DECIDES =
  'while a backend decides, which is asked about clients of Mercure and of the dialects that share its topics too: remove the option';
const WITHOUT_URL = 'without auth_url: add it, or remove the option';

export function webhookWarnings(settings: Settings, sourceOf: SourceOf, hasFunction: boolean): string[] {
  const { auth_url, auth_url_always } = settings;
  const hasBackend = auth_url !== undefined || hasFunction;
  const always = sourceOf('auth_url_always');
  if (hasBackend && auth_url_always && always !== undefined && !hasTokenKeys(settings)) {
    return [`${always} has no effect without keys, because every client is asked about: remove the option`];
  }
  const ineffective = (hasBackend ? REPLACED_BY_BACKEND : NEED_BACKEND).flatMap((name) => {
    const source = sourceOf(name);
    return source === undefined ? [] : [`${source} has no effect ${hasBackend ? BACKEND_DECIDES : WITHOUT_URL}`];
  });
  if (auth_url === undefined) return ineffective;
  const { protocol, hostname } = new URL(auth_url);
  if (protocol === 'https:' || isLoopback(hostname)) return ineffective;
  return [
    ...ineffective,
    `${sourceOf('auth_url') ?? 'auth_url'} sends tokens without encryption: use https, unless the network is private`,
  ];
}
