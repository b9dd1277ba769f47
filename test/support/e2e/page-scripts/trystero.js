import { createTopicStrategy, selfId } from '@trystero-p2p/core';

/* A room of Trystero. Its relay client is not published; this one sends the same frames (REL4). */

const joinRoom = createTopicStrategy({
  init: ({ relayConfig: { urls } }) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(urls[0]);
      socket.onopen = () => resolve(socket);
      socket.onerror = reject;
    }),
  subscribeTopic(socket, topic, onMessage) {
    const onFrame = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.topic === topic) void onMessage(topic, frame.payload);
    };
    socket.addEventListener('message', onFrame);
    socket.send(JSON.stringify({ type: 'subscribe', topic }));
    return () => {
      socket.send(JSON.stringify({ type: 'unsubscribe', topic }));
      socket.removeEventListener('message', onFrame);
    };
  },
  publishTopic: (socket, topic, payload) => socket.send(JSON.stringify({ type: 'publish', topic, payload })),
});

const received = [];
let room;
let words;

globalThis.stage = {
  join(name, url) {
    room = joinRoom({ appId: 'stage', relayConfig: { urls: [url] }, rtcConfig: { iceServers: [] } }, name);
    words = room.makeAction('word');
    words.onMessage = (word, { peerId }) => received.push(`${peerId}: ${word}`);
  },
  id: () => selfId,
  meets: (...ids) => ids.every((id) => id in room.getPeers()),
  send: (word) => words.send(word),
  received: (line) => received.includes(line),
  leave: () => room.leave(),
  isAlone: () => Object.keys(room.getPeers()).length === 0,
  events: () => ({ id: selfId, peers: Object.keys(room?.getPeers() ?? {}), received }),
};
