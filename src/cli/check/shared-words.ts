import type { PolicySet } from '../../domain/policy.ts';
import { PROTECTED_UNITS } from '../../domain/protected-units.ts';
import { limitWords, listWords, row, timeWords } from './words.ts';

/** What holds for all policies alike, and stops each of them. */
export function sharedWords(set: PolicySet): readonly string[] {
  return [
    'all policies',
    row('budget', budgetWords(set)),
    row(
      'storm',
      `nothing is done while ${set.storm.units} units or more got into trouble within ${timeWords(set.storm.windowSeconds)}: then the machine is suspect`,
    ),
    row('gates', gateWords(set)),
    ...windowWords(set),
    row('silences', silenceWords(set)),
    row('protected', protectedWords(set)),
    row('pause', 'nothing is done from `fettle pause` until `fettle resume`'),
  ];
}

function budgetWords({ budget: { concurrent, limits } }: PolicySet): string {
  const atOnce = concurrent === 1 ? 'one repair at a time' : `${concurrent} repairs at a time`;
  return `${atOnce}, ${limitWords(limits)}, on this machine`;
}

function gateWords({ gates: { xid, maxCelsius } }: PolicySet): string {
  const gates = [
    ...(xid ? ['a GPU asks for a reset or a reboot (Xid)'] : []),
    ...(maxCelsius === undefined ? [] : [`a GPU or a thermal zone is hotter than ${maxCelsius} C`]),
  ];
  return gates.length === 0
    ? 'none: GPUs and temperatures are not looked at'
    : `nothing is started while ${listWords(gates, 'or')}`;
}

function windowWords({ windows }: PolicySet): readonly string[] {
  return windows.map(({ name, text, blocks }) => {
    const what = blocks.length === 0 ? 'nothing is done' : `no ${listWords(blocks, 'or')}`;
    return row('window', `${name} (${text}): ${what}`);
  });
}

function silenceWords({ alertmanager }: PolicySet): string {
  if (alertmanager === undefined) return 'not asked about, since no alertmanager is named';
  const { url, timeoutSeconds } = alertmanager;
  return `nothing is done about an alert that is silenced, inhibited or over by the word of ${url}, nor if that does not answer within ${timeWords(timeoutSeconds)}`;
}

function protectedWords({ protectedUnits }: PolicySet): string {
  const own = protectedUnits.slice(PROTECTED_UNITS.length);
  const builtIn = `the built-in list (${listWords(['ssh', 'dbus', 'systemd-*', 'fettle itself', 'others'])})`;
  return `never touched, under any name that they have: ${listWords([builtIn, ...own])}`;
}
