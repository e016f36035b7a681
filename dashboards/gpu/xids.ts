import { type Colour, words } from '../colours.ts';

/** Whose fault an Xid mostly is: of a program, of the driver, of the GPU's memory, or of the GPU and its links. */
const WHOSE = {
  program: 'blue',
  driver: 'orange',
  memory: 'orange',
  gpu: 'red',
} as const satisfies Readonly<Record<string, Colour>>;

/** What the commoner Xids are. Source: NVIDIA's catalogue of Xids. */
const MEANINGS: Readonly<Record<string, readonly [text: string, whose: keyof typeof WHOSE]>> = {
  '13': ['graphics engine exception', 'program'],
  '31': ['memory page fault', 'program'],
  '32': ['invalid commands pushed', 'driver'],
  '38': ['driver firmware error', 'driver'],
  '43': ['reset after a fault of a program', 'program'],
  '45': ['stopped early, mostly after another error', 'program'],
  '46': ['the GPU stopped processing', 'gpu'],
  '48': ['double bit error of memory', 'memory'],
  '61': ['breakpoint of the microcontroller', 'driver'],
  '62': ['microcontroller halted', 'gpu'],
  '63': ['row or page of memory replaced', 'memory'],
  '64': ['row or page could not be replaced', 'memory'],
  '68': ['video engine exception', 'driver'],
  '69': ['graphics engine class error', 'program'],
  '74': ['NVLink error', 'gpu'],
  '79': ['fallen off the bus', 'gpu'],
  '92': ['many corrected errors of memory', 'memory'],
  '94': ['error of memory, contained', 'memory'],
  '95': ['error of memory, not contained', 'gpu'],
  '109': ['context switch took too long', 'driver'],
  '119': ['firmware (GSP) does not answer', 'gpu'],
  '120': ['firmware (GSP) error', 'gpu'],
  '140': ['unrecovered error of memory', 'gpu'],
  '143': ['could not be initialised', 'gpu'],
  '154': ['asks for a reset or a reboot', 'gpu'],
};

/** The numbers of Xids with words for what they are; numbers without words stay as they are. */
export const XIDS = words(
  Object.fromEntries(
    Object.entries(MEANINGS).map(([xid, [text, whose]]) => [xid, [`${xid}: ${text}`, WHOSE[whose]]]),
  ),
);
