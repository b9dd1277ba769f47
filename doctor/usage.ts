/** The output of `signalbox doctor --help`. */
export function usage(): string {
  return `Usage: signalbox doctor <url> [options]

Tests the way from this machine to a broker, as a client uses it: name, TLS, proxy, WebSocket,
token, idle time, ICE servers, TURN. Each finding gives the fault, its effect and the remedy.
The URL is that of the broker with its path: https://host:port/path/.

  --token TOKEN    token of the peer: a JSON Web Token, if the broker requires one
  --id ID          id of the peer; default: a random one
  --key KEY        key of the realm [peerjs]
  --origin ORIGIN  tests a page of this origin: https://page.example
  --idle SECONDS   how long a socket stays idle; 0 skips this test [75]
  --timeout MS     timeout of each request and connection [5000]
  --json           prints the findings as JSON, without addresses of the client
  --junit          prints the findings as JUnit XML
  --strict         exits with 1 for doubtful findings
  --help           prints this help and exits

Exit codes: 0 good, 1 doubtful findings with --strict, 2 bad findings, 3 the test could not run.
docs/doctor.md lists every verdict.
`;
}
