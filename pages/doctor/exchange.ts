/** Whether two peers in this page exchange a message with these servers. Their descriptions do not pass the broker. */
export async function exchangesData(configuration: RTCConfiguration, timeout: number): Promise<boolean> {
  const [ann, bob] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const channel = ann.createDataChannel('doctor');
  const received = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), timeout);
    bob.addEventListener('datachannel', (event) => event.channel.addEventListener('message', () => resolve(true)));
  });
  channel.addEventListener('open', () => channel.send('hello'));
  passCandidates(ann, bob);
  passCandidates(bob, ann);
  await ann.setLocalDescription();
  await bob.setRemoteDescription(ann.localDescription as RTCSessionDescription);
  await bob.setLocalDescription();
  await ann.setRemoteDescription(bob.localDescription as RTCSessionDescription);
  const isReceived = await received;
  ann.close();
  bob.close();
  return isReceived;
}

/** The first candidates come with the description; those after it may fail without harm. */
function passCandidates(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const early: RTCIceCandidate[] = [];
  const pass = (candidate: RTCIceCandidate): void => void to.addIceCandidate(candidate).catch(() => early.push(candidate));
  from.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate === null) return;
    if (to.remoteDescription === null) early.push(candidate);
    else pass(candidate);
  });
  to.addEventListener('signalingstatechange', () => early.splice(0).forEach(pass));
}
