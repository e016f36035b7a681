import { connect, type Socket } from 'node:net';
import type { Lab } from '../lab/lab.ts';

/** Units of which each is sick in one of the ways that the field's rules look for. */
export const SICK = {
  failed: 'field-failed.service',
  looping: 'field-looping.service',
  inactive: 'your-critical-service-a.service',
  crowded: 'field-crowded.service',
  timer: 'field-missed.timer',
  socket: 'field-busy.socket',
} as const;

const SOCKET_PATH = '/run/field-busy.sock';

/** More than the rule of the field wants to see. */
const CONNECTIONS = 101;
const REFUSED = 6;

/** The text of each unit; a timer and a socket have services beside them. */
const TEXTS: Readonly<Record<string, string>> = {
  [SICK.failed]: '[Service]\nExecStart=/bin/false\n',
  [SICK.looping]: `[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=/bin/sh -c 'sleep 0.3; exit 1'
Restart=always
RestartSec=200ms
`,
  [SICK.inactive]: '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
  [SICK.crowded]: `[Service]
ExecStart=/bin/sh -c 'for one in 1 2 3 4 5 6 7 8 9; do sleep infinity & done; wait'
TasksMax=10
`,
  'field-missed.service': '[Service]\nType=oneshot\nExecStart=/bin/true\n',
  // Of a timer that is persistent, systemd takes the time of its stamp for the last time that it triggered.
  [SICK.timer]: '[Timer]\nOnCalendar=2099-01-01\nPersistent=true\n',
  'field-busy@.service': '[Service]\nExecStart=/bin/sleep infinity\nStandardInput=socket\n',
  [SICK.socket]: `[Socket]
ListenStream=${SOCKET_PATH}
Accept=yes
MaxConnections=${CONNECTIONS}
`,
};

/** Writes the units. Call `makeSick` once they are watched: rules that count look at what happens meanwhile. */
export async function addSickUnits(lab: Lab): Promise<void> {
  for (const [name, text] of Object.entries(TEXTS)) await lab.writeUnit(name, text);
  await lab.run(['mkdir', '-p', '/var/lib/systemd/timers']);
  await lab.run(['touch', '-d', '2 days ago', `/var/lib/systemd/timers/stamp-${SICK.timer}`]);
  await lab.run(['systemctl', 'start', SICK.timer, SICK.socket, SICK.crowded]);
  // One that is loaded and inactive: something refers to it, or systemd forgets it.
  await lab.run(['systemctl', 'enable', SICK.inactive]);
  await lab.run(['systemctl', 'daemon-reload']);
}

/** Makes them sick. */
export async function makeSick(lab: Lab): Promise<() => void> {
  await lab.run(['systemctl', 'start', SICK.failed], { check: false });
  await lab.run(['systemctl', 'start', SICK.looping]);
  const sockets: Socket[] = [];
  for (let count = 0; count < CONNECTIONS + REFUSED; count++) {
    const socket = connect(`${lab.root}${SOCKET_PATH}`);
    // What is refused is closed.
    socket.on('error', () => undefined);
    sockets.push(socket);
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
