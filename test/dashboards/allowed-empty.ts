/** What has no data on the live hosts, by a part of its query. One that has some after all fails the test. */
export const ALLOWED_EMPTY: readonly { readonly part: string; readonly reason: string }[] = [
  {
    part: 'gpu_unit_engine_seconds_total',
    reason: 'Needs a process with a GPU of AMD or Intel open; test/sources/drm replays one.',
  },
  {
    part: 'fettle_probe_certificate_expiry_timestamp_seconds',
    reason: 'Needs a server with TLS; test/sources/probe asks one.',
  },
];

/**
 * Queries that may have no series but the one that says that there is none, by their panels: what they show does not happen to
 * the live hosts, or not within the time that is asked for.
 */
export const NONE_HERE: readonly { readonly queries: readonly string[]; readonly reason: string }[] = [
  {
    queries: [
      'gpu.json: "Close to too hot", query A',
      'gpu.json: "Not read", query A',
      'probes.json: "Readers down", query A',
      'probes.json: "Without a result", query A',
      'self.json: "Failing collectors", query A',
    ],
    reason: 'They count what is wrong, by a comparison that is false while all is well.',
  },
  {
    queries: [
      'gpu.json: "Sensors that could not be read", query A',
      'gpu.json: "Sensors that could not be read", query B',
      'gpu.json: "Sensors that could not be read", query C',
      'gpu.json: "Failed readings", query A',
      'gpu.json: "Failed readings", query B',
      'self.json: "Longest hung read", query A',
      'self.json: "Reads that hang", query A',
    ],
    reason: 'Nothing fails or hangs there; the tests of the sources have what does.',
  },
  {
    queries: [
      'gpu.json: "What the kernel log says of GPUs", query A',
      'gpu.json: "Xids by unit, in the time shown", query A',
      'overview.json: "Services that were restarted", query A',
      'probes.json: "Disks and file systems", query A',
      'probes.json: "Disks and file systems", query B',
      'probes.json: "Errors by unit", query A',
      'probes.json: "What the kernel log says", query A',
    ],
    reason: 'Events: whether there is one within the last two minutes is up to chance.',
  },
  {
    queries: ['probes.json: "Numbers in the answers", query A'],
    reason: 'Needs a service whose answer has numbers; test/sources/probe asks one.',
  },
  {
    queries: [
      'probes.json: "Cache and look-ups under way", query A',
      'probes.json: "DNSSEC verdicts", query A',
      'probes.json: "Look-ups of systemd-resolved", query A',
    ],
    reason: 'systemd-resolved does not run there; test/sources/resolved has recorded answers.',
  },
];
