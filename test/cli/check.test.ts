import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeConfig, readConfig } from '../../src/cli/check.ts';
import { loadConfig } from '../../src/config/load.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { startFettle } from './run-fettle.ts';

function described(text: string): string {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return describeConfig(loaded.config);
}

describe('describeConfig', () => {
  it('tells the defaults', () => {
    expect(described('')).toBe(`exporter on 127.0.0.1:10558
remediator on 127.0.0.1:10559, open to everybody on this machine
no policies: no alert leads to anything
`);
  });

  it('tells what each policy may do, when, to what, in which order, and what stops it', () => {
    const text = `
probes: [{ name: comfyui-a, tcp: { host: h, port: 1 } }]
remediator:
  token_file: /etc/fettle/webhook-token
  alertmanager: { url: "http://127.0.0.1:9093" }
  windows:
    - { name: nightly, cron: "0 2 * * *", lasts: 90m, tz: Europe/Berlin, block: [restart, stop] }
    - { name: weekly, cron: "@weekly", lasts: 1h }
  protect: { units: ["postgresql@*"] }
  policies:
    - name: comfyui-failed
      mode: enforce
      when: ['alertname = "UnitFailed"', 'unit =~ "comfyui@.+"']
      allow: [comfyui@a.service, comfyui@b.service]
      steps:
        - restart
        - restart: { also: [nvidia-persistenced.service] }
          wait: 90s
          only_if: [gpu_temperature_celsius < 80, memory_available_bytes > 1GiB]
        - run: gpu-cleanup.service
          then: restart
        - give_up: { hold: 2h }
      verify: { probe: comfyui-a, gpu_memory_freed: true }
    - name: hot
      when: [alertname = GpuHot]
      unit: train.service
      allow: [train.service]
      cooldown: { base: 10m, factor: 1 }
      verify: { for: 5s, timeout: 1m }
      limits: ["9 per 1h"]
      blame: { other_hands: 0s, packages: 0s, boot: 0s }
      steps:
        - throttle: { CPUQuota: 150%, MemoryHigh: 2GiB, IOWeight: 20 }
          wait: 3m
        - power_mode: { unit: low.service, undo: high.service }
        - stop
        - notify: look at the fans
`;
    expect(described(text)).toBe(`exporter on 127.0.0.1:10558
remediator on 127.0.0.1:10559, with the tokens of /etc/fettle/webhook-token
policy comfyui-failed (enforced)
  when       an alert comes with alertname = "UnitFailed" and unit =~ "comfyui@.+"
  unit       the one that the alert names in its label unit, if it is comfyui@a.service or comfyui@b.service; no other
  step 1     restarts the unit, unless it is active again by then and the probe comfyui-a succeeds; its failed state is cleared first
             if that is not proven to have helped, and the alert is still there 1m later, it goes on with step 2
  step 2     only if gpu_temperature_celsius < 80 and memory_available_bytes > 1GiB, as read on this machine right then; it waits for that, 1h at most, and else ends here
             restarts the unit together with nvidia-persistenced.service, unless it is active again by then and the probe comfyui-a succeeds; its failed state is cleared first
             if that is not proven to have helped, and the alert is still there 1m 30s later, it goes on with step 3
  step 3     runs gpu-cleanup.service to its end, then restarts the unit, unless it is active again by then and the probe comfyui-a succeeds
             if that is not proven to have helped, it gives up
  gives up   by saying so in the ledger and in a metric; leaves this unit alone for 2h, then tries step 1 once more
  proven     once the unit has been active for 30s without a new start, the probe comfyui-a succeeds and the memory that its old processes had on GPUs is free, all within 3m
  rests      2m after a repair of the unit, 2 times as long after each further one, at most 1h; begins anew after 6h without one
  limits     at most 3 within any 1h and 10 within any 1d, at one unit
  ignores    an alert that has waited for its turn longer than 10m
  hands off  30m after somebody else has started or stopped the unit, 10m after packages were installed, upgraded or removed, 5m after the machine has started
policy hot (dry run: nothing is done, only written down)
  when       an alert comes with alertname = GpuHot
  unit       train.service, and no other
  step 1     throttles the unit, if it runs, to 150% of one processor, 2 GiB of memory before it is slowed down and IO weight 20
             if the alert is still there 3m later, it goes on with step 2
  step 2     changes the power mode by running low.service; once the alert is over, high.service is run
             if the alert is still there 1m later, it goes on with step 3
  step 3     stops the unit, if it runs, which then stays stopped until somebody starts it
             if the alert is still there 1m later, it goes on with step 4
  step 4     does nothing but tell, in the ledger, the log and a metric: look at the fans
             if the alert is still there 1m later, it gives up
  gives up   by saying so in the ledger and in a metric; leaves this unit alone for 6h, then tries step 1 once more
  rests      10m after a repair of the unit; begins anew after 6h without one
  limits     at most 9 within any 1h, at one unit
  ignores    an alert that has waited for its turn longer than 10m
  resolved   what was throttled gets back exactly what it had; so it does when the machine restarts
all policies
  budget     one repair at a time, at most 6 within any 1h, on this machine
  storm      nothing is done while 5 units or more got into trouble within 2m: then the machine is suspect
  gates      nothing is started while a GPU asks for a reset or a reboot (Xid) or a GPU or a thermal zone is hotter than 95 C
  window     nightly (0 2 * * *, 90m, Europe/Berlin): no restart or stop
  window     weekly (@weekly, 1h, the machine's time zone): nothing is done
  silences   nothing is done about an alert that is silenced, inhibited or over by the word of http://127.0.0.1:9093, nor if that does not answer within 2s
  protected  never touched, under any name that they have: the built-in list (ssh, dbus, systemd-*, fettle itself and others) and postgresql@*
  pause      nothing is done from \`fettle pause\` until \`fettle resume\`
probes comfyui-a
warning: hot: in dry run, so nothing is repaired; once its ledger has convinced you, write mode: enforce
warning: comfyui-failed: whoever can send an alert chooses which of comfyui@a.service and comfyui@b.service is meant; its label unit is believed
warning: hot: to throttle train.service, polkit must grant set-property, which covers every property of it, for good too; fettle sets no others, but who takes over its user can
`);
  });

  const steps = (written: string) =>
    described(
      `remediator: {policies: [{name: p, when: [a = b], unit: a.service, allow: [a.service], on_resolve: nothing, steps: ${written}}]}`,
    );

  it.each([
    ['[start]', 'starts the unit, unless it is active again by then; its failed state is cleared first'],
    ['[reload]', 'has the unit read its configuration again, if it runs'],
    ['[reset_failed]', 'clears the failed state of the unit; nothing is started'],
    ['[{run: b.service}]', 'runs b.service to its end\n             if the alert is still there'],
    [
      '[{restart: {even_if_active: true}}]',
      'restarts the unit, even if it is active and looks well; its failed',
    ],
    ['[{power_mode: {unit: b.service}}]', 'changes the power mode by running b.service, for good\n'],
    [
      '[{throttle: {MemoryHigh: 1572864, CPUWeight: 7}}]',
      'to 1572864 bytes of memory before it is slowed down and CPU weight 7',
    ],
    ['[{throttle: {CPUWeight: 7}}]', 'what was throttled stays so until the machine restarts'],
  ])('tells what %s does', (written, words) => {
    expect(steps(written)).toContain(words);
  });

  it.each([
    [
      '[{restart: {even_if_active: true}}]',
      'p: even_if_active in step 1 restarts a unit that works; limits and cooldown alone hold it back',
    ],
    [
      '[stop, stop, {notify: x}, stop, stop]',
      'p: 4 steps of its ladder do something, but its limits allow 3 within any 1h; those after are refused',
    ],
  ])('warns of %s', (written, warning) => {
    expect(steps(written)).toContain(`\nwarning: ${warning}\n`);
  });

  it('warns of nothing where there is nothing to say', () => {
    const text =
      'remediator: {token_file: /t, mode: enforce, policies: [{name: p, when: [a = b], unit: a.service, allow: [a.service]}]}';
    expect(described(text)).not.toContain('warning');
  });

  it('tells gates that are open, and that nobody is asked about silences', () => {
    const told = described(
      'remediator: {gates: {xid: false, max_celsius: off}, policies: [{name: p, when: [a = b], allow: [a.service]}]}',
    );
    expect(told).toContain('  gates      none: GPUs and temperatures are not looked at\n');
    expect(told).toContain(
      '\nwarning: p: whoever can send an alert chooses whether a.service is meant; its label unit',
    );
    expect(told).toContain('  silences   not asked about, since no alertmanager is named\n');
  });

  it('writes an address of IPv6 so that it can be used', () => {
    const text = 'exporter: {listen: ":10558"}\nremediator: {listen: "[::1]:10559"}\n';
    expect(described(text)).toContain('exporter on [::]:10558\nremediator on [::1]:10559, ');
  });
});

describe('fettle check', { timeout: 30_000 }, () => {
  it.each([
    ['what is wrong', 'exporter: {"\u202eabc": 1}\n', 2],
    ['a syntax that is wrong', 'exporter: {a: "\u009b2J\u202e}\n', 2],
    [
      'what is in order',
      'remediator: {policies: [{name: p, when: [\'a = "\u009b2J\u202e"\'], allow: [a.service]}], token_file: "/\u202e"}\n',
      0,
    ],
  ])('writes nothing that steers a terminal: %s', async (_what, text, expected) => {
    const file = join(tempFolder({ 'fett\u202ele.yml': text }), 'fett\u202ele.yml');
    const { code, stdout, stderr } = await startFettle(['check', file], onTestFinished).ended;
    expect(code).toBe(expected);
    expect(stdout + stderr).toMatch(/^[ -~\n]+$/);
    expect(stdout + stderr).toContain('fett\\u202ele.yml');
  });
});

describe('readConfig', () => {
  it('gives the configuration of a file', async () => {
    const file = join(tempFolder({ 'fettle.yml': 'exporter: {sysfs: /host/sys}\n' }), 'fettle.yml');
    expect(await readConfig(file)).toMatchObject({ ok: true, config: { exporter: { sysfs: '/host/sys' } } });
  });

  it('gives a line for each problem, with the name of the file as it was given', async () => {
    const file = join(tempFolder({ 'fettle.yml': 'a: 1\nexporter: {sysfs: sys}\n' }), 'fettle.yml');
    expect(await readConfig(file)).toEqual({
      ok: false,
      problems: [
        `${file}:1:1: a: unknown key; remove it or mend its spelling`,
        `${file}:2:19: exporter.sysfs: expected an absolute path, one that starts with /`,
      ],
    });
  });

  it('throws a Failure where there is no such file, or no file', async () => {
    const folder = tempFolder();
    await expect(readConfig(join(folder, 'none.yml'))).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder}/none.yml: there is no such file`,
    });
    await expect(readConfig(folder)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
