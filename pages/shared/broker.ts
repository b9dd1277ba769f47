/** The URL of the broker that serves this page, which is one segment below it. */
export function brokerUrl(): URL {
  return new URL(location.pathname.replace(/[^/]+\/?$/, ''), location.origin);
}

export function webSocketUrl(broker: URL, path: string): URL {
  const url = new URL(path, broker);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url;
}

/** The key that the page has from the broker. */
export function givenKey(): string {
  return document.documentElement.dataset['key'] ?? 'peerjs';
}

/** A name that no other peer has. */
export function uniqueName(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `${prefix}-${Array.from(random, (part) => part.toString(36)).join('')}`;
}
