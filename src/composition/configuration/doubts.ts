import type { Settings } from './options.ts';

/** What is allowed, and probably not meant. One line each. */
export function doubtsIn(settings: Settings): string[] {
  return isShut(settings)
    ? [
        'mercure is served, but nobody gets in: give mercure_publisher_key and mercure_subscriber_key, or mercure_anonymous, ' +
          'or mercure_open',
      ]
    : [];
}

/** MER7. */
function isShut(settings: Settings): boolean {
  const { all, dialects, mercure_open, mercure_anonymous, mercure_publisher_key, mercure_subscriber_key } = settings;
  const isServed = all || dialects.includes('mercure');
  const isKeyed = mercure_publisher_key !== undefined || mercure_subscriber_key !== undefined;
  return isServed && !mercure_open && !mercure_anonymous && !isKeyed;
}
