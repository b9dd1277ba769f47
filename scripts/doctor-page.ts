import { VERDICTS } from '../doctor/verdicts/table.ts';
import { STEPS, type StepId, type Verdict } from '../doctor/verdicts/verdict.ts';

const INTRODUCTION = `# The doctor

This page is generated from the verdicts in \`doctor/verdicts\` by \`npm run docs\`.

Is it the broker, the proxy, the TURN server or the network of the user? \`signalbox doctor\` tests the way from its machine to a broker, as
a client uses it:

\`\`\`sh
npx --no-install signalbox doctor https://broker.example.org/myapp/ --origin https://page.example.org
\`\`\`

The URL is that of the broker with its path. Run the command where the users are: a test from the server itself does not pass the
firewall. Each finding gives the observation, the effect on users, and the remedy with the name of the setting.

- \`--token\`, \`--id\` and \`--key\` select the peer, if the broker requires a token.
- \`--origin\` tests a page of this origin (D4).
- \`--idle\` is the time in seconds of the test with an idle socket (D8), 75 by default; 0 skips it.
- \`--timeout\` is the time in milliseconds that each request and connection may take, 5000 by default.
- \`--json\` and \`--junit\` print the findings for programs and CI. They contain no address of the client.
- \`--strict\` makes doubtful findings an error.

The exit code is 0 if all is good, 1 for doubtful findings with \`--strict\`, 2 for bad findings, 3 if the test could not run. A bad finding
means that some or all users cannot connect; a doubtful one means that something will fail later or for few users.

The steps D3, D8 and D9 use [routes of Signalbox](protocols/doctor.md). Other PeerJS servers are tested without them, and so is a
Signalbox whose option \`doctor\` is off, as in the hardened profile. D13 needs the package \`node-datachannel\`. Its relay test uses TURN
over UDP only.

A TURN transport that fails (D12) is only doubtful if another one relays.

## The page

\`{path}doctor\`, such as \`https://broker.example.org/myapp/doctor\`, makes the same tests in a browser, and copies the findings as text or
JSON. In D4 it tests its own origin, that of the broker: a second or a missing CORS header shows, and for
another origin use the command. In D1 a browser does not give the reason of a failure.

If two users cannot connect to each other, one of them makes a link on the page, and both open it. The broker carries the findings between
the two pages as messages of two ordinary peers. Then the pages try each way, and name the side that fails, and why (D14). The option
\`doctor\` turns the page off together with the routes.`;

/** The page docs/doctor.md: every verdict, by step. */
export function doctorPage(): string {
  const sections = (Object.keys(STEPS) as StepId[]).map((step) => [`## ${step}: ${STEPS[step]}`, '', ...table(step)].join('\n'));
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function table(step: StepId): string[] {
  const verdicts = Object.entries<Verdict>(VERDICTS).filter(([, verdict]) => verdict.step === step);
  return [
    '| verdict | state | observation | effect | remedy | setting |',
    '| --- | --- | --- | --- | --- | --- |',
    ...verdicts.map(([id, verdict]) => row(id, verdict)),
  ];
}

function row(id: string, { state, is, effect, remedy, setting, link }: Verdict): string {
  const page = link === undefined ? '' : ` ([page](${link}))`;
  const cells = [`\`${id}\``, state, is, effect, remedy === '' ? '' : remedy + page, setting ?? ''];
  return `| ${cells.map((cell) => (cell === '' ? '—' : cell.replaceAll('|', '\\|'))).join(' | ')} |`;
}
