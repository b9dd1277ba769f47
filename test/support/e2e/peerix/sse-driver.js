/**
 * Sends the same requests as Peerix' driver for server-sent events: one EventSource for all namespaces, reopened when they
 * change, and a form for each message.
 */
export class SseDriver {
  onmessage = () => undefined;
  #url;
  #namespaces = new Set();
  #source;

  constructor(url) {
    this.#url = url;
  }

  /** Resolves when the subscription is active. */
  subscribe(namespace) {
    this.#namespaces.add(namespace);
    this.#source?.close();
    const url = new URL(this.#url);
    for (const one of this.#namespaces) url.searchParams.append('topic', one);
    const source = new EventSource(url);
    this.#source = source;
    source.onmessage = ({ data }) => this.onmessage(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
    return new Promise((resolve) => {
      source.onopen = resolve;
    });
  }

  async publish(namespace, bytes) {
    const url = new URL(this.#url);
    url.searchParams.append('topic', namespace);
    const body = new URLSearchParams({ topic: namespace, data: btoa(String.fromCharCode(...bytes)) });
    const response = await fetch(url, { method: 'POST', body });
    if (!response.ok) throw new Error(`answered ${response.status}`);
  }

  close() {
    this.#source?.close();
  }
}
