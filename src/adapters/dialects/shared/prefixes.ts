/** The topic of a name, without the first prefix that fits. @param prefixes the longest first. */
export function topicOf(name: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((one) => name.startsWith(one)) ?? '';
  return name.slice(prefix.length);
}

/** Configured prefixes in the order of `topicOf`. The empty prefix has no effect. */
export function longestFirst(prefixes: readonly string[]): readonly string[] {
  return [...prefixes].sort((one, other) => other.length - one.length).filter((prefix) => prefix !== '');
}
