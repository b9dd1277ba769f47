/* A page that subscribes and publishes with the APIs of the browser only. */

const events = [];
let source;

globalThis.stage = {
  listen(url, withCredentials = false) {
    source = new EventSource(url, { withCredentials });
    source.onmessage = ({ data, lastEventId }) => events.push({ data, lastEventId });
    source.addEventListener('alarm', ({ data }) => events.push({ alarm: data }));
  },
  isOpen: () => source.readyState === EventSource.OPEN,
  isRefused: () => source.readyState === EventSource.CLOSED,
  received: (...all) => JSON.stringify(events.map(({ data, alarm }) => data ?? alarm)) === JSON.stringify(all),
  async publish(url, fields, options = {}) {
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), ...options });
    return { status: response.status, body: await response.text() };
  },
  events: () => ({ events, state: source?.readyState }),
};
