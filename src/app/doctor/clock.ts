import { ok, type Verdict, warn } from '../../domain/finding.ts';

/** What is known of the clock: whether it is synchronised, or why nobody tells. */
export type ClockEvidence = { readonly synchronised: boolean } | { readonly problem: string };

/** Whether times of alerts, cooldowns and logs can be believed. */
export function clockVerdict(evidence: ClockEvidence): Verdict {
  if ('problem' in evidence) {
    return warn(
      `nobody tells whether the clock is synchronised (${evidence.problem})`,
      'See timedatectl on the host; Prometheus and Alertmanager compare times with those of other machines',
    );
  }
  if (evidence.synchronised) return ok('it is synchronised');
  return warn(
    'it is not synchronised',
    'Run chrony or systemd-timesyncd: timedatectl set-ntp true; the age of alerts, ' +
      'maintenance windows, and cooldowns and limits over a restart of the machine go by this clock',
  );
}
